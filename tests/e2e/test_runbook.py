"""The runbooks of docs/operations.md, run exactly as written, on a stack of their own.

Only names, addresses and times are put in their place, and `aws` and `make deploy` stand for a
small part of the former and for a deployment of what is built already.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import WaiterError

from local.deployment import ARTIFACTS
from local.gateway import READINGS, USUAL
from local.instance import SENDER, STACK_NAME
from local.proxy_events import Request, event
from tests.declared import RESOURCES, ROOT, TEMPLATE, of_type
from tests.service import gateway

OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
DATA = [
    "ControlTable", "RecordsTable", "UploadBucket", "ResultsBucket", "ConfigBucket", "LinkSecret",
]  # fmt: skip
FIELDS = [{"name": "name", "type": "string"}]
STACK = "ferry-kept"
NO_JOB = "0199c7a4c00011223344556677889900"


class Operator:
    """Someone with an account, a terminal and the documents."""

    def __init__(self, facts: Mapping[str, Any], stack: str) -> None:
        self._stack = stack
        self._state = facts["state"]
        self._region = facts["region"]
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("AWS_")
        } | {
            "AWS_ENDPOINT_URL": facts["aws_endpoint_url"],
            "AWS_DEFAULT_REGION": self._region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "PYTHONPATH": f"{ROOT / 'layers/core'}:{ROOT}",
        }
        deployed = self.client("cloudformation").get_template(
            StackName=STACK_NAME, TemplateStage="Original"
        )["TemplateBody"]
        body = deployed if isinstance(deployed, str) else json.dumps(deployed)
        # Longer than what CloudFormation takes by itself.
        self.client("s3").put_object(Bucket=ARTIFACTS, Key=f"{self._stack}.template", Body=body)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._environment["AWS_ENDPOINT_URL"],
            region_name=self._region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def deploy(self, *parameters: str) -> None:
        """Make or update the stack, of the template that is deployed under another name."""
        cloudformation = self.client("cloudformation")
        given = dict(pair.split("=", 1) for pair in (*parameters, f"MailFrom={SENDER}"))
        order = {
            "StackName": self._stack,
            "TemplateURL": f"https://s3.{self._region}.amazonaws.com/{ARTIFACTS}/{self._stack}.template",
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
        there = self._stack in {s["StackName"] for s in cloudformation.describe_stacks()["Stacks"]}
        (cloudformation.update_stack if there else cloudformation.create_stack)(**order)
        done = "stack_update_complete" if there else "stack_create_complete"
        cloudformation.get_waiter(done).wait(StackName=self._stack, WaiterConfig={"Delay": 1})

    def admin(self, *arguments: str) -> Any:
        command = [sys.executable, "-m", "admin", *arguments, "--json"]
        ran = self._run([*command, "--stack", self._stack, "--region", self._region])
        return json.loads(ran)

    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self._stack)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def physical(self, logical_id: str) -> str:
        found = self.client("cloudformation").describe_stack_resource(
            StackName=self._stack, LogicalResourceId=logical_id
        )
        name: str = found["StackResourceDetail"]["PhysicalResourceId"]
        return name

    def delete(self) -> None:
        cloudformation = self.client("cloudformation")
        cloudformation.delete_stack(StackName=self._stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=self._stack, WaiterConfig={"Delay": 1}
        )

    def call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """Call the API by way of the function that serves the request."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method, path, {"host": "ferry.test", **headers}, sent)
        selected = gateway(READINGS[USUAL]).select(method, path)
        (function,) = [name for name, f in of_type("AWS::Serverless::Function").items()
                       if f["CodeUri"] == f"functions/{selected.function}"]  # fmt: skip
        answer = self.client("lambda").invoke(
            FunctionName=self.physical(function),
            Payload=json.dumps(event(request, selected, "ferry.test")),
        )
        told = json.loads(answer["Payload"].read())
        assert told["statusCode"] < 300, told
        return json.loads(told["body"])

    def follow(self, title: str, **own: str) -> list[str]:
        """Run a section; return the parameters of its deployments.

        Args:
            title: the section's heading.
            own: what is put in the place of what the document says, by regular expression.

        """
        deployed: list[str] = []
        for block in self.blocks(title):
            command = block
            for pattern, text in own.items():
                command = re.sub(pattern, text, command)
            if command.startswith("make deploy"):
                parameters = re.search(r'PARAMETERS="([^"]*)"', self._expanded(command))
                assert parameters
                deployed += parameters[1].split()
                self.deploy(*parameters[1].split())
            else:
                self.run(command)
        return deployed

    def run(self, command: str) -> str:
        """Run a command as it stands in the document; return what it prints."""
        return self._run(["bash", "-euo", "pipefail", "-c", self._names() + command])

    def blocks(self, title: str) -> list[str]:
        section = re.search(rf"^#+ {title}$(.*?)(?=^##)", OPERATIONS, re.MULTILINE | re.DOTALL)
        assert section, title
        return re.findall(r"```sh\n(.*?)```", section[1], re.DOTALL)

    def _names(self) -> str:
        """Return the names that the document's commands use: its own definitions, and `aws`."""
        aws = f'aws() {{ "{sys.executable}" -m tests.aws_command "$@"; }}\n'
        own = f'STATE="{self._state}"' if self._stack == STACK_NAME else ""
        return (
            aws
            + f'make() {{ command make "$@" {own}; }}\n'
            + self.blocks("Operations")[0].replace("STACK=ferry", f"STACK={self._stack}")
        )

    def _expanded(self, command: str) -> str:
        return command.replace("\\\n", " ").replace("$STACK", self._stack)

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def operator(stack: dict[str, Any]) -> Iterator[Operator]:
    operator = Operator(stack, STACK)
    yield operator
    operator.delete()


