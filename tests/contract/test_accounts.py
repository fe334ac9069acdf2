"""Codes, tokens, and their ends (A1 to A5; A6 is with the exports)."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.contract.cases import parametrize
from tests.contract.goods import meeting
from tests.oauth import AUTHORIZE, TOKEN, Client
from tests.service import Service

SECRET = re.compile("[0-9a-f]{40}")


@pytest.fixture
def client(service: Service, stack: SimpleNamespace) -> Client:
    return Client.create(service, stack)


@parametrize("accounts", "authorize")
def test_authorize(case: dict[str, Any], client: Client):
    answer = _post(client, case, AUTHORIZE, client.body)

    if not _refused(answer, case):
        assert answer.status == 200
        assert answer.json().keys() == {"code", "expires_in"}
        assert SECRET.fullmatch(answer.json()["code"])
        assert answer.json()["expires_in"] == 600


@parametrize("accounts", "token")
def test_token(case: dict[str, Any], client: Client, stack: SimpleNamespace):
    names = _secrets(client, Client.create(client.service, stack, "other@b.test"))
    body = {**client.body, "grant_type": "authorization_code", "code": client.code()}
    sent = {k: names.get(v, v) for k, v in case.get("send", {}).items()}

    answer = _post(client, {**case, "send": sent}, TOKEN, body)

    if not _refused(answer, case):
        tokens = answer.json()
        assert answer.status == 200
        assert SECRET.fullmatch(tokens.pop("access_token"))
        assert SECRET.fullmatch(tokens.pop("refresh_token"))
        assert tokens == {"token_type": "Bearer", "expires_in": 31_535_999, "scope": "write"}
        assert client.sees_its_tables(answer.json()["access_token"])


def test_a5_a_refresh_kills_every_earlier_token_of_the_user(client: Client):
    first, second = client.tokens(), client.tokens()
    assert client.sees_its_tables(first["access_token"])

    answer = client.refresh(second["refresh_token"])

    assert answer.status == 200
    assert not client.sees_its_tables(first["access_token"])
    assert not client.sees_its_tables(second["access_token"])
    assert client.refresh(first["refresh_token"]).json() == {"error": "invalid_grant"}
    assert client.sees_its_tables(answer.json()["access_token"])
    assert client.refresh(answer.json()["refresh_token"]).status == 200


def test_a4_of_two_who_show_the_same_code_at_once_one_gets_tokens(client: Client):
    code = client.code()

    answers = _together(lambda: client.exchange(code), "UpdateItem")

    assert sorted(answer.status for answer in answers) == [200, 400]


def test_a5_of_two_who_show_the_same_refresh_token_at_once_one_gets_tokens(client: Client):
    token = client.tokens()["refresh_token"]

    answers = _together(lambda: client.refresh(token), "UpdateItem")

    served, refused = sorted(answers, key=lambda answer: answer.status)
    assert (served.status, refused.json()) == (200, {"error": "invalid_grant"})
    assert client.sees_its_tables(served.json()["access_token"])


def _post(client: Client, case: dict[str, Any], path: str, valid: dict[str, Any]):
    sent = {k: v for k, v in (valid | case.get("send", {})).items() if v is not None}
    body = case["body"].encode() if "body" in case else sent
    return client.post(case.get("path", path), body, case.get("as", "json"))


def _refused(answer, case: dict[str, Any]) -> bool:
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    if "error" in case:
        assert (answer.status, answer.json()) == (400, {"error": case["error"]})
    return "error" in case


def _secrets(client: Client, other: Client) -> dict[str, str]:
    """Return the values of the cases' names in angle brackets."""
    used, refreshed = client.code(), client.exchange(client.code()).json()
    client.exchange(used)
    client.refresh(refreshed["refresh_token"])
    tokens = client.tokens()
    return {
        "<used code>": used,
        "<used refresh token>": refreshed["refresh_token"],
        "<access token>": tokens["access_token"],
        "<refresh token>": tokens["refresh_token"],
        "<other app's code>": other.code(),
        "<other app's refresh token>": other.tokens()["refresh_token"],
    }


def _together(call, operation: str) -> list[Any]:
    answers: list[Any] = []
    with meeting(operation, 2) as run:
        run(*[lambda: answers.append(call())] * 2)
    return answers
