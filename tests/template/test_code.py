"""How the code lies in its folders, and what importing it may not do."""

import ast
import subprocess
import sys

import pytest

from tests.declared import ROOT

LAYER = ROOT / "layers" / "core"
APPS = sorted((ROOT / "functions").glob("*/app.py"))
MODULES = sorted((LAYER / "ferry").rglob("*.py"))
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "manager"}
SLOW = {"jinja2", "pydantic", "re2"}
WITH_A_BODY = {"authorize_app", "create_export", "create_table", "issue_token", "update_table"}
SLOW_BUT_NEEDED = {name: {"pydantic"} for name in WITH_A_BODY}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_a_handler_is_thin(app):
    source = app.read_text()

    assert len(source.splitlines()) <= 60
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Try)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(LAYER)))
def test_a_module_is_short_and_named_for_a_thing(module):
    assert len(module.read_text().splitlines()) <= 300
    assert not DRAWERS & set(module.relative_to(LAYER).with_suffix("").parts)


def test_importing_anything_needs_no_environment_and_makes_no_client():
    names = [".".join(m.relative_to(LAYER).with_suffix("").parts) for m in MODULES]
    names += [".".join(app.relative_to(ROOT).with_suffix("").parts) for app in APPS]

    loaded = _loaded_after(
        "import botocore.session, importlib, socket",
        "botocore.session.Session.create_client = socket.socket.connect = None",
        *(f"importlib.import_module({name.removesuffix('.__init__')!r})" for name in names),
    )

    assert {name.removesuffix(".__init__") for name in names} <= loaded


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_a_cold_start_does_not_wait_for_what_it_does_not_need(app):
    folder = app.parent.name

    loaded = _loaded_after(f"import functions.{folder}.app")

    assert loaded & SLOW == SLOW_BUT_NEEDED.get(folder, set())


def _loaded_after(*statements):
    paths = [str(LAYER), str(ROOT)]
    program = "\n".join(
        ["import sys", f"sys.path[:0] = {paths!r}", *statements, "print(*sys.modules)"]
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())
