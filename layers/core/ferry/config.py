"""The one place that reads the environment. The names are those of template.yaml, Globals."""

import os
from functools import cache

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
        IMPORT_FILE_BYTES: the largest file that may be uploaded.
        IMPORT_UNPACKED_BYTES: how much a packed file may hold.

    """

    CONTROL_TABLE: str
    RECORDS_TABLE: str
    UPLOAD_BUCKET: str
    RESULTS_BUCKET: str
    EXPORT_QUEUE_URL: str
    IMPORT_QUEUE_URL: str
    NOTICE_QUEUE_URL: str
    PURGE_QUEUE_URL: str
    UPLOAD_QUEUE_URL: str
    LINK_SECRET_ARN: str
    MAIL_FROM: str
    PUBLIC_URL: str
    LINK_DAYS: int
    EXPORT_ROW_CAP: int
    IMPORT_BODY_BYTES: int
    IMPORT_FILE_BYTES: int
    IMPORT_UNPACKED_BYTES: int


@cache
def settings() -> Settings:
    """Return the settings, validated once per execution environment.

    Raises:
        msgspec.ValidationError: a variable is missing or malformed; its text quotes no values.

    """
    return msgspec.convert(dict(os.environ), Settings, strict=False)
