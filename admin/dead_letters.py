"""Dead letters: messages that their queue has given up, and what became of their jobs.

SQS has a task of its own that moves messages back, StartMessageMoveTask. This does it message by
message: on FIFO queues, of which AWS's documents disagree, and on the local engine too.
"""

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from uuid import uuid4

from admin.answer import Answer
from ferry.accounts.account_store import Accounts
from ferry.aws import clients
from ferry.errors import Malformed, NotFound, Unreadable
from ferry.jobs.job_store import Jobs

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

LOCAL_STACK = "ferry"
_DEAD = "DeadLetters"
_HIDDEN_S = 30
WAIT_S = 1
"""Seconds for which SQS waits for a message: without, it asks a part of its servers only."""


class _Queue(NamedTuple):
    """A dead-letter queue, named by its logical id, and the queue that gives messages up to it."""

    name: str
    url: str
    source_url: str


def dead_letters(given: Namespace, storage: Accounts) -> Answer:
    """List dead letters with their jobs."""
    jobs, rows = Jobs(storage.table_name), []
    for queue in _queues(given):
        messages = list(_received(queue.url))
        for message in messages:  # they stay where they are
            clients.sqs().change_message_visibility(
                QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        rows += [{"queue": queue.name, **_of_message(message, jobs)} for message in messages]
    return Answer(rows)


def move_back(given: Namespace, _: Accounts) -> Answer:
    """Move the dead letters of one queue back to where they came from."""
    queue = _queue(given)
    moved = 0
    for message in _received(queue.url):
        clients.sqs().send_message(
            QueueUrl=queue.source_url, MessageBody=message["Body"], **_order(message)
        )
        clients.sqs().delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    return Answer({"queue": queue.name, "moved": moved})


def drop_dead_letters(given: Namespace, _: Accounts) -> Answer:
    """Drop the dead letters of one queue."""
    queue = _queue(given)
    clients.sqs().purge_queue(QueueUrl=queue.url)
    return Answer({"queue": queue.name, "dropped": True})


def _queue(given: Namespace) -> _Queue:
    queues = {queue.name: queue for queue in _queues(given)}
    if given.queue not in queues:
        raise Malformed(f"{given.queue} is no dead-letter queue: name {' or '.join(queues)}")
    return queues[given.queue]


def _queues(given: Namespace) -> list[_Queue]:
    cloudformation = cast("CloudFormationClient", clients.session().create_client("cloudformation"))
    pages = cloudformation.get_paginator("list_stack_resources").paginate(
        StackName=given.stack or LOCAL_STACK
    )
    urls = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }
    return [
        _Queue(name, urls[name], urls[name.removesuffix(_DEAD) + "Queue"])
        for name in sorted(urls)
        if name.endswith(_DEAD)
    ]


def _received(url: str) -> Iterator[Any]:
    """Yield the messages of a queue, each once; it is hidden meanwhile."""
    seen: set[str] = set()
    while True:
        messages = clients.sqs().receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_S,
            WaitTimeSeconds=WAIT_S,
            AttributeNames=["All"],
        ).get("Messages", [])  # fmt: skip
        new = [message for message in messages if message["MessageId"] not in seen]
        if not new:
            return
        seen |= {message["MessageId"] for message in new}
        yield from new


def _of_message(message: Any, jobs: Jobs) -> dict[str, Any]:
    job_id, status = _job_of(message["Body"], jobs)
    sent_at = int(message["Attributes"]["SentTimestamp"]) // 1000
    return {"job": job_id, "status": status, "sent_at": sent_at}


def _job_of(body: str, jobs: Jobs) -> tuple[str | None, str]:
    try:
        job_id = str(json.loads(body)["job_id"])
    except (ValueError, KeyError, TypeError):
        return None, "names no job"
    try:
        return job_id, str(jobs.get_header(job_id).status)
    except (NotFound, Unreadable) as error:
        return job_id, type(error).__name__


def _order(message: Any) -> Any:
    group = message["Attributes"].get("MessageGroupId")
    # A new id: SQS would take the message for one that it has had within five minutes.
    return {"MessageGroupId": group, "MessageDeduplicationId": uuid4().hex} if group else {}
