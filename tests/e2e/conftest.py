"""The whole service on a local engine of the tests' own: real HTTP, real deployment, real mail.

`pytest -n 2 --dist loadgroup` runs the tests of a reading of paths, and those of a file that needs
none, on one worker; each worker has an engine of its own.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser

from local.visitor import Visitor
from tests.declared import ROOT
from tests.e2e.browsing import chromium
from tests.e2e.desk import Desk

_STATE = ROOT / ".local" / f"e2e-{os.environ.get('PYTEST_XDIST_WORKER', 'only')}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let these tests, and no others, open sockets; group them by their reading or file."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _group(item: pytest.Item) -> str:
    call = getattr(item, "callspec", None)
    return (call and call.params.get("facts")) or item.path.stem


@pytest.fixture(scope="session")
def local() -> Iterator[Callable[..., None]]:
    """Run a command of the local service; it is taken down at the end."""
    port, engine_port = _free_ports()
    command = [sys.executable, "-m", "local", "--state", str(_STATE)]
    command += ["--port", str(port), "--engine-port", str(engine_port)]

    def run(*arguments: str) -> None:
        subprocess.run([*command, *arguments], cwd=ROOT, check=True, timeout=600)

    try:
        yield run
    finally:
        run("down")


@pytest.fixture(scope="session", params=["normalised", "exact"])
def facts(request: pytest.FixtureRequest, local: Callable[..., None]) -> dict[str, Any]:
    """Bring the service up and hand out what `stack.json` says of it.

    Once under each reading of a path that ends in a slash, as all that are documented do; only the
    front starts anew.
    """
    local("--reading", request.param, "up")
    return _facts()


@pytest.fixture(scope="session")
def stack(local: Callable[..., None]) -> dict[str, Any]:
    """The same, for tests that one reading is enough for, whichever it is."""
    if not (_STATE / "stack.json").exists():
        local("up")
    return _facts()


@pytest.fixture(scope="session")
def visitor(facts: dict[str, Any]) -> Iterator[Visitor]:
    """The demo user, who has a client and a mailbox."""
    visitor = Visitor(facts)
    yield visitor
    visitor.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def owner(stack: dict[str, Any]) -> Iterator[Visitor]:
    """The demo user, as one reading of paths shows them."""
    visitor = Visitor(stack)
    yield visitor
    visitor.close()


@pytest.fixture
def desk(browser: Browser, stack: dict[str, Any]) -> Iterator[Desk]:
    """A window on the console, in English."""
    desk = Desk(browser, stack["api_url"], viewport={"width": 1280, "height": 800}, locale="en")
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def built_console() -> None:
    """Skip what asks for the console's page on a machine that could not build it."""
    if not (ROOT / "functions/serve_console/site/index.html").exists():
        pytest.skip("the console is not built: local/build-console says why")


@pytest.fixture
def http(facts: dict[str, Any]) -> Iterator[httpx.Client]:
    """An HTTP client that shows no token and follows no redirect."""
    with httpx.Client(base_url=facts["api_url"], timeout=90, trust_env=False) as client:
        yield client


def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((_STATE / "stack.json").read_text())
    return facts | {"state": str(_STATE)}


def _free_ports() -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [taken.getsockname()[1] for taken in sockets]
    for taken in sockets:
        taken.close()
    return ports
