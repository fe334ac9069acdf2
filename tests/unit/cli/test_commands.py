"""How commands behave: pipes, questions, exit codes, languages, what they keep and where."""

import errno
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from ferry_client.options import REQUEST_BYTES
from tests.declared import ROOT
from tests.unit.cli.site import URL, Breaking, Site, accepted, job
from tests.unit.cli.terminal import Terminal

GOODS = {
    "id": 1,
    "name": "goods",
    "schema": {"fields": [{"name": "sku", "type": "string"}]},
    "indexes": [],
}
FOUND = job(operation="export", table_id=1, table_name="goods")
SIGNED_IN = {"FERRY_URL": URL, "FERRY_TOKEN": "t0ken"}


def tables(*found: dict) -> httpx.Response:
    return httpx.Response(200, json={"objects": found, "meta": {"next": None}})


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def terminal(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return Terminal(tmp_path, httpx.MockTransport(site.handle), dict(SIGNED_IN))


def test_help_loads_neither_the_network_nor_the_drawing():
    """They take longer than all else that happens up to the help."""
    code = (
        "import sys; from ferry_cli.__main__ import main; main(['import', '--help']);"
        "heavy = {'httpx', 'rich', 'ferry_client', 'keyring', 'secrets', 'importlib.metadata',"
        " 'pydantic'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "cli", capture_output=True, check=False
    )

    assert (ran.returncode, b"import" in ran.stdout) == (0, True)


def test_a_token_is_kept_where_only_its_owner_reads_it(terminal: Terminal, site: Site):
    site.answers = [tables(GOODS), tables(GOODS)]
    terminal.environment = {}

    assert terminal.run(f"ferry --as prod login --url {URL} --token -", b"5ecret\n").code == 0
    kept = terminal.folder / "settings" / "profiles.json"
    whoami = terminal.run("ferry --as prod whoami --json")

    assert kept.stat().st_mode & 0o777 == 0o600
    assert site.asked[1].headers["Authorization"] == "Bearer 5ecret"
    assert json.loads(whoami.out)["profile"] == "prod"
    assert "5ecret" not in whoami.out + whoami.err


def test_a_token_that_does_not_serve_is_not_kept(terminal: Terminal, site: Site):
    site.answers = [httpx.Response(401, json={"error_msg": "the token is unknown"})]

    printed = terminal.run(f"ferry login --url {URL} --token x")

    assert (printed.code, "ferry login" in printed.err) == (4, True)
    assert not (terminal.folder / "settings").exists()


def test_who_is_not_signed_in_is_told_what_to_do(terminal: Terminal):
    terminal.environment = {}

    printed = terminal.run("ferry tables list")

    assert (printed.code, printed.out) == (4, "")
    assert "ferry login" in printed.err


def test_lists_are_printed_for_people_and_for_programs(terminal: Terminal, site: Site):
    site.answers = [tables(GOODS, {**GOODS, "id": 2, "name": "wares"})] * 3

    assert terminal.run("ferry tables list").out.splitlines() == [
        "ID  NAME   FIELDS",
        "1   goods  sku   ",
        "2   wares  sku   ",
    ]
    assert [each["id"] for each in json.loads(terminal.run("ferry tables list --json").out)] == [
        1,
        2,
    ]
    lines = terminal.run("ferry tables list --jsonl").out.splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["goods", "wares"]


@pytest.mark.parametrize("columns", ["80", "120"])
def test_tables_keep_to_the_width(terminal: Terminal, site: Site, columns: str):
    long = {**GOODS, "schema": {"fields": [{"name": f"column_{n}"} for n in range(40)]}}
    site.answers = [tables(long)]
    terminal.environment["COLUMNS"] = columns

    lines = terminal.run("ferry tables list").out.splitlines()

    assert max(map(len, lines)) <= int(columns)
    assert lines[0].startswith("ID  NAME   FIELDS")
    assert " ".join(line[11:].strip() for line in lines[1:]).count("column_") == 40


def test_what_is_no_terminal_gets_whole_lines(terminal: Terminal, site: Site):
    long = {**GOODS, "schema": {"fields": [{"name": f"column_{n}"} for n in range(40)]}}
    site.answers = [tables(long)]

    assert len(terminal.run("ferry tables list").out.splitlines()) == 2


def test_an_export_goes_into_a_pipe_byte_for_byte(terminal: Terminal, site: Site):
    content = b"\xef\xbb\xbfsku\r\na\r\n"
    ended = job(operation="export", download_url=f"{URL}/download/x", file_name="g.csv")
    site.answers = [tables(GOODS), accepted(), ended, ended, httpx.Response(200, content=content)]

    printed = terminal.run("ferry export goods -o - --format csv")

    assert (printed.code, printed.out.encode()) == (0, content)
    assert "Job" in printed.err


def test_an_export_asks_for_what_its_options_say(terminal: Terminal, site: Site):
    ended = job(operation="export", download_url=f"{URL}/download/x", file_name="g.csv")
    file = httpx.Response(200, content=b"x")
    site.answers = [tables(GOODS), accepted(), ended, ended, file]

    terminal.run(
        'ferry export goods -o out.jsonl.gz --where \'{"sku": "a"}\' --columns sku,price '
        "--order -price,sku --since 2026-01-01T00:00:00+00:00 --until 1798761600"
    )

    assert json.loads(site.asked[1].content) == {
        "file_type": "jsonl",
        "mode": "part",
        "where": {"sku": "a"},
        "start": 1767225600,
        "end": 1798761600,
        "include_keys": ["sku", "price"],
        "order_by": ["-price", "sku"],
        "compress": "gzip",
    }
    assert Path("out.jsonl.gz").read_bytes() == b"x"


def test_an_export_that_broke_off_is_taken_up_by_its_id(terminal: Terminal, site: Site):
    headers = {"ETag": '"e"', "Content-Length": "6"}
    cut = httpx.Response(200, stream=Breaking(b"abc"), headers=headers)
    ended = job(operation="export", download_url=f"{URL}/download/x", file_name="g.csv")
    down = [httpx.ConnectError("down")] * 4
    site.answers = [tables(GOODS), accepted(), ended, ended, cut, *down]

    broken = terminal.run("ferry export goods -o out.csv")

    assert (broken.code, "down" in broken.err) == (1, True)
    assert f"ferry jobs download {'j' * 32} -o out.csv" in broken.err
    headers = {"ETag": '"e"', "Content-Range": "bytes 3-5/6"}
    rest = httpx.Response(206, content=b"def", headers=headers)
    site.answers = [FOUND, ended, ended, rest]
    assert terminal.run(f"ferry jobs download {'j' * 32} -o out.csv").code == 0
    assert Path("out.csv").read_bytes() == b"abcdef"


@pytest.mark.parametrize("ending", ["interrupted", "away"])
def test_a_pipe_that_broke_off_goes_on_at_the_byte_that_is_said(
    terminal: Terminal, site: Site, ending: str
):
    headers = {"ETag": '"e"', "Content-Length": "6"}
    cut = httpx.Response(200, stream=Breaking(b"abc"), headers=headers)
    ended = job(operation="export", download_url=f"{URL}/download/x", file_name="g.csv")
    down = [httpx.ConnectError("down")] * 4
    site.answers = [tables(GOODS), accepted(), ended, ended, cut]
    site.answers += [interrupted] if ending == "interrupted" else down

    broken = terminal.run("ferry export goods -o -")

    assert (broken.code, broken.out) == (130 if ending == "interrupted" else 1, "abc")
    go_on = f"ferry jobs download {'j' * 32} -o - --from 3"
    assert go_on in broken.err
    headers = {"ETag": '"e"', "Content-Range": "bytes 3-5/6"}
    rest = httpx.Response(206, content=b"def", headers=headers)
    site.answers = [FOUND, ended, ended, rest]
    went_on = terminal.run(go_on)
    assert (went_on.code, went_on.out) == (0, "def")
    assert site.asked[-1].headers["Range"] == "bytes=3-"


@pytest.mark.parametrize("ending", ["interrupted", "away"])
def test_an_upload_that_broke_off_is_gone_on_with_by_the_same_command(
    terminal: Terminal, site: Site, ending: str
):
    Path("big.csv").write_bytes(b"sku\n" + b"x" * REQUEST_BYTES)
    ends = [interrupted] if ending == "interrupted" else [httpx.WriteError("down")] * 5
    parts = {"arrived": [], "urls": [{"number": 1, "url": f"{URL}/1"}], "complete": False}
    begun = {"file_key": "k", "part_bytes": 8 << 20, "parts": 1}
    form = httpx.Response(201, json=begun, headers={"Location": f"/j/{'j' * 32}/"})
    site.answers = [tables(GOODS), form, *[httpx.Response(200, json=parts)] * 2, *ends]

    broken = terminal.run("ferry import goods big.csv")

    assert broken.code == (130 if ending == "interrupted" else 1)
    assert "The same command" in broken.err
    there = httpx.Response(200, json={**parts, "complete": True})
    site.answers = [tables(GOODS), there, accepted(), job()]
    assert terminal.run("ferry import goods big.csv").code == 0
    assert list((terminal.folder / "settings" / "uploads").iterdir()) == []


def test_an_import_comes_from_a_pipe(terminal: Terminal, site: Site):
    site.answers = [
        tables(GOODS),
        accepted(),
        job(counts={"total": 1, "succeeded": 1, "failed": 0}),
    ]

    printed = terminal.run(
        "ferry import goods - --format csv --match sku --map A=sku --encoding gb18030",
        b"A\r\nx\r\n",
    )

    body = site.asked[1].content
    assert printed.code == 0
    for part in (b'filename="stdin.csv"', b"A\r\nx\r\n", b'{"A": "sku"}', b"upsert", b"gb18030"):
        assert part in body


def test_a_pipe_needs_a_format(terminal: Terminal, site: Site):
    site.answers = [tables(GOODS)]

    printed = terminal.run("ferry import goods -", b"x")

    assert (printed.code, "--format csv" in printed.err) == (64, True)


def test_failed_rows_have_an_exit_code(terminal: Terminal, site: Site):
    Path("g.csv").write_text("sku\nx\n")
    failed = job(counts={"total": 2, "succeeded": 1, "failed": 1})
    site.answers = [tables(GOODS), accepted(), failed]

    printed = terminal.run("ferry import goods g.csv --json")

    assert (printed.code, json.loads(printed.out)["counts"]["failed"]) == (3, 1)
    assert f"ferry failed {'j' * 32} --fix\n" in printed.err


def test_rows_that_failed_in_a_dry_run_are_told_when_the_others_are_applied(
    terminal: Terminal, site: Site
):
    Path("g.csv").write_text("sku\nx\ny\n")
    tried = job(counts={"total": 2, "succeeded": 1, "failed": 1, "new": 1})
    done = job(counts={"total": 1, "succeeded": 1, "failed": 0, "new": 1})
    applied = accepted(f"/oserve/v1/table/1/import/{'k' * 32}/")
    site.answers = [tables(GOODS), accepted(), tried, applied, done]

    printed = terminal.run("ferry import goods g.csv --match sku --diff --yes")

    assert printed.code == 3
    assert "would fail: 1" in printed.err
    assert f"ferry failed {'j' * 32} --fix\n" in printed.err


def test_a_url_is_fetched_by_the_service(terminal: Terminal, site: Site):
    site.answers = [tables(GOODS), accepted(), job()]

    terminal.run("ferry import goods https://files.example/export?id=7 --format csv")

    assert json.loads(site.asked[1].content) == {
        "file_url": "https://files.example/export?id=7",
        "file_name": "file.csv",
    }


def test_an_export_of_dynamodbs_own_is_fetched_by_the_service(terminal: Terminal, site: Site):
    url = "s3://exports/AWSDynamoDB/0169-ab/manifest-summary.json"
    site.answers = [tables(GOODS), accepted(), job()]

    terminal.run(f"ferry import goods {url} --mode changes --keep-before")

    sent = json.loads(site.asked[1].content)
    assert (sent["file_url"], sent["mode"], sent["keep_before"]) == (url, "changes", True)


@pytest.mark.parametrize(
    "line", ["ferry tables delete goods", f"ferry undo {'j' * 32}", "ferry config rollback 1"]
)
def test_nothing_is_destroyed_unasked(terminal: Terminal, site: Site, line: str):
    counts = {"total": 1, "succeeded": 1, "failed": 0}
    shown = job(counts=counts, table_id=1)
    site.answers = [shown if "undo" in line else tables(GOODS), shown]

    printed = terminal.run(line)

    assert (printed.code, "--yes" in printed.err) == (64, True)
    assert all(request.method == "GET" for request in site.asked)


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"\n", 1), (b"n\n", 1), (b"", 1)])
def test_a_person_is_asked(terminal: Terminal, site: Site, answer: bytes, code: int):
    site.answers = [tables(GOODS), httpx.Response(204)]

    printed = terminal.run("ferry tables delete goods", answer, interactive=True)

    assert (printed.code, len(site.asked)) == (code, 2 if code == 0 else 1)


