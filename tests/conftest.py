"""Every test but the end-to-end ones runs offline, against what template.yaml declares."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_METRICS_NAMESPACE="Ferry",
    POWERTOOLS_SERVICE_NAME="ferry",
)

import boto3
import pytest
from hypothesis import HealthCheck, settings
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

from ferry import config
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.aws import clients
from ferry.aws import secret as secrets
from ferry.aws.retry import Backoff
from ferry.http.routes import slashed_functions
from local.gateway import READINGS, USUAL
from tests.declared import ENVIRONMENT, PARAMETERS, RESOURCES, TEMPLATE, evaluated
from tests.emulation import amend
from tests.engine import Engine
from tests.service import REGION, Functions, Service, new_app
from tests.transport import signed_requests

SENDER = "ferry@example.com"

# How long an example takes says how busy the machine is, not whether the code is right. The same
# examples each time: a run that passed passes again.
settings.register_profile(
    "ferry", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ferry")

_EMULATED = {
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
}
_CACHES = (
    config.settings,
    secrets.link_key,
    clients.dynamodb,
    clients.dynamodb_pages,
    clients.s3,
    clients.sqs,
    clients.sts,
    clients.ses,
    clients.secrets,
    clients.events,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--reading",
        choices=READINGS,
        default=USUAL,
        help="how the HTTP API takes a path that ends in a slash",
    )
    parser.addoption(
        "--exhaustive",
        action="store_true",
        help="tests/security: send every hostile piece to every route",
    )
    parser.addoption(
        "--fuzz-seconds",
        type=float,
        default=0,
        help="tests/security: how long to look for new inputs, and for new requests",
    )
    parser.addoption("--runs", type=int, default=136, help="tests/faults: how many runs")
    parser.addoption("--seed", type=int, default=1, help="tests/faults: which runs")


def pytest_configure(config: pytest.Config) -> None:
    Service.reading = READINGS[config.getoption("reading")]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """A stack of one's own; see `declared_stack`."""
    with declared_stack(monkeypatch) as stack:
        yield stack


@contextmanager
def declared_stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Make the template's tables, queues and buckets in moto, a secret, and its environment.

    The attributes of what is yielded are the resources' physical ids by logical id, and
    `parameters`.
    """
    with mock_aws():
        amend(monkeypatch)
        parameters = {
            name: str(declared.get("Default", "")) for name, declared in PARAMETERS.items()
        } | {"MailFrom": SENDER, "PublicUrl": "https://ferry.test"}
        ids = _create(parameters)
        _announce_uploads(ids)
        # What moto cannot make from a template, or need not.
        secret = boto3.client("secretsmanager").create_secret(Name="link", SecretString="k" * 64)
        ids |= {
            "LinkSecret": secret["ARN"],
            "ConfigurationSet": "ferry-mails",
            "UploadRole": "ferry-uploads",
        }
        boto3.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        role = f"arn:aws:iam::{ACCOUNT}:role/{ids['UploadRole']}"
        known = ids | parameters | {"AWS::Region": REGION, "UploadRole.Arn": role}
        known["AWS::StackName"] = "ferry"
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, evaluated(value, known))
        monkeypatch.setenv("API_FUNCTIONS", " ".join(slashed_functions()))
        # moto runs functions in containers only.
        monkeypatch.setattr("ferry.aws.clients.functions", Functions)
        # moto answers boto3 alone, in this process.
        monkeypatch.setattr("ferry.aws.clients.signed_requests", signed_requests)
        _forget()
        yield SimpleNamespace(**ids, parameters=parameters)
    _forget()


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits before it tries again."""
    monkeypatch.setattr(Backoff, "pause_s", lambda *_: 0.0)


@pytest.fixture
def context() -> SimpleNamespace:
    """A Lambda context with all its time left."""
    return SimpleNamespace(
        function_name="test",
        memory_limit_in_mb=128,
        aws_request_id="request-1",
        invoked_function_arn="arn:aws:lambda:eu-west-1:123456789012:function:test",
        get_remaining_time_in_millis=lambda: 900_000,
    )


@pytest.fixture
def service(stack: SimpleNamespace, context: SimpleNamespace) -> Service:
    """The whole service with one app, whose owner's mail address is owner@a.test."""
    return Service(stack, context, new_app(stack))


@pytest.fixture
def engine(service: Service, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The configuration routes; an import runs while its caller waits."""
    monkeypatch.setattr(
        "ferry.configurations.waiting.sleep", lambda _: service.drain("ConfigQueue")
    )
    token = Accounts(service.stack.ControlTable).token(sha256(service.token))
    assert token is not None
    return Engine(service, token.app_id)


def _create(parameters: dict[str, str]) -> dict[str, str]:
    resources = {k: _named(k, v) for k, v in RESOURCES.items() if v["Type"] in _EMULATED}
    body = {
        "Parameters": PARAMETERS,
        "Conditions": TEMPLATE["Conditions"],
        "Resources": resources,
    }
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(
        StackName="test",
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    created = cloudformation.describe_stack_resources(StackName="test")["StackResources"]
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in created}


def _named(logical_id: str, resource: dict[str, Any]) -> dict[str, Any]:
    """Give a FIFO queue the name that CloudFormation gives it and moto does not."""
    properties = resource["Properties"]
    if not properties.get("FifoQueue"):
        return resource
    return {**resource, "Properties": {**properties, "QueueName": f"{logical_id}.fifo"}}


def _announce_uploads(ids: dict[str, str]) -> None:
    # moto makes buckets without the notifications that a template gives them.
    (declared,) = RESOURCES["UploadBucket"]["Properties"]["NotificationConfiguration"][
        "QueueConfigurations"
    ]
    rules = [
        {"Name": rule["Name"], "Value": rule["Value"]}
        for rule in declared["Filter"]["S3Key"]["Rules"]
    ]
    queue = boto3.client("sqs").get_queue_attributes(
        QueueUrl=ids[declared["Queue"]["Fn::GetAtt"][0]], AttributeNames=["QueueArn"]
    )
    boto3.client("s3").put_bucket_notification_configuration(
        Bucket=ids["UploadBucket"],
        NotificationConfiguration={
            "QueueConfigurations": [
                {
                    "QueueArn": queue["Attributes"]["QueueArn"],
                    "Events": [declared["Event"]],
                    "Filter": {"Key": {"FilterRules": rules}},
                }
            ]
        },
    )


def _forget() -> None:
    for cached in _CACHES:
        cached.cache_clear()
