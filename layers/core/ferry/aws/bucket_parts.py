"""Multipart uploads to a bucket whose parts others send, each checked by S3 as it arrives.

An upload that is begun with SHA-256 takes parts with that checksum alone, lists it with each, and
is completed by naming it.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.errors import NotFound

URL_S = clients.SESSION_S - 60
"""How long a URL serves: less than the session that signs it, by whatever clocks differ."""


class PartSum(msgspec.Struct, frozen=True):
    """A part of a file.

    Attributes:
        number: from 1.
        size: bytes.
        sha256: of the bytes, in base64.
        etag: of the part in the bucket, "" of one that is to come.

    """

    number: int
    size: int
    sha256: str
    etag: str = ""


class BucketParts:
    """Multipart uploads to one bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def begin(self, key: str) -> str:
        """Begin an upload and return its id."""
        return clients.s3().create_multipart_upload(
            Bucket=self._bucket, Key=key, ChecksumAlgorithm="SHA256"
        )["UploadId"]

    def arrived(self, key: str, upload_id: str) -> list[PartSum]:
        """Return the parts that have arrived, by their numbers.

        Raises:
            NotFound: the upload is completed, or dropped.

        """
        paginator = clients.s3().get_paginator("list_parts")
        try:
            pages = list(paginator.paginate(Bucket=self._bucket, Key=key, UploadId=upload_id))
        except ClientError as error:
            raise _gone(error, key) from error
        return [
            PartSum(part["PartNumber"], part["Size"], part.get("ChecksumSHA256", ""), part["ETag"])
            for page in pages
            for part in page.get("Parts", [])
        ]

    def urls(
        self,
        key: str,
        upload_id: str,
        parts: Sequence[PartSum],
        *,
        role_arn: str,
        session_name: str,
    ) -> list[str]:
        """Return a URL for each part, to which just those bytes can be sent by PUT.

        The size and the checksum are signed: they have to be sent as headers.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
        """
        client = clients.s3_as(role_arn, session_name)
        return [
            client.generate_presigned_url(
                "upload_part",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "UploadId": upload_id,
                    "PartNumber": part.number,
                    "ContentLength": part.size,
                    "ChecksumSHA256": part.sha256,
                },
                ExpiresIn=URL_S,
            )
            for part in parts
        ]

    def complete(self, key: str, upload_id: str, parts: Sequence[PartSum]) -> None:
        """Make the parts the file.

        Raises:
            NotFound: the upload is completed, or dropped.

        """
        named: Any = [_named(part) for part in parts]
        try:
            clients.s3().complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": named}
            )
        except ClientError as error:
            raise _gone(error, key) from error


def _named(part: PartSum) -> dict[str, Any]:
    checksum = {"ChecksumSHA256": part.sha256} if part.sha256 else {}
    return {"PartNumber": part.number, "ETag": part.etag, **checksum}


def _gone(error: ClientError, key: str) -> Exception:
    known = error.response["Error"]["Code"] == "NoSuchUpload"
    return NotFound(f"the upload of {key} is gone") if known else error
