"""The sessions that docs/cli.md shows, run in their order."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.declared import ROOT
from tests.engine import Engine
from tests.over_http import OverHttp
from tests.unit.cli.terminal import Terminal

PAGE = (ROOT / "docs" / "cli.md").read_text("utf-8")
SESSIONS = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
JOB = re.compile(r"01[0-9a-f]{30}")
FILES = {
    "goods.csv": "sku,name,price\nA-1,Jasmine tea,5.5\nA-2,Inkstone,19\n",
    "goods-new.csv": "sku,name,price\nA-1,Jasmine tea,6\nA-3,Fan,1\n",
    "bad.csv": "sku,name,price\nA-4,Brush,much\n",
    "engine.json": json.dumps(
        {"streams": {"demo": 'CREATE STREAM demo () WITH (DATASOURCE="demo", FORMAT="JSON")'}}
    ),
    "correct.py": "import pathlib, sys\n"
    "file = pathlib.Path(sys.argv[1])\n"
    "file.write_text(file.read_text().replace(',much', ',3'))\n",
}


def test_the_documented_sessions_are_as_they_are_shown(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
    environment = {"COLUMNS": "80", "EDITOR": f"{sys.executable} correct.py"}
    terminal = Terminal(tmp_path, OverHttp(engine.service), environment)
    token = f"{engine.service.token}\n".encode()
    shown, last = [], ""

    for session in SESSIONS:
        for line in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
            typed = JOB.sub(last, line).replace("https://ferry.example", "https://ferry.test")
            printed = terminal.run(typed, token)
            last = (JOB.findall(printed.err + printed.out) or [last])[-1]
            shown.append(f"$ {line}\n{printed.steady}\n")

    assert "\n".join(shown) == "\n".join(SESSIONS)
