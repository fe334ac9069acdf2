"""Queues, written to with typed messages."""

from typing import TypedDict
from uuid import uuid4

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ferry.aws import clients
from ferry.telemetry import logger

_RETRY_S = 10
"""Before its second try a message waits so long, before its third twice as long, and so on."""

_RETRY_MOST_S = 320
"""SQS counts deliveries that Lambda throttled as well, so that the count alone says little."""


class JobMessage(msgspec.Struct, frozen=True):
    """The message of every queue: a job waits for a worker. All its data is on the job.

    On the purges' queue the job is a purge.
    """

    job_id: str


class LinkRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The other message of the queue of notices: a link to sign in by is asked for.

    It is answered there, so that asking takes as long for an address that nobody has.

    Attributes:
        link_for: a mail address, whosever it is.
        public_url: of the service, as the asking browser sees it.
        app_id: of an invitation alone, whose link serves for longer: the app of the new user.
        user_id: of an invitation: the user, whom the index of addresses may not have yet.
        challenge: of a terminal, which is mailed a code; "" of a browser.

    """

    link_for: str
    public_url: str
    app_id: str = ""
    user_id: int = 0
    challenge: str = ""


class _Order(TypedDict, total=False):
    MessageGroupId: str
    MessageDeduplicationId: str


class Queue:
    """One SQS queue."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, job_id: str, *, group: str) -> bool:
        """Say that the job waits; return whether that was sent, or else is left to the sweeper.

        Args:
            job_id: the job.
            group: the app whose job it is, "" for work of no app, such as a purge. A FIFO queue
                hands out a group's messages one after the other, as they came. Any other prefers
                messages of groups that have little in work, so that nobody waits behind an app
                that has sent many (fair queues).
                https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues-detailed.html

        """
        body = msgspec.json.encode(JobMessage(job_id)).decode()
        # A standard queue refuses the parameters of a FIFO queue.
        order = _order(group, fifo=self._url.endswith(".fifo"))
        try:
            clients.sqs().send_message(QueueUrl=self._url, MessageBody=body, **order)
        except (ClientError, BotoCoreError):
            logger.exception("message not sent", job_id=job_id)
            return False
        return True

    def request_link(self, request: LinkRequest) -> None:
        """Ask for a link to sign in by.

        Raises:
            Exception: it could not be asked for.

        """
        # A group of its own, so that links do not wait behind an app that has ended many jobs.
        body, order = msgspec.json.encode(request).decode(), _order("sign-in", fifo=False)
        clients.sqs().send_message(QueueUrl=self._url, MessageBody=body, **order)

    def retry_soon(self, receipt_handle: str, tries: int) -> None:
        """Let a message that has failed `tries` times come back within seconds.

        Else it would wait out the visibility timeout, six times its consumer's own: an hour and a
        half. When this fails it does.
        """
        self.hide(receipt_handle, min(_RETRY_S * 2 ** (tries - 1), _RETRY_MOST_S))

    def hide(self, receipt_handle: str, seconds: int) -> None:
        """Let a message in hand come back in so many seconds, unless it is deleted before."""
        try:
            # If this fails, the message only comes back later: the job must not fail for that.
            clients.sqs().change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt_handle, VisibilityTimeout=seconds
            )
        except (ClientError, BotoCoreError):
            logger.exception("visibility not changed")


def _order(group: str, *, fifo: bool) -> _Order:
    if not fifo:
        return {"MessageGroupId": group} if group else {}
    # Not the job's id: SQS would swallow the sweeper's reminder for five minutes.
    return {"MessageGroupId": group, "MessageDeduplicationId": uuid4().hex}
