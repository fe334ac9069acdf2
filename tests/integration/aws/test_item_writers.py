"""The writer of items, against moto's server on loopback, with faults on the way."""

import json
import ssl
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

from ferry.aws import clients
from ferry.aws.retry import Backoff
from ferry.aws.signed_client.batch_writer import BatchWriter
from ferry.aws.signed_client.signed_requests import SignedRequests
from tests.certificates import self_signed
from tests.integration.aws import faulty
from tests.site import serving

pytestmark = pytest.mark.enable_socket
TABLE = "records"
FAULTS = {
    name: getattr(faulty, name)
    for name in ("throttled", "broken", "unavailable", "cut", "answer_lost", "damaged", "half_done")
}


@pytest.fixture(scope="module")
def moto(_sockets):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()
    server.stop()


@pytest.fixture(scope="module")
def _sockets():
    from pytest_socket import enable_socket

    enable_socket()


@pytest.fixture
def door(moto, monkeypatch, no_pauses):
    """The way to an empty table."""
    server = faulty.open_door(moto)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.server_port}")
    clients.dynamodb.cache_clear()
    client = clients.dynamodb()
    with serving(server):
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "_sk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "_sk", "AttributeType": "S"}],
        )
        yield server.log
        client.delete_table(TableName=TABLE)
    clients.dynamodb.cache_clear()


@pytest.fixture
def tls_door(door, moto, tmp_path, monkeypatch):
    """Another way to the table, by TLS."""
    certificate = self_signed(tmp_path, "dynamodb.test", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.chain, certificate.key)
    server = faulty.open_door(moto)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    server.chain = certificate.chain
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"https://127.0.0.1:{server.server_port}")
    clients.dynamodb.cache_clear()
    with serving(server):
        yield server


@pytest.fixture
def writer(door):
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    yield writer
    writer.close()


def texts(numbers):
    return [
        json.dumps({"_sk": {"S": f"{n:04d}"}, "n": {"N": str(n)}, "text": {"S": 'é "漢" \\ 🚀\n'}})
        for n in numbers
    ]


def stored():
    pages = clients.dynamodb().get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
    return {item["_sk"]["S"]: item for page in pages for item in page["Items"]}


def expected(count):
    return {f"{n:04d}": json.loads(text) for n, text in enumerate(texts(range(count)))}


def deliver(writer, count):
    group = writer.group()
    group.put(texts(range(count)))
    group.wait()


@pytest.mark.parametrize("count", [0, 1, 25, 26, 333])
def test_every_item_is_written_as_it_was_given(writer, door, count):
    deliver(writer, count)

    assert stored() == expected(count)
    assert sorted(door.batches, reverse=True) == [25] * (count // 25) + [count % 25] * bool(
        count % 25
    )


def test_items_come_in_any_portions_and_groups_overlap(writer, door):
    first, second = writer.group(), writer.group()
    for n in range(60):
        first.put(texts([n]))
    second.put(texts(range(60, 111)))
    first.wait()
    assert stored().keys() >= expected(60).keys()
    second.wait()

    assert stored() == expected(111)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_passes_loses_nothing(writer, door, fault):
    door.faults = [fault, fault]

    deliver(writer, 80)

    assert stored() == expected(80)
    assert len(door.batches) > 4


def test_many_faults_one_after_the_other_lose_nothing(writer, door):
    door.faults = [*FAULTS.values()] * 3

    deliver(writer, 500)

    assert stored() == expected(500)


def test_items_left_over_are_sent_again_as_long_as_they_become_fewer(writer, door):
    door.faults = [faulty.half_done] * 5

    deliver(writer, 25)

    assert stored() == expected(25)
    assert door.batches == [25, 13, 7, 4, 2, 1]


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (faulty.throttled, ClientError, "ProvisionedThroughputExceededException"),
        (faulty.broken, ClientError, "InternalServerError"),
        (faulty.nothing_done, TimeoutError, "25 items stayed unprocessed"),
        (faulty.cut, BotoCoreError, "127.0.0.1"),
    ],
)
def test_a_fault_that_stays_is_raised_with_its_reason(writer, door, fault, error, reason):
    door.lasting = fault

    with pytest.raises(error, match=reason):
        deliver(writer, 25)

    assert 2 < len(door.batches) <= 10


