"""A job's life in plain words, from what is stored of the job. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from ferry.jobs.job import JobHeader, MailState, Status

_MAILS = {
    MailState.NOT_DUE: "",
    MailState.DUE: "Its mail is due",
    MailState.SENDING: "Its mail is being sent",
    MailState.SENT: "Its mail was sent",
    MailState.REFUSED: "No mail was sent",
}


class Sentence(NamedTuple):
    """A sentence about a job, with its moment in Unix seconds."""

    at: int
    text: str


class JobItem(NamedTuple):
    """A job as it is stored.

    Attributes:
        checked_at: when the sweeper checks it next, Unix seconds; None if it need not any more.
        cancelled: somebody has asked for its end.
        expires_at: when DynamoDB drops it, Unix seconds; None while it is open.

    """

    job: JobHeader
    checked_at: int | None
    cancelled: bool
    expires_at: int | None


def story(item: JobItem, now: int) -> list[Sentence]:
    """Describe a job at `now` (Unix seconds) in sentences, oldest first."""
    return sorted(_sentences(item, now), key=lambda sentence: sentence.at)


def shown(sentences: list[Sentence]) -> str:
    """Return sentences as lines that begin with their moment in UTC."""
    return "\n".join(
        f"{datetime.fromtimestamp(sentence.at, UTC):%Y-%m-%d %H:%M:%S}  {sentence.text}"
        for sentence in sentences
    )


def _sentences(item: JobItem, now: int) -> Iterator[Sentence]:
    job = item.job
    what = f"{job.operation} of table {job.table_name} ({job.table_id})" if job.table_id else (
        f"import of a {job.operation}"
    )  # fmt: skip
    user = f"user {job.user_id}" if job.user_id else "nobody in particular"
    yield Sentence(job.accepted_at // 1000, f"Accepted: {what}, for {user} of app {job.app_id}")
    if job.ended:
        yield Sentence(job.ended_at, _ending(job))
        yield from _mail(job, now)
    else:
        yield Sentence(job.updated_at, _progress(job))
        yield from _present(item, now)
    if item.checked_at is not None:
        yield Sentence(max(item.checked_at, now), "The sweeper checks it, unless it has moved on")
    if job.deleted:
        yield Sentence(now, "Deleted by its creator; its files are gone")
    if item.expires_at:
        yield Sentence(item.expires_at, "DynamoDB drops it, within two days")


def _progress(job: JobHeader) -> str:
    if job.status is Status.PENDING:
        return "Waits for a worker"
    of = "" if job.rows_total is None else f" of {job.rows_total:,}"
    failed = f", {job.counts.failed:,} of them failed" if job.counts.failed else ""
    return f"Last sign of life: {job.rows_done:,}{of} rows{failed}; {job.bytes_done:,} bytes"


def _present(item: JobItem, now: int) -> Iterator[Sentence]:
    job = item.job
    if job.status is Status.RUNNING:
        yield Sentence(now, _holder(job, now))
    if job.attempts:
        yield Sentence(now, f"Attempt {job.attempts} since it last came further")
    if job.stalled_since:
        yield Sentence(job.stalled_since, "An outage of AWS began that keeps it from going on")
    if job.restarts:
        yield Sentence(now, f"Begun again {job.restarts} times, its work being lost")
    if item.cancelled:
        yield Sentence(now, "Its end has been asked for; its worker ends it at its next save")


def _holder(job: JobHeader, now: int) -> str:
    if not job.worker:
        return "No worker holds it: its message is on the way, or the sweeper sends it again"
    left = job.due_at - now
    if left > 0:
        return f"Worker {job.worker} holds it for {left} seconds more"
    return f"Worker {job.worker} has given no sign of life for {90 - left} seconds: it is gone"


def _ending(job: JobHeader) -> str:
    seconds = max(0, job.ended_at - job.accepted_at // 1000)
    counts = job.counts
    rows = f"{counts.total:,} rows, {counts.succeeded:,} succeeded, {counts.failed:,} failed"
    whose = " by a fault of the service" if job.faulty else ""
    why = f": {job.error}" if job.error else ""
    return f"{job.status.capitalize()}{whose} after {seconds:,} seconds: {rows}{why}"


def _mail(job: JobHeader, now: int) -> Iterator[Sentence]:
    said = _MAILS[job.mail]
    if said:
        tries = f", try {job.mail_attempts}" if job.mail_attempts else ""
        why = f": {job.mail_error}" if job.mail_error else ""
        # The job does not say when its mail went out.
        yield Sentence(now if job.open else job.ended_at, f"{said}{tries}{why}")
    if job.mail_feedback:
        what = f"The mail {job.mail_status}"
        yield Sentence(job.mail_feedback.at, f"{what}: {job.mail_feedback.reason}")
