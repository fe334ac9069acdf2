"""MailEventQueue: record the bounces and complaints that SES reports."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.aws.queues import Queue
from ferry.config import settings
from ferry.jobs.feedback_store import FeedbackStore
from ferry.jobs.job import FeedbackKind
from ferry.jobs.job_store import Jobs
from ferry.jobs.worker import PartialFailures, consume_bodies
from ferry.mail.feedback import record_feedback
from ferry.telemetry import logger, metrics


def record_mail_event(body: str) -> None:
    config = settings()
    feedback = record_feedback(
        body,
        jobs=Jobs(config.CONTROL_TABLE),
        feedbacks=FeedbackStore(config.CONTROL_TABLE),
        accounts=Accounts(config.CONTROL_TABLE),
    )
    if feedback is None:
        logger.info("mail event ignored")
        return
    complained = feedback.kind is FeedbackKind.COMPLAINT
    metrics.add_metric(
        name="MailComplained" if complained else "MailBounced", unit="Count", value=1
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    queue = Queue(settings().MAIL_EVENT_QUEUE_URL)
    return consume_bodies(event, record_mail_event, queue=queue)