def test_what_dynamodb_refuses_is_not_sent_again(writer, door):
    door.lasting = faulty.invalid

    with pytest.raises(ClientError, match=r"ValidationException.*The table has no such key"):
        deliver(writer, 25)

    assert door.batches == [25]


def test_what_dynamodb_itself_refuses_is_named(writer, door):
    group = writer.group()
    group.put(['{"another":{"S":"key"}}'])

    with pytest.raises(ClientError, match="ValidationException"):
        group.wait()

    assert door.batches == [1]


def test_whoever_waits_is_called_now_and_then(door):
    calls = []
    writer = BatchWriter(TABLE, SignedRequests(lambda: calls.append(1)))
    door.faults = [faulty.half_done] * 5

    deliver(writer, 100)
    writer.close()

    assert calls


def test_throttling_leaves_fewer_requests_at_a_time(door):
    def slowly(door_, body):
        time.sleep(0.02)
        door_.pass_on(body)

    door.lasting = slowly
    # One batch may meet most of the faults: chance tells which.
    writer = BatchWriter(TABLE, SignedRequests(lambda: None, backoff=Backoff(tries=100)))
    deliver(writer, 1000)
    assert 10 < door.at_once <= 32
    door.faults = [faulty.throttled] * 60
    deliver(writer, 1000)
    door.at_once = 0
    deliver(writer, 100)
    writer.close()

    assert door.at_once < 8
    assert stored() == expected(1000)


def test_a_large_batch_does_not_hold_the_others_up(door):
    items = [
        json.dumps({"_sk": {"S": f"{n:04d}"}, "text": {"S": "x" * 300_000}}) for n in range(60)
    ]
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    group = writer.group()
    group.put(items)
    group.wait()
    writer.close()

    assert len(stored()) == 60


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_wrong_is_set_by_the_servers(door, monkeypatch, hours):
    def punctual(door_, body):
        now = time.time() + hours * 3600
        signed = time.strptime(door_.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        if abs(time.mktime(signed) - time.timezone - now) > 300:
            message = "Signature expired: it is now earlier than it was"
            door_.refuse(400, "InvalidSignatureException", message, date=now)
        else:
            door_.pass_on(body)

    door.lasting = punctual
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    deliver(writer, 500)
    writer.close()

    assert stored() == expected(500)


def test_a_signature_that_is_wrong_for_another_reason_is_not_tried_again(door):
    def wrong(door_, _):
        door_.refuse(400, "InvalidSignatureException", "the secret is not yours")

    door.lasting = wrong
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    with pytest.raises(ClientError, match="the secret is not yours"):
        deliver(writer, 25)
    writer.close()

    assert len(door.batches) == 1


def test_credentials_that_expire_are_had_anew(door, monkeypatch):
    class Session:
        access_key, secret_key, token = "key", "secret", "old"

        def get_frozen_credentials(self):
            return self

    session = Session()
    endpoint = clients.dynamodb_endpoint()._replace(credentials=session)
    monkeypatch.setattr("ferry.aws.clients.dynamodb_endpoint", lambda: endpoint)

    def strict(door_, body):
        if door_.headers["X-Amz-Security-Token"] == "old":
            session.token = "new"
            door_.refuse(400, "ExpiredTokenException")
        else:
            door_.pass_on(body)

    door.lasting = strict
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    deliver(writer, 60)
    writer.close()

    assert stored() == expected(60)


def test_requests_go_through_the_proxy_that_the_environment_names(door, monkeypatch):
    proxy = clients.dynamodb().meta.endpoint_url
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://dynamodb.test")
    monkeypatch.setenv("HTTP_PROXY", proxy)
    clients.dynamodb.cache_clear()
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    deliver(writer, 5)
    writer.close()

    assert door.paths == ["http://dynamodb.test/"]
    monkeypatch.setenv("NO_PROXY", "dynamodb.test")
    assert clients.dynamodb_endpoint().proxy == ""


def test_a_server_that_nobody_vouches_for_is_refused(door, monkeypatch, tls_door):
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    with pytest.raises(BotoCoreError, match=r"(?i)certificate"):
        deliver(writer, 5)
    writer.close()
    assert tls_door.log.batches == []

    monkeypatch.setenv("AWS_CA_BUNDLE", str(tls_door.chain))
    writer = BatchWriter(TABLE, SignedRequests(lambda: None))
    deliver(writer, 5)
    writer.close()
    assert tls_door.log.batches == [5]