def interrupted(_request: httpx.Request) -> httpx.Response:
    raise KeyboardInterrupt


@pytest.mark.parametrize("answer", [b"y\n", b"\n"])
def test_ctrl_c_asks_what_becomes_of_the_job(terminal: Terminal, site: Site, answer: bytes):
    Path("g.csv").write_text("sku\nx\n")
    cancelled = httpx.Response(202, json={"status": "cancelling"})
    site.answers = [tables(GOODS), accepted(), interrupted, cancelled]

    printed = terminal.run("ferry import goods g.csv", answer, interactive=True)

    assert printed.code == 130
    assert f"ferry jobs watch {'j' * 32}" in printed.err
    assert site.lines[-1].endswith("/cancel/") == (answer == b"y\n")


def test_ctrl_c_leaves_the_job_where_nobody_can_be_asked(terminal: Terminal, site: Site):
    site.answers = [tables(GOODS), accepted(), interrupted]

    printed = terminal.run("ferry export goods -o out.csv")

    assert (printed.code, f"ferry jobs download {'j' * 32} -o out.csv" in printed.err) == (
        130,
        True,
    )


@pytest.mark.parametrize("line", ["ferry nothing", "ferry import goods", "ferry export goods --no"])
def test_wrong_use_has_a_code_of_its_own(terminal: Terminal, line: str):
    printed = terminal.run(line)

    assert (printed.code, printed.out, "Usage: ferry" in printed.err) == (64, "", True)


