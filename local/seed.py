"""The demo app with its user, token and table, made once in the life of an engine."""

import json
import subprocess
import sys
from pathlib import Path

from ferry_client import Client
from local.aws import Clients
from local.connection import Json
from local.deployment import Stack
from local.instance import ROOT, Failed, Instance, environment
from local.visitor import create_table

EXAMPLE = ROOT / "examples" / "goods.table.json"


def app(instance: Instance, stack: Stack) -> Json:
    """Store the demo app unless this engine has it, and return how to use it.

    Raises:
        Failed: the service's own code could not store it.

    """
    kept = instance.run / "app.json"
    if not kept.exists():
        print("Making the demo app with its user, token and table", flush=True)
        kept.write_text(_store(instance, _settings(Clients(instance), stack)))
    return _read(kept)


def table(instance: Instance, app_facts: Json) -> Json:
    """Create the demo table through the API unless it is there, and say which it is.

    Raises:
        Failed: the API refused it.

    """
    kept = instance.run / "table.json"
    if not kept.exists():
        definition = _read(EXAMPLE)
        name = definition["name"]
        with Client(instance.url, app_facts["token"]) as client:
            there = {each["name"]: each["id"] for each in client.tables()}
            made = there.get(name) or create_table(client, definition)
        kept.write_text(json.dumps({"table_id": made, "table_name": name}))
    return _read(kept)


def _read(path: Path) -> Json:
    facts: Json = json.loads(path.read_text("utf-8"))
    return facts


def _settings(clients: Clients, stack: Stack) -> dict[str, str]:
    """The environment the template gives to every function."""
    found = clients.functions.get_function_configuration(FunctionName=stack.functions[0])
    return found["Environment"]["Variables"]


def _store(instance: Instance, settings: dict[str, str]) -> str:
    """Run `demo_app` as if it were one of the functions; return what it prints."""
    variables = settings | instance.credentials | {"PYTHONPATH": f"{ROOT}/layers/core:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "local.demo_app"],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"The demo app could not be stored:\n{done.stderr}")
    return done.stdout
