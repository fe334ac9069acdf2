"""A message that keeps back those behind it is hidden for as long as its worker lives."""

from datetime import UTC, datetime

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sqs import sqs_backends

from ferry.aws.queues import Queue
from ferry.jobs import worker
from tests.faults import dying

VISIBILITY_S = 1800
DOCUMENT = {"streams": {"demo": 'CREATE STREAM demo () WITH (DATASOURCE="users")'}}


@pytest.fixture
def now(monkeypatch):
    """The worker's clock, in seconds; a test sets it on."""
    times = [0.0]
    monkeypatch.setattr(worker, "monotonic", lambda: times[0])
    return times


def _hidden_for(stack, record):
    # SQS does not tell; moto knows.
    (backend,) = [b for b in sqs_backends[DEFAULT_ACCOUNT_ID].values() if b.queues]
    messages = backend.queues[stack.ConfigQueue.rpartition("/")[2]]._messages
    (message,) = [each for each in messages if each.id == record["messageId"]]
    return message.visible_at / 1000 - datetime.now(UTC).timestamp()


def _hide(stack, record, seconds):
    boto3.client("sqs").change_message_visibility(
        QueueUrl=stack.ConfigQueue,
        ReceiptHandle=record["receiptHandle"],
        VisibilityTimeout=seconds,
    )


def test_a_message_in_hand_is_hidden_anew_while_its_worker_lives(service, context, now):
    stack = service.stack
    Queue(stack.ConfigQueue).send("j1", group="a")
    (record,) = service.messages("ConfigQueue")
    assert VISIBILITY_S - 60 < _hidden_for(stack, record) <= VISIBILITY_S
    seen = []

    def handle(job_id, hold):
        seen.append((job_id, _hidden_for(stack, record)))
        _hide(stack, record, 40)
        for now[0] in (19.0, 20.0):
            hold()
            seen.append((job_id, _hidden_for(stack, record)))

    queue = Queue(stack.ConfigQueue)
    worker.consume_in_turn({"Records": [record]}, handle, queue=queue)

    assert [job_id for job_id, _ in seen] == ["j1"] * 3
    assert [110 < hidden <= 120 for _, hidden in seen] == [True, False, True]


def test_a_killed_worker_stops_its_app_for_two_minutes_not_thirty(engine, clock):
    stack, service = engine.service.stack, engine.service
    first = engine.start(DOCUMENT)
    (record,) = service.messages("ConfigQueue")
    with dying(1, only="PutObject") as death:
        service.deliver("ConfigQueue", [record])
    assert death.happened

    second = engine.start({}, "?partial=1")
    assert service.messages("ConfigQueue") == []
    assert 60 < _hidden_for(stack, record) <= 120
    _hide(stack, record, 0)
    clock.now += 120
    service.run_jobs()

    assert [engine.task(task)["status"] for task in (first, second)] == ["finish", "finish"]
    assert engine.export()["streams"] == DOCUMENT["streams"]
