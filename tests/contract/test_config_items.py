"""The cases of statements, queries and rules through the real handlers, each as an import.

The same cases as in `test_config_cases.py`, where they reach the parsers alone. Here each is the
one item of a document: what imports of it answer, what the status then says, what the export holds.
"""

import json
import re

import pytest

from tests.contract.test_config_http import Case, cases
from tests.engine import Engine

SECTIONS = ("streams", "tables", "rules", "nativePlugins", "portablePlugins", "sourceConfig",
            "sinkConfig", "connectionConfig", "Service", "Schema")  # fmt: skip
DEMO = 'CREATE STREAM demo () WITH (DATASOURCE="users")'


@pytest.mark.parametrize("case", cases("statement"))
def test_a_statement(engine: Engine, case: Case) -> None:
    section, name = _declared(case)
    error = case.get("error", "")

    _check(engine, section, name, case["text"], full=error, partial=error)

    assert engine.call("GET", f"/{section}").json() == ([] if error else [name])


@pytest.mark.parametrize("case", cases("select"))
def test_a_query(engine: Engine, case: Case) -> None:
    names = case.get("sources", [])
    streams = {
        name: f'CREATE STREAM `{name}` () WITH (DATASOURCE="x")' for name in (*names, "other")
    }
    engine.load({"streams": streams})
    text = json.dumps({"sql": case["text"], "actions": [{"log": {}}]})
    error = f"Parse SQL {case['text']} error: {case['error']}." if "error" in case else ""

    _check_rule(engine, "r", text, error)

    engine.load({"streams": streams}, "?partial=1")
    exported = engine.call("POST", "/data/export", ["r"]).json()
    assert exported["streams"] == {name: streams[name] for name in names}


@pytest.mark.parametrize("case", cases("rule"))
def test_a_rule(engine: Engine, case: Case) -> None:
    engine.load({"streams": {"demo": DEMO}})
    error = case.get("error", "")

    _check_rule(engine, case["key"], case["text"], error)

    if not error:
        shown = engine.call("GET", f"/rules/{case['key']}")
        assert (shown.status, shown.body.decode()) == (200, case["text"])


def _check_rule(engine: Engine, key: str, text: str, error: str) -> None:
    partial = f"Invalid rule json: {error}" if error else ""
    of_version_2 = "contains invalid characters" in error  # 1.10 takes any id (case 97)
    _check(engine, "rules", key, text, full="" if of_version_2 else error, partial=partial)


def _check(engine: Engine, section: str, key: str, text: str, *, full: str, partial: str) -> None:
    """Import one item: rehearsed as a part in the v2 format, then in full in that of 1.10.

    Args:
        engine: the API.
        section: of the item.
        key: of the item.
        text: of the item.
        full: what a full import says of it, "" if it applies.
        partial: what a partial import does.

    """
    document = {section: {key: text}}
    v2 = {"x-ekuiper-version": "2"}
    rehearsed = engine.load(document, "?partial=1&dry_run=1", headers=v2)
    beside = {"streams": engine.export()["streams"]} if section == "rules" else {}
    answer = engine.load(beside | document)

    assert rehearsed.status == (400 if partial else 200)
    assert answer.status == (400 if full else 200)
    twelve = _failed(section, key, partial) | {"uploads": {}, "scripts": {}}
    if partial:
        assert rehearsed.json()["error"] == 1000
        assert json.loads(rehearsed.json()["message"]) == twelve
    else:
        assert rehearsed.json() == {"ErrorMsg": "", "ConfigResponse": twelve}
    ten = _failed(section, key, full)
    message = "process error" if full else ""
    assert answer.json() == {"ErrorMsg": message, "ConfigResponse": ten}
    assert engine.status() == ten
    assert engine.export()[section] == ({} if full else {key: text})


def _failed(section: str, key: str, error: str) -> dict[str, dict[str, str]]:
    return {name: {key: error} if error and name == section else {} for name in SECTIONS}


def _declared(case: Case) -> tuple[str, str]:
    """Return the section of a statement and the name it gives; a torn one is a stream's."""
    text = re.sub(r"/\*.*?\*/", "", case["text"])
    found = re.search(r"\b(stream|table)\s+(\w+)", text, re.IGNORECASE)
    kind, name = found.groups() if found else ("stream", "demo")
    return f"{kind.lower()}s", case.get("name", name)
