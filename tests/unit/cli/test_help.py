"""Help: complete, with examples that are right; what is printed is golden at both widths."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer

from ferry_cli.app import app
from tests.unit.cli.site import URL, Site, job
from tests.unit.cli.terminal import Terminal

GOLDEN = Path(__file__).parent / "golden"
SEPARATORS = {"|", "<", ">", ">>"}


def commands(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def examples() -> Iterator[tuple[str, list[str]]]:
    """Each example of a command, as the words behind its name."""
    for name, command in COMMANDS.items():
        for line in command.epilog.splitlines()[2:]:
            words = shlex.split(line[line.index("ferry ") :])
            ends = [number for number, word in enumerate(words) if word in SEPARATORS]
            words = words[1 : min([*ends, len(words)])]
            if words[0] == "--as":
                words = words[2:]
            assert words[: len(name.split())] == name.split(), line
            yield name, words[len(name.split()) :]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_an_example(name: str):
    command = COMMANDS[name]

    assert command.help
    assert any(each == name for each, _ in examples())
    if name != "admin":
        for parameter in command.params:
            assert getattr(parameter, "help", None), (name, parameter.name)


def test_examples_are_taken_by_their_commands():
    for name, words in examples():
        COMMANDS[name].make_context(name, list(words))  # or it raises


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "admin"])
def test_each_command_tells_programs_in_json(name: str):
    silent = {"logout", "tables delete", "config export", "config diff"}
    told = {option for each in COMMANDS[name].params for option in each.opts}

    assert ("--json" in told) == (name not in silent)
    if name.endswith((" list", " history")):
        assert "--jsonl" in told


TABLES = httpx.Response(
    200,
    json={
        "objects": [
            {"id": 1, "name": "goods", "schema": {"fields": [
                {"name": name, "type": "string"} for name in
                ("sku", "name", "description", "price", "stock", "listed_on", "maker", "tags",
                 "photo", "attributes", "weight", "colour")
            ]}},
            {"id": 22, "name": "商品", "schema": {"fields": [{"name": "名称", "type": "string"}]}},
        ],
        "meta": {"next": None},
    },
)  # fmt: skip
DIFFERENCES = (
    b'{"key": {"sku": "A-1"}, "change": "changed", "column": "price", "before": 5.5, "after": 6}\n'
    b'{"key": {"sku": "A-2"}, "change": "new", "column": "description", "before": null, '
    b'"after": "A kettle of clay from Yixing, fired at 1,160 degrees and polished by hand"}\n'
)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_what_is_printed_is_as_it_is_kept(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    columns: str,
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", columns)
    Path("goods.csv").write_text("sku\nA-1\n")
    site = Site()
    around = {"FERRY_URL": URL, "FERRY_TOKEN": "t0ken", "COLUMNS": columns}
    terminal = Terminal(tmp_path, httpx.MockTransport(site.handle), around)
    accepted = httpx.Response(201, headers={"Location": f"/j/{'j' * 32}/"})
    counts = {"total": 2, "succeeded": 2, "failed": 0, "new": 1, "changed": 1}
    dry_run = job(counts=counts, download_url=f"{URL}/download/d", file_name="goods.csv")
    file = httpx.Response(200, content=DIFFERENCES)
    refused = httpx.Response(404, json={"error_msg": "table 9 does not exist"})
    listed = {"table_id": 1, "table_name": "goods", "user_id": 7}
    spent = {"read_units": 0.5, "write_units": 12000, "dollars": 0.0150000625}
    first = [{"line": 3, "errors": [{"field": "price", "reason": "must be a number"}]}]
    shown_job = job(file_name="goods.csv", spent=spent, first_failed=first, counts=counts, **listed)
    many = httpx.Response(200, json={"objects": [shown_job.json()], "meta": {"next": None}})
    sessions: list[tuple[str, list[object]]] = [
        ("ferry tables list", [TABLES]),
        ("ferry import goods goods.csv --diff --dry-run",
         [TABLES, accepted, dry_run, dry_run, file]),
        ("ferry export 9", [refused]),
        ("ferry preview --help", []),
        ("ferry jobs list", [many]),
        (f"ferry jobs show {'j' * 32}", [shown_job, shown_job]),
        ("ferry jobs list --limit 0", []),
        ("ferry tables change --help", []),
    ]  # fmt: skip
    shown = []
    for line, answers in sessions:
        site.answers = answers
        printed = terminal.run(line)
        shown.append(f"$ {line}\n{capsys.readouterr().out}{printed.steady}\n")
    kept = GOLDEN / f"{columns}.txt"

    assert "\n".join(shown) == kept.read_text("utf-8"), f"if it is right now, keep it in {kept}"
    assert max(map(len, "\n".join(shown).splitlines())) <= int(columns)
