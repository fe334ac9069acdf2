"""Events of payload format 2.0, and what becomes of a function's answer."""

import json

import pytest

from local.gateway import Selected
from local.proxy_events import Request, answer, event

SELECTED = Selected("GET /pets/{id}", "get_pet", "/pets/7/", {"id": "7"})
EMPTY = Selected("$default", "other", "/", {})


def test_an_event_says_what_was_sent():
    headers = {"content-type": "application/json", "cookie": "a=1; b=2"}
    made = event(Request("GET", "/pets/7/?a=1&a=2&b=", headers, b"{}"), SELECTED, "x.example")

    assert made["routeKey"] == made["requestContext"]["routeKey"] == "GET /pets/{id}"
    assert made["rawPath"] == made["requestContext"]["http"]["path"] == "/pets/7/"
    assert made["rawQueryString"] == "a=1&a=2&b="
    assert made["queryStringParameters"] == {"a": "1,2", "b": ""}
    assert made["pathParameters"] == {"id": "7"}
    assert made["cookies"] == ["a=1", "b=2"]
    assert (made["body"], made["isBase64Encoded"]) == ("{}", False)


def test_what_there_is_none_of_is_left_out():
    made = event(Request("GET", "/", {}), EMPTY, "x.example")

    assert not {"body", "cookies", "pathParameters", "queryStringParameters"} & made.keys()


def test_bytes_are_sent_in_base64():
    made = event(Request("PUT", "/", {"content-type": "image/png"}, b"\xff"), EMPTY, "x.example")

    assert (made["body"], made["isBase64Encoded"]) == ("/w==", True)


@pytest.mark.parametrize(
    ("returned", "body"),
    [
        ({"statusCode": 201, "body": "{}"}, b"{}"),
        ({"statusCode": 201, "body": "/w==", "isBase64Encoded": True}, b"\xff"),
        ({"statusCode": 201}, b""),
    ],
)
def test_a_returned_body_is_sent(returned, body):
    assert answer(json.dumps(returned).encode(), failed=False).body == body


def test_cookies_are_headers_each():
    returned = {"statusCode": 204, "headers": {"X-A": 1}, "cookies": ["a=1", "b=2"]}
    sent = answer(json.dumps(returned).encode(), failed=False).headers

    assert ("x-a", "1") in sent
    assert [value for name, value in sent if name == "set-cookie"] == ["a=1", "b=2"]


def test_what_is_no_response_is_sent_as_json():
    sent = answer(b'{"a":1}', failed=False)

    assert (sent.status, sent.body) == (200, b'{"a":1}')


def test_of_a_failure_nothing_is_told():
    sent = answer(b'{"errorMessage":"secret"}', failed=True)

    assert (sent.status, sent.body) == (500, b'{"message": "Internal Server Error"}')
