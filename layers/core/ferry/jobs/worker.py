"""The SQS edge: job messages in, partial batch failures out."""

from collections.abc import Callable
from time import monotonic
from typing import Any, TypedDict
from urllib.parse import unquote_plus

import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.aws.queues import JobMessage, LinkRequest, Queue
from ferry.errors import Malformed, Rejected, Unreadable
from ferry.jobs.job import JobHeader, Operation
from ferry.jobs.run import LEASE_S
from ferry.telemetry import emit, logger, metrics

_HIDDEN_S = LEASE_S + 30
"""Whoever gets a message that its worker no longer hides finds the worker's lease at its end."""
_HIDE_EVERY_S = 20.0

type Hold = Callable[[], object]
"""Called by a worker that lives, from time to time."""


class Failure(TypedDict):
    """A message that goes back to its queue."""

    itemIdentifier: str


class PartialFailures(TypedDict):
    """The answer to Lambda about a batch; it deletes the messages that are not named.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """

    batchItemFailures: list[Failure]


class _Attributes(msgspec.Struct, rename="pascal", frozen=True):
    approximate_receive_count: str = "1"


class _Message(msgspec.Struct, rename="camel", frozen=True):
    """A record of an event of SQS."""

    message_id: str
    receipt_handle: str
    body: str
    attributes: _Attributes = _Attributes()


class _Object(msgspec.Struct):
    key: str


class _Location(msgspec.Struct):
    object: _Object


class _Arrival(msgspec.Struct):
    s3: _Location


class _Notification(msgspec.Struct):
    """A notification of S3, spelled as S3 spells it."""

    Records: list[_Arrival] = []


def consume(
    event: dict[str, Any], handle: Callable[[str], object], *, queue: Queue
) -> PartialFailures:
    """Handle the job that each record of `event`, an event of `queue`, names.

    A record whose handling raises goes back to the queue, soon, and after the queue's
    maxReceiveCount to its dead-letter queue; but one that raises Rejected is given up, as is one
    that is no job message, or whose job only another release can read.
    """
    return _consume(event, lambda message: handle(_job_taken(message)), queue=queue)


def consume_in_turn(
    event: dict[str, Any], handle: Callable[[str, Hold], object], *, queue: Queue
) -> PartialFailures:
    """Handle jobs of a queue that keeps back what follows a message in hand; else as `consume`.

    A killed worker would stop its group for the visibility timeout, six times the function's own.
    So a message is hidden for two minutes, and for two more whenever `handle` calls its hold.
    """

    def take(message: _Message) -> None:
        # Two minutes: a killed worker holds up the jobs of its app no longer than its lease lasts.
        handle(_job_taken(message), _holding(queue, message.receipt_handle))

    return _consume(event, take, queue=queue)


def _holding(queue: Queue, receipt_handle: str) -> Hold:
    hidden_at = float("-inf")

    def hold() -> None:
        nonlocal hidden_at
        if monotonic() - hidden_at >= _HIDE_EVERY_S:
            # Progress is saved every two seconds; a call to SQS for each save would be wasted.
            queue.hide(receipt_handle, _HIDDEN_S)
            hidden_at = monotonic()

    hold()
    return hold


def _job_taken(message: _Message) -> str:
    """Return the job that the message names; until it is done with, every log line names it too."""
    job_id = _decoded(message, JobMessage).job_id
    logger.append_keys(job_id=job_id)
    logger.info("job taken", receives=message.attributes.approximate_receive_count)
    return job_id


def _decoded[T](message: _Message, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(message.body, type=kind)
    except msgspec.DecodeError as error:
        raise Malformed(f"no {kind.__name__}: {error}") from error


def consume_arrivals(
    event: dict[str, Any], handle: Callable[[str], object], *, queue: Queue
) -> PartialFailures:
    """Handle the key of each file that the records of `event` say has arrived in a bucket.

    The records are S3's notifications, as `queue` holds them; the message by which S3 tries the
    queue out names no file. Otherwise as `consume`.
    """

    def take(message: _Message) -> None:
        for arrival in _decoded(message, _Notification).Records:
            # Keys in notifications are URL-encoded, a space as a plus sign:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
            handle(unquote_plus(arrival.s3.object.key))

    return _consume(event, take, queue=queue)


def consume_notices(
    event: dict[str, Any],
    handle: Callable[[str], object],
    mail_link: Callable[[LinkRequest], object],
    *,
    queue: Queue,
) -> PartialFailures:
    """Handle the job, or the request for a sign-in link, that each record names; as `consume`."""

    def take(message: _Message) -> None:
        if "link_for" in _decoded(message, dict):
            mail_link(_decoded(message, LinkRequest))
        else:
            handle(_job_taken(message))

    return _consume(event, take, queue=queue)


def consume_bodies(
    event: dict[str, Any], handle: Callable[[str], object], *, queue: Queue
) -> PartialFailures:
    """Handle the body of each record of `event`, whatever it is; else as `consume`."""
    return _consume(event, lambda message: handle(message.body), queue=queue)


def _consume(
    event: dict[str, Any], take: Callable[[_Message], object], *, queue: Queue
) -> PartialFailures:
    messages = msgspec.convert(event["Records"], list[_Message])
    failed = [message for message in messages if not _taken(message, take, queue)]
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _taken(message: _Message, take: Callable[[_Message], object], queue: Queue) -> bool:
    """Return whether the message can be deleted."""
    try:
        take(message)
    except Unreadable as error:
        # The sweeper sends the job again, until a worker of another release takes it.
        logger.error("job unreadable", job_id=error.job_id)
        metrics.add_metric(name="JobsUnreadable", unit="Count", value=1)
    except Rejected as error:
        logger.warning("message given up", kind=type(error).__name__)
        metrics.add_metric(name="MessageGivenUp", unit="Count", value=1)
    except Exception:  # noqa: BLE001 - one message never sends its batch back
        logger.exception("message failed", message_id=message.message_id)
        metrics.add_metric(name="MessageFailed", unit="Count", value=1)
        queue.retry_soon(
            message.receipt_handle, tries=int(message.attributes.approximate_receive_count)
        )
        # Only messages that are returned as failed stay in the queue; all others of the batch go.
        return False
    finally:
        logger.remove_keys(["job_id"])
    return True


def count_acceptance(job: JobHeader) -> None:
    """Log and count that a job has been accepted."""
    logger.info("job accepted", job_id=job.id, operation=job.operation, table_id=job.table_id)
    emit("JobsAccepted", 1, operation=job.operation)


def count_end(job: JobHeader) -> None:
    """Log and count how far a delivery has brought a job: ids and numbers only."""
    logger.info(
        "job left",
        job_id=job.id,
        status=job.status,
        rows=job.counts.total,
        failed_rows=job.counts.failed,
        faulty=job.faulty,
    )
    if job.operation == Operation.SEGMENT:
        return  # its rows and its end count as those of the job that it is a segment of
    if job.ended:
        emit("JobsEnded", 1, operation=job.operation, outcome=job.status)
    if job.ended and job.operation != Operation.CONFIGURATION:
        emit("Rows", job.counts.succeeded, operation=job.operation, outcome="succeeded")
        emit("Rows", job.counts.failed, operation=job.operation, outcome="failed")


def time_left(context: LambdaContext) -> Callable[[], float]:
    """Return a function that returns the invocation's remaining seconds."""
    return lambda: context.get_remaining_time_in_millis() / 1000
