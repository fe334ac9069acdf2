"""NoticeQueue: mail each ended job's creator how it ended, and links to sign in by."""

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from ferry.accounts.account_store import Accounts
from ferry.aws import clients
from ferry.aws.bucket import Files
from ferry.aws.queues import LinkRequest, Queue
from ferry.aws.secret import link_key
from ferry.config import settings
from ferry.jobs.job import MailState
from ferry.jobs.listeners import notify
from ferry.jobs.notice_store import Notices
from ferry.jobs.worker import PartialFailures, consume_notices
from ferry.mail.mail_quota import MailQuota
from ferry.mail.notices import KINDS, MailListener
from ferry.mail.outbox import mailer
from ferry.mail.sign_in_mail import mail_link
from ferry.telemetry import emit, logger, metrics


def send_notice(job_id: str) -> None:
    config, now = settings(), int(time.time())
    mail = MailListener(
        mailer=mailer(),
        link_key=link_key(config.LINK_SECRET_ARN),
        link_days=config.LINK_DAYS,
        region=clients.region(),
        accounts=Accounts(config.CONTROL_TABLE),
        configurations=Files(config.CONFIG_BUCKET),
        quota=MailQuota(config.CONTROL_TABLE, config.MAILS_PER_APP_AND_HOUR),
        now=now,
    )
    notices = Notices(config.CONTROL_TABLE)
    job, state = notify(job_id, mail, kinds=KINDS, now=now, notices=notices)
    if state is MailState.SENT:
        metrics.add_metric(name="MailSent", unit="Count", value=1)
        seconds = max(0.0, time.time() - job.accepted_at / 1000)
        emit("SecondsToMail", seconds, unit="Seconds", operation=job.operation)
    else:
        held = state is MailState.DUE
        metrics.add_metric(name="MailHeld" if held else "MailRefused", unit="Count", value=1)
    logger.info("mail settled", job_id=job_id, state=state)


def send_link(request: LinkRequest) -> None:
    config, now = settings(), int(time.time())
    quota = MailQuota(config.CONTROL_TABLE, config.MAILS_PER_APP_AND_HOUR)
    if mail_link(request, now=now, mailer=mailer(), quota=quota):
        metrics.add_metric(name="SignInLinkSent", unit="Count", value=1)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialFailures:
    return consume_notices(event, send_notice, send_link, queue=Queue(settings().NOTICE_QUEUE_URL))
