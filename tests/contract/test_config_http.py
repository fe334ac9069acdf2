"""The cases of configurations through the real handlers: answers, statuses, exports.

The same cases as in `test_config_cases.py`, and below them those that only HTTP can show. Files
that items name are there, unless the case says what is wrong with them.
"""

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from ferry.errors import Unfetchable
from ferry.fetch.fetcher import Fetcher
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.responses import error_body
from tests.contract.test_config_cases import compact
from tests.engine import Engine
from tests.faults import meanwhile

type Case = dict[str, Any]

FILES = sorted(Path(__file__).with_name("config").glob("*.json"))
SEED_RULES = {f"rule{n}": json.dumps({"sql": "SELECT * FROM demo", "actions": [{"log": {}}]})
              for n in (1, 2)}  # fmt: skip
DEMO = 'CREATE STREAM demo () WITH (DATASOURCE="users", FORMAT="JSON")'


def cases(kind: str) -> list[Any]:
    files = (json.loads(file.read_text()) for file in FILES)
    return [
        pytest.param(case, id=f"{file['case']}-{number}")
        for file in files
        if file["kind"] == kind
        for number, case in enumerate(file["cases"])
    ]


@dataclass
class Shelf:
    """The files that URIs name: archives with all that any of the items needs, or what is wrong."""

    items: set[str] = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)

    def save(self, uri: str, into: Any) -> None:
        if uri in self.reasons:
            raise Unfetchable(self.reasons[uri])
        described = {"executable": "run.py", "functions": ["f"], "interfaces": {"i": {}}}
        with zipfile.ZipFile(into, "w") as archive:
            archive.writestr("run.py", "")
            for name in self.items:
                archive.writestr(f"{name}.json", json.dumps(described))
                for suffix in ("so", "yaml"):
                    archive.writestr(f"{name.partition('_')[2] or name}.{suffix}", "")


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    shelf = Shelf()
    monkeypatch.setattr(Fetcher, "save", lambda _, uri, into, **__: shelf.save(uri, into))
    return shelf


@pytest.mark.parametrize("case", cases("import"))
def test_an_import(engine: Engine, shelf: Shelf, case: Case) -> None:
    for step in case["steps"]:
        shelf.items = {key for items in step["document"].values() for key in items}
        shelf.reasons = step.get("file_faults", {})
        wire = {"x-ekuiper-version": step.get("wire", "1.10")}
        query = "?partial=1" if step["mode"] == "partial" else ""
        rehearsed = {
            asked: engine.load(
                step["document"],
                f"{query or '?partial=0'}&dry_run=1",
                headers={"x-ekuiper-version": asked},
            )
            for asked in step.get("bodies", {})
        }
        answer = engine.load(step["document"], query, headers=wire)

        assert answer.status == (400 if step["errors"] else 200)
        for asked, body in step.get("bodies", {}).items():
            assert rehearsed[asked].body.decode() == body
        status = engine.status(headers={"x-ekuiper-version": "2"})
        expected = step.get("status", step["errors"])
        assert {name: items for name, items in status.items() if items} == {
            name: items for name, items in expected.items() if name in status
        }
        _check_document(engine, step)


def _check_document(engine: Engine, step: Case) -> None:
    v2 = {"x-ekuiper-version": "2"}
    whole = engine.export(headers=v2)
    for section, items in step.get("keeps", {}).items():
        assert items.items() <= whole[section].items()
    for section, keys in step.get("lacks", {}).items():
        assert not whole[section].keys() & set(keys)
    for wire, body in step.get("statuses", {}).items():
        asked = {"x-ekuiper-version": wire}
        assert engine.call("GET", "/data/import/status", headers=asked).body.decode() == body
    for wire, body in step.get("exported", {}).items():
        asked = {"x-ekuiper-version": wire}
        assert engine.call("GET", "/data/export", headers=asked).body.decode() == body
    if wanted := step.get("selected"):
        asked = {"x-ekuiper-version": wanted["wire"]}
        answer = engine.call("POST", "/data/export", wanted["ids"], headers=asked)
        assert answer.body.decode() == wanted["body"]


@pytest.mark.parametrize("case", cases("content"))
def test_a_document_as_a_whole(engine: Engine, case: Case) -> None:
    body = case["body"].encode() if "body" in case else compact({"content": case["content"]})
    if "error" not in case:
        answer = engine.call("POST", "/data/import", body)
        assert answer.status in {200, 400}
        assert not answer.body.startswith(b"configuration unmarshal")
        return
    engine.load({"streams": {"demo": DEMO}})
    before = engine.export()

    answer = engine.call("POST", "/data/import", body)

    assert (answer.status, answer.body.decode()) == (400, case["error"] + "\n")
    for wire, expected in case.get("bodies", {}).items():
        asked = {"x-ekuiper-version": wire}
        assert engine.call("POST", "/data/import", body, headers=asked).body.decode() == expected
    assert engine.export() == before


