"""An import of a configuration, accepted and queued."""

from msgspec import structs

from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.configurations.config_job import (
    CONFIGURATIONS,
    ConfigJob,
    ConfigOptions,
    ConfigRequest,
    body_key,
)
from ferry.errors import FileTooLarge, Malformed
from ferry.jobs.acceptance import new_job, new_job_id
from ferry.jobs.idempotency import once
from ferry.jobs.job_queue import JobQueue
from ferry.jobs.keyed_request import keyed
from ferry.kuiper.envelope import read_source

_LONGEST_URI = 2048


def start_import(
    body: bytes,
    options: ConfigOptions,
    context: RequestContext,
    *,
    body_limit: int,
    files: Files,
    queue: JobQueue,
) -> ConfigJob:
    """Accept the import of the document that `body` holds or names, and queue it.

    Asked again with the same key, the answer is the job of the first time.

    Raises:
        Conflict: the key was used with another request.
        Malformed: the body does not say what to import.
        FileTooLarge: it is larger than `body_limit` bytes.

    """
    if len(body) > body_limit:
        raise FileTooLarge(
            f"Invalid body: it is larger than {body_limit:,} bytes; store the document where it "
            'can be fetched and name it: {"file": "s3://bucket/key"}, or a https:// address'
        )
    job_id = new_job_id(context.now_ms)
    request = ConfigRequest(body_key=body_key(job_id), **structs.asdict(options))
    if len(read_source(body, request.wire).file) > _LONGEST_URI:
        raise Malformed(f"Invalid body: file is longer than {_LONGEST_URI:,} characters")
    request_of = keyed(context, "configuration", body, options)

    def accept() -> ConfigJob:
        job = new_job(CONFIGURATIONS, job_id, request, context)
        files.put(request.body_key, body, "application/json")
        queue.add(job, keyed=request_of)
        return job

    return once(request_of, CONFIGURATIONS, queue.jobs, accept)