def test_failed_rows_that_were_not_corrected_are_not_sent(terminal: Terminal, site: Site):
    seen = job(report_url=f"{URL}/download/x", file_name="g.csv")
    rows = httpx.Response(200, content=b"line,field,reason,sku\r\n")
    site.answers = [FOUND, seen, seen, rows]
    terminal.environment["EDITOR"] = "true"

    printed = terminal.run(f"ferry failed {'j' * 32} --fix")

    assert (printed.code, "nothing was" in printed.err) == (1, True)
    assert all(request.method == "GET" for request in site.asked)


@pytest.mark.parametrize("given", ["", " --match id --mode skip"])
@pytest.mark.parametrize("of", [{}, {"apply_of": "d" * 32}])
def test_corrected_rows_go_in_as_the_others_did(
    terminal: Terminal, site: Site, of: dict[str, str], given: str
):
    rows = httpx.Response(200, content=b"line,field,reason,sku\r\n")
    how = {"match": ["sku"], "mode": "upsert", "mapping": {"Art": "sku"}}
    known = job(file_name="g.csv", report_options=how)
    seen = job(report_url=f"{URL}/download/x", file_name="g.csv", **of) if of else known
    linked = job(report_url=f"{URL}/download/x")
    site.answers = [FOUND, seen, *([FOUND, known] if of else []), linked, rows, accepted(), job()]
    terminal.environment["EDITOR"] = "sh -c 'echo x >>$0'"

    assert terminal.run(f"ferry failed {'j' * 32} --fix{given}").code == 0

    sent = site.asked[-2].content.decode()
    assert 'name="mapping"\r\n\r\n{"Art": "sku"}\r\n' in sent
    assert f'name="match"\r\n\r\n{"id" if given else "sku"}\r\n' in sent
    assert f'name="mode"\r\n\r\n{"skip" if given else "upsert"}\r\n' in sent


