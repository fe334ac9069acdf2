"""Queues, written to with typed messages."""

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ferry import aws
from ferry.telemetry import logger

_RETRY_S = 10
"""Before its second try a message waits so long, before its third twice as long, and so on."""


class JobMessage(msgspec.Struct, frozen=True):
    """What travels on every queue: a job waits to be seen to. All else is on the job.

    On the purges' queue the job is a purge.
    """

    job_id: str


class Queue:
    """One SQS queue."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, job_id: str) -> None:
        """Say that the job waits. A message that cannot be sent is left to the sweeper."""
        body = msgspec.json.encode(JobMessage(job_id)).decode()
        try:
            aws.sqs().send_message(QueueUrl=self._url, MessageBody=body)
        except (ClientError, BotoCoreError):
            logger.exception("message not sent", job_id=job_id)

    def retry_soon(self, receipt_handle: str, tries: int) -> None:
        """Let a message that has failed `tries` times come back within seconds.

        Else it would wait out the visibility timeout, six times its consumer's own: an hour and a
        half. When this fails it does.
        """
        try:
            aws.sqs().change_message_visibility(
                QueueUrl=self._url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=_RETRY_S * 2 ** (tries - 1),
            )
        except (ClientError, BotoCoreError):
            logger.exception("visibility not changed")
