"""Exporting a table's rows to a file (contract 4)."""

from datetime import UTC, datetime
from typing import Any, cast

from ferry.accounts import Caller
from ferry.errors import NotFound, TooManyRows
from ferry.formats import FORMATS, Format
from ferry.jobs.job import Counts, ExportCheckpoint, Job, Operation
from ferry.jobs.requests import ExportRequest
from ferry.storage.control.jobs import Jobs
from ferry.storage.control.tables import Tables
from ferry.storage.files import PART_BYTES, Files
from ferry.storage.queues import Queue
from ferry.storage.records import Records, Window
from ferry.tables.records import Record
from ferry.tables.schema import Table
from ferry.transfer.acceptance import new_job, new_job_id
from ferry.transfer.run import Run

APART_MS = 60_000
"""At least so long lies between two accepted exports of a table."""

_MAX_RESTARTS = 2


def start_export(
    table: Table,
    caller: Caller,
    request: ExportRequest,
    *,
    now_ms: int,
    public_url: str,
    row_cap: int,
    jobs: Jobs,
    records: Records,
    queue: Queue,
) -> Job:
    """Accept an export and queue it.

    Raises:
        TooSoon: the last one was accepted less than a minute ago.
        TooManyRows: it selects more than `row_cap` rows.

    """
    # The transaction in `add` decides; asking first spares the count of a refused call.
    jobs.refuse_too_soon(table.id, Operation.EXPORT, now_ms=now_ms, apart_ms=APART_MS)
    selected = records.count(table, Window(request.start, request.end), limit=row_cap)
    if selected > row_cap:
        raise TooManyRows(
            f"the export selects more than {row_cap:,} rows; use mode=part with start and end"
        )
    job = new_job(
        new_job_id(now_ms),
        Operation.EXPORT,
        table,
        caller,
        request,
        now_ms=now_ms,
        public_url=public_url,
        rows_total=selected,
    )
    jobs.add(job, apart_ms=APART_MS)
    queue.send(job.id)
    return job


def run_export(run: Run, *, tables: Tables, records: Records, files: Files) -> dict[str, Any]:
    """Write the rows that the job selects to its file; return the job's result fields.

    Raises:
        NotFound: the table has been deleted.

    """
    job = run.job
    request = cast("ExportRequest", job.request)
    table = tables.get(job.app_id, job.table_id)
    upload = _Upload(run, FORMATS[request.file_type], table, files)
    if not upload.closed:
        window = Window(request.start, request.end, upload.after)
        for record in records.stream(table, window):
            # What came after the acceptance is left out, however old it says it is.
            if record.written_at <= job.accepted_at:
                upload.add(record)
        upload.close()
    return upload.complete()


class _Upload:
    """The export's file on its way to S3; each part that has arrived makes a checkpoint."""

    def __init__(self, run: Run, file_format: Format, table: Table, files: Files) -> None:
        self._run = run
        self._files = files
        self._name = _file_name(table, run.job, file_format.suffix)
        self._key = f"exports/{run.job.id}/{self._name}"
        if not isinstance(run.job.checkpoint, ExportCheckpoint):
            upload_id = files.begin_upload(self._key, file_format.media_type)
            run.save(checkpoint=ExportCheckpoint(upload_id))
        self._saved = cast("ExportCheckpoint", run.job.checkpoint)
        self._rows = self._saved.rows
        self._writer = file_format.writer(table.schema, rows_written=self._rows)
        self._part = bytearray(b"" if self._saved.etags else self._writer.head())
        run.partial_result = self.abandon

    @property
    def after(self) -> str:
        """The order key of the last row that is in a part."""
        return self._saved.after

    @property
    def closed(self) -> bool:
        """Whether every part is uploaded."""
        return self._saved.closed

    def add(self, record: Record) -> None:
        """Write one row."""
        self._part += self._writer.row(record.columns)
        self._rows += 1
        if len(self._part) >= PART_BYTES:
            self._put_part(after=record.order)
        self._run.progress(rows_done=self._rows, bytes_done=self._size)

    def close(self) -> None:
        """Write the file's end."""
        self._part += self._writer.tail()
        self._put_part(closed=True)

    def complete(self) -> dict[str, Any]:
        """Make the parts a file and return what the job says of it."""
        saved = self._saved
        try:
            self._files.complete_upload(self._key, saved.upload_id, saved.etags)
        except NotFound as gone:
            restarts = self._run.job.restarts + 1
            if restarts > _MAX_RESTARTS:
                raise
            self._run.save(checkpoint=None, restarts=restarts)
            raise RuntimeError("the upload is lost: the export starts over") from gone
        return {
            "result_key": self._key,
            "file_name": self._name,
            "counts": Counts(total=saved.rows, succeeded=saved.rows),
        }

    def abandon(self) -> dict[str, Any]:
        """Drop what is uploaded and return what the job says of it."""
        self._files.abort_upload(self._key, self._saved.upload_id)
        return {}

    @property
    def _size(self) -> int:
        return self._saved.size + len(self._part)

    def _put_part(self, *, after: str = "", closed: bool = False) -> None:
        saved, number = self._saved, len(self._saved.etags) + 1
        etag = self._files.put_part(self._key, saved.upload_id, number, bytes(self._part))
        self._saved = ExportCheckpoint(
            saved.upload_id, (*saved.etags, etag), after, self._rows, self._size, closed
        )
        self._part.clear()
        self._run.checkpoint(self._saved, rows_done=self._rows, bytes_done=self._size)


def _file_name(table: Table, job: Job, suffix: str) -> str:
    accepted = datetime.fromtimestamp(job.accepted_at / 1000, UTC)
    return f"{table.name}-{accepted:%Y%m%dT%H%M%SZ}{suffix}"
