"""The target of a command: the local service, or a stack in an AWS account."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from ferry.aws import clients
from ferry.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

type Outputs = dict[str, str]

_OUTPUT = "ControlTable"


def local_outputs(state: Path) -> Outputs:
    """Turn this process to the local engine and return the outputs of its stack.

    Args:
        state: the folder in which the local service keeps its state.

    Raises:
        NotFound: no local service is up there.

    """
    try:
        stack: dict[str, Any] = json.loads((state / "stack.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise NotFound(
            f"no local service is up in {state}: run make up, or name a stack with --stack"
        ) from error
    _use_engine(stack["aws_endpoint_url"], stack["region"])
    outputs: Outputs = stack["outputs"]
    return outputs


def deployed_outputs(stack: str, region: str | None, profile: str | None) -> Outputs:
    """Turn this process to an AWS account and return the outputs of a stack in it.

    Args:
        stack: a CloudFormation stack made from template.yaml.
        region: its region, unless the profile or the environment says it.
        profile: of the AWS configuration file, whose credentials to use.

    Raises:
        NotFound: there is no such stack, or it is none of ours.

    """
    session = clients.session()
    for name, value in {"region": region, "profile": profile}.items():
        if value:
            session.set_config_variable(name, value)
    cloudformation = cast("CloudFormationClient", session.create_client("cloudformation"))
    try:
        [found] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            raise NotFound(f"there is no stack {stack} in this account and region") from error
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    if _OUTPUT not in outputs:
        raise NotFound(f"stack {stack} has no output {_OUTPUT}: it is not made from our template")
    return outputs


def _use_engine(url: str, region: str) -> None:
    environment = os.environ  # noqa: TID251 - boto3 reads AWS_ENDPOINT_URL there
    # A profile or a key of the person's own must never decide where a local command goes.
    for name in [name for name in environment if name.startswith("AWS_")]:
        del environment[name]
    environment |= {
        "AWS_ENDPOINT_URL": url,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
