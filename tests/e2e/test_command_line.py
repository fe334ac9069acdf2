"""The command line as its users run it, against the service over real HTTP."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.declared import ROOT
from tests.unit.cli.terminal import Printed, Terminal

STREAM = 'CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="JSON")'
RULE = {"sql": "SELECT * FROM demo", "actions": [{"mqtt": {"password": "${env:MQTT}"}}]}
SECRET = "hunter2 of mqtt"

_MAKE_OWNERS = """
import json, sys, time
from pathlib import Path
from admin.target import local_outputs
from ferry.accounts import identity
from ferry.accounts.account_store import Accounts

accounts, now = Accounts(local_outputs(Path(sys.argv[1]))["ControlTable"]), int(time.time())
made = {}
for name in sys.argv[2:]:
    app = identity.create_app(name, now=now, accounts=accounts).client_id
    user = identity.create_user(
        app, name=name, mail="engine@example.com", language="en", now=now, accounts=accounts
    )
    made[name] = "Bearer " + identity.issue_token(user, now=now, accounts=accounts)
print(json.dumps(made))
"""


def _owners(stack: dict[str, Any], *names: str) -> dict[str, str]:
    """Make an app for each engine, and return the header that its owner sends."""
    made = subprocess.run(
        [sys.executable, "-c", _MAKE_OWNERS, stack["state"], *names],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}/layers/core:{ROOT}"},
        capture_output=True,
        check=True,
        timeout=120,
    )
    found: dict[str, str] = json.loads(made.stdout)
    return found


@pytest.fixture
def terminal(stack: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.chdir(tmp_path)
    around = {"FERRY_URL": stack["api_url"], "FERRY_TOKEN": stack["token"], "COLUMNS": "80"}
    return Terminal(tmp_path, None, around)


def test_a_spreadsheet_becomes_a_table_is_changed_and_changed_back(terminal: Terminal):
    name = f"cli_{uuid4().hex[:8]}"
    Path("goods.csv").write_text("sku,price\nA-1,5.5\nA-2,19\n")
    Path("new.csv").write_text("sku,price\nA-1,6\nA-3,1\nA-4,much\n")

    made = terminal.run(f"ferry tables from-file goods.csv --name {name} --key sku --yes --json")
    assert made.code == 0, made.err

    changed = terminal.run(f"ferry import {name} new.csv --match sku --diff --keep-before --yes")
    tried, applied = re.findall("Job (01[0-9a-f]{30})", changed.err)
    assert changed.code == 3, changed.err
    assert f"ferry failed {tried} --fix" in changed.err
    assert re.search(r'"A-1" +changed +price +5.5 +6 *\n', changed.out)
    failed = terminal.run(f"ferry failed {tried} -o failed.csv")
    assert (failed.code, "A-4" in Path("failed.csv").read_text("utf-8")) == (0, True)

    undone = terminal.run(f"ferry undo {applied} --yes")
    assert undone.code == 0, undone.err
    out = terminal.run(f"ferry export {name} -o - --columns sku,price --order sku")
    assert out.out.removeprefix("\ufeff").split() == ["sku,price", "A-1,5.5", "A-2,19"]
    assert terminal.run(f"ferry tables delete {name} --yes").code == 0


class Engines:
    """Two apps that stand in for engines, at two names of this machine."""

    def __init__(self, terminal: Terminal, stack: dict[str, Any]) -> None:
        self.north: str = stack["api_url"]
        self.south = self.north.replace("127.0.0.1", "localhost")
        terminal.environment |= {"MQTT": SECRET, **_owners(stack, "NORTH", "SOUTH")}
        self._terminal = terminal

    def run(self, line: str) -> Printed:
        """Run a command about both; nothing that is printed has the secret."""
        engines = f"--engine {self.north} --engine {self.south}"
        tokens = "--engine-token ${env:NORTH} --engine-token ${env:SOUTH}"
        printed = self._terminal.run(f"{line} {engines} {tokens}")
        assert SECRET not in printed.out + printed.err
        return printed


def test_two_engines_are_applied_to_and_one_is_rolled_back(
    terminal: Terminal, stack: dict[str, Any]
):
    engines = Engines(terminal, stack)
    wanted = {"streams": {"demo": STREAM}, "rules": {"r1": RULE}}
    Path("wanted.json").write_text(json.dumps(wanted))
    broken = {"rules": {"r1": {**RULE, "sql": "SELECT 1 FROM demo"}, "r2": {"sql": "no", "id": 1}}}
    Path("broken.json").write_text(json.dumps(broken))

    planned = engines.run("ferry config plan wanted.json")
    added = "  + rules r1\n  + streams demo\n"
    assert (planned.code, planned.out) == (
        2,
        f"{engines.north}\n{added}{engines.south}\n{added}",
    )
    applied = engines.run("ferry config apply wanted.json --yes --json")
    assert applied.code == 0, applied.err
    assert {each["result"] for each in json.loads(applied.out).values()} == {"applied"}

    failed = engines.run("ferry config apply broken.json --canary 1 --yes --json")

    told = {url: each["result"] for url, each in json.loads(failed.out).items()}
    assert (failed.code, told) == (
        1,
        {engines.north: "rolled_back", engines.south: "left_alone"},
    )
    assert engines.run("ferry config drift wanted.json").code == 0
