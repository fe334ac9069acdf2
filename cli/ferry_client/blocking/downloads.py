# fmt: off
# Written from ../aio by `make openapi`; do not edit.
"""Files behind links: read in order, taken up where a connection broke, checked at the end."""

import hashlib
from collections.abc import Iterator, Callable
from pathlib import Path

import httpx

from ferry_client.blocking.transport import Transport
from ferry_client.errors import Damaged, FileChanged, Refused
from ferry_client.parts import Part, checksum, part_of, whole_size

type Watch = Callable[[int, int | None], None]
"""Called with the bytes that are here and, where known, all of them."""


class Download:
    """A file behind a link.

    Args:
        transport: to the service.
        link: of a job or a mail. It is opened anew for each attempt: what it leads to serves for
            minutes only.
        part: what is here already.
        start: the first byte that is wanted, where no part is here.

    """

    def __init__(
        self, transport: Transport, link: str, part: Part | None = None, start: int = 0
    ) -> None:
        self._transport = transport
        self._link = link
        self.etag = part.etag if part else ""
        self.offset = part.size if part else start
        self.size: int | None = None
        self.md5 = ""

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes that follow the part that is here.

        Raises:
            FileChanged: the link leads to another file by now.
            Refused: the link does not serve any more.
            Unreachable: the connection broke too often without a byte.

        """
        attempt = 0
        while self.size is None or self.offset < self.size:
            before = self.offset
            try:
                with self._transport.opened(self._link, self._range()) as answer:
                    self._take(answer)
                    for chunk in answer.iter_raw():
                        self.offset += len(chunk)
                        yield chunk
            except httpx.TransportError as error:
                attempt = 1 if self.offset > before else attempt + 1
                self._transport.wait(attempt, f"the download broke off: {error}")
                continue
            except Refused as error:
                if error.status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    raise FileChanged("the file is shorter than what is here") from error
                raise
            if self.size is None:
                return
            if self.offset < self.size:
                attempt = 1 if self.offset > before else attempt + 1
                self._transport.wait(attempt, "the download ended early")

    def _range(self) -> dict[str, str]:
        plain = {"Accept-Encoding": "identity"}  # ranges are of the bytes as they are sent
        if not self.offset:
            return plain
        same = {"If-Range": f'"{self.etag}"'} if self.etag else {}
        return plain | {"Range": f"bytes={self.offset}-"} | same

    def _take(self, answer: httpx.Response) -> None:
        """Learn size and checksum; the answer must go on where we are."""
        etag = answer.headers.get("ETag", "").strip('"')
        partial = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if self.offset and not (partial and etag == (self.etag or etag)):
            raise FileChanged("the link leads to another file by now, or cannot be gone on with")
        self.etag = etag
        self.size = whole_size(answer.headers)
        self.md5 = checksum(answer.headers)


def download_to(
    transport: Transport, link: str, target: Path, watch: Watch | None = None
) -> int:
    """Download into a file, which appears when it is whole; return its size in bytes.

    An earlier attempt's beginning, `<name>.<etag>.part` beside it, is gone on with.

    Raises:
        Damaged: its bytes are not those that were stored.

    """
    part = part_of(target)
    try:
        return _download(transport, link, target, part, watch)
    except FileChanged:
        if part is None:
            raise
        part.path.unlink()
        return _download(transport, link, target, None, watch)


def _download(
    transport: Transport, link: str, target: Path, part: Part | None, watch: Watch | None
) -> int:
    download = Download(transport, link, part)
    digest = hashlib.md5(usedforsecurity=False)
    path = part.path if part else None
    if part:
        part.feed(digest)
    stream = path.open("ab") if path else None
    try:
        for chunk in download.chunks():
            if stream is None:
                path = target.with_name(f"{target.name}.{download.etag or 'unknown'}.part")
                stream = path.open("wb")
            stream.write(chunk)
            digest.update(chunk)
            if watch:
                watch(download.offset, download.size)
    finally:
        if stream:
            stream.close()
    if path is None:
        target.write_bytes(b"")
        return 0
    if download.md5 and digest.hexdigest() != download.md5:
        path.unlink()
        raise Damaged(f"{target.name}: the bytes that came are not those that were stored")
    path.replace(target)
    return download.offset


def copy_to(
    transport: Transport,
    link: str,
    write: Callable[[bytes], object],
    watch: Watch | None = None,
    *,
    start: int = 0,
) -> int:
    """Hand a file's bytes in order to `write`, such as a pipe's; return the size of the whole.

    Those before `start` are left out, and then no checksum tells that the others are right.

    Raises:
        Damaged: they were not those that were stored.

    """
    download = Download(transport, link, start=start)
    digest = hashlib.md5(usedforsecurity=False)
    for chunk in download.chunks():
        write(chunk)
        digest.update(chunk)
        if watch:
            watch(download.offset, download.size)
    if download.md5 and not start and digest.hexdigest() != download.md5:
        raise Damaged("the bytes that came are not those that were stored")
    return download.offset
