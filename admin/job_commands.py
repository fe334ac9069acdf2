"""Commands on jobs: the life of one, and those that are open."""

import time
from argparse import Namespace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from admin.commands import Answer
from ferry.accounts.account_store import Accounts
from ferry.errors import Malformed
from ferry.jobs.job import JobHeader, MailState, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.open_jobs import OpenJobs, Overdue

_MOST_JOBS = 1000
_FOREVER = 10**11
"""Unix seconds, past any job's due time."""

_ENDS = {
    Status.FINISHED: "finished",
    Status.FAILED: "failed",
    Status.CANCELLED: "was cancelled",
}
_MAILS = {
    MailState.DUE: "a mail is due",
    MailState.SENDING: "a mail is being sent",
    MailState.SENT: "the mail was sent",
    MailState.REFUSED: "the mail was refused",
}


def job(given: Namespace, storage: Accounts) -> Answer:
    """Tell the life of a job: how far it is, how it ended, and what became of its mail."""
    del storage  # a job is in the same table, but not an account
    found = Jobs(given.outputs["ControlTable"]).get_header(given.job)
    return Answer(_facts(found), "\n".join(_life(found)))


def jobs(given: Namespace, storage: Accounts) -> Answer:
    """List open jobs, those that have waited longest first."""
    del storage
    if not given.open:
        raise Malformed("jobs: add --open; ended jobs are found by their id: job <id>")
    pages = OpenJobs(given.outputs["ControlTable"]).overdue(_FOREVER)
    found = list(islice((each for page in pages for each in page), _MOST_JOBS))
    note = f"The first {_MOST_JOBS:,} are shown." if len(found) == _MOST_JOBS else ""
    return Answer([_row(each) for each in found], note)


def _facts(found: JobHeader) -> dict[str, Any]:
    return {
        "job": found.id,
        "operation": found.operation,
        "status": str(found.status),
        "app": found.app_id,
        "user": found.user_id,
        "table": found.table_name or None,
        "attempts": found.attempts,
        "rows": found.counts.total or found.rows_done,
        "succeeded": found.counts.succeeded,
        "failed": found.counts.failed,
        "error": found.error or None,
        "mail": str(found.mail),
        "accepted_at": found.accepted_at // 1000,
        "updated_at": found.updated_at,
    }


def _life(found: JobHeader) -> list[str]:
    """Tell in plain words what has happened, in the order of time, and what happens next."""
    lines = [f"{_clock(found.accepted_at // 1000)}  accepted from user {found.user_id}"]
    if found.status is Status.PENDING:
        lines.append(f"{_clock(found.due_at)}  its message is sent again, unless a worker has it")
    elif found.status is Status.RUNNING:
        lines.append(f"{_clock(found.updated_at)}  last sign of life, attempt {found.attempts}")
        holder = f"worker {found.worker}" if found.worker else "nobody"
        lines.append(f"{_clock(found.due_at)}  its lease ends; {holder} holds it")
    else:
        reason = f": {found.error}" if found.error else ""
        lines.append(f"{_clock(found.ended_at)}  {_ENDS[found.status]}{reason}")
        if found.mail in _MAILS:
            tries = f" (try {found.mail_attempts})" if found.mail_attempts > 1 else ""
            why = f": {found.mail_error}" if found.mail_error else ""
            lines.append(f"{'':20}  {_MAILS[found.mail]}{tries}{why}")
    if found.stalled_since:
        lines.append(f"{_clock(found.stalled_since)}  an AWS service failed; it is tried again")
    return lines


def _row(found: Overdue) -> dict[str, Any]:
    known = found.job
    return {
        "job": found.job_id,
        "operation": str(known.operation) if known else "unreadable by this release",
        "status": str(known.status) if known else None,
        "waits_s": max(0, int(time.time()) - found.due_at),
        "due_at": found.due_at,
    }


def _clock(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
