"""Signed requests to a bucket that others send: downloads, and forms for uploads."""

from typing import NamedTuple
from urllib.parse import quote

from ferry.aws import clients
from ferry.aws.bucket_parts import BucketParts
from ferry.aws.shared_uploads import SharedUploads
from ferry.errors import InvalidFile

_PRESIGNED_S = 300
_FORM_S = clients.SESSION_S - 60
"""How long a form serves: less than the session that signs it, by whatever clocks differ."""


class UploadForm(NamedTuple):
    """A signed form for an upload: its URL, its fields and its lifetime in seconds."""

    url: str
    fields: dict[str, str]
    lives_s: int


class BucketSigner:
    """Signs requests to one bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    @property
    def parts(self) -> BucketParts:
        """The uploads to the bucket whose parts others send."""
        return BucketParts(self._bucket)

    @property
    def shared(self) -> SharedUploads:
        """The uploads to the bucket whose parts several workers send."""
        return SharedUploads(self._bucket)

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


class UploadForms:
    """Forms to upload a file to a bucket.

    Args:
        signer: of the bucket.
        role_arn: the role that signs.
        most_bytes: the largest file that may be uploaded.

    """

    def __init__(self, signer: BucketSigner, *, role_arn: str, most_bytes: int) -> None:
        self._signer = signer
        self._role_arn = role_arn
        self._most_bytes = most_bytes

    @property
    def parts(self) -> BucketParts:
        """The uploads to the bucket whose parts others send."""
        return self._signer.parts

    def check_size(self, size: int) -> None:
        """Raise InvalidFile where a file of so many bytes is too large."""
        if size > self._most_bytes:
            raise InvalidFile(
                f"the file is larger than {self._most_bytes:,} bytes: compress it by gzip, "
                "or split it"
            )

    def form(self, key: str, *, session_name: str, redirect: str = "") -> UploadForm:
        """Return the form for a file (see `BucketSigner.presigned_post`)."""
        return self._signer.presigned_post(
            key,
            most_bytes=self._most_bytes,
            role_arn=self._role_arn,
            session_name=session_name,
            redirect=redirect,
        )
