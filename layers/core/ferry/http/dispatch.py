"""Requests that API Gateway took to `$default` although a function serves them.

It does so with paths that end in a slash, if it holds `/a/` for another path than `/a`, which AWS
does not document (docs/decisions/0100-both-spellings-of-a-path.md).
"""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from botocore.exceptions import ClientError

from ferry import http
from ferry.aws import clients
from ferry.http import routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ferry.http.routes import Match

_THROTTLED = "TooManyRequestsException"


def dispatch(event: dict[str, Any], match: Match, names: Sequence[str]) -> Response[Any]:
    """Hand a request to the function that serves it and return what that answers.

    The function gets the event that it would have got by its route, so it checks the token itself.

    Args:
        event: of API Gateway, payload format 2.0.
        match: the route that serves it.
        names: of the functions in `routes.slashed_functions`, physical.

    """
    functions = dict(zip(routes.slashed_functions(), names, strict=True))
    key, context = match.route.key, event["requestContext"]
    handed = event | {
        "routeKey": key,
        "pathParameters": match.parameters,
        "requestContext": context | {"routeKey": key},
    }
    try:
        invoked = clients.functions().invoke(
            FunctionName=functions[match.route.function], Payload=msgspec.json.encode(handed)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != _THROTTLED:
            raise
        # As API Gateway answers when Lambda runs as many functions as the account may.
        return http.error(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests at once; try again")
    return _response(invoked["Payload"].read(), failed="FunctionError" in invoked)


class _Written(Cookie):
    """A cookie as the other function has written it."""

    def __init__(self, text: str) -> None:
        super().__init__(*text.partition("=")[::2])
        self._text = text

    def __str__(self) -> str:
        return self._text


def _response(payload: bytes, *, failed: bool) -> Response[Any]:
    if failed:
        raise RuntimeError("the function that serves the request failed; its log says why")
    answer = msgspec.json.decode(payload)
    body = answer.get("body") or ""
    return Response(
        HTTPStatus(answer["statusCode"]),
        body=base64.b64decode(body) if answer.get("isBase64Encoded") else body,
        headers=answer.get("headers"),
        cookies=[_Written(cookie) for cookie in answer.get("cookies") or ()],
    )
