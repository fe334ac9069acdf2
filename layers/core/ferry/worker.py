"""The SQS edge: job messages in, partial batch failures out."""

from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.errors import Rejected
from ferry.jobs.job import Job, Operation
from ferry.storage.queues import JobMessage, Queue
from ferry.telemetry import logger, metrics
from ferry.transfer.run import LEASE_S

_HIDDEN_S = LEASE_S + 30
"""Whoever gets a message that its worker no longer hides finds the worker's lease at its end."""
_HIDE_EVERY_S = 20.0

type Hold = Callable[[], object]
"""Called by a worker that lives, from time to time."""


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
    event: dict[str, Any],
    context: LambdaContext,
    handle: Callable[[str], object],
    *,
    queue: Queue,
) -> PartialItemFailureResponse:
    """Handle the job that each record of `event`, an event of `queue`, names.

    A record whose handling raises goes back to the queue, soon, and after the queue's
    maxReceiveCount to its dead-letter queue; but one that raises Rejected is given up, as is one
    that is no job message.

    Returns:
        ``{"batchItemFailures": [{"itemIdentifier": <messageId>}, ...]}``

    """
    return _consume(event, context, lambda record: handle(_job_id(record)), queue=queue)


def consume_in_turn(
    event: dict[str, Any],
    context: LambdaContext,
    handle: Callable[[str, Hold], object],
    *,
    queue: Queue,
) -> PartialItemFailureResponse:
    """Handle jobs of a queue that keeps back what follows a message in hand; else as `consume`.

    A killed worker would stop its group for the visibility timeout, six times the function's own.
    So a message is hidden for two minutes, and for two more whenever `handle` calls its hold.
    """

    def on_record(record: SQSRecord) -> None:
        handle(_job_id(record), _holding(queue, record.receipt_handle))

    return _consume(event, context, on_record, queue=queue)


def _holding(queue: Queue, receipt_handle: str) -> Hold:
    hidden_at = float("-inf")

    def hold() -> None:
        nonlocal hidden_at
        if monotonic() - hidden_at >= _HIDE_EVERY_S:
            queue.hide(receipt_handle, _HIDDEN_S)
            hidden_at = monotonic()

    hold()
    return hold


def _job_id(record: SQSRecord) -> str:
    return msgspec.json.decode(record.body, type=JobMessage).job_id


def consume_arrivals(
    event: dict[str, Any],
    context: LambdaContext,
    handle: Callable[[str], object],
    *,
    queue: Queue,
) -> PartialItemFailureResponse:
    """Handle the key of each file that the records of `event` say has arrived in a bucket.

    The records are S3's notifications, as `queue` holds them; the message by which S3 tries the
    queue out names no file. Otherwise as `consume`.
    """

    def handle_all(record: SQSRecord) -> None:
        for arrival in msgspec.json.decode(record.body, type=_Notification).Records:
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
            handle(unquote_plus(arrival.s3.object.key))

    return _consume(event, context, handle_all, queue=queue)


def _consume(
    event: dict[str, Any],
    context: LambdaContext,
    handle: Callable[[SQSRecord], object],
    *,
    queue: Queue,
) -> PartialItemFailureResponse:
    # Powertools calls it by keyword: the parameter must be named `record`.
    def on_record(record: SQSRecord) -> None:
        try:
            handle(record)
        except (Rejected, msgspec.DecodeError) as error:
            logger.warning("message given up", kind=type(error).__name__, reason=str(error))
            metrics.add_metric(name="MessageGivenUp", unit="Count", value=1)
        except Exception:
            logger.exception("message failed", message_id=record.message_id)
            metrics.add_metric(name="MessageFailed", unit="Count", value=1)
            tries = int(record.attributes.approximate_receive_count or 1)
            queue.retry_soon(record.receipt_handle, tries)
            raise

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event, on_record, processor, context)


def count_end(job: Job) -> None:
    """Log and count how far a delivery has brought a job: ids and numbers only."""
    logger.info(
        "job left",
        job_id=job.id,
        status=job.status,
        rows=job.counts.total,
        failed_rows=job.counts.failed,
        error=job.error,
    )
    if job.ended:
        operation, status = job.operation.capitalize(), job.status.capitalize()
        metrics.add_metric(name=f"{operation}{status}", unit="Count", value=1)
    if job.ended and job.operation is not Operation.CONFIGURATION:
        metrics.add_metric(name="RowsSucceeded", unit="Count", value=job.counts.succeeded)
        metrics.add_metric(name="RowsFailed", unit="Count", value=job.counts.failed)


def time_left(context: LambdaContext) -> Callable[[], float]:
    """Return a function that tells how many seconds the invocation has left."""
    return lambda: context.get_remaining_time_in_millis() / 1000
