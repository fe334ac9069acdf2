"""Parts of files that are being downloaded, and S3's description of the whole."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_BLOCK_BYTES = 1 << 20
_MD5 = re.compile(r"[0-9a-f]{32}")


class Digest(Protocol):
    """A running checksum."""

    def update(self, data: bytes, /) -> None:
        """Add bytes."""


@dataclass(frozen=True)
class Part:
    """The beginning of a file.

    Attributes:
        etag: of the object that it is the beginning of.

    """

    path: Path
    etag: str
    size: int

    def feed(self, digest: Digest) -> None:
        """Hand all bytes to a checksum."""
        with self.path.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)


def part_of(target: Path) -> Part | None:
    """Return the newest part that an earlier attempt left beside a file; None for nothing."""
    start, end = f"{target.name}.", ".part"
    found = [
        path
        for path in target.parent.iterdir()
        if path.name.startswith(start)
        and path.name.endswith(end)
        and len(path.name) > len(start) + len(end)
        and path.stat().st_size
    ]
    if not found:
        return None
    newest = max(found, key=lambda path: path.stat().st_mtime)
    return Part(newest, newest.name[len(start) : -len(end)], newest.stat().st_size)


def whole_size(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes the whole file has, None where nobody says."""
    if found := re.fullmatch(r"bytes \d+-\d+/(\d+)", headers.get("Content-Range", "")):
        return int(found[1])
    length = headers.get("Content-Length")
    return int(length) if length is not None else None


def checksum(headers: Mapping[str, str]) -> str:
    """Return a file's MD5, "" where its ETag is none: stored in parts, or under a key of KMS.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
    """
    etag = headers.get("ETag", "").strip('"')
    plain = headers.get("x-amz-server-side-encryption", "AES256") == "AES256"
    ours = "x-amz-server-side-encryption-customer-algorithm" not in headers
    return etag if plain and ours and _MD5.fullmatch(etag) else ""
