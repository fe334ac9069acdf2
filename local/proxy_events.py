"""Lambda proxy integration of an HTTP API, payload format 2.0: a request to an event, and back.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from local.gateway import Selected

MOST_HEAD_BYTES = 10_240
"""Of request line and headers.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

MOST_INVOKE_BYTES = 6_291_556
"""Of an event: 6 MB and a little for what is around the body.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""


@dataclass(frozen=True)
class Request:
    """A request as a client sent it.

    Attributes:
        target: path and query, percent-encoded.
        headers: their names in lower case, repeated ones joined by commas.

    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def head_bytes(self) -> int:
        """The length in bytes of the request line and the headers, names included."""
        line = len(f"{self.method} {self.target} HTTP/1.1")
        return line + sum(len(name) + len(value) for name, value in self.headers.items())


@dataclass(frozen=True)
class Answer:
    """The HTTP answer that the client gets."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def event(request: Request, selected: Selected, domain: str) -> dict[str, Any]:
    """Return the event that the selected function gets."""
    query = request.target.partition("?")[2]
    kind = request.headers.get("content-type", "")
    text = kind.startswith(("application/json", "text/"))
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": selected.key,
        "rawPath": selected.path,
        "rawQueryString": query,
        "headers": request.headers,
        "requestContext": _context(request, selected, domain),
        "isBase64Encoded": bool(request.body) and not text,
    }
    # What there is none of is left out, not null.
    if query:
        made["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if selected.parameters:
        made["pathParameters"] = selected.parameters
    if "cookie" in request.headers:
        made["cookies"] = request.headers["cookie"].split("; ")
    if request.body:
        encoded = request.body if text else base64.b64encode(request.body)
        made["body"] = encoded.decode(errors="replace")
    return made


def answer(payload: bytes, *, failed: bool) -> Answer:
    """Convert a function's payload to the answer that the client gets."""
    if failed:
        return message(HTTPStatus.INTERNAL_SERVER_ERROR, "Internal Server Error")
    returned = json.loads(payload)
    if not isinstance(returned, dict) or "statusCode" not in returned:
        return Answer(HTTPStatus.OK, [("content-type", "application/json")], payload)
    headers = {"content-type": "text/plain;charset=utf-8"}
    headers |= {name.lower(): str(value) for name, value in (returned.get("headers") or {}).items()}
    cookies = [("set-cookie", cookie) for cookie in returned.get("cookies") or []]
    body = returned.get("body") or ""
    raw = base64.b64decode(body) if returned.get("isBase64Encoded") else body.encode()
    return Answer(returned["statusCode"], [*headers.items(), *cookies], raw)


def message(status: int, text: str) -> Answer:
    """Return an answer as API Gateway gives it where the fault is its own."""
    body = json.dumps({"message": text}).encode()
    return Answer(status, [("content-type", "application/json")], body)


def _context(request: Request, selected: Selected, domain: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": "123456789012",
        "apiId": domain.partition(".")[0],
        "domainName": domain,
        "domainPrefix": domain.partition(".")[0],
        "http": {
            "method": request.method,
            "path": selected.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.headers.get("x-forwarded-for", "203.0.113.7"),
            "userAgent": request.headers.get("user-agent", ""),
        },
        "requestId": str(uuid4()),
        "routeKey": selected.key,
        "stage": "$default",
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