@pytest.mark.parametrize("case", cases("envelope"))
def test_a_body(engine: Engine, case: Case) -> None:
    headers = {"x-ekuiper-version": case.get("wire", "2")}

    answer = engine.call("POST", "/data/import", case["body"].encode(), headers=headers)

    if "error" in case:
        assert answer.status == 400
        wire = Wire(headers["x-ekuiper-version"])
        assert answer.body == error_body(case["error"], wire)
    else:  # case 14: file:///tmp/a.json is accepted; it is an upload's name here
        assert b"no such file or directory" in answer.body
        engine.store(case["file"].removeprefix("file:///"), b'{"streams":{}}')
        assert engine.call("POST", "/data/import", case["body"].encode()).status == 200


@pytest.mark.parametrize("case", cases("flag"))
def test_a_flag(engine: Engine, case: Case) -> None:
    engine.load({"streams": {"demo": DEMO}})
    query = "" if case["value"] is None else f"?partial={case['value']}"

    answer = engine.load({}, query)

    if "error" in case:
        assert (answer.status, answer.body.decode()) == (400, case["error"] + "\n")
    assert bool(engine.export()["streams"]) == ("error" in case or case["set"])


@pytest.mark.parametrize("case", cases("yaml"))
def test_a_yaml_document(engine: Engine, case: Case) -> None:
    engine.load({"streams": {"demo": DEMO}})

    answer = engine.call("POST", "/v2/data/import", {"content": case["text"]})

    if "error" in case:
        assert answer.status == 400
        assert answer.json()["message"] == case["error"]
        assert engine.export()["rules"] == {}
        return
    assert (answer.status, answer.body) == (200, b"success")
    rules = {key: json.loads(text) for key, text in engine.export()["rules"].items()}
    assert rules == case["rules"]
    if "once" in case:  # an export has numbers as float64, as the engine's
        return
    exported = engine.call("GET", "/v2/data/export").body.decode()
    assert engine.call("POST", "/v2/data/import", {"content": exported}).body == b"success"
    assert {key: json.loads(text) for key, text in engine.export()["rules"].items()} == rules


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/data/import", "?Partial=1"),
        ("/data/import", "?partial=1&dryrun=1"),
        ("/async/data/import", "?partal=1"),
        ("/v2/data/import", "?dry_run=1"),
        ("/ruleset/import", "?partial=1"),
    ],
)
def test_102_an_unknown_option(engine: Engine, path: str, query: str) -> None:
    engine.load({"streams": {"demo": DEMO}})

    answer = engine.call("POST", f"{path}{query}", {"content": "{}"})

    assert answer.status == 400
    assert b"unknown option " in answer.body
    assert engine.export()["streams"] == {"demo": DEMO}


def test_103_what_is_ignored_is_named(engine: Engine) -> None:
    answer = engine.load({"rules": {"r1": SEED_RULES["rule1"]}, "version": "2"})

    assert (answer.status, answer.json()["ErrorMsg"]) == (200, "")
    assert json.loads(answer.headers["X-Ferry-Warnings"]) == [
        '"version" is no section and was ignored',
        "rules r1 cannot start: fail to get stream demo, please check if stream is created",
    ]
    ruleset = {"streams": {"demo": DEMO}, "sinkConfig": {"mqtt": "{}"}}
    answer = engine.call("POST", "/ruleset/import", {"content": json.dumps(ruleset)})
    assert json.loads(answer.headers["X-Ferry-Warnings"]) == [
        '"sinkConfig" is no part of a ruleset and was ignored'
    ]


def test_103_many_warnings_fit_a_header(engine: Engine) -> None:
    rules = {f"规则{n}": SEED_RULES["rule1"] for n in range(200)}

    answer = engine.load({"rules": rules})

    warnings = json.loads(answer.headers["X-Ferry-Warnings"])
    assert len(answer.headers["X-Ferry-Warnings"]) <= 1500
    assert warnings[-1] == f"{200 - len(warnings) + 1} more"
    assert len(engine.status()["rules"]) == 200


