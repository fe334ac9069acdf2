"""Files in a bucket, read and written as streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import quote

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.errors import InvalidFile, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES = 5 * 1024 * 1024
"""S3 takes parts of 5 MiB or more, but for the last, and at most 10,000 of them.

The least it takes, for a part lies in memory until it is sent.
"""

_BLOCK_BYTES = 256 * 1024
_PRESIGNED_S = 300
_FORM_S = clients.SESSION_S - 60
"""How long a form serves: less than the session that signs it, by whatever clocks differ."""


_MOST_KEY_BYTES = 1024
_MOST_DELETED = 1000


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


class UploadForm(NamedTuple):
    """A signed form for an upload: its URL, its fields and its lifetime in seconds."""

    url: str
    fields: dict[str, str]
    lives_s: int


class Files:
    """The files of one bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, body: bytes, media_type: str = "application/octet-stream") -> None:
        """Write a small file in one request."""
        clients.s3().put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=media_type)

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

    def complete_upload(self, key: str, upload_id: str, etags: Sequence[str]) -> None:
        """Make the parts with those ETags, in their order, the file; doing so twice is harmless.

        Raises:
            NotFound: the upload is gone, or one of the parts is not the one meant.

        """
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)
        ]
        try:
            clients.s3().complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
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
        self, key: str, chunks: Iterable[bytes], media_type: str = "application/octet-stream"
    ) -> int:
        """Write a file part by part and return its size in bytes; on failure nothing is left.

        Raises:
            NotFound: the upload was dropped meanwhile.

        """
        upload_id = self.begin_upload(key, media_type)
        try:
            size = 0
            etags: list[str] = []
            for number, part in enumerate(_parts(chunks), start=1):
                etags.append(self.put_part(key, upload_id, number, part))
                size += len(part)
            self.complete_upload(key, upload_id, etags)
        # Also on KeyboardInterrupt: parts that nobody completes are stored, and paid for.
        except BaseException:
            self.abort_upload(key, upload_id)
            raise
        return size

    def presigned_post(
        self,
        key: str,
        *,
        most_bytes: int,
        role_arn: str,
        session_name: str,
        redirect: str = "",
    ) -> UploadForm:
        """Return the form with which anyone can upload that one file.

        A form ends with the session that has signed it, whatever its own end. That of a function's
        role ends at a time that the function cannot know, so another role signs.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
        https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html

        Args:
            key: of the file; ``${filename}`` at its end stands for the name of what is sent.
            most_bytes: the largest file that S3 takes.
            role_arn: the role that signs.
            session_name: names the role's session.
            redirect: where S3 sends the browser once it has the file, "" for nowhere.
                https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html

        """
        there = {"success_action_redirect": redirect} if redirect else {}
        post = clients.s3_as(role_arn, session_name).generate_presigned_post(
            Bucket=self._bucket,
            Key=key,
            Fields=dict(there),
            Conditions=[["content-length-range", 1, most_bytes], *([there] if there else [])],
            ExpiresIn=_FORM_S,
        )
        return UploadForm(post["url"], post["fields"], _FORM_S)

    def presigned_url(self, key: str, file_name: str) -> str:
        """Return a URL that serves the file as a download called `file_name` for five minutes."""
        return clients.s3().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                # RFC 6266 and RFC 8187: any other name than ASCII goes percent-encoded.
                "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(file_name)}",
            },
            ExpiresIn=_PRESIGNED_S,
        )


def _parts(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        if len(held) >= PART_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
