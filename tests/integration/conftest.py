import importlib
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace

import boto3
import pytest

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.config import settings
from tests.declared import ROOT
from tests.integration.carrier import Carrier, Clock
from tests.service import Service
from tests.site import Site
from tests.steps import import_in_steps


@pytest.fixture(autouse=True, scope="session")
def _time_saved() -> Iterator[None]:
    """Spare the tests what takes most of their time and tells nothing.

    moto makes an RSA key for each encrypted table; boto3 reads its models anew for each session;
    and a client with which a test reads a stack serves for the next one, too.
    """
    session = boto3.Session()
    once = cache(session.client)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("moto.dynamodb.models.table.Table._get_default_encryption_key", _key_id)
        patch.setattr(
            "boto3.client", lambda name, **o: session.client(name, **o) if o else once(name)
        )
        yield


def _key_id(*_: object) -> str:
    return "arn:aws:kms:eu-west-1:123456789012:key/unused"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time as every function sees it."""
    clock = Clock()
    names = [f"functions.{app.parent.name}.app" for app in (ROOT / "functions").glob("*/app.py")]
    for module in map(importlib.import_module, [*names, "ferry.http"]):
        if hasattr(module, "time"):
            monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def carrier(service: Service, clock: Clock) -> Carrier:
    """The whole service, its clock and its deliveries in the test's hands."""
    token = Accounts(service.stack.ControlTable).token(sha256(service.token))
    assert token is not None
    return Carrier(service, clock, token.app_id)


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
    """Parts, pages and steps of a few rows, so that a few rows make many of them."""
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    monkeypatch.setattr("ferry.exports.export_file.PART_BYTES", 300)
    monkeypatch.setattr("ferry.records.reading.merging.FIRST_ROWS", 1)
    monkeypatch.setattr("ferry.records.store.PAGE_BYTES", 600)
    monkeypatch.setattr("ferry.records.store.HELD_PAGE_BYTES", 600)
    monkeypatch.setattr("ferry.exports.exporting.PIECE_ROWS", 1)
    import_in_steps(monkeypatch, 4)
    monkeypatch.setattr("ferry.files.bulks.BULK_BYTES", 20)
