"""The one place that reads the environment. The names are those of template.yaml, Globals."""

import os
from functools import cache
from typing import Literal

import msgspec


class Settings(msgspec.Struct, frozen=True):
    """The environment that the template gives every function.

    Attributes:
        MAIL_REGION: whose SES sends mails; empty where none does.
        MAIL_CONFIGURATION_SET: of SES, by which it reports bounces and complaints; may be empty.
        PUBLIC_URL: where users reach the API, without a trailing slash; empty for the API's own
            domain.
        LINK_DAYS: how long a mailed link serves, in days.
        EXPORT_ROW_CAP: how many rows one export may select.
        EXPORT_SEGMENT_MB: about how many MiB of a table one worker of an export reads, 0 for all.
        IMPORT_BODY_BYTES: the largest file a multipart request may hold. API Gateway hands a
            function at most 6 MB, base64 included.
        CONFIG_AUTH: what the configuration routes ask for; "none" counts on loopback only.
        EKUIPER_WIRE: the format of those routes, unless a request asks for version 2.
        UPLOAD_ROLE_ARN: the role that signs the forms to upload files with.
        FETCH_BUCKETS: the ARNs of the buckets that s3:// may name, separated by commas.
        FETCH_PRIVATE_NETWORKS: files may be fetched from private addresses, and outside of Lambda
            from loopback.
        IMPORT_FILE_BYTES: the largest file that may be uploaded.
        IMPORT_UNPACKED_BYTES: how much a packed file may hold.
        OPEN_JOBS_PER_APP: how many jobs of an app may be open.
        REVISIONS_PER_APP: how many revisions of a configuration are kept.
        MAILS_PER_APP_AND_HOUR: how many mails an app's jobs send in an hour; others wait.
        API_FUNCTIONS: of `dispatch_request` alone: the names of the functions whose paths may end
            in a slash, by their folders' names in order, separated by spaces.
        UPLOAD_ORIGIN, RESULTS_ORIGIN: of `serve_console` alone: where these buckets answer.

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
    MAIL_EVENT_QUEUE_URL: str
    UPLOAD_ROLE_ARN: str
    LINK_SECRET_ARN: str
    MAIL_FROM: str
    MAIL_REGION: str
    MAIL_CONFIGURATION_SET: str
    PUBLIC_URL: str
    LINK_DAYS: int
    EXPORT_ROW_CAP: int
    EXPORT_SEGMENT_MB: int
    IMPORT_BODY_BYTES: int
    CONFIG_AUTH: Literal["token", "none"]
    EKUIPER_WIRE: Literal["1.10", "2"]
    FETCH_BUCKETS: str
    FETCH_PRIVATE_NETWORKS: bool
    IMPORT_FILE_BYTES: int
    IMPORT_UNPACKED_BYTES: int
    OPEN_JOBS_PER_APP: int
    REVISIONS_PER_APP: int
    MAILS_PER_APP_AND_HOUR: int
    API_FUNCTIONS: str = ""
    UPLOAD_ORIGIN: str = ""
    RESULTS_ORIGIN: str = ""
    AWS_ENDPOINT_URL: str = ""
    """Not of the template: where every service answers, on an engine on this machine."""
    AWS_LAMBDA_RUNTIME_API: str = ""
    """Not of the template: Lambda's own, the address of its runtime API on loopback."""

    @property
    def fetch_buckets(self) -> frozenset[str]:
        """The names of the buckets that s3:// may name."""
        arns = (arn.strip() for arn in self.FETCH_BUCKETS.split(","))
        return frozenset(arn.rpartition(":")[2] for arn in arns if arn)

    @property
    def store_hosts(self) -> list[str]:
        """The origins that a page sends files to and reads results from."""
        origins = (self.UPLOAD_ORIGIN, self.RESULTS_ORIGIN, self.AWS_ENDPOINT_URL)
        return [origin for origin in origins if origin]

    @property
    def fetch_loopback(self) -> bool:
        """Whether files may be fetched from loopback: never in Lambda, where its runtime API is.

        https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
        """
        return self.FETCH_PRIVATE_NETWORKS and not self.AWS_LAMBDA_RUNTIME_API

    @property
    def api_functions(self) -> list[str]:
        """The physical names of the functions whose paths may end in a slash."""
        return self.API_FUNCTIONS.split()


@cache
def settings() -> Settings:
    """Return the settings, validated once per execution environment.

    Raises:
        msgspec.ValidationError: a variable is missing or malformed; its text quotes no values.

    """
    return msgspec.convert(dict(os.environ), Settings, strict=False)
