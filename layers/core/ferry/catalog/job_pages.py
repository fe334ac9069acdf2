"""Pages of the jobs of a whole app (contract tables#exports)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from ferry.accounts.identity import Caller
from ferry.accounts.roles import Role
from ferry.catalog.paging import fitting
from ferry.errors import Malformed, NotFound
from ferry.jobs.job import JobHeader, Status
from ferry.jobs.job_feed import (
    JobFeed,
    KeyList,
    Kinds,
    jobs_by,
    jobs_of_app,
    jobs_of_user,
    jobs_on,
)
from ferry.jobs.view import STATUSES, view_for
from ferry.records.registry import Tables

_MOST = 100
_NUMBER = re.compile(r"[0-9]{1,9}+")
_JOB_ID = re.compile(r"[0-9a-f]{32}")


class JobsAskedFor(msgspec.Struct, frozen=True):
    """Which jobs are asked for.

    Attributes:
        query: the query string's parameters but the cursor.
        everyones: those of others, too, where the caller oversees the table.
        statuses: empty for any.
        table_id: 0 for all tables.
        before: a job's id: only older ones.

    """

    query: Mapping[str, str]
    everyones: bool
    statuses: frozenset[Status]
    table_id: int
    before: str
    limit: int


def jobs_asked_for(query: Mapping[str, str]) -> JobsAskedFor:
    """Read the parameters of a query string; unknown ones are ignored.

    Raises:
        Malformed: one has no value that it may have.

    """
    started_by = query.get("started_by") or "me"
    if started_by not in {"me", "anyone"}:
        raise Malformed("started_by: must be me or anyone")
    before = query.get("cursor") or ""
    if before and not _JOB_ID.fullmatch(before):
        raise Malformed("cursor: take it from the page before, as it is")
    limit = _number(query, "limit", 20)
    if not 1 <= limit <= _MOST:
        raise Malformed(f"limit: must lie between 1 and {_MOST}")
    return JobsAskedFor(
        query={name: value for name, value in query.items() if name != "cursor"},
        everyones=started_by == "anyone",
        statuses=_statuses(query.get("status") or ""),
        table_id=_number(query, "table_id", 0),
        before=before,
        limit=limit,
    )


def page_of_jobs(
    asked: JobsAskedFor,
    tables: Tables,
    caller: Caller,
    feed: JobFeed,
    kinds: Kinds,
    *,
    path: str,
    link_key: str,
    link_days: int,
    region: str,
) -> dict[str, Any]:
    """Return a page of the app's jobs, the newest first.

    Args:
        asked: which jobs.
        tables: the app's are among them.
        caller: sees their own jobs, and others' where they oversee the table.
        feed: has the jobs.
        kinds: of the jobs, by operation.
        path: of this list.
        link_key: signs links to files, which only whoever started a job is shown.
        link_days: how long these serve.
        region: sets the prices.

    Raises:
        NotFound: there is no such table for the caller.

    """
    access = caller.access
    jobs, rest = feed.page(
        _lists(asked, tables, caller),
        before=asked.before,
        limit=asked.limit,
        statuses=asked.statuses,
        sees=None if access.role is not Role.NONE else access.sees,
    )
    # A table's jobs are erased soon after it is deleted.
    there = tables.existing(caller.app_id, {job.table_id for job in jobs})
    jobs = [job for job in jobs if job.table_id in there]

    def listed(job: JobHeader) -> dict[str, Any]:
        return view_for(
            caller,
            job,
            kinds[job.operation],
            link_key=link_key,
            link_days=link_days,
            region=region,
        )

    objects = fitting([listed(job) for job in jobs])
    if len(objects) < len(jobs):
        rest = jobs[len(objects) - 1].id
    query = urlencode({**asked.query, "limit": asked.limit, "cursor": rest})
    meta = {"limit": asked.limit, "next": f"{path}?{query}" if rest else None}
    return {"meta": meta, "objects": list(objects)}


def _lists(asked: JobsAskedFor, tables: Tables, caller: Caller) -> list[KeyList]:
    app_id, user_id, table_id = caller.app_id, caller.user_id, asked.table_id
    if not table_id:
        # Who owns a table owns the app: roles in named tables are lower ones.
        everyones = asked.everyones and caller.access.role is Role.OWNER
        return jobs_of_app(app_id) if everyones else jobs_of_user(app_id, user_id)
    if not caller.access.sees(table_id):
        raise NotFound(f"table {table_id} does not exist")
    tables.get(app_id, table_id)
    everyones = asked.everyones and caller.access.oversees(table_id)
    return jobs_on(table_id) if everyones else jobs_by(user_id, table_id)


def _statuses(text: str) -> frozenset[Status]:
    words = [word for word in text.split(",") if word]
    if not STATUSES.keys() >= set(words):
        raise Malformed(f"status: must be one or more of {', '.join(STATUSES)}")
    return frozenset(STATUSES[word] for word in words)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name) or str(default)
    if not _NUMBER.fullmatch(text):
        raise Malformed(f"{name}: {text[:20]!r} is not a whole number")
    return int(text)