def test_what_an_undo_has_kept_is_not_corrected(terminal: Terminal, site: Site):
    site.answers = [FOUND, job(undo_of="i" * 32, file_name="g.csv")]

    printed = terminal.run(f"ferry failed {'j' * 32} --fix")

    assert (printed.code, "changed since" in printed.err) == (1, True)
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("ferry export goods --where {bad", 64, "--where is no JSON"),
        ("ferry tables create bad.json", 64, "bad.json is no JSON"),
        ("ferry tables create none.json", 1, "there is no file none.json\n"),
        ("ferry tables create .", 1, "error: .: "),
    ],
)
def test_what_cannot_be_read_is_named(terminal: Terminal, line: str, code: int, told: str):
    Path("bad.json").write_text("sku,price\n")

    printed = terminal.run(line)

    assert (printed.code, told in printed.err) == (code, True), printed.err


def test_a_reader_that_ends_is_told_by_the_exit_code(
    terminal: Terminal, site: Site, monkeypatch: pytest.MonkeyPatch
):
    def closed(_: httpx.Request) -> httpx.Response:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("ferry_cli.__main__._close_output", lambda: None)
    monkeypatch.setattr("sys.stdout", sys.stdout)  # Typer puts others in their places
    monkeypatch.setattr("sys.stderr", sys.stderr)
    site.answers = [closed]

    assert terminal.run("ferry tables list").code == 141


