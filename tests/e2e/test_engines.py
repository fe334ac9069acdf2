"""Rule engines over real HTTP, for which two apps of the service stand in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.declared import ROOT

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


class Shell:
    """A shell in a folder of its own, whose engines are two names of this machine."""

    def __init__(self, stack: dict[str, Any], folder: Path) -> None:
        self.folder = folder
        self.north: str = stack["api_url"]
        self.south = self.north.replace("127.0.0.1", "localhost")
        self.environment = os.environ | {
            "PYTHONPATH": f"{ROOT}/cli",
            "FERRY_CONFIG_DIR": str(folder / "settings"),
            "MQTT": SECRET,
            **_owners(stack, "NORTH", "SOUTH"),
        }

    def ferry(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a command against both engines; its output never has the secret."""
        engines = ["--engine", self.north, "--engine", self.south]
        tokens = ["--engine-token", "${env:NORTH}", "--engine-token", "${env:SOUTH}"]
        ran = subprocess.run(
            [sys.executable, "-P", "-m", "ferry_cli", *line.split(), *engines, *tokens],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert SECRET not in ran.stdout + ran.stderr
        return ran


@pytest.fixture
def shell(stack: dict[str, Any], tmp_path: Path) -> Shell:
    for folder, document in {
        "all": {"streams": {"demo": STREAM}, "rules": {"r1": RULE}},
        "rules": {"rules": {"r1": RULE, "r2": {**RULE, "sql": "SELECT * FROM absent"}}},
    }.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "document.json").write_text(json.dumps(document))
    return Shell(stack, tmp_path)


def test_two_engines_are_planned_applied_and_rolled_back_where_an_item_fails(shell: Shell):
    planned = shell.ferry("config plan all")
    added = "  + rules r1\n  + streams demo\n"
    assert (planned.returncode, planned.stdout) == (
        2,
        f"{shell.north}\n{added}{shell.south}\n{added}",
    )

    applied = shell.ferry("config apply all --yes --json")
    assert applied.returncode == 0, applied.stderr
    assert {each["result"] for each in json.loads(applied.stdout).values()} == {"applied"}
    assert shell.ferry("config drift all").returncode == 0

    failed = shell.ferry("config apply rules --canary 1 --yes --json")
    told = json.loads(failed.stdout)
    assert failed.returncode == 1
    assert [told[url]["result"] for url in (shell.north, shell.south)] == [
        "rolled_back",
        "left_alone",
    ]
    assert "r2" in failed.stderr
    assert shell.ferry("config drift all").returncode == 0
