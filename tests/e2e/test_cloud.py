"""The commands that work on an AWS account, with the local engine standing in for one."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from cloud.plan import DEFAULT_ARCHITECTURE
from tests.declared import ROOT

SENDER = "ferry@example.com"
SMOKE = ("smoke", "--stack", "ferry", "--rows", "1000")
LASTING = {"COUNTER", "PURGES"}
"""Kinds of items that stay without expiring: numbers, and purges, which are deleted when done."""


class Account:
    """The engine, as the AWS command line would see an account."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self._facts = facts
        self.region = facts["region"]
        self._environment = {name: value for name, value in os.environ.items()
                             if not name.startswith("AWS_")} | {
            "AWS_ENDPOINT_URL": facts["aws_endpoint_url"],
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PYTHONPATH": f"{ROOT / 'layers/core'}:{ROOT}",
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "cloud", *arguments, "--stage", "dev", "--region", self.region],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; return its exit code and all that it said."""
        with self.start(*arguments) as process:
            said, _ = process.communicate(timeout=600)
        return process.returncode, said

    def admin(self, arguments: list[str]) -> str:
        """Run the admin command; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "admin", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._facts["aws_endpoint_url"],
            region_name=self.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def files(self) -> set[tuple[str, str]]:
        """Every file in every bucket of the stack."""
        s3, outputs = self.client("s3"), self._facts["outputs"]
        buckets = [outputs[name] for name in ("UploadBucket", "ResultsBucket", "ConfigBucket")]
        pages = s3.get_paginator("list_objects_v2")
        return {
            (bucket, found["Key"])
            for bucket in buckets
            for page in pages.paginate(Bucket=bucket)
            for found in page.get("Contents", [])
        }

    def items(self) -> dict[tuple[str, str], Any]:
        """Every item of the control table by its key."""
        pages = self.client("dynamodb").get_paginator("scan")
        return {
            (item["pk"]["S"], item["sk"]["S"]): item
            for page in pages.paginate(TableName=self._facts["outputs"]["ControlTable"])
            for item in page["Items"]
        }

    def left(self, before: Mapping[tuple[str, str], Any]) -> set[tuple[str, str]]:
        """The items since then that will stay: they neither expire nor are numbers or purges."""
        return {
            key
            for key, item in self.items().items()
            if key not in before and "expires_at" not in item and key[0] not in LASTING
        }


@pytest.fixture
def account(stack: dict[str, Any]) -> Account:
    """The engine that the service is deployed to."""
    return Account(stack)


@pytest.fixture
def ended(account: Account) -> Iterator[Any]:
    """Start a command, wait until it has said something, end it; return its exit code."""
    started = []

    def ended(until: str, by: signal.Signals, *arguments: str) -> int:
        process = account.start(*arguments)
        started.append(process)
        assert process.stdout
        assert any(until in line for line in process.stdout), f"{until} was never said"
        process.send_signal(by)
        process.communicate(timeout=300)
        return process.returncode

    yield ended
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_deployed_stack_is_tried_out_and_nothing_is_left_behind(account: Account):
    files, items = account.files(), account.items()

    code, said = account.run(*SMOKE)

    assert code == 0, said
    assert "All 13,000 cells are what went in" in said
    assert "All 15,000 values of the JSON file are those of the CSV file" in said
    assert "the export is the same to the byte" in said
    assert "Mail: sent to success@simulator.amazonses.com" in said
    assert account.files() == files
    assert account.left(items) == set()
    assert not {pk for pk, _ in account.items().keys() - items.keys() if pk.startswith("TOKEN#")}


def test_a_try_out_that_is_interrupted_leaves_nothing_behind(account: Account, ended: Any):
    files, items = account.files(), account.items()

    assert ended("3. Out as CSV", signal.SIGTERM, *SMOKE) == 130

    assert account.files() == files
    assert account.left(items) == set()


def test_one_that_is_killed_is_cleaned_up_by_the_next(account: Account, ended: Any):
    items = account.items()

    ended("2. In: the file", signal.SIGKILL, *SMOKE)
    assert account.left(items)
    assert ended("1. A file", signal.SIGINT, *SMOKE) == 130

    assert account.left(items) == set()


def test_a_stack_that_is_not_there_is_a_clear_message(account: Account):
    code, said = account.run("smoke", "--stack", "nowhere")

    assert code == 1
    assert said == "there is no stack nowhere in this account and region\n"


def test_the_account_is_checked(account: Account):
    code, said = account.run("doctor", "--stack", "ferry", "--mail-from", SENDER)

    assert code == 0, said
    assert "[  ok  ] Sender: ferry@example.com is verified by example.com" in said
    assert "[  ok  ] Stack: ferry is CREATE_COMPLETE" in said
    assert "[  ok  ] Earlier data: none" in said
    assert "unseen" not in said


def test_a_sender_that_is_not_verified_stands_in_the_way(account: Account):
    code, said = account.run("doctor", "--mail-from", "ferry@example.org")

    assert code == 1
    assert "[ stop ] Sender: neither ferry@example.org nor example.org is verified" in said
    assert "[  ok  ] Stack: ferry-dev is not there yet" in said


def test_a_stage_is_deployed_by_one_command(account: Account):
    try:
        code, said = account.run("deploy", "--mail-from", SENDER)
        assert code == 0, said
        assert f"all for {DEFAULT_ARCHITECTURE}" in said
        assert "make smoke STACK=ferry-dev" in said
        (stack,) = account.client("cloudformation").describe_stacks(StackName="ferry-dev")["Stacks"]
        deployed = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
        assert deployed["MailFrom"] == SENDER
        assert deployed["Architecture"] == DEFAULT_ARCHITECTURE
        assert deployed["LogRetentionDays"] == "7"
    finally:
        account.client("cloudformation").delete_stack(StackName="ferry-dev")


def test_the_first_app_is_made_as_the_page_says(stack: dict[str, Any], account: Account):
    page = (ROOT / "docs" / "first-deployment.md").read_text("utf-8")
    section = page.partition("\n## 7.")[2].partition("\n## 8.")[0]
    block = "".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    values, printed = {"URL": stack["api_url"]}, ""
    patterns = {
        "CLIENT_ID": r"client_id +(\S+)",
        "TOKEN": r"access_token +(\S+)",
        "TABLE": r'"id": ?(\d+)',
    }

    for line in block.replace("\\\n", " ").splitlines():
        name, assigned, _ = line.partition("=…")
        if assigned and name not in values:
            values[name] = re.search(patterns[name], printed)[1]  # type: ignore[index]
        elif not assigned:
            printed = _typed(line, values, account)

    assert printed == '{"status":"ok"}'
    assert values.keys() == {"URL", *patterns}


def _typed(line: str, values: dict[str, str], account: Account) -> str:
    """Run a line of the page on the engine's stack, as if it were typed, and return its output."""
    line = line.replace("--stack ferry-dev --region eu-west-1", "--stack ferry --region us-east-1")
    for name, value in values.items():
        line = line.replace(f"${name}", value)
    words = shlex.split(line)
    if words[:2] == ["make", "admin"]:
        return account.admin(shlex.split(words[2].removeprefix("ARGS=")))
    assert words[0] == "curl"
    done = subprocess.run(
        ["curl", "-sS", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout
