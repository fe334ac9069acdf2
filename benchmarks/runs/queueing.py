"""Queue Ferry's job of a case, or several: `python -m benchmarks.runs.queueing CASE FILE [ID …]`.

The job, its table and its file are stored as the API's functions store them, by Ferry's own code.
This is not measured.
"""

import sys
from pathlib import Path

from benchmarks.data.rows import PERMISSIONS, TABLE_ID, USER_ID
from benchmarks.data.table import ACCEPTED_AT, EXPORT_JOB, FIELDS, IMPORT_JOB, TABLE
from ferry.accounts.identity import Caller
from ferry.accounts.request_context import RequestContext
from ferry.aws.bucket import Files
from ferry.config import settings
from ferry.exports.export_job import EXPORTS, ExportRequest
from ferry.imports.import_job import IMPORTS, ImportJob, ImportRequest
from ferry.jobs.acceptance import new_job
from ferry.jobs.job import Job, JobResult
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_store import Jobs
from ferry.records.registry import Tables
from ferry.tables.schema import Field, FieldType, Schema, Table

_CALLER = Caller(app_id="bench", user_id=USER_ID)


def main(case: str, path: Path, ids: list[str]) -> None:
    """Store the table, the file and the jobs of those ids; without any, that of the benchmark."""
    operation, file_type = case.split("_")
    Tables(settings().CONTROL_TABLE).add(_table())
    for job_id in ids or [IMPORT_JOB if operation == "import" else EXPORT_JOB]:
        job = (
            _import(file_type, path, job_id)
            if operation == "import"
            else _job(EXPORTS, job_id, ExportRequest(file_type=file_type))
        )
        Jobs(settings().CONTROL_TABLE).add(job)


def _table() -> Table:
    fields = tuple(Field(name=name, type=FieldType(kind)) for name, kind in FIELDS.items())
    return Table(
        id=TABLE_ID,
        app_id=_CALLER.app_id,
        name=TABLE,
        schema=Schema(fields),
        created_by=USER_ID,
        created_at=ACCEPTED_AT,
        updated_at=ACCEPTED_AT,
        row_read_perm=tuple(PERMISSIONS),
        row_write_perm=tuple(PERMISSIONS),
    )


def _import(file_type: str, path: Path, job_id: str) -> ImportJob:
    content = path.read_bytes()
    request = ImportRequest(
        file_type=file_type, file_name=f"rows.{file_type}", file_key="direct/rows"
    )
    Files(settings().UPLOAD_BUCKET).put(request.file_key, content)
    return _job(IMPORTS, job_id, request, bytes_total=len(content))


def _job[Q, C, R: JobResult](
    kind: JobKind[Q, C, R], job_id: str, request: Q, bytes_total: int = 0
) -> Job[Q, C, R]:
    context = RequestContext(_CALLER, now_ms=ACCEPTED_AT * 1000, public_url="")
    return new_job(kind, job_id, request, context, table=_table(), bytes_total=bytes_total)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
