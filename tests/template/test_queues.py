"""Queues, their consumers and their dead letters, whatever is added to the template."""

import pytest

from ferry.jobs.job import MAX_ATTEMPTS
from tests.declared import TEMPLATE, of_type
from tests.transformed import cloudformation

FUNCTIONS = of_type("AWS::Serverless::Function")
QUEUES = of_type("AWS::SQS::Queue")
WORK = {name for name, queue in QUEUES.items() if "RedrivePolicy" in queue}
DEAD = {QUEUES[name]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for name in WORK}
CONSUMERS = {
    event["Properties"]["Queue"]["Fn::GetAtt"][0]: (function, event["Properties"])
    for function in FUNCTIONS.values()
    for event in function["Events"].values()
    if event["Type"] == "SQS"
}
FOURTEEN_DAYS_S = 14 * 86_400


def test_every_queue_is_consumed_or_takes_dead_letters():
    assert CONSUMERS.keys() == WORK
    assert QUEUES.keys() == WORK | DEAD
    assert not WORK & DEAD
    assert len(DEAD) == len(WORK)


@pytest.mark.parametrize("name", sorted(WORK))
def test_throttled_deliveries_leave_a_job_all_its_attempts(name):
    # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: at least 5
    assert QUEUES[name]["RedrivePolicy"]["maxReceiveCount"] >= max(5, 2 * MAX_ATTEMPTS)


@pytest.mark.parametrize("name", sorted(WORK))
def test_a_message_is_hidden_for_six_times_its_consumers_timeout(name):
    function, _ = CONSUMERS[name]
    timeout = function.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])

    assert QUEUES[name]["VisibilityTimeout"] == 6 * timeout


@pytest.mark.parametrize("name", sorted(DEAD))
def test_dead_letters_are_kept_for_fourteen_days(name):
    assert QUEUES[name]["MessageRetentionPeriod"] == FOURTEEN_DAYS_S


@pytest.mark.parametrize("name", sorted(QUEUES))
def test_a_queue_is_encrypted(name):
    assert QUEUES[name]["SqsManagedSseEnabled"] is True


def test_every_consumer_reports_partial_failures():
    mappings = [
        resource["Properties"]
        for resource in cloudformation().values()
        if resource["Type"] == "AWS::Lambda::EventSourceMapping"
    ]

    assert len(mappings) == len(WORK)
    for mapping in mappings:
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_long_job_never_shares_its_delivery_with_another():
    for function, mapping in CONSUMERS.values():
        if function.get("Timeout", 0) > 60:
            assert mapping["BatchSize"] == 1
            assert mapping["ScalingConfig"]["MaximumConcurrency"]
