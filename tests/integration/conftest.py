from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.config import settings
from tests.integration.driver import Clock, Driver, show_clock
from tests.service import Service, save_time
from tests.site import Site
from tests.steps import in_small_steps


@pytest.fixture(autouse=True, scope="session")
def _time_saved() -> Iterator[None]:
    """Spare the tests what takes most of their time and tells nothing.

    moto makes an RSA key for each encrypted table; boto3 reads its models anew for each session;
    and a client with which a test reads a stack serves for the next one, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        save_time(patch)
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time as every function sees it."""
    clock = Clock()
    show_clock(clock, monkeypatch)
    return clock


@pytest.fixture
def driver(service: Service, clock: Clock) -> Driver:
    """The whole service, its clock and its deliveries in the test's hands."""
    token = Accounts(service.stack.ControlTable).token(sha256(service.token))
    assert token is not None
    return Driver(service, clock, token.app_id)


@pytest.fixture
def site(
    stack: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, no_pauses: None
) -> Iterator[Site]:
    """A web site on loopback, from which the service may fetch; needs a test with sockets."""
    monkeypatch.setenv("FETCH_PRIVATE_NETWORKS", "true")
    settings.cache_clear()
    with Site.open() as site:
        yield site


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts, pages and steps of a few rows; S3 takes them as small."""
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    in_small_steps(monkeypatch)
