"""The findings about an account, from answers as AWS documents them."""

from datetime import UTC, datetime

import boto3
import pytest
from botocore.session import get_session

from cloud.account import Stack
from cloud.checks import concurrency, mail, stacks
from cloud.checks.target import Target
from cloud.findings import Finding, Level
from tests.declared import PARAMETERS, of_type

STATUSES = (
    get_session().get_service_model("cloudformation").shape_for("StackStatus").enum  # all of AWS's
)
DEPLOYABLE = {
    "CREATE_COMPLETE",
    "DELETE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}
TARGET = Target(boto3.Session(region_name="eu-west-1"), "ferry-dev")


@pytest.mark.parametrize("status", STATUSES)
def test_a_stack_blocks_unless_cloudformation_would_update_it(status):
    now = datetime(2026, 11, 29, tzinfo=UTC)

    found = stacks.judged(TARGET, Stack(status, "for a reason", now))

    assert (found.level is not Level.BLOCKS) == (status in DEPLOYABLE)
    assert found.todo or found.level is Level.FINE


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack --stack-name ferry-dev --region eu-west-1"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name ferry-dev"),
        ("UPDATE_ROLLBACK_COMPLETE", "describe-stack-events --stack-name ferry-dev"),
        ("UPDATE_IN_PROGRESS", "Wait"),
    ],
)
def test_a_stack_that_failed_says_what_to_do(status, says):
    found = stacks.judged(TARGET, Stack(status, "", datetime(2026, 11, 29, tzinfo=UTC)))

    assert says in found.todo


def test_long_jobs_are_those_of_the_template_with_the_concurrency_that_is_ordered():
    long = [
        event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for function in of_type("AWS::Serverless::Function").values()
        if function.get("Timeout", 0) > 60
        for event in function["Events"].values()
    ]
    by_parameter = [each for each in long if each == {"Ref": "ProcessorConcurrency"}]
    fixed = sum(each for each in long if isinstance(each, int))
    default = PARAMETERS["ProcessorConcurrency"]["Default"]

    assert concurrency.jobs({}) == len(by_parameter) * default + fixed
    assert concurrency.jobs({"ProcessorConcurrency": "7"}) == len(by_parameter) * 7 + fixed
    assert by_parameter


@pytest.mark.parametrize(
    ("limit", "taken", "level"),
    [(10, 8, Level.ADVICE), (1000, 8, Level.FINE), (13, 8, Level.FINE), (12, 8, Level.ADVICE)],
)
def test_a_small_account_is_told_to_ask_for_more(limit, taken, level):
    found = concurrency.judged(limit, taken, "ap-east-1")

    assert found.level is level
    assert ("--quota-code L-B99A9384" in found.todo) == (level is Level.ADVICE)


@pytest.mark.parametrize(("limit", "taken", "told"), [(1000, 8, True), (1000, 40, False)])
def test_an_account_with_room_is_told_that_more_jobs_may_run(limit, taken, told):
    assert ("ProcessorConcurrency" in concurrency.judged(limit, taken, "r").todo) == told


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("a@example.com", ["a@example.com", "example.com"]),
        ("a@b.example.com", ["a@b.example.com", "b.example.com", "example.com"]),
        ("a@localhost", ["a@localhost", "localhost"]),
    ],
)
def test_an_address_is_verified_by_itself_or_any_domain_above_it(address, names):
    assert mail.identities(address) == names


@pytest.mark.parametrize(
    ("differs", "level"),
    [
        ({}, Level.FINE),
        ({"ProductionAccessEnabled": False}, Level.ADVICE),
        ({"SendingEnabled": False}, Level.BLOCKS),
        ({"EnforcementStatus": "SHUTDOWN"}, Level.BLOCKS),
        ({"EnforcementStatus": "PROBATION"}, Level.FINE),
    ],
)
def test_an_account_that_may_not_send_blocks_and_the_sandbox_does_not(differs, level):
    account = {
        "ProductionAccessEnabled": True,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0},
    }

    assert mail.judged(account | differs, "eu-west-1").level is level


def test_a_finding_is_told_in_lines_that_stand_below_each_other():
    found = Finding(Level.BLOCKS, "Sender", "not verified", "Do this:\n    aws ses")

    assert found.shown() == (
        "[ stop ] Sender: not verified\n         Do this:\n             aws ses"
    )
