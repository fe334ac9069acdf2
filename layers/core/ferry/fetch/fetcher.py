"""Files by URI: of the web, of allowed buckets, and of the uploads of one app."""

import io
import posixpath
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import BinaryIO
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec
from botocore.exceptions import ClientError

from ferry.aws.bucket import Files, is_key
from ferry.aws.outages import is_outage
from ferry.aws.retry import Backoff
from ferry.errors import NotFound, Unfetchable, Unreachable
from ferry.fetch.web import Web

type OnBlock = Callable[[int], object]
"""Told the size of every block as it comes; what it raises ends the fetching."""

_BACKOFF = Backoff(tries=3, first_s=1.0)


def retry(fetch: Callable[[], object], *, backoff: Backoff = _BACKOFF) -> None:
    """Fetch a file; what may pass is tried again, from the file's beginning, after a pause.

    Raises:
        Unfetchable: it cannot be had.

    """
    backoff.call(fetch, may_pass=lambda error: isinstance(error, Unreachable))


def bounded(blocks: Iterable[bytes], *, limit: int, on_block: OnBlock) -> Iterator[bytes]:
    """Yield the blocks of a file of at most `limit` bytes.

    Raises:
        Unfetchable: it is larger.

    """
    size = 0
    for block in blocks:
        size += len(block)
        # Content-Length is the server's claim; the bytes that came are what counts.
        if size > limit:
            raise Unfetchable(f"the file is larger than {limit:,} bytes")
        yield block
        on_block(len(block))


class Fetcher(msgspec.Struct, frozen=True):
    """Fetches files for one app.

    Attributes:
        web: how to reach http and https.
        buckets: that s3:// may name.
        uploads: where the app's uploads are.
        folder: under which they are, without a trailing slash.

    """

    web: Web
    buckets: frozenset[str]
    uploads: Files
    folder: str

    def read(
        self, uri: str, *, limit: int, on_block: OnBlock, seconds: float | None = None
    ) -> bytes:
        """Return a file of at most `limit` bytes; see `save`.

        Raises:
            Unfetchable: it cannot be had, or is larger.

        """
        into = io.BytesIO()
        self.save(uri, into, limit=limit, on_block=on_block, seconds=seconds)
        return into.getvalue()

    def save(
        self,
        uri: str,
        into: BinaryIO,
        *,
        limit: int,
        on_block: OnBlock,
        seconds: float | None = None,
    ) -> None:
        """Write a file of at most `limit` bytes into an empty one; what may pass is tried again.

        Args:
            uri: of the file.
            into: the empty file.
            limit: in bytes.
            on_block: called with every block.
            seconds: within which it must have come, all tries together, if fewer than `web` has.

        Raises:
            Unfetchable: it cannot be had, or is larger.

        """
        until = time.monotonic() + min(self.web.seconds, seconds or self.web.seconds)

        def copy() -> None:
            # A retry starts over: a part of the first attempt must not stay in front of the
            # second.
            into.seek(0)
            into.truncate()
            blocks = self._blocks(uri, until)
            into.writelines(bounded(blocks, limit=limit, on_block=on_block))

        retry(copy)

    def _blocks(self, uri: str, until: float) -> Iterator[bytes]:
        scheme, _, rest = uri.partition("://")
        match scheme.lower():
            case "http" | "https":
                return self.web.blocks(uri, until=until)
            case "s3":
                return stored_object(rest, self.buckets)
            case "file":
                return self._upload(uri)
        raise Unfetchable(f"unsupported url scheme {_parts(uri).scheme}")

    def _upload(self, uri: str) -> Iterator[bytes]:
        path = unquote(_parts(uri).path)
        missing = f"stat {path}: no such file or directory"
        key = f"{self.folder}{path}"
        # Uploads have normalised names, so this refuses none. S3 does not resolve `..` in a key;
        # a client or proxy that did would read another app's folder.
        if not is_key(key) or posixpath.normpath(key) != key:
            raise Unfetchable(missing)
        try:
            yield from self.uploads.blocks(key)
        except NotFound as fault:
            raise Unfetchable(missing) from fault


def stored_object(name: str, buckets: Collection[str]) -> Iterator[bytes]:
    """Yield an object by its bucket and key, as ``bucket/key``.

    Raises:
        Unfetchable: it cannot be had, or is in none of the buckets.
        ClientError: S3 cannot be asked now, which says nothing about the object.

    """
    bucket, _, key = name.partition("/")
    # The function's role may read more buckets than its callers may: only listed ones are served.
    if bucket not in buckets:
        raise Unfetchable(f"the bucket {bucket} is not one that files may come from")
    if not is_key(key):
        raise Unfetchable(f"s3://{name}: no such object")
    try:
        yield from Files(bucket).blocks(key)
    except NotFound as fault:
        raise Unfetchable(f"s3://{name}: no such object") from fault
    except ClientError as fault:
        code = fault.response["Error"]["Code"]
        if is_outage(fault) or code == "ExpiredToken":  # that of the worker's own credentials
            raise
        raise Unfetchable(f"s3://{name}: {code}") from fault


def _parts(uri: str) -> SplitResult:
    try:
        return urlsplit(uri)
    except ValueError as fault:
        raise Unfetchable("invalid uri: it cannot be read") from fault