def test_ctrl_c_while_it_starts_is_no_traceback(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ferry_cli.values.read_plainly", interrupt)

    printed = terminal.run("ferry --help")

    assert (printed.code, printed.err) == (130, "")


def test_errors_are_in_the_language_of_the_locale():
    environment = {"LANG": "zh_CN.UTF-8", "FERRY_CONFIG_DIR": "/nonexistent", "PATH": ""}

    ran = subprocess.run(
        [sys.executable, "-m", "ferry_cli", "whoami"],
        cwd=ROOT / "cli",
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert ran.returncode == 4
    assert "尚未登录" in ran.stderr


def test_it_says_its_version(terminal: Terminal):
    assert terminal.run("ferry --version").out.startswith("ferry ")
    assert terminal.run("ferry").code == 64


PROPOSED = {
    "name": "wines",
    "attached": {
        "table": "shop-wines",
        "created_at": {"attribute": "made", "unit": "seconds"},
        "index": {"name": "by_made", "partitions": ["eu", 7]},
    },
    "schema": {"fields": [{"name": "sku", "type": "string"}]},
}
SAMPLED = {
    "items": 3,
    "read_units": 0.5,
    "whole": True,
    "table_items": 0,
    "attributes": [
        {"name": "sku", "type": "string", "types": {"S": 66.7, "N": 33.3}, "why": "mixed"}
    ],
    "left_out": {"$x": "cannot name a field"},
}


def test_a_table_is_attached_as_its_items_suggest_once_somebody_agrees(
    terminal: Terminal, site: Site
):
    site.answers = [
        httpx.Response(200, json=PROPOSED | {"sample": SAMPLED}),
        httpx.Response(201, json=GOODS | {"attached": {}}),
    ]

    printed = terminal.run("ferry tables attach wines shop-wines --yes")

    asked, sent = (json.loads(request.content) for request in site.asked)
    assert asked == {"name": "wines", "attached": {"table": "shop-wines"}}
    assert sent == PROPOSED
    assert printed.err.splitlines() == [
        "Items read: 3, for 0.5 read units; the table has about 3.",
        "  sku: string (S 66.7 %, N 33.3 %); mixed",
        "  $x is left out: cannot name a field",
        "Rows were created at: made",
        "Windows are read by the index by_made, of these partitions only: eu, 7",
    ]


def test_a_proposed_table_can_be_printed_to_be_edited(terminal: Terminal, site: Site):
    site.answers = [httpx.Response(200, json=PROPOSED | {"sample": SAMPLED})]

    printed = terminal.run("ferry tables attach wines shop-wines --propose")

    assert (printed.code, json.loads(printed.out), len(site.asked)) == (0, PROPOSED, 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ferry admin", (0, "create-app")),
        ("ferry admin --help", (0, "usage: ferry admin")),
        ("ferry admin issue-token --help", (0, "ferry admin issue-token")),
        ("ferry admin nothing", (64, "invalid choice")),
        ("ferry admin list-apps --state nowhere", (1, "run make up, or name a stack")),
    ],
)
def test_operators_have_their_commands_where_their_package_is(
    terminal: Terminal,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    expected: tuple[int, str],
):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    entry = f"admin = {project['entry-points']['ferry_cli.commands']['admin']}"
    assert entry in (ROOT / "local" / "command").read_text("utf-8")
    info = terminal.folder / "path" / "ferry-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ferry\nVersion: 0\n")
    (info / "entry_points.txt").write_text(f"[ferry_cli.commands]\n{entry}\n")
    monkeypatch.syspath_prepend(terminal.folder / "path")

    printed = terminal.run(line)

    said = capsys.readouterr()
    code, told = expected
    assert (printed.code, told in said.out + said.err + printed.err) == (code, True)


