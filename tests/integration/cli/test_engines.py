"""Two engines, for which Ferry stands in, are brought to what a folder says."""

import json
from pathlib import Path

import pytest

from tests.engine import Engine
from tests.over_http import OverHttp
from tests.service import new_app
from tests.unit.cli.terminal import Terminal

FIRST, SECOND = "http://first.test:9081", "http://second.test:9081"
BOTH = f"--engine {FIRST} --engine {SECOND} --engine-token ${{env:ONE}} --engine-token ${{env:TWO}}"
STREAM = 'CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="JSON")'
RULE = {"sql": "SELECT * FROM demo", "actions": [{"log": {}}]}


@pytest.fixture
def terminal(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    Path("wanted").mkdir()
    Path("wanted/rules.json").write_text(json.dumps({"rules": {"r1": RULE}}))
    other = new_app(engine.service.stack, "B", "owner@b.test")
    tokens = {"ONE": f"Bearer {engine.service.token}", "TWO": f"Bearer {other}"}
    return Terminal(tmp_path, OverHttp(engine.service, FIRST, SECOND), tokens)


def _has(terminal: Terminal, url: str, token: str) -> dict:
    printed = terminal.run(
        f"ferry config pull --engine {url} --engine-token ${{env:{token}}} -o got"
    )
    assert printed.code == 0
    found = {}
    for file in Path("got").iterdir():
        found |= json.loads(file.read_text())
        file.unlink()
    return found


def test_an_engine_on_which_an_item_fails_gets_back_what_it_had(terminal: Terminal):
    Path("first").mkdir()
    Path("first/streams.json").write_text(json.dumps({"streams": {"demo": STREAM}}))
    one = f"--engine {FIRST} --engine-token ${{env:ONE}}"
    assert terminal.run(f"ferry config apply first {one} --yes").code == 0

    planned = terminal.run(f"ferry config plan wanted {BOTH}")
    assert (planned.code, planned.out) == (2, f"{FIRST}\n  + rules r1\n{SECOND}\n  + rules r1\n")

    applied = terminal.run(f"ferry config apply wanted {BOTH} --yes")

    assert applied.code == 1
    assert f"{FIRST}: applied" in applied.err
    assert f"{SECOND}: rules r1: " in applied.err
    assert f"{SECOND}: rolled back" in applied.err
    assert _has(terminal, FIRST, "ONE") == {"streams": {"demo": STREAM}, "rules": {"r1": RULE}}
    assert _has(terminal, SECOND, "TWO") == {}
    assert terminal.run(f"ferry config plan wanted {one}").code == 0
    assert terminal.run(f"ferry config drift wanted {one} --json").code == 2


def test_what_became_of_engines_is_told_as_json_without_values(terminal: Terminal):
    Path("first").mkdir()
    Path("first/streams.json").write_text(json.dumps({"streams": {"demo": STREAM}}))
    one = f"--engine {FIRST} --engine-token ${{env:ONE}}"
    change = [{"section": "rules", "name": "r1", "change": "add"}]
    terminal.run(f"ferry config apply first {one} --yes")

    planned = terminal.run(f"ferry config plan wanted {BOTH} --json")
    applied = terminal.run(f"ferry config apply wanted {BOTH} --yes --json")
    again = terminal.run(f"ferry config apply wanted {one} --json")

    assert json.loads(planned.out) == {FIRST: change, SECOND: change}
    assert (applied.code, json.loads(applied.out)) == (
        1,
        {
            FIRST: {"result": "applied", "changes": change},
            SECOND: {"result": "rolled_back", "changes": change},
        },
    )
    assert json.loads(again.out) == {FIRST: {"result": "unchanged", "changes": []}}
    assert terminal.run(f"ferry config plan wanted {one} --engine {FIRST}").code == 64


def test_a_canary_that_fails_leaves_the_others_alone(terminal: Terminal):
    first = f"--engine {SECOND} --engine-token ${{env:TWO}}"
    then = f"--engine {FIRST} --engine-token ${{env:ONE}}"

    applied = terminal.run(f"ferry config apply wanted {first} {then} --canary 1 --yes")

    assert applied.code == 1
    assert f"{FIRST}: left alone" in applied.err
    assert _has(terminal, FIRST, "ONE") == {}


def test_an_engine_that_is_away_is_an_error(terminal: Terminal):
    away = terminal.run(f"ferry config plan wanted --engine {FIRST} --engine-token Bearer-none")

    assert (away.code, away.out) == (4, "")


def test_nothing_is_applied_unasked(terminal: Terminal):
    applied = terminal.run(f"ferry config apply wanted {BOTH}")

    assert applied.code == 64
    assert _has(terminal, FIRST, "ONE") == {}
