"""The one place that makes clients: on first use, once each, with time limits and retries.

They are those that boto3 makes, made by botocore itself: boto3 would load resources and transfers
as well, which no function needs and each cold start would pay for.
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib import parse

from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import where
from botocore.session import Session, get_session
from botocore.utils import get_environ_proxies

from ferry.aws.capacity import ask_for_capacity, on_answer
from ferry.aws.send_check import on_send
from ferry.aws.service_models import model_loader

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import BaseClient
    from botocore.credentials import Credentials
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

    from ferry.aws.signed_client.signed_requests import SignedRequests

# A call with all its tries, and the pauses between them, ends within 80 seconds: whoever waits for
# one must not outlive its lease of 90. What takes longer is tried again by the job.
# https://botocore.amazonaws.com/v1/documentation/api/latest/reference/config.html
_CONFIG = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"mode": "standard", "total_max_attempts": 4},
    max_pool_connections=32,
)
# To invoke a function again, or to send a mail again, would do again what was done before an
# answer was lost. Whoever calls a function waits as long as an HTTP API does; the one that sends
# mails has 29 seconds for all it does.
_INVOKE_CONFIG = _CONFIG.merge(Config(read_timeout=30, retries={"total_max_attempts": 1}))
_SEND_CONFIG = _CONFIG.merge(Config(read_timeout=20, retries={"total_max_attempts": 1}))
# Presigned URLs and forms are signed for the bucket's own host in its region, by SigV4. botocore's
# default is the global host: it answers 400 for buckets of opt-in regions, and redirects, which
# breaks the signature, for up to a day after a bucket has been made.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
_S3_CONFIG = _CONFIG.merge(
    Config(
        signature_version="s3v4",
        s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    )
)
# A local engine answers under one host name; no bucket's name resolves there.
_LOCAL_S3_CONFIG = _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))
# Otherwise botocore adds a CRC32 to each part of an upload.
_NO_CHECKSUMS = Config(request_checksum_calculation="when_required")

SESSION_S = 3600
"""How long a session of `s3_as` lasts, in seconds."""


class Endpoint(NamedTuple):
    """A service's endpoint, region and credentials, as botocore resolves them.

    Attributes:
        url: without a path.
        credentials: refresh themselves.
        ca_bundle: the file of certificates that a server's is checked against.
        proxy: the URL of the proxy to go through, "" for none.

    """

    url: str
    region: str
    credentials: Credentials
    ca_bundle: str
    proxy: str


@cache
def session() -> Session:
    """Return the session that all clients share."""
    made = get_session()
    made.register_component("data_loader", model_loader(made.get_config_variable("data_path")))
    return made


def region() -> str:
    """Return the region in which the service runs."""
    return dynamodb().meta.region_name


@cache
def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client."""
    client = cast("DynamoDBClient", _client("dynamodb"))
    client.meta.events.register("before-send.dynamodb", on_send)
    _let_count(client)
    return client


@cache
def dynamodb_pages() -> DynamoDBClient:
    """Return a DynamoDB client whose pages of rows are not parsed: ``Body`` is the page's JSON.

    botocore's parser takes several times as long over a page as a JSON decoder. All the rest of
    botocore stays in place: credentials, endpoints, signing, retries, the check of the CRC.
    """
    client = cast("DynamoDBClient", _client("dynamodb"))
    leave_unparsed(client)
    _let_count(client)
    return client


def leave_unparsed(client: DynamoDBClient) -> None:
    """Let a client hand over its pages as they come.

    botocore does not document its event before-parse, so a later botocore may not have it; the one
    that is deployed is pinned, and a test holds this against it.
    """
    for operation in ("Query", "Scan"):
        client.meta.events.register(f"before-parse.dynamodb.{operation}", _keep_body)


def _let_count(client: DynamoDBClient) -> None:
    client.meta.events.register("provide-client-params.dynamodb", ask_for_capacity)
    client.meta.events.register("after-call.dynamodb", on_answer)


def _client(service: str, config: Config = _CONFIG) -> BaseClient:
    return session().create_client(service, config=config)


def _keep_body(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] == HTTPStatus.OK:
        # Errors keep their body: botocore must parse it to raise and to retry.
        customized_response_dict["Body"] = response_dict["body"]
        response_dict["body"] = b"{}"


def dynamodb_endpoint() -> Endpoint:
    """Return DynamoDB's endpoint, for requests that do not go through a client.

    Raises:
        NoCredentialsError: there are no credentials.

    """
    client = dynamodb()
    # From the client, not from a template: VPC endpoints, FIPS and emulators are then honoured.
    url = client.meta.endpoint_url.rstrip("/")
    credentials = session().get_credentials()
    if credentials is None:
        raise NoCredentialsError
    proxies = get_environ_proxies(url)
    return Endpoint(
        url=url,
        region=client.meta.region_name,
        credentials=credentials,
        ca_bundle=session().get_config_variable("ca_bundle") or where(),
        proxy=proxies.get(parse.urlsplit(url).scheme, ""),
    )


def signed_requests(on_wait: Callable[[], object]) -> SignedRequests:
    """Return a sender of many requests to DynamoDB at a time; the caller closes it."""
    from ferry.aws.signed_client.signed_requests import SignedRequests  # which asks for clients

    return SignedRequests(on_wait)


@cache
def s3() -> S3Client:
    """Return the S3 client."""
    return _s3()


@cache
def s3_plain() -> S3Client:
    """Return an S3 client that adds no checksums of its own."""
    return _s3(_NO_CHECKSUMS)


def s3_as(role_arn: str, session_name: str) -> S3Client:
    """Return an S3 client that signs with a new session of a role, which lasts an hour.

    An hour is the longest that a role, such as a function's, may take on another one for.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining

    Args:
        role_arn: the role.
        session_name: names the session in CloudTrail.

    """
    answer = sts().assume_role(
        RoleArn=role_arn, RoleSessionName=session_name, DurationSeconds=SESSION_S
    )
    issued = answer["Credentials"]
    return _s3(
        aws_access_key_id=issued["AccessKeyId"],
        aws_secret_access_key=issued["SecretAccessKey"],
        aws_session_token=issued["SessionToken"],
    )


def _s3(more: Config | None = None, **credentials: Any) -> S3Client:
    config, local = (each.merge(more or Config()) for each in (_S3_CONFIG, _LOCAL_S3_CONFIG))
    client = session().create_client("s3", config=config, **credentials)
    if not client.meta.endpoint_url.startswith("https:"):
        client = session().create_client("s3", config=local, **credentials)
    return cast("S3Client", client)


@cache
def sts() -> STSClient:
    """Return the STS client."""
    return cast("STSClient", _client("sts"))


@cache
def sqs() -> SQSClient:
    """Return the SQS client."""
    return cast("SQSClient", _client("sqs"))


@cache
def ses(region: str) -> SESV2Client:
    """Return the SES client of a region, which never tries twice: SendEmail takes no token."""
    return cast("SESV2Client", session().create_client("sesv2", region, config=_SEND_CONFIG))


@cache
def secrets() -> SecretsManagerClient:
    """Return the Secrets Manager client."""
    return cast("SecretsManagerClient", _client("secretsmanager"))


@cache
def events() -> EventBridgeClient:
    """Return the EventBridge client."""
    return cast("EventBridgeClient", _client("events"))


@cache
def functions() -> LambdaClient:
    """Return the Lambda client, which never tries twice."""
    return cast("LambdaClient", _client("lambda", _INVOKE_CONFIG))
