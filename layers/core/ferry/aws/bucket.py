"""Files in a bucket, read and written as streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.aws.bucket_signing import BucketSigner
from ferry.errors import InvalidFile, NotFound, Superseded

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 5 * 1024 * 1024
"""S3 takes parts of 5 MiB or more, but for the last, and at most 10,000 of them.

The least it takes, for a part lies in memory until it is sent.
"""

_BLOCK_BYTES = 256 * 1024


_MOST_KEY_BYTES = 1024
_MOST_DELETED = 1000
_NOT_WRITTEN = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}
"""Answers to a conditional write: another file is there, is being written, or none is there."""


def is_key(key: str) -> bool:
    """Return whether a file can have that key: up to 1,024 bytes of UTF-8, none of them NUL.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
    """
    size = len(key.encode(errors="surrogatepass"))
    return 0 < size <= _MOST_KEY_BYTES and not any(
        char == "\0" or "\ud800" <= char <= "\udfff" for char in key
    )


class Stat(NamedTuple):
    """A stored file: its size in bytes and its version."""

    size: int
    etag: str


class Files(BucketSigner):
    """The files of one bucket."""

    def put(
        self,
        key: str,
        body: bytes,
        media_type: str = "application/octet-stream",
        *,
        replaces: str | None = None,
    ) -> None:
        """Write a small file in one request.

        Args:
            key: of the file.
            body: its content.
            media_type: of the content.
            replaces: the ETag of the file that is to be there, "" for none; None for whatever is.

        Raises:
            Superseded: another file is there than `replaces` says; nothing is written.

        """
        with _on_condition():
            clients.s3().put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
                **_condition(replaces),
            )

    def stat(self, key: str) -> Stat | None:
        """Return the file's size and version, None if there is no whole file under that key."""
        try:
            answer = clients.s3().head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # HeadObject has no body, so its error code is the bare status.
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                return None
            raise
        return Stat(answer["ContentLength"], answer["ETag"])

    def blocks(self, key: str, *, offset: int = 0, etag: str = "") -> Iterator[bytes]:
        """Yield the file from byte `offset` on, in blocks.

        Raises:
            NotFound: there is no such file.
            InvalidFile: its ETag is not `etag`, unless that is "".

        """
        # A file that is replaced between two deliveries must not be read on from the old one's
        # offset.
        same: Any = {"IfMatch": etag} if etag else {}
        try:
            answer = clients.s3().get_object(
                Bucket=self._bucket, Key=key, Range=f"bytes={offset}-", **same
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "InvalidRange":  # the file ends at or before the offset
                return
            if code == "NoSuchKey":
                raise NotFound(f"file {key} does not exist") from error
            if code == "PreconditionFailed":
                raise InvalidFile("the file was replaced while it was being imported") from error
            raise
        yield from answer["Body"].iter_chunks(_BLOCK_BYTES)

    def exists(self, key: str) -> bool:
        """Return whether a completely uploaded file has that key."""
        return self.stat(key) is not None

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with `prefix`, without it."""
        pages = clients.s3().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                yield found["Key"].removeprefix(prefix)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the files, a thousand a request; one that is not there counts as deleted.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
        """
        for some in batched(keys, _MOST_DELETED, strict=False):
            answer = clients.s3().delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
            )
            # The request as a whole is a success: what it could not delete stands in its answer.
            for refused in answer.get("Errors", []):
                error: Any = {
                    "Code": refused.get("Code", ""),
                    "Message": refused.get("Message", ""),
                }
                raise ClientError({"Error": error}, "DeleteObjects")

    def delete_under(self, prefix: str) -> None:
        """Delete every file whose key begins with `prefix`."""
        pages = (
            clients.s3()
            .get_paginator("list_objects_v2")
            .paginate(Bucket=self._bucket, Prefix=prefix)
        )
        for page in pages:
            self.delete(found["Key"] for found in page.get("Contents", []))

    def begin_upload(self, key: str, media_type: str) -> str:
        """Begin a multipart upload and return its id; nothing can be read until it is completed."""
        return clients.s3().create_multipart_upload(
            Bucket=self._bucket, Key=key, ContentType=media_type
        )["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, body: bytes | bytearray) -> str:
        """Upload part `number`, from 1, and return its ETag; an earlier one is replaced.

        Raises:
            NotFound: the upload is gone.

        """
        try:
            return clients.s3().upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                Body=cast("bytes", body),  # a bytearray will do; only the type stubs do not know
            )["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            raise NotFound(f"the upload of {key} is gone") from error

    def complete_upload(
        self, key: str, upload_id: str, etags: Sequence[str], *, replaces: str | None = None
    ) -> None:
        """Make the parts with those ETags, in their order, the file; doing so twice is harmless.

        Raises:
            NotFound: the upload is gone, or one of the parts is not the one meant.
            Superseded: another file is there than `replaces` says, as `put` takes it.

        """
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)
        ]
        try:
            with _on_condition():
                clients.s3().complete_multipart_upload(
                    Bucket=self._bucket,
                    Key=key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": parts},
                    **_condition(replaces),
                )
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"NoSuchUpload", "InvalidPart"}:
                raise
            # The answer to an earlier completion was lost: the upload is gone because the file is
            # there.
            if not self.exists(key):
                raise NotFound(f"the upload of {key} is gone") from error

    def abort_upload(self, key: str, upload_id: str) -> None:
        """Drop an upload and its parts; one that is gone counts as dropped."""
        try:
            clients.s3().abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise

    def write(
        self,
        key: str,
        chunks: Iterable[bytes],
        media_type: str = "application/octet-stream",
        *,
        replaces: str | None = None,
    ) -> int:
        """Write a file part by part and return its size in bytes; on failure nothing is left.

        Raises:
            NotFound: the upload was dropped meanwhile.
            Superseded: another file is there than `replaces` says, as `put` takes it.

        """
        upload_id = self.begin_upload(key, media_type)
        try:
            size = 0
            etags: list[str] = []
            for number, part in enumerate(_parts(chunks), start=1):
                etags.append(self.put_part(key, upload_id, number, part))
                size += len(part)
            self.complete_upload(key, upload_id, etags, replaces=replaces)
        # Also on KeyboardInterrupt: parts that nobody completes are stored, and paid for.
        except BaseException:
            self.abort_upload(key, upload_id)
            raise
        return size


def _condition(replaces: str | None) -> Any:
    """Return the arguments of a conditional write.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    if replaces is None:
        return {}
    return {"IfMatch": replaces} if replaces else {"IfNoneMatch": "*"}


@contextmanager
def _on_condition() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_WRITTEN:
            raise
        raise Superseded("another file has taken its place meanwhile") from error


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= PART_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
