"""The one mail that tells a job's creator how it ended (contract tables#mail).

A mail is sent under a lease. Only a worker that dies between SES's answer and its own next write
can make a second one; claiming without a lease would lose the mail of every worker that dies
before. `docs/decisions/` says why this way round.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, cast

from ferry.accounts.account_store import Accounts
from ferry.aws import mailer as mail
from ferry.aws.bucket import Files
from ferry.configurations.outcomes import ByItem, read_outcome
from ferry.errors import MailRefused
from ferry.jobs import downloads
from ferry.jobs.job import ConfigResult, Job, MailState, Operation, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.links import Part
from ferry.jobs.requests import ConfigRequest, ImportRequest
from ferry.kuiper.apply.mode import Mode
from ferry.mail.configuration_mail import ConfigOutcome, compose_configuration
from ferry.mail.job_mail import Letter, compose
from ferry.mail.outcome import JobSummary

_LEASE_S = 60
_MAX_TRIES = 10
_RESULTS: dict[Status, Literal["finished", "failed", "cancelled"]] = {
    Status.FINISHED: "finished",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
}


def send_notice(
    job_id: str,
    *,
    now: int,
    sender: str,
    link_key: str,
    link_days: int,
    accounts: Accounts,
    jobs: Jobs,
    configurations: Files,
) -> MailState:
    """Mail the job's creator how it ended, unless that has been done.

    SES refusing the mail is recorded on the job and changes nothing else.

    Raises:
        Superseded: the mail is sent, refused, or in other hands.
        Exception: SES could not be asked; the mail is due again.

    """
    job = jobs.claim_mail(job_id, now=now, lease_s=_LEASE_S)

    def write(language: str) -> Letter:
        if job.operation is Operation.CONFIGURATION:
            return compose_configuration(_config_outcome(job, configurations), language)
        return compose(_outcome(job, link_key, link_days), language)

    state, error = MailState.REFUSED, f"gave up after {_MAX_TRIES} tries"
    if job.mail_attempts <= _MAX_TRIES:
        try:
            state, error = _try_to_send(job, sender, accounts, write)
        except Exception:
            jobs.settle_mail(job_id, MailState.DUE)
            raise
    jobs.settle_mail(job_id, state, error)
    return state


def _try_to_send(
    job: Job, sender: str, accounts: Accounts, write: Callable[[str], Letter]
) -> tuple[MailState, str]:
    user = accounts.user(job.app_id, job.user_id)
    if user is None:
        return MailState.REFUSED, "the user has been deleted"
    letter = write(user.language)
    try:
        mail.send(
            sender=sender, to=user.mail, subject=letter.subject, text=letter.text, html=letter.html
        )
    except MailRefused as refusal:
        return MailState.REFUSED, str(refusal)
    return MailState.SENT, ""


def _outcome(job: Job, key: str, days: int) -> JobSummary:
    expires = datetime.fromtimestamp(downloads.expires_at(job, days), UTC)
    return JobSummary(
        operation="export" if job.operation is Operation.EXPORT else "import",
        result=_RESULTS[job.status],
        dry_run=isinstance(job.request, ImportRequest) and job.request.dry_run,
        table_name=job.table_name,
        file_name=job.shown_file_name,
        file_format=job.file_type,
        total=job.counts.total,
        succeeded=job.counts.succeeded,
        failed=job.counts.failed,
        seconds=max(0.0, job.ended_at - job.accepted_at / 1000),
        reason=job.error,
        ignored_columns=job.ignored_columns,
        download_url=downloads.url(job, Part.RESULT, key=key, days=days) or "",
        report_url=downloads.url(job, Part.REPORT, key=key, days=days) or "",
        expires_on=f"{expires:%Y-%m-%d}",
        days=days,
    )


def _config_outcome(job: Job, files: Files) -> ConfigOutcome:
    request = cast("ConfigRequest", job.request)
    result = job.config or ConfigResult(outcome_key="")
    items = read_outcome(result.outcome_key, files)
    return ConfigOutcome(
        result=_RESULTS[job.status],
        seconds=max(0.0, job.ended_at - job.accepted_at / 1000),
        dry_run=request.dry_run,
        partial=request.mode is Mode.PARTIAL,
        restart=request.stop and not request.dry_run,
        revision=result.revision,
        applied=job.counts.succeeded,
        failed=_flat(items.errors),
        skipped=_flat(items.skipped),
        changed=tuple(items.diff.splitlines()),
        reason=job.error,
    )


def _flat(sections: ByItem) -> dict[str, str]:
    return {
        f"{section} {key}": text
        for section, items in sections.items()
        for key, text in items.items()
    }
