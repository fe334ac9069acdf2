"""What the caller of an import is told: the engine's answers, made of a job."""

from http import HTTPStatus
from typing import cast

import msgspec

from ferry.jobs.job import Job, Status
from ferry.jobs.requests import ConfigRequest, Form
from ferry.kuiper.document.sections import Section
from ferry.kuiper.responses import error_body, failed_task_message, import_body, task_message
from ferry.storage.files import Files
from ferry.storage.outcomes import read_outcome

_CANCELLED = "the import was cancelled"
_TASK_STATUS = {
    Status.PENDING: "register",
    Status.RUNNING: "running",
    Status.FINISHED: "finish",
    Status.FAILED: "error",
    Status.CANCELLED: "cancel",
}


class Reply(msgspec.Struct, frozen=True):
    """A status code and a body, exact to the byte."""

    status: int
    body: bytes


def import_reply(job: Job, files: Files) -> Reply:
    """Return the answer to a synchronous import; 202 with the task's id if it has not ended."""
    wire = _request(job).wire
    if not job.ended:
        return Reply(HTTPStatus.ACCEPTED, task_id_body(job))
    if job.status is Status.FINISHED:
        return _finished(job, files)
    if job.faulty:
        return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, error_body(job.error, wire))
    return Reply(HTTPStatus.BAD_REQUEST, error_body(job.error or _CANCELLED, wire))


def task_id_body(job: Job) -> bytes:
    """Return the body that names a task (config.md B 1.5)."""
    return msgspec.json.encode({"id": job.id})


def task_body(job: Job, files: Files) -> bytes:
    """Return a task as GET /async/task/{id} shows it; times are Unix seconds."""
    status = _TASK_STATUS[job.status]
    message = ""
    if job.status is Status.FINISHED:
        errors = _errors(job, files)
        message = _reply_text(job) or task_message(errors, _request(job).wire)
        status = "error" if errors and _request(job).form is Form.DOCUMENT else status
    elif job.error:
        message = failed_task_message(job.error)
    return msgspec.json.encode(
        {
            "id": job.id,
            "status": status,
            "message": message,
            "createdTimestamp": job.accepted_at // 1000,
            "updatedTimestamp": job.updated_at,
        }
    )


def _finished(job: Job, files: Files) -> Reply:
    if reply := _reply_text(job):
        return Reply(HTTPStatus.OK, reply.encode())
    errors = _errors(job, files)
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    return Reply(status, import_body(errors, _request(job).wire))


def _reply_text(job: Job) -> str:
    return job.config.reply if job.config else ""


def _errors(job: Job, files: Files) -> dict[Section, dict[str, str]]:
    return read_outcome(job.config.outcome_key if job.config else "", files).errors


def _request(job: Job) -> ConfigRequest:
    return cast("ConfigRequest", job.request)
