"""Stands in for storage where a test runs an export hundreds of times: a table, a bucket, a job."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ferry.aws.attributes import Item
from ferry.exports.export_job import EXPORTS, ExportJob, ExportRequest, ExportResult
from ferry.exports.exporting import run_export
from ferry.jobs.job import Operation, Status
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.run import Run
from ferry.records.reading.merging import Block, merge
from ferry.records.reading.pages import Page
from ferry.records.reading.windows import Window
from ferry.records.store import item
from ferry.records.store import record as read_record
from ferry.tables.records import Record
from ferry.tables.schema import Schema, Table

ACCEPTED_MS = 1_760_000_000_000


class Killed(BaseException):
    """The worker ends here."""


@dataclass
class Bucket:
    """Keeps files and uploads, as `ferry.aws.bucket.Files` does."""

    files: dict[str, bytes] = field(default_factory=dict)
    parts: dict[int, bytes] = field(default_factory=dict)
    dies_after: int = 1_000_000

    def begin_upload(self, _key: str, _media_type: str) -> str:
        return "upload"

    def put_part(self, _key: str, _upload_id: str, number: int, body: bytes) -> str:
        self._live()
        self.parts[number] = body
        return f"etag{number}"

    def complete_upload(self, key: str, _upload_id: str, etags: tuple[str, ...]) -> None:
        self._live()
        self.files[key] = b"".join(self.parts[number + 1] for number in range(len(etags)))

    def put(self, key: str, body: bytes) -> None:
        self.files[key] = body

    def blocks(self, key: str) -> Iterator[bytes]:
        yield self.files[key]

    def abort_upload(self, _key: str, _upload_id: str) -> None:
        self.parts.clear()

    def _live(self) -> None:
        self.dies_after -= 1
        if self.dies_after < 0:
            raise Killed


@dataclass
class Rows:
    """Keeps a table's rows, as `ferry.records.store.Records` does."""

    records: list[Record]
    table_name: str = "records"

    def moves(self, _: Table) -> int:
        return 0

    def stream(
        self, _table: Table, window: Window, *, newest_first: bool = False
    ) -> Iterator[Record]:
        low, high = window.bounds
        inside = [record for record in self.records if low <= record.order <= high]
        yield from sorted(inside, key=lambda record: record.order, reverse=newest_first)

    def blocks[T](
        self,
        table: Table,
        window: Window,
        read: Callable[[bytes], Page[T]],
        *,
        newest_first: bool = False,
    ) -> Iterator[Block[T]]:
        shards = [Shard(table, []) for _ in range(3)]
        for number, record in enumerate(self.stream(table, window, newest_first=newest_first)):
            shards[number * number % 3].records.append(record)
        return merge(shards, read, page_bytes=1500, newest_first=newest_first)


@dataclass
class Shard:
    """Keeps a shard's rows, and answers as DynamoDB does."""

    table: Table
    records: list[Record]

    def page(self, begin: Item | None, **options: int) -> bytes:
        start = int(begin["number"]["N"]) if begin else 0
        rows = self.records[start : start + options["Limit"]]
        page: dict[str, Any] = {
            "Items": [item(self.table, row) for row in rows],
            "Count": len(rows),
        }
        if start + len(rows) < len(self.records):
            order = {"S": rows[-1].order}
            page["LastEvaluatedKey"] = {"_sk": order, "number": {"N": str(start + len(rows))}}
        return json.dumps(page).encode()


@dataclass
class Exporter:
    """Runs the export of a table's rows to its end, however often its worker dies."""

    schema: Schema
    records: list[Record]
    row_cap: int = 1_000_000

    def file(self, request: ExportRequest, *, dies_after: int = 1_000_000) -> bytes:
        """Return the file; a first worker dies at its call after so many of the bucket's."""
        self.job = _job(request)
        bucket = Bucket(dies_after=dies_after)
        try:
            outcome = self._deliver(bucket)
        except Killed:
            bucket.dies_after = 1_000_000
            outcome = self._deliver(bucket)
        return bucket.files[outcome.result.result_key]

    def as_of(self, _app_id: str, _table_id: int, _version: int) -> Table:
        return _table(self.schema)

    def save(self, job: ExportJob, **_: str) -> bool:
        self.job = job
        return False

    def _deliver(self, bucket: Bucket) -> JobOutcome[ExportResult]:
        storage: Any = self
        run = Run(self.job, jobs=storage, clock=lambda: 0.0, time_left=lambda: 900.0)
        rows: Any = Rows(self.records)
        files: Any = bucket
        outcome = run_export(
            run,
            row_cap=self.row_cap,
            segment_bytes=0,
            tables=storage,
            records=rows,
            files=files,
            queue=storage,
        )
        assert outcome
        return outcome


def _table(schema: Schema) -> Table:
    return Table(
        id=1, app_id="a", name="goods", schema=schema, created_by=1, created_at=0, updated_at=0
    )


def _job(request: ExportRequest) -> ExportJob:
    return EXPORTS.job(
        id="j1",
        operation=Operation.EXPORT,
        app_id="a",
        user_id=1,
        table_id=1,
        table_name="goods",
        request=request,
        public_url="",
        accepted_at=ACCEPTED_MS,
        updated_at=0,
        due_at=0,
        status=Status.RUNNING,
        worker="w",
        result=ExportResult(),
    )


def as_stored(row: Record) -> Record:
    """Return the row as it comes back from storage: 1E+1 as 10, for instance."""
    return read_record(item(_table(Schema()), row))


def record(number: int, **more: Any) -> Record:
    """Return a row; its id comes from its number."""
    base = Record(
        id=f"{number:024x}",
        created_by=1,
        created_at=number // 3,
        updated_at=number,
        read_perm=["user:*"],
        write_perm=[],
        written_at=ACCEPTED_MS,
        fields={},
    )
    return msgspec.structs.replace(base, **more)
