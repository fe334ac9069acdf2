"""Commands that read jobs. They change none."""

import time
from argparse import Namespace
from itertools import islice
from typing import Any

import msgspec

from admin import job_history
from admin.answer import Answer
from admin.job_story import JobItem, shown, story
from ferry.accounts.account_store import Accounts
from ferry.aws import clients
from ferry.errors import Malformed, NotFound
from ferry.jobs.job_items import job_key, read_header
from ferry.jobs.open_jobs import OpenJobs, Overdue

_MOST_JOBS = 1000
_FOREVER = 10**11
"""Unix seconds, past any job's due time."""


def job(given: Namespace, storage: Accounts) -> Answer:
    """Describe a job's life: its steps, its worker, its next step."""
    item, now = _item(storage.table_name, given.job), int(time.time())
    sentences = story(item, now)
    facts = msgspec.to_builtins(item.job) | {
        "checked_at": item.checked_at,
        "story": [sentence._asdict() for sentence in sentences],
    }
    note = f'What its workers wrote: make admin ARGS="history {given.job}"'
    return Answer(facts, note, text=shown(sentences))


def jobs(given: Namespace, storage: Accounts) -> Answer:
    """List open jobs, that wait, run, or have a mail to be sent; the longest overdue first."""
    if not given.open:
        raise Malformed("jobs: add --open; ended jobs are found by their id: job <id>")
    pages = OpenJobs(storage.table_name).overdue(_FOREVER)
    found = list(islice((each for page in pages for each in page), _MOST_JOBS))
    note = f"The first {_MOST_JOBS:,} are shown." if len(found) == _MOST_JOBS else ""
    return Answer([_row(each) for each in found], note)


def history(given: Namespace, _: Accounts) -> Answer:
    """Show what the functions logged of a job, from its acceptance on."""
    lines = job_history.read(
        given.job, given.outputs["LogGroup"], now_ms=time.time_ns() // 1_000_000
    )
    return Answer(
        [line.facts for line in lines],
        text=job_history.shown(lines) or f"No log line names {given.job}",
    )


def _row(found: Overdue) -> dict[str, Any]:
    known = found.job
    return {
        "job": found.job_id,
        "operation": known.operation if known else "unreadable by this release",
        "status": known and (f"{known.status}, mail due" if known.ended else known.status.value),
        "attempts": known and known.attempts,
        "app": known and known.app_id,
        "accepted_at": known and known.accepted_at // 1000,
        "due_at": found.due_at,
    }


def _item(table_name: str, job_id: str) -> JobItem:
    answer = clients.dynamodb().get_item(
        TableName=table_name, Key=job_key(job_id), ConsistentRead=True
    )
    if "Item" not in answer:
        raise NotFound(f"job {job_id} does not exist, or has expired")
    item = answer["Item"]
    moments = {name: int(item[name]["N"]) for name in ("due_at", "expires_at") if name in item}
    return JobItem(
        job=read_header(item),
        checked_at=moments.get("due_at") if "open" in item else None,
        cancelled="cancel" in item,
        expires_at=moments.get("expires_at"),
    )
