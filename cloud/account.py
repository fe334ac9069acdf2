"""An AWS account in one region, as the AWS command line would reach it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ProfileNotFound,
)

from local.instance import Failed

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_cloudformation import CloudFormationClient

CONFIG = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard"})

_FORBIDDEN = 403
_BAD_CREDENTIALS = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


@dataclass(frozen=True)
class Stack:
    """A stack as CloudFormation describes it.

    Attributes:
        changed_at: when it was made or last updated.

    """

    status: str
    reason: str
    changed_at: datetime
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)


def session(region: str) -> boto3.Session:
    """Return a session with the credentials of the environment or of AWS's configuration files.

    Raises:
        Failed: there is no such profile, or nobody says in which region.

    """
    try:
        made = boto3.Session(region_name=region or None)
    except ProfileNotFound as error:
        raise Failed(in_words(error)) from error
    if made.region_name is None:
        raise Failed("Say in which region, such as REGION=eu-west-1")
    return made


def find_stack(cloudformation: CloudFormationClient, name: str) -> Stack | None:
    """Return the stack of that name, or None."""
    try:
        [found] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        # The answer for a stack that is not there, by CloudFormation's API reference of
        # DescribeStacks; names are checked before.
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return Stack(
        found["StackStatus"],
        found.get("StackStatusReason", ""),
        found.get("LastUpdatedTime", found["CreationTime"]),
        {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])},
        {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])},
    )


def resources(cloudformation: CloudFormationClient, stack: str) -> dict[str, str]:
    """Map the logical ids of a stack's resources to their physical ids.

    By pages: DescribeStackResources returns the first hundred only.
    """
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each.get("PhysicalResourceId")
    }


def denied(error: ClientError) -> bool:
    """Whether AWS knows the caller but does not allow what they asked for."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    code = error.response["Error"]["Code"]
    return (status == _FORBIDDEN or "AccessDenied" in code) and code not in _BAD_CREDENTIALS


def in_words(error: BotoCoreError | ClientError) -> str:
    """Explain an error of the SDK and name the remedy."""
    match error:
        case NoCredentialsError():
            return (
                "No AWS credentials were found.\n"
                "Run aws configure, or aws sso login, or name a profile: export AWS_PROFILE=…"
            )
        case ProfileNotFound():
            return f"{error}. The profiles that there are: aws configure list-profiles"
        case EndpointConnectionError():
            return (
                f"{error}.\nIs the region spelt as AWS spells it, does it offer this service, and "
                "is there a network?"
            )
        case ClientError() if error.response["Error"]["Code"] in _BAD_CREDENTIALS:
            return (
                f"AWS does not accept the credentials: {error}.\n"
                "They may have run out (aws sso login renews them), or the region may not be "
                "enabled for the account (see aws account list-regions)."
            )
        case _:
            return str(error)
