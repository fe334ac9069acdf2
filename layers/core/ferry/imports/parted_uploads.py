"""Uploads in parts: of files that are too large to be sent in one go, or again from the beginning.

Source: contract tables#imports.

Whoever uploads asks what has arrived and for URLs of the parts that have not. Once all have, the
same question makes them the file, whose arrival starts the import.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.aws.bucket_parts import URL_S, BucketParts, PartSum
from ferry.errors import InvalidFile, Malformed, NotFound
from ferry.imports.upload_store import PendingUpload, Uploads
from ferry.tables.schema import Table

PART_BYTES = 8 * 1024 * 1024
"""Of each part but the last. S3 takes 10,000 parts of 5 MiB at least; a file has 5 GiB at most.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""

KEPT_S = 2 * 86_400
"""The bucket drops parts of uploads that were not completed by then: its rule ``abort``."""

_MOST_AT_ONCE = 100
_SHA256 = re.compile(r"[A-Za-z0-9+/]{43}=")


class PartIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part that is to be sent; its SHA-256 in base64."""

    number: int
    sha256: str


class PartsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body that asks for URLs of parts."""

    file_key: str
    parts: tuple[PartIn, ...] = ()


def parts_in(body: Any) -> PartsIn:
    """Return the body that asks for parts.

    Raises:
        Malformed: it is not as it must be.

    """
    try:
        asked = msgspec.convert(body, PartsIn)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error
    if len(asked.parts) > _MOST_AT_ONCE:
        raise Malformed(f"parts: ask for {_MOST_AT_ONCE} at most")
    if not all(_SHA256.fullmatch(part.sha256) for part in asked.parts):
        raise Malformed("parts: sha256 must be the SHA-256 of the part in base64")
    return asked


def begun(upload: PendingUpload, bucket: BucketParts) -> PendingUpload:
    """Return the upload with a multipart upload that was begun for it."""
    return msgspec.structs.replace(upload, upload_id=bucket.begin(upload.file_key))


def in_parts(upload: PendingUpload) -> dict[str, Any]:
    """Return the answer to whoever asked for an upload in parts."""
    return {
        "file_key": upload.file_key,
        "part_bytes": PART_BYTES,
        "parts": _count(upload),
        "expires_in": KEPT_S,
    }


def upload_of(
    file_key: str, table: Table, caller: Caller, uploads: Uploads, *, now: int
) -> PendingUpload:
    """Return the caller's pending upload to the table.

    Raises:
        InvalidFile: it is somebody else's, to another table, or none.

    """
    upload = uploads.find(file_key, now=now)
    of = (caller.app_id, caller.user_id, table.id)
    if upload is None or (upload.app_id, upload.user_id, upload.table_id) != of:
        raise InvalidFile("file_key is not that of an upload of yours to this table")
    return upload


def go_on(asked: PartsIn, upload: PendingUpload, files: Files, *, role_arn: str) -> dict[str, Any]:
    """Return the parts that arrived, and URLs for those asked for; complete a whole upload.

    Raises:
        InvalidFile: the upload is not one in parts, or not kept any more.
        Malformed: a part's number is not one of the file's.

    """
    if not upload.upload_id:
        raise InvalidFile("this upload was asked for without file_size, and has no parts")
    bucket, key, upload_id = files.parts, upload.file_key, upload.upload_id
    wanted = [PartSum(part.number, _size(upload, part.number), part.sha256) for part in asked.parts]
    try:
        arrived = bucket.arrived(key, upload_id)
        if not wanted and _is_whole(upload, arrived):
            bucket.complete(key, upload_id, arrived)
            return _answer(arrived, [], complete=True)
    except NotFound as error:
        # An answer may have been lost: the upload is gone because the file is there.
        if files.exists(key):
            return _answer([], [], complete=True)
        raise InvalidFile("the upload is not kept any more; begin it anew") from error
    urls = (
        bucket.urls(key, upload_id, wanted, role_arn=role_arn, session_name=upload.job_id)
        if wanted
        else []
    )
    return _answer(
        arrived,
        [{"number": part.number, "url": url} for part, url in zip(wanted, urls, strict=True)],
        complete=False,
    )


def _answer(arrived: Sequence[PartSum], urls: Sequence[Any], *, complete: bool) -> dict[str, Any]:
    shown = [{"number": it.number, "size": it.size, "sha256": it.sha256} for it in arrived]
    return {"arrived": shown, "urls": list(urls), "expires_in": URL_S, "complete": complete}


def _is_whole(upload: PendingUpload, arrived: Sequence[PartSum]) -> bool:
    """Whether each part of the file is there in its size."""
    sizes = {part.number: part.size for part in arrived}
    return sizes == {number: _size(upload, number) for number in range(1, _count(upload) + 1)}


def _count(upload: PendingUpload) -> int:
    return -(-upload.file_size // PART_BYTES)


def _size(upload: PendingUpload, number: int) -> int:
    count = _count(upload)
    if not 1 <= number <= count:
        raise Malformed(f"parts: the file has the parts 1 to {count}")
    return PART_BYTES if number < count else upload.file_size - PART_BYTES * (count - 1)