@pytest.mark.parametrize("case", cases("ruleset"))
def test_a_ruleset(engine: Engine, case: Case) -> None:
    content = case.get("content") or compact(case["document"]).decode()

    answer = engine.call("POST", "/ruleset/import", {"content": content})

    if "error" in case:
        assert (answer.status, answer.body.decode()) == (400, case["error"] + "\n")
        return
    assert (answer.status, answer.body.decode()) == (200, case["summary"])
    exported = engine.call("POST", "/ruleset/export", b"any")
    assert (exported.status, exported.body.decode()) == (200, content)


def test_13_concurrent_imports_of_one_rule(engine: Engine) -> None:
    engine.load({"streams": {"demo": DEMO}})
    racers = [
        {"rules": {f"r{n}": SEED_RULES["rule1"], "same": SEED_RULES["rule2"]}} for n in range(5)
    ]
    tasks = [engine.start(racer, "?partial=1") for racer in racers]

    _race(engine, _taken(engine))

    assert [engine.task(task)["status"] for task in tasks] == ["finish"] * 5
    assert engine.export()["rules"].keys() == {"same", *(f"r{n}" for n in range(5))}
    assert [revision["number"] for revision in engine.revisions()] == [6, 5, 4, 3, 2, 1]


def _race(engine: Engine, records: list[dict[str, Any]]) -> None:
    """Deliver each message at the moment at which the worker of the one before is to commit."""
    if records:
        with meanwhile("TransactWriteItems", lambda: _race(engine, records[1:])):
            assert engine.service.deliver("ConfigQueue", records[:1]) == []


def _taken(engine: Engine) -> list[dict[str, Any]]:
    """Return the messages as if each were alone in its group: nothing but the lock is left."""
    sqs, taken = boto3.client("sqs"), []
    while got := engine.service.messages("ConfigQueue"):
        taken += got
        for record in got:
            sqs.delete_message(
                QueueUrl=engine.service.stack.ConfigQueue, ReceiptHandle=record["receiptHandle"]
            )
    return taken


