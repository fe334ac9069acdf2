"""`sam deploy` of the built template to the engine, only when something has changed."""

from dataclasses import dataclass
from pathlib import Path

from botocore.exceptions import ClientError

from local import repairs
from local.aws import Clients
from local.build import LOCK, TEMPLATE, build, run_sam
from local.instance import SENDER, STACK_NAME, Instance, architecture, exclusive

ARTIFACTS = "ferry-artifacts"


@dataclass(frozen=True)
class Stack:
    """The deployed stack: its outputs, its resources' physical ids, and its functions' names."""

    outputs: dict[str, str]
    resources: dict[str, str]
    functions: list[str]


def deploy(instance: Instance) -> Stack:
    """Build and deploy what has changed since the last time, and return the stack.

    Raises:
        Failed: the build or the deployment failed; nothing unbuilt is ever deployed.

    """
    mark = instance.run / "deployed"
    clients = Clients(instance)
    with exclusive(LOCK, "Waiting for another build to end"):
        parameters = _parameters(instance)
        wanted = "\n".join([build(instance.state / "build.log"), *parameters])
        if not mark.exists() or mark.read_text() != wanted:
            print("Deploying the stack (sam deploy)", flush=True)
            mark.unlink(missing_ok=True)
            _make_artifact_bucket(clients)
            _deploy(instance, parameters, instance.state / "deploy.log")
            repairs.repair(clients)
            mark.write_text(wanted)
    return describe(clients)


def describe(clients: Clients) -> Stack:
    """Return the stack as it is deployed."""
    [stack] = clients.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
    answer = clients.cloudformation.describe_stack_resources(StackName=STACK_NAME)
    resources = answer["StackResources"]
    return Stack(
        {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources},
        [
            r["PhysicalResourceId"]
            for r in resources
            if r["ResourceType"] == "AWS::Lambda::Function"
        ],
    )


def _parameters(instance: Instance) -> list[str]:
    return [
        f"Architecture={architecture()}",
        f"PublicUrl={instance.url}",
        f"MailFrom={SENDER}",
        "ConfigAuth=none",
        "FetchPrivateNetworks=true",
    ]


def _deploy(instance: Instance, parameters: list[str], log: Path) -> None:
    command = ["deploy", "--template-file", str(TEMPLATE), "--parameter-overrides", *parameters]
    run_sam(command, log, **instance.credentials)


def _make_artifact_bucket(clients: Clients) -> None:
    try:
        clients.s3.head_bucket(Bucket=ARTIFACTS)
    except ClientError:
        clients.s3.create_bucket(Bucket=ARTIFACTS)
