"""Grants of the OAuth flow: their lifetime, and their early ends."""

import hmac
from types import SimpleNamespace

import boto3
import pytest

from ferry.accounts import grants
from ferry.accounts import identity as accounts
from ferry.accounts.account_store import Accounts
from tests.integration.driver import Clock
from tests.oauth import AUTHORIZE, TOKEN, Client
from tests.service import Service

START = 1_760_000_000


@pytest.fixture
def client(service: Service, stack: SimpleNamespace, clock: Clock) -> Client:
    return Client.create(service, stack)


@pytest.fixture
def kept(stack: SimpleNamespace) -> Accounts:
    return Accounts(stack.ControlTable)


def test_no_secret_is_kept_as_it_is_and_what_expires_says_when(client, stack):
    code, tokens = client.code(), client.tokens()
    secrets = {code, tokens["access_token"], tokens["refresh_token"], client.body["client_secret"]}

    items = boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"]

    assert not [secret for secret in secrets if secret in str(items)]
    lives = {(i["sk"]["S"], int(i.get("expires_at", {}).get("N", 0)) - START) for i in items}
    assert lives >= {("CODE", 600), ("TOKEN", 31_535_999), ("REFRESH", 2 * 31_535_999)}


def test_a_code_serves_for_ten_minutes(client, clock):
    code, later = client.code(), client.code()

    clock.now += 599
    assert client.exchange(code).status == 200
    clock.now += 1
    assert client.exchange(later).json() == {"error": "invalid_grant"}


def test_a_refresh_token_outlives_the_access_token_but_not_for_ever(client, clock):
    tokens = client.tokens()

    clock.now += 31_535_999
    assert not client.sees_its_tables(tokens["access_token"])
    fresh = client.refresh(tokens["refresh_token"]).json()
    assert client.sees_its_tables(fresh["access_token"])
    clock.now += 2 * 31_535_999
    assert client.refresh(fresh["refresh_token"]).json() == {"error": "invalid_grant"}


def test_another_app_cannot_use_up_a_code(client, stack):
    other, code = Client.create(client.service, stack, "b@b.test"), client.code()

    assert other.exchange(code).json() == {"error": "invalid_grant"}
    assert client.exchange(code).status == 200


def test_a_new_secret_ends_the_old_one_but_not_the_tokens(client, kept):
    token = client.tokens()["access_token"]
    code = client.code()

    fresh = accounts.rotate_secret(client.credentials.client_id, accounts=kept)

    assert client.post(AUTHORIZE, client.body).json() == {"error": "invalid_client"}
    assert client.sees_its_tables(token)
    assert Client(client.service, fresh).exchange(code).status == 200


def test_a_disabled_owner_gets_nothing(client, kept):
    code, tokens = client.code(), client.tokens()
    (owner,) = kept.users(client.credentials.client_id)

    kept.renew(owner, disabled=True)

    assert not client.sees_its_tables(tokens["access_token"])
    assert client.exchange(code).json() == {"error": "invalid_grant"}
    assert client.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert client.post(AUTHORIZE, client.body).json() == {"error": "invalid_client"}


def test_a_code_that_comes_back_ends_the_tokens_that_it_led_to(client):
    others, code = client.tokens(), client.code()
    tokens = client.exchange(code).json()

    assert client.exchange(code).json() == {"error": "invalid_grant"}

    assert not client.sees_its_tables(tokens["access_token"])
    assert client.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert client.sees_its_tables(others["access_token"])


def test_a_code_that_comes_back_ends_what_its_tokens_were_refreshed_to(client):
    code = client.code()
    fresh = client.refresh(client.exchange(code).json()["refresh_token"]).json()

    client.exchange(code)

    assert not client.sees_its_tables(fresh["access_token"])


def test_a_refresh_token_that_comes_back_ends_every_token(client):
    tokens = client.tokens()
    fresh = client.refresh(tokens["refresh_token"]).json()
    assert client.sees_its_tables(fresh["access_token"])

    assert client.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}

    assert not client.sees_its_tables(fresh["access_token"])
    assert client.refresh(fresh["refresh_token"]).json() == {"error": "invalid_grant"}


def test_codes_die_when_tokens_are_revoked_but_not_when_they_are_refreshed(client, kept):
    tokens, code = client.tokens(), client.code()
    client.refresh(tokens["refresh_token"])
    later = client.code()
    assert client.exchange(code).status == 200

    (owner,) = kept.users(client.credentials.client_id)
    kept.renew(owner)

    assert client.exchange(later).json() == {"error": "invalid_grant"}
    assert client.exchange(client.code()).status == 200


def test_an_app_without_a_user_gets_no_code(service, kept):
    made = accounts.create_app("empty", now=START, accounts=kept)
    nobodys = Client(service, made)

    answer = nobodys.post(AUTHORIZE, nobodys.body)

    assert (answer.status, answer.json()) == (400, {"error": "invalid_client"})


def test_the_owner_is_the_first_user_until_another_is_made_one(client, kept):
    app_id = client.credentials.client_id
    person = {"language": "en", "now": START, "accounts": kept}

    accounts.create_user(app_id, name="second", mail="second@a.test", **person)
    (first, _) = kept.users(app_id)
    assert kept.app(app_id).owner_id == first.id
    third = accounts.create_user(app_id, name="third", mail="t@a.test", owner=True, **person)
    assert kept.app(app_id).owner_id == third.id
    token = client.tokens()["access_token"]
    caller = accounts.authenticate(f"Bearer {token}", now=START, accounts=kept)
    assert caller.user_id == third.id


def test_an_unknown_client_costs_the_same_work(client, monkeypatch):
    compared, same = [], hmac.compare_digest

    def note(one, other):
        compared.append((len(one), len(other)))
        return same(one, other)

    monkeypatch.setattr(grants.hmac, "compare_digest", note)
    client.post(AUTHORIZE, client.body | {"client_secret": "wrong"})
    client.post(AUTHORIZE, client.body | {"client_id": "unknown"})

    assert compared == [(64, 64), (64, 64)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"client_id": "\\ud800", "client_secret": "x"}',
        '{"client_id": "é", "client_secret": "x"}'.encode(),
        b'{"client_id": "\\n", "client_secret": "x"}',
        b'{"client_id": {"S": "x"}, "client_secret": "x"}',
        b'{"client_id": "' + b"a" * 3000 + b'", "client_secret": "x"}',
        b'{"client_id": "a", "client_id": "b", "client_secret": "x"}',
        b"\xff",
        b"null",
    ],
)
def test_a_body_that_no_client_sends_is_an_invalid_request(client, body):
    answer = client.post(AUTHORIZE, body)

    assert (answer.status, answer.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--a--"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\nx"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"client_id=a"),
        ("application/x-www-form-urlencoded", b"client_id=\xff"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 1000)),
        ("", b""),
    ],
)
def test_a_broken_form_is_an_invalid_request(service, content_type, body):
    answer = service.call("POST", TOKEN, body, token="", headers={"content-type": content_type})

    assert (answer.status, answer.json()) == (400, {"error": "invalid_request"})


@pytest.mark.parametrize("path", [AUTHORIZE, TOKEN, f"/oserve{TOKEN}"])
def test_another_method_is_refused_as_everywhere(service, path):
    answer = service.call("GET", path)

    assert answer.status == 405
    assert answer.json()["status"] == "error"