def test_without_that_package_it_is_said_how_to_get_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "path", [])

    printed = terminal.run("ferry admin list-apps")

    assert (printed.code, "pip install ." in printed.err) == (1, True)


def test_a_budget_is_sent_and_a_job_that_stopped_there_says_how_it_goes_on(
    terminal: Terminal, site: Site
):
    stopped = job("cancelled", error_msg="stopped at its budget of $0.5", resume_until=9)
    site.answers = [tables(GOODS), accepted(), stopped]
    (terminal.folder / "goods.csv").write_text("sku\n")

    printed = terminal.run("ferry import goods goods.csv --budget 0.5")

    assert b'name="budget"' in site.asked[1].read()
    assert "stopped at its budget of $0.5" in printed.err
    assert f"ferry jobs resume {'j' * 32} --budget" in printed.err


def test_a_tables_rate_is_set_and_told(terminal: Terminal, site: Site):
    held = GOODS | {"rate": 200}
    site.answers = [tables(GOODS), httpx.Response(200, json=held)]

    printed = terminal.run("ferry tables change goods --rate 200 --name wares")

    assert (printed.code, "200" in printed.err) == (0, True)
    assert json.loads(site.asked[-1].content) == {"rate": 200, "name": "wares"}
    site.answers = [tables(held)]
    assert "200" in terminal.run("ferry tables show goods").err
    assert terminal.run("ferry tables change goods").code == 64


def test_a_table_is_made_with_a_rate(terminal: Terminal, site: Site):
    site.answers = [httpx.Response(201, json=GOODS)]

    made = terminal.run("ferry tables create - --rate 0 --json", b'{"name": "goods", "rate": 5}')

    assert made.code == 0
    assert json.loads(site.asked[-1].content) == {"name": "goods", "rate": 0}
    refused = terminal.run("ferry tables create -", b"[]")
    assert (refused.code, "JSON object" in refused.err) == (64, True)


def test_a_job_is_resumed(terminal: Terminal, site: Site):
    site.answers = [FOUND, httpx.Response(202, json={"status": "pending"})]

    printed = terminal.run(f"ferry jobs resume {'j' * 32} --budget-units 5000 --rate 9")

    assert json.loads(site.asked[-1].read()) == {"budget_units": 5000, "rate": 9}
    assert f"pending; wait for its end: ferry jobs watch {'j' * 32}" in printed.err
