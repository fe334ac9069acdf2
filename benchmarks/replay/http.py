"""As much of HTTP/1.1 as the AWS SDKs speak, over asyncio."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, cast
from urllib.parse import parse_qs, unquote, urlsplit
from zlib import crc32


class Request(NamedTuple):
    """A request; names of headers are lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """An answer as it goes over the wire, and how many seconds it is held back."""

    content: bytes
    delay: float = 0.0


type Respond = Callable[[Request], Answer]


class Unserved(Exception):
    """A request asks for what this server does not do."""


def response(
    body: bytes = b"", status: str = "200 OK", kind: str = "application/x-amz-json-1.0", **more: str
) -> bytes:
    """Return a whole answer; `more` are headers, with underscores for hyphens."""
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "x-amz-crc32": str(crc32(body)),
        "x-amzn-RequestId": "BENCHMARK",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One client's connection: requests one after the other."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._received = bytearray()
        self._head: Request | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = cast("asyncio.Transport", transport)  # create_server makes no others

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there as a whole."""
        self._received += data
        while request := self._next_request():
            try:
                self._send(self._respond(request))
            except Unserved as error:
                body = b'{"__type":"ValidationException","message":"%s"}' % str(error).encode()
                self._send(Answer(response(body, "400 Bad Request")))

    def _next_request(self) -> Request | None:
        """Return the next request, None until it is there as a whole."""
        head = self._head = self._head or self._read_head()
        if head is None:
            return None
        length = int(head.headers.get("content-length", 0))
        if len(self._received) < length:
            return None
        body = bytes(self._received[:length])
        del self._received[:length]
        self._head = None
        return head._replace(body=body)

    def _read_head(self) -> Request | None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = _parsed(self._received[:end].decode("latin-1"))
        del self._received[: end + 4]
        if "expect" in head.headers:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return head

    def _send(self, answer: Answer) -> None:
        if answer.delay:
            loop = asyncio.get_running_loop()
            loop.call_later(answer.delay, self._transport.write, answer.content)
        else:
            self._transport.write(answer.content)


def _parsed(head: str) -> Request:
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    url = urlsplit(target)
    query = {
        name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()
    }
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    return Request(method, unquote(url.path), query, headers, b"")
