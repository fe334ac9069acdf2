"""Requests are sent again where that does no harm, and as late as the service asks."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ferry_client import AsyncClient, Refused, Retries, Unreachable
from tests.unit.cli.site import AT_ONCE, URL, Site, accepted

TABLE = {"id": 1, "name": "goods"}
EXPORT = "POST /oserve/v1.5/table/1/export/"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_asked_again(status: int):
    site = Site([httpx.Response(status), httpx.Response(200, json=TABLE)])

    assert site.client().table(1) == TABLE
    assert [request.headers["Authorization"] for request in site.asked] == ["Bearer t0ken"] * 2


def test_a_request_that_starts_a_job_is_sent_again_with_its_key():
    site = Site([httpx.ReadTimeout("no answer"), httpx.Response(503), accepted()])

    site.client().start_export(1)

    keys = {request.headers["Idempotency-Key"] for request in site.asked}
    assert (site.lines, len(keys)) == ([EXPORT] * 3, 1)


def test_two_exports_have_two_keys():
    site = Site([accepted(), accepted()])
    client = site.client()

    client.start_export(1)
    client.start_export(1)

    assert len({request.headers["Idempotency-Key"] for request in site.asked}) == 2


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.create_table({"name": "goods", "schema": {"fields": []}}),
        lambda client: client.delete_table(1),
        lambda client: client.job(1, "import", "j").delete(),
        lambda client: client.insert(1, [{}]),
    ],
)
def test_what_may_have_been_done_is_not_done_twice(call):
    site = Site([httpx.ReadError("reset")])

    with pytest.raises(Unreachable, match="reset"):
        call(site.client())

    assert len(site.asked) == 1


def test_a_request_that_never_left_is_sent_again_whatever_it_is():
    site = Site([httpx.ConnectError("refused"), httpx.Response(429), httpx.Response(204)])

    site.client().delete_table(1)

    assert len(site.asked) == 3


def test_attempts_end():
    site = Site([httpx.ConnectError("refused")] * 5)

    with pytest.raises(
        Unreachable, match=r"GET https://ferry\.example/oserve/v1/table/1/: refused"
    ):
        site.client().table(1)

    assert not site.answers


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"json": {"status": "error", "error_msg": "table 9 does not exist"}}, "table 9"),
        ({"json": {"error": 1000, "message": "err:process"}}, "err:process"),
        ({"json": {"error": "invalid_grant"}}, "invalid_grant"),
        ({"text": "plain words\n"}, "plain words"),
    ],
)
def test_a_refusal_has_the_services_words(body: dict, message: str):
    site = Site([httpx.Response(404, **body)])

    with pytest.raises(Refused, match=re.escape(message)) as refusal:
        site.client().table(9)

    assert refusal.value.status == 404


def test_the_service_says_how_long_to_wait():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    retries = Retries()

    assert retries.pause(1, "7") == 7
    assert 25 < (retries.pause(1, soon) or 0) <= 30
    assert retries.pause(1, "nonsense") is not None


def test_a_service_that_asks_for_very_long_is_not_asked_again():
    assert Retries(longest_s=60).pause(1, "61") is None


def test_pauses_grow_up_to_the_longest():
    retries = Retries(attempts=99, first_s=1, longest_s=4)

    longest = [max(retries.pause(n) or 0 for _ in range(200)) for n in (1, 2, 3, 9)]

    assert all(
        below < pause <= above
        for pause, below, above in zip(longest, (0.5, 1, 2, 2), (1, 2, 4, 4), strict=True)
    )


def test_lists_are_read_to_their_end():
    first = {"objects": [{"id": 1}], "meta": {"next": "/oserve/v1/table/?limit=1000&offset=1000"}}
    last = {"objects": [{"id": 2}], "meta": {"next": None}}
    site = Site([httpx.Response(200, json=first), httpx.Response(200, json=last)])

    assert [table["id"] for table in site.client().tables()] == [1, 2]
    assert site.asked[1].url.query == b"limit=1000&offset=1000"


@pytest.mark.enable_socket  # an event loop wakes itself by a pair of its own
def test_the_awaited_client_does_the_same():
    site = Site([httpx.Response(503), httpx.Response(200, json=TABLE)])

    async def ask() -> object:
        through = httpx.MockTransport(site.handle)
        async with AsyncClient(URL, "t0ken", retries=AT_ONCE, through=through) as client:
            return await client.table(1)

    assert asyncio.run(ask()) == TABLE
