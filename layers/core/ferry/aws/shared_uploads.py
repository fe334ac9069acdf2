"""Multipart uploads to a bucket whose parts several workers send, each a range of the numbers.

The numbers then have gaps. S3 takes those of parts without checksums of the newer kind alone, so
each part goes with its MD5.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompletedPart.html
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import md5
from typing import Any

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.errors import NotFound

MOST_PARTS = 10_000
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"""


class SharedUploads:
    """Multipart uploads to one bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put_part(self, key: str, upload_id: str, number: int, body: bytes | bytearray) -> str:
        """Upload part `number`, from 1, and return its ETag; an earlier one is replaced.

        Raises:
            NotFound: the upload is gone.

        """
        try:
            return clients.s3_plain().upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                PartNumber=number,
                Body=bytes(body),
                ContentMD5=b64encode(md5(body, usedforsecurity=False).digest()).decode(),
            )["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            raise NotFound(f"the upload of {key} is gone") from error

    def complete(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make the parts the file, each given by its number and its ETag, by rising numbers.

        Raises:
            NotFound: the upload is gone, or one of the parts is not the one meant.

        """
        named: Any = [{"PartNumber": number, "ETag": etag} for number, etag in parts]
        try:
            clients.s3_plain().complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": named}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"NoSuchUpload", "InvalidPart"}:
                raise
            raise NotFound(f"the upload of {key} is gone") from error
