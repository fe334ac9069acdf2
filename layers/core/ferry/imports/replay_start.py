"""Accepting an undo of an import, or the application of a dry run (contract tables#imports)."""

from collections.abc import Mapping
from typing import Literal

from msgspec import structs

from ferry.accounts.request_context import RequestContext
from ferry.errors import Conflict, Malformed, NotFound, Unreadable
from ferry.imports.import_job import IMPORTS, ImportJob, ImportRequest
from ferry.jobs.acceptance import new_job, new_job_id
from ferry.jobs.idempotency import once
from ferry.jobs.job import Job, JobHeader, Status
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import keyed
from ferry.jobs.view import kept_until

type Replay = Literal["undo", "apply"]

_SWITCH = {"1": True, "true": True, "0": False, "false": False, "": False}


def start_replay(
    first: ImportJob | JobHeader,
    replay: Replay,
    query: Mapping[str, str],
    context: RequestContext,
    *,
    link_days: int,
    queue: JobQueue,
) -> ImportJob:
    """Accept the job that undoes or applies another one, and queue it.

    Raises:
        Conflict: the other one has not ended, or the request's key was used with another request.
        Malformed: it cannot be undone, or applied; or an option is unknown.
        NotFound: what it noted is not kept any more.
        Unreadable: only another release can read it.

    """
    if not isinstance(first, Job):
        raise Unreadable(first.id)
    keep_before = _keep_before(first, replay, query)
    _check(first, replay)
    if context.now_ms // 1000 >= kept_until(first, link_days):
        raise NotFound(f"what job {first.id} noted was kept for {link_days} days")
    request_of = keyed(context, f"{replay} {first.id}", dict(query))

    def accept() -> ImportJob:
        request = structs.replace(
            _request(first, replay, keep_before=keep_before),
            row_user=context.caller.row_user(first.table_id),
        )
        rows = first.result.effects.written
        job = new_job(IMPORTS, new_job_id(context.now_ms), request, context, rows_total=rows)
        job = structs.replace(job, table_id=first.table_id, table_name=first.table_name)
        queue.add(job, keyed=request_of)
        return job

    return once(request_of, IMPORTS, queue.jobs, accept)


def _keep_before(first: ImportJob, replay: Replay, query: Mapping[str, str]) -> bool:
    unknown = query.keys() - ({"keep_before"} if replay == "apply" else set())
    if unknown:
        raise Malformed(f"{replay} has no option {min(unknown)}")
    asked = query.get("keep_before", "").lower()
    if asked not in _SWITCH:
        raise Malformed("keep_before: must be 1 or 0")
    given = _SWITCH[asked] if "keep_before" in query else first.request.keep_before
    return replay == "undo" or given


def _check(first: ImportJob, replay: Replay) -> None:
    if not first.ended:
        raise Conflict(f"job {first.id} has not ended yet; ask again when it has")
    request = first.request
    if replay == "apply":
        if not request.dry_run:
            raise Malformed(f"job {first.id} was no dry run: there is nothing to apply")
        if first.status is not Status.FINISHED:
            raise Malformed(f"the dry run {first.id} did not come to its end: run it again")
    elif request.dry_run:
        raise Malformed(f"job {first.id} was a dry run: it changed nothing")
    elif not request.keep_before:
        raise Malformed(
            f"job {first.id} cannot be undone: it was started without keep_before=1, so nobody "
            "knows what its rows were before"
        )


def _request(first: ImportJob, replay: Replay, *, keep_before: bool) -> ImportRequest:
    asked = first.request
    return ImportRequest(
        file_type=asked.file_type,
        file_name=asked.file_name,
        file_key="",
        match=asked.match,
        id_as_key=asked.id_as_key,
        keep_before=keep_before,
        undo_of=first.id if replay == "undo" else "",
        apply_of=first.id if replay == "apply" else "",
        noted_at=first.accepted_at,
    )
