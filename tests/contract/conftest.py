"""One stack serves the whole of a module here, and each test has an app of its own in it."""

from collections.abc import Iterator
from inspect import unwrap
from types import SimpleNamespace

import pytest

from tests import conftest
from tests.contract.goods import FIXTURE, Clock, Goods
from tests.integration.driver import show_clock
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
    show_clock(clock, monkeypatch)
    return clock


@pytest.fixture
def empty_goods(service: Service, clock: Clock) -> Goods:
    return Goods.create(service)


@pytest.fixture
def goods(empty_goods: Goods) -> Goods:
    """The table with the rows r1, r2 and r3."""
    empty_goods.add(FIXTURE["rows"])
    return empty_goods
