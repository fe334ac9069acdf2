"""What every job has from the moment it is accepted."""

import secrets
from typing import Any

from ferry.accounts.identity import Caller
from ferry.jobs.job import VERSION, Job, Operation
from ferry.jobs.requests import ConfigRequest, ExportRequest, ImportRequest

_HANDLED_WITHIN_S = 60
"""A job whose message has not been handled by then is sent again by the sweeper."""


def new_job(
    job_id: str,
    operation: Operation,
    caller: Caller,
    request: ExportRequest | ImportRequest | ConfigRequest,
    *,
    now_ms: int,
    public_url: str,
    **more: Any,
) -> Job:
    """Return a new, pending job of the caller."""
    now = now_ms // 1000
    return Job(
        id=job_id,
        version=VERSION,
        operation=operation,
        app_id=caller.app_id,
        user_id=caller.user_id,
        request=request,
        public_url=public_url,
        accepted_at=now_ms,
        updated_at=now,
        due_at=now + _HANDLED_WITHIN_S,
        **more,
    )


def new_job_id(now_ms: int) -> str:
    """Return 32 hex digits, the first 12 of them the time, so that ids sort by acceptance."""
    return f"{now_ms:012x}{secrets.token_hex(10)}"
