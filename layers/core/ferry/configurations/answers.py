"""The answers to an import of a configuration, in the engine's form, made from a job."""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from itertools import islice

import msgspec
from msgspec import structs

from ferry.aws.bucket import Files
from ferry.configurations.config_job import ConfigJob, Form
from ferry.configurations.outcomes import ByItem, Outcome, read_outcome
from ferry.configurations.sending import DIRECT_TEXT_BYTES
from ferry.jobs.job import JobHeader, Status
from ferry.kuiper.responses import error_body, failed_task_message, import_body, task_message

_LONGEST_HEADER = 1_500
"""Characters. An HTTP API's headers may have 10,240 bytes in all.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

_CANCELLED = "the import was cancelled"
TASK_STATUS = {
    Status.PENDING: "register",
    Status.RUNNING: "running",
    Status.FINISHED: "finish",
    Status.FAILED: "error",
    Status.CANCELLED: "cancel",
}


class ImportReply(msgspec.Struct, frozen=True):
    """A status code and a body, exact to the byte.

    Attributes:
        failed: how many items failed; of very many the body names the first only.
        warnings: what else is to be said, as sentences.
        task: the id of the import's task.
        sha256: of the document, "" where it was not read.

    """

    status: int
    body: bytes
    failed: int = 0
    warnings: Sequence[str] = ()
    task: str = ""
    sha256: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Headers that say what the engine's body has no place for."""
        said = {
            "X-Job-Id": self.task,
            "X-Document-Sha256": self.sha256,
            "X-Failed-Items": str(self.failed or ""),
            "X-Ferry-Warnings": _warnings(self.warnings) if self.warnings else "",
        }
        return {name: value for name, value in said.items() if value}


def import_reply(job: ConfigJob, files: Files) -> ImportReply:
    """Return the answer to a synchronous import; 202 with the task's id if it has not ended."""
    return structs.replace(_reply(job, files), task=job.id, sha256=_document_sum(job))


def task_headers(job: ConfigJob) -> dict[str, str]:
    """Return the headers of GET /async/task/{id}: what the engine's body has no place for."""
    return ImportReply(HTTPStatus.OK, b"", sha256=_document_sum(job)).headers


def _document_sum(job: ConfigJob) -> str:
    return job.result.config.sha256 if job.result.config else ""


def _reply(job: ConfigJob, files: Files) -> ImportReply:
    wire = job.request.wire
    if not job.ended:
        return ImportReply(HTTPStatus.ACCEPTED, task_id_body(job))
    if job.status is Status.FINISHED:
        return _finished(job, files)
    if job.faulty:
        return ImportReply(HTTPStatus.INTERNAL_SERVER_ERROR, error_body(job.error, wire))
    return ImportReply(HTTPStatus.BAD_REQUEST, error_body(job.error or _CANCELLED, wire))


def task_id_body(job: JobHeader) -> bytes:
    """Return the body that names a task (contract configurations#tasks)."""
    return msgspec.json.encode({"id": job.id})


def task_body(job: ConfigJob, files: Files) -> bytes:
    """Return a task as GET /async/task/{id} shows it; times are Unix seconds."""
    status = TASK_STATUS[job.status]
    message = ""
    if job.status is Status.FINISHED:
        errors = _outcome(job, files).errors
        message = (
            _reply_text(job)
            or _fitting(errors, lambda some: task_message(some, job.request.wire).encode()).decode()
        )
        status = "error" if errors and job.request.form is Form.DOCUMENT else status
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


def _finished(job: ConfigJob, files: Files) -> ImportReply:
    outcome = _outcome(job, files)
    if reply := _reply_text(job):
        return ImportReply(HTTPStatus.OK, reply.encode(), warnings=outcome.warnings)
    status = HTTPStatus.BAD_REQUEST if outcome.errors else HTTPStatus.OK
    body = _fitting(outcome.errors, lambda some: import_body(some, job.request.wire))
    return ImportReply(status, body, job.counts.failed, outcome.warnings)


def _warnings(warnings: Sequence[str]) -> str:
    """Write the first warnings as JSON in ASCII; the status and the mail have all."""
    number = len(warnings)
    while True:
        more = [f"{len(warnings) - number:,} more"] if number < len(warnings) else []
        text = json.dumps([*warnings[:number], *more])
        if len(text) <= _LONGEST_HEADER or not number:
            return text
        number //= 2


def _fitting(errors: ByItem, write: Callable[[ByItem], bytes]) -> bytes:
    """Write the errors, or as many of the first as an answer can hold."""
    body, count = write(errors), sum(map(len, errors.values()))
    while len(body) > DIRECT_TEXT_BYTES:
        count //= 2
        body = write(_first(errors, count))
    return body


def _first(errors: ByItem, count: int) -> ByItem:
    first: ByItem = {}
    every = ((section, item) for section, items in errors.items() for item in items.items())
    for section, (key, reason) in islice(every, count):
        first.setdefault(section, {})[key] = reason
    return first


def _reply_text(job: ConfigJob) -> str:
    return job.result.config.reply if job.result.config else ""


def _outcome(job: ConfigJob, files: Files) -> Outcome:
    config = job.result.config
    return read_outcome(config.outcome_key if config else "", files)
