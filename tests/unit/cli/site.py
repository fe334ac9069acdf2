"""A service, its store and the ways in which a connection to them breaks, all in memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from ferry_client import Client, Retries

URL = "https://ferry.example"
STORE = "https://store.example"
AT_ONCE = Retries(first_s=0)


@dataclass
class Site:
    """Answers in their order, and the requests that they were given to.

    An answer is a response, an exception to raise, or a function from the request to either.
    """

    answers: list[object] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0)
        made = answer(request) if callable(answer) else answer
        if isinstance(made, Exception):
            raise made
        assert isinstance(made, httpx.Response)
        if isinstance(made.stream, Breaking):
            return made
        body = httpx.ByteStream(made.content)  # to be read as it would be from the network
        return httpx.Response(made.status_code, headers=made.headers, stream=body)

    def client(self, retries: Retries = AT_ONCE) -> Client:
        return Client(URL, "t0ken", retries=retries, through=httpx.MockTransport(self.handle))

    @property
    def lines(self) -> list[str]:
        """What was asked, such as ``GET /oserve/v1/table/``."""
        return [f"{request.method} {request.url.path}" for request in self.asked]


class Breaking(httpx.SyncByteStream):
    """A body that breaks off behind its bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx.ReadError("the connection was reset")


def stored(content: bytes, etag: str) -> Callable[[httpx.Request], httpx.Response]:
    """S3's answer for an object, with ranges."""

    def answer(request: httpx.Request) -> httpx.Response:
        given = request.headers.get("Range")
        headers = {"ETag": f'"{etag}"'}
        if not given or request.headers.get("If-Range") != f'"{etag}"':
            return httpx.Response(200, content=content, headers=headers)
        start = int(given.removeprefix("bytes=").removesuffix("-"))
        if start >= len(content):
            return httpx.Response(416, headers=headers)
        headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return httpx.Response(206, content=content[start:], headers=headers)

    return answer


def broken(content: bytes, etag: str, behind: int) -> httpx.Response:
    """The same object, the connection broken behind so many bytes."""
    headers = {"ETag": f'"{etag}"', "Content-Length": str(len(content))}
    return httpx.Response(200, stream=Breaking(content[:behind]), headers=headers)


def job(status: str = "finish", **members: object) -> httpx.Response:
    """A job as the API shows it."""
    shown = {
        "job_id": "j" * 32,
        "operation": "import",
        "status": status,
        "file_type": "csv",
        "created_at": 1,
        "updated_at": 2,
        "progress": {"rows_done": 3, "rows_total": 3, "bytes": 9},
        "mail": {"status": "sent"},
    }
    return httpx.Response(200, json=shown | members)


def accepted(path: str = f"/oserve/v1/table/1/import/{'j' * 32}/") -> httpx.Response:
    """The answer to what starts a job."""
    return httpx.Response(201, json={"status": "ok"}, headers={"Location": path})
