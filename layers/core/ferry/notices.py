"""The one mail that tells a job's creator how it ended (contract 6).

A mail is sent under a lease. Only a worker that dies between SES's answer and its own next write
can make a second one; claiming without a lease would lose the mail of every worker that dies
before. `docs/decisions/` says why this way round.
"""

from datetime import UTC, datetime
from typing import Literal

from ferry import downloads
from ferry.errors import MailRefused
from ferry.jobs.job import Job, MailState, Status
from ferry.jobs.requests import ImportRequest
from ferry.letters.letter import compose
from ferry.letters.outcome import Outcome
from ferry.links import Part
from ferry.storage import mail
from ferry.storage.control.accounts import Accounts
from ferry.storage.control.jobs import Jobs

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
) -> MailState:
    """Mail the job's creator how it ended, unless that has been done.

    SES refusing the mail is recorded on the job and changes nothing else.

    Raises:
        Superseded: the mail is sent, refused, or in other hands.
        Exception: SES could not be asked; the mail is due again.

    """
    job = jobs.claim_mail(job_id, now=now, lease_s=_LEASE_S)
    state, error = MailState.REFUSED, f"gave up after {_MAX_TRIES} tries"
    if job.mail_attempts <= _MAX_TRIES:
        try:
            state, error = _try_to_send(job, sender, link_key, link_days, accounts)
        except Exception:
            jobs.settle_mail(job_id, MailState.DUE)
            raise
    jobs.settle_mail(job_id, state, error)
    return state


def _try_to_send(
    job: Job, sender: str, link_key: str, link_days: int, accounts: Accounts
) -> tuple[MailState, str]:
    user = accounts.user(job.app_id, job.user_id)
    if user is None:
        return MailState.REFUSED, "the user has been deleted"
    letter = compose(_outcome(job, link_key, link_days), user.language)
    try:
        mail.send(
            sender=sender, to=user.mail, subject=letter.subject, text=letter.text, html=letter.html
        )
    except MailRefused as refusal:
        return MailState.REFUSED, str(refusal)
    return MailState.SENT, ""


def _outcome(job: Job, key: str, days: int) -> Outcome:
    expires = datetime.fromtimestamp(downloads.expires_at(job, days), UTC)
    return Outcome(
        operation=job.operation.value,
        result=_RESULTS[job.status],
        dry_run=isinstance(job.request, ImportRequest) and job.request.dry_run,
        table_name=job.table_name,
        file_name=job.shown_file_name,
        file_format=job.request.file_type,
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
