"""The job of an export: its request, checkpoint and result."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from ferry.files.position import Packed
from ferry.jobs.job import Job, JobHeader, JobResult, Operation, Recorded
from ferry.jobs.job_kind import JobFacts, JobKind
from ferry.jobs.limits import Dollars, Units, UnitsASecond
from ferry.tables.row_permissions import RowUser

if TYPE_CHECKING:
    from ferry.jobs.run import Run


TIME_ZONE = "Asia/Shanghai"
"""That of the public API, which shows times with the offset +08:00."""


class ExportRequest(Recorded, frozen=True, kw_only=True, tag="export"):
    """An export of a table's rows (contract tables#exports).

    Attributes:
        file_type: a key of ``ferry.files.exported.FILE_KINDS``.
        start: rows created at or after this Unix second, None for all.
        end: rows created before this Unix second, None for all.
        where: the condition that rows must meet, as JSON text, "" for none.
        include_keys: the columns of the file, empty for all.
        exclude_keys: the columns that the file does not have.
        order_by: columns, the weightiest first, ``-`` before one for descending.
        heads: names that columns have in a CSV or xlsx file, where not their own.
        timestamp_keys: columns of Unix seconds that are shown in ISO 8601.
        time_zone: that they are shown in, an IANA name.
        gzip: whether the file is compressed.
        defuse_formulas: whether a CSV file is made safe to open in a spreadsheet.
        as_listed: whether columns are in the order of `include_keys`, not of the table.
        row_user: the user who may read the rows that are meant, None where an owner exports all.
        budget: see `JobLimits`.
        budget_units: see `JobLimits`.
        decimal_keys: columns of numbers that are decimals in a Parquet file, with the digits behind
            the point.
        rate: see `JobLimits`.

    """

    file_type: str
    start: int | None = None
    end: int | None = None
    where: str = ""
    include_keys: tuple[str, ...] = ()
    exclude_keys: tuple[str, ...] = ()
    order_by: tuple[str, ...] = ()
    heads: dict[str, str] = msgspec.field(default_factory=dict)
    timestamp_keys: tuple[str, ...] = ()
    gzip: bool = False
    defuse_formulas: bool = False
    decimal_keys: dict[str, int] = msgspec.field(default_factory=dict)
    time_zone: str = TIME_ZONE
    as_listed: bool = False
    row_user: RowUser | None = None
    budget: Dollars | None = None
    budget_units: Units | None = None
    rate: UnitsASecond | None = None


class ExportCheckpoint(Recorded, frozen=True, tag="export"):
    """The checkpoint of an export: the uploaded parts and the place of the next row.

    Attributes:
        upload_id: the S3 multipart upload.
        etags: of its parts that count, in order; later ones are replaced.
        after: the order key of the last row that was dealt with, "" before the first; where rows
            are sorted, their sort key in hex.
        rows: rows in the parts and the rest.
        size: bytes in the parts.
        scanned: of rows that come as they are read, how far each segment is read, as JSON.
        closed: every part is there and only the completion of the upload was left to do.
        rest: the key of a file with what came after the parts, too little for one; "" for none.
        packed: how far the compression has come.
        table_version: of the table's schema, of which the header and all rows are; see `Table`.
        moves: how often a row of the table had changed its place when the export began.
        digest: where rows are sorted, of the sort keys of `rows`, in no order.
        cuts: of an export that several workers share, the rising order keys that it is cut behind.
        scans: of a shared export of an attached table, into how many segments it is cut.
        stretch_bytes: about how long a stretch between two cuts is, as it is stored.
        ended: every stretch is written, and what that took is counted on the job.

    """

    upload_id: str
    etags: tuple[str, ...] = ()
    after: str = ""
    rows: int = 0
    size: int = 0
    closed: bool = False
    rest: str = ""
    packed: Packed = Packed()
    table_version: int = 0
    scanned: str = ""
    moves: int = 0
    digest: int = 0
    cuts: tuple[str, ...] = ()
    stretch_bytes: int = 0
    ended: bool = False
    scans: int = 0

    @property
    def segments(self) -> int:
        """How many segments several workers write, 0 where one writes the file."""
        return self.scans or (len(self.cuts) + 1 if self.cuts else 0)


MOST_HIDDEN = 1_000_000
"""So many rows that are left out are counted."""


class ExportResult(JobResult, frozen=True, kw_only=True):
    """The result of an export: its file.

    Attributes:
        file_name: of the exported file, "" before there is one.
        hidden_rows: how many rows of the range were left out because of their permissions,
            `MOST_HIDDEN` for so many or more.

    """

    file_name: str = ""
    hidden_rows: int = 0


def file_name(job: JobHeader, suffix: str) -> str:
    """Return the name of the file that the export makes."""
    accepted = datetime.fromtimestamp(job.accepted_at / 1000, UTC)
    return f"{job.table_name}-{accepted:%Y%m%dT%H%M%SZ}{suffix}"


type ExportJob = Job[ExportRequest, ExportCheckpoint, ExportResult]
type ExportRun = Run[ExportRequest, ExportCheckpoint, ExportResult]


def _facts(job: ExportJob) -> JobFacts:
    hidden = job.result.hidden_rows
    return JobFacts(
        file_type=job.request.file_type,
        file_name=job.result.file_name,
        hidden_rows=hidden,
        members={"hidden_rows": hidden} if hidden else {},
    )


EXPORTS = JobKind(
    Operation.EXPORT, Job[ExportRequest, ExportCheckpoint, ExportResult], ExportResult, _facts
)