def _filled(operator: Operator) -> tuple[str, str]:
    """Store a row; return the token and the path to read it with."""
    app = operator.admin("create-app", "shop")["client_id"]
    operator.admin("create-user", app, "--mail", SENDER)
    token = operator.admin("issue-token", app)["access_token"]
    table = operator.call(
        "POST", "/oserve/v1/table/", token, {"name": "goods", "schema": {"fields": FIELDS}}
    )["id"]
    path = f"/oserve/v1/table/{table}/record/"
    row = operator.call("POST", path, token, {"name": "milk"})
    return token, f"{path}{row['id']}/"


def test_a_first_deployment_that_fails_leaves_no_data_behind(operator: Operator):
    data = {name: RESOURCES[name] for name in DATA if name != "UploadBucket"}  # which has a queue
    broken = {
        "Type": "AWS::CloudWatch::Alarm",
        "DependsOn": [*data],
        "Properties": {"EvaluationPeriods": 1},  # of what?
    }
    body = {name: TEMPLATE[name] for name in ("Parameters", "Conditions")}
    body["Resources"] = data | {"Broken": broken}
    cloudformation = operator.client("cloudformation")

    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(body),
        Parameters=[{"ParameterKey": "MailFrom", "ParameterValue": SENDER}],
    )
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=STACK, WaiterConfig={"Delay": 1}
        )

    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    assert {e["LogicalResourceId"] for e in events if e["ResourceStatus"] == "CREATE_COMPLETE"} == {
        *data
    }
    tables = operator.client("dynamodb").list_tables()["TableNames"]
    buckets = [bucket["Name"] for bucket in operator.client("s3").list_buckets()["Buckets"]]
    assert [name for name in [*tables, *buckets] if name.startswith(f"{STACK}-")] == []


def test_a_stack_is_deployed_again_on_the_data_of_a_deleted_one(operator: Operator):
    operator.deploy()
    token, row = _filled(operator)
    before = operator.outputs()
    operator.delete()

    operator.follow(
        "Redeploy after the stack was deleted",
        **{rf"(?<=Existing{name}=)[\w:-]+": before[name] for name in DATA},
    )

    after = operator.outputs()
    assert {name: after[name] for name in DATA} == {name: before[name] for name in DATA}
    assert operator.call("GET", row, token)["name"] == "milk"
    (announced,) = operator.client("s3").get_bucket_notification_configuration(
        Bucket=before["UploadBucket"]
    )["QueueConfigurations"]
    assert announced["QueueArn"].rpartition(":")[2] in operator.physical("UploadQueue")

    operator.call("PUT", row, token, {"name": "eggs"})
    operator.follow("Restore the tables to an earlier moment", **{"2026-11-29T12:00:00Z": _now()})

    restored = operator.outputs()
    assert restored["ControlTable"] == f"{STACK}-ControlTable-restored"
    assert restored["RecordsTable"] == f"{STACK}-RecordsTable-restored"
    assert operator.call("GET", row, token)["name"] == "eggs"
    lives = operator.client("dynamodb").describe_time_to_live(TableName=restored["ControlTable"])
    assert lives["TimeToLiveDescription"]["AttributeName"] == "expires_at"


def test_dead_letters_are_rehearsed_as_documented(stack: dict[str, Any]):
    operator = Operator(stack, STACK_NAME)
    put, *_ = operator.blocks("Rehearse the runbooks")[1:]

    printed = operator.run(put)

    assert re.search(rf"ExportDeadLetters +{NO_JOB} +NotFound", printed)
    assert re.search(r"^moved +1$", printed, re.MULTILINE)
    for _ in range(60):
        told = operator.admin("history", NO_JOB)
        if told:
            break
        time.sleep(1)
    assert [line["message"] for line in told] == ["job taken", "message given up"]
    assert operator.admin("dead-letters") == []


def test_alarms_are_rehearsed_as_documented_and_tell_their_topic(stack: dict[str, Any]):
    operator = Operator(stack, STACK_NAME)
    sqs, alarm = operator.client("sqs"), operator.physical("DeadLettersAlarm")
    inbox = sqs.create_queue(QueueName="operators")["QueueUrl"]
    told = {"QueueUrl": inbox, "AttributeNames": ["QueueArn"]}
    operator.client("sns").subscribe(
        TopicArn=operator.outputs()["AlarmTopic"],
        Protocol="sqs",
        Endpoint=sqs.get_queue_attributes(**told)["Attributes"]["QueueArn"],
    )
    *_, to_a_state, by_a_metric = operator.blocks("Rehearse the runbooks")

    assert operator.run(to_a_state).strip() == "ALARM"
    (message,) = sqs.receive_message(QueueUrl=inbox, WaitTimeSeconds=10)["Messages"]
    assert alarm in message["Body"]
    assert operator.run(by_a_metric).strip() == "ALARM"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
