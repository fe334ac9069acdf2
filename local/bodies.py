"""The body of a request, read within the bounds an HTTP API sets."""

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

MAX_BODY = 10 * 1024 * 1024
"""The most bytes of a body that an HTTP API takes."""

_SKIP = 1024 * 1024


class TooLarge(Exception):
    """The body is larger than an HTTP API takes."""


class Unreadable(Exception):
    """The request does not say properly where its body ends."""


def read_body(stream: BufferedIOBase, headers: Message) -> bytes:
    """Read a request's whole body, sent whole or in chunks.

    Raises:
        TooLarge: it has more than MAX_BODY bytes; all that was sent of it has been read, so that
            the client sees the answer.
        Unreadable: its length or a chunk's is no number.

    """
    coding = headers.get("Transfer-Encoding")
    length, *others = set(headers.get_all("Content-Length", ["0"]))
    if others:  # RFC 9112, 6.3: what is left would be read as the next request
        raise Unreadable("The body has two lengths")
    if coding is None:
        return _whole(stream, _number(length, 10))
    if coding.lower() != "chunked" or "Content-Length" in headers:
        raise Unreadable(f"Transfer-Encoding {coding} cannot be read here")
    body = b"".join(_chunks(stream))
    if len(body) > MAX_BODY:
        raise TooLarge
    return body


def _whole(stream: BufferedIOBase, length: int) -> bytes:
    if length <= MAX_BODY:
        return stream.read(length)
    while length > 0 and (dropped := stream.read(min(length, _SKIP))):
        length -= len(dropped)
    raise TooLarge


def _chunks(stream: BufferedIOBase) -> Iterator[bytes]:
    kept = 0
    while size := _number(stream.readline(64).partition(b";")[0].decode("latin-1"), 16):
        chunk = stream.read(size)
        stream.readline(2)
        if kept <= MAX_BODY:
            kept += size
            yield chunk
    while stream.readline(8192).strip():
        pass  # trailers


def _number(text: str, base: int) -> int:
    try:
        number = int(text.strip(), base)
    except ValueError:
        number = -1
    if number < 0:
        raise Unreadable("The body's length is no number")
    return number
