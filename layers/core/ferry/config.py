"""The one place that reads the environment. The names are those of template.yaml, Globals."""

import os
from functools import cache
from typing import Literal

import msgspec


class Settings(msgspec.Struct, frozen=True):
    """What the template tells every function.

    Attributes:
        PUBLIC_URL: where users reach the API, without a trailing slash; empty for the API's own
            domain.
        LINK_DAYS: how long a mailed link serves, in days.
        EXPORT_ROW_CAP: how many rows one export may select.
        IMPORT_BODY_BYTES: the largest file a multipart request may carry. API Gateway hands a
            function at most 6 MB, base64 included.
        CONFIG_AUTH: what the configuration routes ask for; "none" counts on loopback only.
        EKUIPER_WIRE: the format of those routes, unless a request asks for version 2.
        FETCH_BUCKETS: the buckets that s3:// may name, separated by commas.
        FETCH_PRIVATE_NETWORKS: files may be fetched from private and loopback addresses.
        IMPORT_FILE_BYTES: the largest file that may be uploaded.
        IMPORT_UNPACKED_BYTES: how much a packed file may hold.

    """

    CONTROL_TABLE: str
    RECORDS_TABLE: str
    UPLOAD_BUCKET: str
    RESULTS_BUCKET: str
    CONFIG_BUCKET: str
    EXPORT_QUEUE_URL: str
    IMPORT_QUEUE_URL: str
    CONFIG_QUEUE_URL: str
    NOTICE_QUEUE_URL: str
    PURGE_QUEUE_URL: str
    UPLOAD_QUEUE_URL: str
    LINK_SECRET_ARN: str
    MAIL_FROM: str
    PUBLIC_URL: str
    LINK_DAYS: int
    EXPORT_ROW_CAP: int
    IMPORT_BODY_BYTES: int
    CONFIG_AUTH: Literal["token", "none"]
    EKUIPER_WIRE: Literal["1.10", "2"]
    FETCH_BUCKETS: str
    FETCH_PRIVATE_NETWORKS: bool
    IMPORT_FILE_BYTES: int
    IMPORT_UNPACKED_BYTES: int

    @property
    def fetch_buckets(self) -> frozenset[str]:
        """The buckets that s3:// may name."""
        return frozenset(name.strip() for name in self.FETCH_BUCKETS.split(",") if name.strip())


@cache
def settings() -> Settings:
    """Return the settings, validated once per execution environment.

    Raises:
        msgspec.ValidationError: a variable is missing or malformed; its text quotes no values.

    """
    return msgspec.convert(dict(os.environ), Settings, strict=False)
