import json
from datetime import UTC, datetime

import boto3
import pytest

from ferry.aws.queues import Queue
from tests.faults import failing


@pytest.fixture
def sqs(stack):
    return boto3.client("sqs")


@pytest.fixture
def queue(stack):
    return Queue(stack.ExportQueue)


def _received(sqs, url):
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])


def test_a_message_names_a_job(queue, stack, sqs):
    queue.send("j1", group="")

    (message,) = _received(sqs, stack.ExportQueue)
    assert json.loads(message["Body"]) == {"job_id": "j1"}


def test_a_message_that_cannot_be_sent_is_left_to_the_sweeper(queue, stack, sqs):
    with failing("SendMessage"):
        queue.send("j1", group="")

    assert _received(sqs, stack.ExportQueue) == []


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 10), (2, 20), (3, 40), (6, 320), (10, 320), (999, 320)]
)
def test_a_failed_message_comes_back_within_seconds(queue, stack, sqs, tries, seconds):
    queue.send("j1", group="")
    (message,) = _received(sqs, stack.ExportQueue)

    queue.retry_soon(message["ReceiptHandle"], tries)

    assert seconds / 2 < _hidden_for(stack) <= seconds


def test_a_message_whose_return_cannot_be_hastened_comes_back_all_the_same(queue, stack, sqs):
    queue.send("j1", group="")
    (message,) = _received(sqs, stack.ExportQueue)

    with failing("ChangeMessageVisibility"):
        queue.retry_soon(message["ReceiptHandle"], 1)

    assert 5300 < _hidden_for(stack) <= 5400


def _hidden_for(stack):
    # SQS does not tell; moto knows.
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.sqs import sqs_backends

    (backend,) = [b for b in sqs_backends[DEFAULT_ACCOUNT_ID].values() if b.queues]
    (message,) = backend.queues[stack.ExportQueue.rpartition("/")[2]]._messages
    return message.visible_at / 1000 - datetime.now(UTC).timestamp()
