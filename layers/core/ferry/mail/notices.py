"""The one mail to a job's creator about its end (contract tables#mail).

A mail is sent under a lease. Only a worker that dies between SES's answer and its own next write
can make a second one; claiming without a lease would lose the mail of every worker that dies
before. `docs/decisions/` says why this way round.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

import msgspec

from ferry.accounts.account_store import Accounts
from ferry.aws.bucket import Files
from ferry.aws.mailer import Mailer
from ferry.configurations.config_job import CONFIGURATIONS, AppliedConfig, ConfigJob, ConfigRequest
from ferry.configurations.outcomes import ByItem, read_outcome
from ferry.errors import MailRefused
from ferry.job_kinds import TABLE_JOBS
from ferry.jobs import downloads
from ferry.jobs.job import Job, JobResult, Operation, Status
from ferry.jobs.limits import limits_view
from ferry.jobs.links import Part
from ferry.jobs.listeners import Kinds
from ferry.jobs.spending import spending_view
from ferry.jobs.view import kept_until
from ferry.kuiper.apply.mode import Mode
from ferry.mail.configuration_mail import ConfigOutcome, compose_configuration
from ferry.mail.job_mail import MailMessage, compose
from ferry.mail.mail_quota import MailQuota
from ferry.mail.outcome import JobSummary
from ferry.mail.ses_events import JOB_TAG

KINDS: Kinds = {**TABLE_JOBS, CONFIGURATIONS.operation: CONFIGURATIONS}
"""Every kind of job whose end is notified."""

_SUPPRESSED = (
    "an earlier mail to this address bounced for good, or was marked as spam; an operator can let "
    "mails go to it again"
)
_RESULTS: dict[Status, Literal["finished", "failed", "cancelled"]] = {
    Status.FINISHED: "finished",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


class MailListener(msgspec.Struct, frozen=True, kw_only=True):
    """Mails the creators of jobs how they ended; see `ferry.jobs.listeners.Listener`.

    Attributes:
        mailer: sends the mail.
        link_key: signs links.
        link_days: days for which they serve.
        region: sets the prices.
        accounts: of the recipients.
        configurations: the bucket with what their imports have come to.
        quota: of mails by app.
        now: Unix seconds.

    """

    name: ClassVar[str] = "mail"

    mailer: Mailer
    link_key: str
    link_days: int
    region: str
    accounts: Accounts
    configurations: Files
    quota: MailQuota
    now: int

    def notify(self, job: Job[Any, Any, JobResult]) -> None:
        """Mail the job's creator how it ended.

        Raises:
            MailRefused: SES refuses, or the user has been deleted, or an earlier mail to their
                address has come back for good.
            MailHeld: the app has sent as many mails as it may in this hour.
            Exception: SES could not be asked.

        """
        user = self.accounts.user(job.app_id, job.user_id)
        if user is None:
            raise MailRefused("the user has been deleted")
        if user.suppressed:
            raise MailRefused(_SUPPRESSED)
        mail = self._write(job, user.language)
        self.quota.take(job.app_id, now=self.now)
        self.mailer.send(
            user.mail,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            tags={JOB_TAG: job.id},
        )

    def _write(self, job: Job[Any, Any, Any], language: str) -> MailMessage:
        if isinstance(job.request, ConfigRequest):
            return compose_configuration(_config_outcome(job, self.configurations), language)
        outcome = _outcome(job, self.link_key, self.link_days)
        spent = spending_view(job.spent, self.region)
        limits = limits_view(job.request)
        return compose(msgspec.structs.replace(outcome, **spent, **limits), language)


def _outcome(job: Job[Any, Any, Any], key: str, days: int) -> JobSummary:
    facts = KINDS[job.operation].facts(job)
    return JobSummary(
        job_id=job.id,
        operation="export" if job.operation is Operation.EXPORT else "import",
        result=_RESULTS[job.status],
        dry_run=facts.dry_run,
        table_name=job.table_name,
        file_name=facts.file_name,
        file_format=facts.file_type,
        total=job.counts.total,
        succeeded=job.counts.succeeded,
        failed=job.counts.failed,
        seconds=max(0.0, job.ended_at - job.accepted_at / 1000),
        reason=job.error,
        ignored_columns=facts.ignored_columns,
        sheet=str(facts.detected.get("sheet", "")),
        header_row=int(str(facts.detected.get("header_row", 0))),
        detected=facts.detected,
        blank_rows=facts.blank_rows,
        first_failed=facts.first_failed,
        effects=facts.effects,
        uncounted=facts.uncounted,
        hidden_rows=facts.hidden_rows,
        by_other=job.cancelled_by not in {0, job.user_id},
        replay=facts.replay,
        undo_until=_day(kept_until(job, days)) if facts.can_be_undone else "",
        resume_until=_day(kept_until(job, days)) if job.resumable else "",
        download_url=downloads.url(job, Part.RESULT, key=key, days=days) or "",
        report_url=downloads.url(job, Part.REPORT, key=key, days=days) or "",
        return_url=""
        if facts.dry_run or facts.replay
        else downloads.url(job, Part.CORRECTED, key=key, days=days) or "",
        report_type=job.result.report_key.rpartition(".")[2],
        expires_on=_day(downloads.expires_at(job, days)),
        days=days,
    )


def _day(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d}"


def _config_outcome(job: ConfigJob, files: Files) -> ConfigOutcome:
    request = job.request
    applied = job.result.config or AppliedConfig(outcome_key="")
    items = read_outcome(applied.outcome_key, files)
    return ConfigOutcome(
        job_id=job.id,
        result=_RESULTS[job.status],
        seconds=max(0.0, job.ended_at - job.accepted_at / 1000),
        dry_run=request.dry_run,
        partial=request.mode is Mode.PARTIAL,
        restart=request.stop and not request.dry_run,
        revision=applied.revision,
        applied=job.counts.succeeded,
        failed=_flat(items.errors),
        skipped=_flat(items.skipped),
        obstacles=_flat(items.obstacles),
        ignored=items.ignored,
        changed=tuple(items.diff.splitlines()),
        reason=job.error,
    )


def _flat(sections: ByItem) -> dict[str, str]:
    return {
        f"{section} {key}": text
        for section, items in sections.items()
        for key, text in items.items()
    }
