"""NoticeQueue: mail each ended job's creator how it ended."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry import notices
from ferry.config import settings
from ferry.jobs.job import MailState
from ferry.storage.control.accounts import Accounts
from ferry.storage.control.jobs import Jobs
from ferry.storage.files import Files
from ferry.storage.queues import Queue
from ferry.storage.secrets import link_key
from ferry.telemetry import logger, metrics
from ferry.worker import PartialFailures, consume


def send_notice(job_id: str) -> None:
    config = settings()
    state = notices.send_notice(
        job_id,
        now=int(time.time()),
        sender=config.MAIL_FROM,
        link_key=link_key(config.LINK_SECRET_ARN),
        link_days=config.LINK_DAYS,
        accounts=Accounts(config.CONTROL_TABLE),
        jobs=Jobs(config.CONTROL_TABLE),
        configurations=Files(config.CONFIG_BUCKET),
    )
    metrics.add_metric(
        name="MailSent" if state is MailState.SENT else "MailRefused", unit="Count", value=1
    )
    logger.info("mail settled", job_id=job_id, state=state)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    return consume(event, send_notice, queue=Queue(settings().NOTICE_QUEUE_URL))
