"""One stack serves the whole of a module here, and each test has an app of its own in it."""

import importlib
from collections.abc import Iterator
from inspect import unwrap
from types import SimpleNamespace

import pytest

from tests import conftest
from tests.contract.goods import FIXTURE, Clock, Goods
from tests.declared import ROOT
from tests.service import Service, new_app

QUEUES = ("ExportQueue", "ImportQueue", "ConfigQueue", "NoticeQueue")


@pytest.fixture(scope="module")
def stack() -> Iterator[SimpleNamespace]:
    with pytest.MonkeyPatch.context() as patch:
        yield from unwrap(conftest.stack)(patch)


@pytest.fixture
def service(stack: SimpleNamespace, context: SimpleNamespace) -> Service:
    service = Service(stack, context, new_app(stack))
    while any(service.messages(queue) for queue in QUEUES):
        pass
    service.mails()
    return service


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time as every function sees it."""
    clock = Clock()
    for app in (ROOT / "functions").glob("*/app.py"):
        module = importlib.import_module(f"functions.{app.parent.name}.app")
        if hasattr(module, "time"):
            monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def empty_goods(service: Service, clock: Clock) -> Goods:
    return Goods.create(service)


@pytest.fixture
def goods(empty_goods: Goods) -> Goods:
    """The table with the rows r1, r2 and r3."""
    empty_goods.add(FIXTURE["rows"])
    return empty_goods