def test_84_headers_of_an_export(engine: Engine) -> None:
    for method in ("GET", "POST"):
        answer = engine.call(method, "/data/export", [] if method == "POST" else None)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "Attachment"
        assert answer.headers["Accept-Ranges"] == "bytes"

    part = engine.call("GET", "/data/export", headers={"range": "bytes=0-2"})

    total = len(engine.call("GET", "/data/export").body)
    assert (part.status, part.body) == (206, b'{"s')
    assert part.headers["Content-Range"] == f"bytes 0-2/{total}"
    tail = engine.call("GET", "/data/export", headers={"range": "bytes=-2"})
    assert (tail.status, tail.body) == (206, b"}}")
    beyond = engine.call("GET", "/data/export", headers={"range": "bytes=9999-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{total}")


@pytest.mark.parametrize("path", ["/data/export", "/data/import", "/streams", "/async/task/x"])
def test_88_what_is_not_there(engine: Engine, path: str) -> None:
    for method in ("HEAD", "PUT"):
        answer = engine.call(method, path)
        assert (answer.status, answer.body) == (405, b"")
    for unknown in (f"{path}/", f"{path}/x/y/z", "/data/nothing", "/v2/data"):
        answer = engine.call("GET", unknown)
        assert (answer.status, answer.body) == (404, b"404 page not found\n")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_88_pages_of_other_origins(engine: Engine) -> None:
    page = {"origin": "https://console.test"}
    asking = {**page, "access-control-request-method": "DELETE"}
    for status, answer in (
        (200, engine.call("GET", "/streams", headers=page)),
        (400, engine.call("POST", "/data/import", {}, headers=page)),
        (401, engine.call("GET", "/data/export", headers=page, token="")),
        (200, engine.call("OPTIONS", "/config/uploads/a", headers=asking, token="")),
    ):
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert answer.body == b""
    assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    for status, answer in (
        (200, engine.call("GET", "/streams")),
        (405, engine.call("OPTIONS", "/streams", headers=page)),
        (404, engine.call("OPTIONS", "/data/nothing", headers=asking)),
    ):
        assert answer.status == status
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_89_uploads(engine: Engine) -> None:
    first = engine.call("POST", "/config/uploads", {"Name": "test.txt", "Content": "test"})
    named = {"Name": "test1.txt", "file": "file:///test.txt"}
    second = engine.call("POST", "/config/uploads", named)

    assert [(a.status, a.body) for a in (first, second)] == [
        (201, b"/test.txt"),
        (201, b"/test1.txt"),
    ]
    listed = engine.call("GET", "/config/uploads")
    assert (listed.status, listed.json()) == (200, ["/test.txt", "/test1.txt"])
    assert engine.export()["uploads"].keys() == {"test.txt", "test1.txt"}
    for name in ("test.txt", "test1.txt"):
        gone = engine.call("DELETE", f"/config/uploads/{name}")
        assert (gone.status, gone.body) == (200, b"ok")
    assert engine.call("DELETE", "/config/uploads/test.txt").status == 400
    assert "uploads" not in engine.export()


@pytest.mark.parametrize(
    "body",
    [
        b'{"Name":"test.txt","Content":test}',
        b'{"Name":"test.txt","Contents":"test"}',
        b'{"Content":"test"}',
        b'{"Name":"test.txt","file":"file:///nowhere.txt"}',
        b'{"Name":"../repro_dir/test.txt","Content":"x"}',
        b'{"Name":"a/../../../repro_embedded/test.txt","Content":"x"}',
    ],
)
def test_90_and_91_an_upload_that_cannot_be(engine: Engine, body: bytes) -> None:
    answer = engine.call("POST", "/config/uploads", body)

    assert answer.status == 400
    assert engine.call("GET", "/config/uploads").json() == []
    assert engine.revisions() == []


def test_91_an_upload_in_folders(engine: Engine) -> None:
    body = {"Name": "level1/level2/level3/test.txt", "Content": '{"streams":{}}'}

    assert engine.call("POST", "/config/uploads", body).body == b"/level1/level2/level3/test.txt"
    assert engine.load_file("file:///level1/level2/level3/test.txt").status == 200


def test_an_upload_by_form(engine: Engine) -> None:
    answer = engine.service.upload("/config/uploads", "a.json", b"{}", part="uploadFile")

    assert (answer.status, answer.body) == (201, b"/a.json")
    assert engine.load_file("file:///a.json").status == 200


def test_92_tasks(engine: Engine) -> None:
    task = engine.start({"streams": {"demo": DEMO, "bad": "x"}})
    assert engine.task(task)["status"] == "register"
    engine.service.run_jobs()

    shown = engine.task(task)

    assert shown.keys() == {"id", "status", "message", "createdTimestamp", "updatedTimestamp"}
    assert (shown["id"], shown["status"]) == (task, "error")
    assert shown["message"].startswith('err:process error, response:{"ErrorMsg":')
    cancelled = engine.call("POST", f"/async/task/{task}/cancel")
    assert (cancelled.status, cancelled.body) == (200, b"cancel success")
    assert engine.task(task)["status"] == "error"


def test_93_whoever_shows_no_token(engine: Engine) -> None:
    for method, path in (("POST", "/data/import"), ("GET", "/data/export"), ("GET", "/rules")):
        answer = engine.call(method, path, token="", headers={})
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.body.endswith(b"\n")


def test_94_a_name_that_cannot_be(engine: Engine) -> None:
    answer = engine.call("GET", "/rules/invalid%20name")

    assert answer.status == 400
    assert b"invalid characters" in answer.body


def test_10_conf_keys(engine: Engine) -> None:
    keys = {"local": {"server": "tcp://127.0.0.1:1883"}, "remote": {"qos": 1}}
    engine.load({"sinkConfig": {"mqtt": json.dumps(keys)}, "sourceConfig": {"a b": '{"c":{}}'}})

    shown = engine.call("GET", "/metadata/sinks/yaml/mqtt")
    assert (shown.status, shown.json()) == (200, keys)
    assert engine.call("GET", "/metadata/sources/yaml/a%20b").json() == {"c": {}}
    for kind in ("sources", "connections"):
        missing = engine.call("GET", f"/metadata/{kind}/yaml/mqtt")
        assert (missing.status, missing.body.decode()) == (404, f"{kind} mqtt have no conf keys\n")
    assert engine.call("GET", "/metadata/rules/yaml/mqtt").status == 404


def test_7_the_neighbours(engine: Engine) -> None:
    rules = {"rule1": '{"sql": "SELECT * FROM demo",  "actions": [{"log": {}}]}'}
    engine.load({"streams": {"demo": DEMO}, "rules": rules})

    assert engine.call("GET", "/streams").body == b'["demo"]'
    assert engine.call("GET", "/tables").body == b"[]"
    assert engine.call("GET", "/rules").json() == [{"id": "rule1"}]
    assert engine.call("GET", "/rules/rule1").body.decode() == rules["rule1"]
    missing = engine.call("GET", "/rules/rule9", headers={"x-ekuiper-version": "2"})
    assert (missing.status, missing.json()["error"]) == (404, 1002)
