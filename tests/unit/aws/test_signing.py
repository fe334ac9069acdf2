"""Our signatures beside botocore's, of the same requests at the same moments."""

from datetime import UTC, datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from ferry.aws.signed_client.signing import Signer

HOST = "dynamodb.eu-west-1.amazonaws.com"
MOMENT = 1_760_000_000.0


@pytest.fixture
def clock(monkeypatch):
    """Unix seconds as both see them."""
    now = [MOMENT]
    monkeypatch.setattr("ferry.aws.signed_client.signing.time.time", lambda: now[0])
    monkeypatch.setattr(
        "botocore.auth.get_current_datetime",
        lambda **_: datetime.fromtimestamp(now[0], UTC).replace(tzinfo=None),
    )
    return now


def theirs(credentials, body):
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    }
    request = AWSRequest("POST", f"https://{HOST}/", data=body, headers=headers)
    SigV4Auth(credentials, "dynamodb", "eu-west-1").add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def ours(signer, body):
    return {
        name.lower(): value.strip()
        for name, _, value in (
            line.partition(":") for line in signer.headers("BatchWriteItem", body)
        )
    }


@pytest.mark.parametrize("token", [None, "a/token+of=sts"])
@pytest.mark.parametrize("body", [b"", b"{}", "é漢".encode() * 1000])
def test_a_signature_is_botocores(clock, token, body):
    credentials = Credentials("AKID", "secret", token)
    signer = Signer(credentials, "eu-west-1", HOST)

    for moment in (MOMENT, MOMENT + 1, MOMENT + 86_400):
        clock[0] = moment
        assert ours(signer, body) == theirs(credentials, body) | {"host": HOST}


def test_other_credentials_have_another_signature(clock):
    credentials = Credentials("AKID", "secret")
    signer = Signer(credentials, "eu-west-1", HOST)
    signer.headers("BatchWriteItem", b"{}")

    credentials.access_key, credentials.secret_key = "NEXT", "another"

    assert ours(signer, b"{}") == theirs(credentials, b"{}") | {"host": HOST}


@pytest.mark.parametrize(
    ("date", "ahead_s"),
    [
        ("Thu, 09 Oct 2025 08:53:20 GMT", 0),
        ("Thu, 09 Oct 2025 08:53:23 GMT", 0),
        ("Thu, 09 Oct 2025 09:53:20 GMT", 3600),
        ("Wed, 08 Oct 2025 08:53:20 GMT", -86_400),
    ],
)
def test_the_clock_is_set_by_the_servers_where_they_differ(clock, date, ahead_s):
    credentials = Credentials("AKID", "secret")
    signer = Signer(credentials, "eu-west-1", HOST)

    signer.set_clock(date)

    assert signer.ahead_s == ahead_s
    clock[0] += ahead_s
    signed = theirs(credentials, b"{}")
    clock[0] -= ahead_s
    assert ours(signer, b"{}")["authorization"] == signed["authorization"]
