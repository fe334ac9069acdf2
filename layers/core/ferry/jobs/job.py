"""A job, from its acceptance to its mail."""

from enum import StrEnum

import msgspec

from ferry.files.position import Packed, Position
from ferry.jobs.requests import ConfigRequest, ExportRequest, ImportRequest


class Operation(StrEnum):
    """What a job does."""

    EXPORT = "export"
    IMPORT = "import"
    CONFIGURATION = "configuration"


class Status(StrEnum):
    """Where a job stands; the last three are its ends."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.FINISHED, Status.FAILED, Status.CANCELLED})

VERSION = 1
"""Raise it when a request or a checkpoint comes to mean something that earlier releases misread.

A worker leaves a job of a later version alone. What is told by a new member needs no new version:
requests and checkpoints with members that a release does not know cannot be read by it.
"""

MAX_ATTEMPTS = 3
"""How often a job may be tried without coming further, however often its message is received."""


class MailState(StrEnum):
    """What became of the job's one mail."""

    NOT_DUE = "not_due"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class Counts(msgspec.Struct, frozen=True):
    """Rows met so far. Always ``total == succeeded + failed``.

    `skipped` are those among the succeeded that the table had and that were to be left alone.
    """

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0


class ExportCheckpoint(
    msgspec.Struct, frozen=True, tag="export", omit_defaults=True, forbid_unknown_fields=True
):
    """How far an export has come for good: what lies in the parts already uploaded.

    Attributes:
        upload_id: the S3 multipart upload.
        etags: of its parts that count, in order; later ones are replaced.
        after: the order key of the last row that was dealt with, "" before the first; where rows
            are sorted, their sort key in hex.
        rows: rows in the parts and the rest.
        size: bytes in the parts.
        closed: every part is there and only the completion of the upload was left to do.
        rest: the key of a file with what came after the parts, too little for one; "" for none.
        packed: how far the packing has come.

    """

    upload_id: str
    etags: tuple[str, ...] = ()
    after: str = ""
    rows: int = 0
    size: int = 0
    closed: bool = False
    rest: str = ""
    packed: Packed = Packed()


class ImportCheckpoint(
    msgspec.Struct, frozen=True, tag="import", omit_defaults=True, forbid_unknown_fields=True
):
    """How far an import has come for good: its rows are written, its failed rows kept.

    Attributes:
        position: the place in the file from which to read on.
        counts: the outcome of the records before it.
        pieces: how many pieces of the failed-rows file are stored.

    """

    position: Position
    counts: Counts = Counts()
    pieces: int = 0


class ConfigResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the import of a configuration has come to; it is there once that is for good.

    Attributes:
        outcome_key: the file that names what failed and what was skipped.
        revision: the revision it made, 0 of one that only tried.
        reply: what the caller is told, where that is more than the failed items.
        uploads: it brought uploads, which have to be laid out as files once it is in force.

    """

    outcome_key: str
    revision: int = 0
    reply: str = ""
    uploads: bool = False


class JobHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What every release can read of a job: all but what its kind alone understands.

    Members that a release does not know are ignored, and survive its saves.

    Attributes:
        version: of the release that accepted the job or wrote its checkpoint; see `VERSION`.
        operation: an `Operation`, or one that only a later release knows.
        table_id: 0 of a configuration, and `table_name` "".
        accepted_at: Unix milliseconds, UTC. Ids of new records derive from it.
        updated_at: Unix seconds, UTC.
        due_at: Unix seconds; the lease's end while the job runs, else the time by which its
            message should have been handled.
        worker: who holds the lease, "" when nobody does.
        attempts: deliveries since the job last came further.
        restarts: how often its work was lost, and begun again.
        public_url: where the caller reached the API; links in the mail start with it.
        rows_done: rows read so far, checkpointed or not.
        bytes_done: bytes written (export) or read (import) so far.
        bytes_total: the import file's size; 0 for an export.
        ignored_columns: columns of the file that the table does not have.
        deleted: its files are gone and nobody is shown it any more; only its mail may be due.
        faulty: it failed by a fault of the service, not of the request.

    """

    id: str
    version: int = 1
    operation: str
    app_id: str
    user_id: int
    table_id: int = 0
    table_name: str = ""
    public_url: str
    accepted_at: int
    updated_at: int
    due_at: int
    status: Status = Status.PENDING
    worker: str = ""
    attempts: int = 0
    restarts: int = 0
    counts: Counts = Counts()
    rows_done: int = 0
    rows_total: int | None = None
    bytes_done: int = 0
    bytes_total: int = 0
    ignored_columns: tuple[str, ...] = ()
    file_name: str = ""
    result_key: str = ""
    report_key: str = ""
    error: str = ""
    faulty: bool = False
    ended_at: int = 0
    mail: MailState = MailState.NOT_DUE
    mail_attempts: int = 0
    mail_error: str = ""
    deleted: bool = False

    @property
    def ended(self) -> bool:
        """Whether the job is past changing, but for its mail."""
        return self.status in ENDED

    @property
    def open(self) -> bool:
        """Whether the job has work or a mail left to do."""
        return not self.ended or self.mail in {MailState.DUE, MailState.SENDING}


def mail_at_end(user_id: int) -> MailState:
    """Return what becomes of the mail when a job ends: only a user's job has one."""
    return MailState.DUE if user_id else MailState.NOT_DUE


class Job(JobHeader, frozen=True, kw_only=True):
    """One export or import of a table's rows, or one import of a configuration."""

    operation: Operation
    request: ExportRequest | ImportRequest | ConfigRequest
    checkpoint: ExportCheckpoint | ImportCheckpoint | None = None
    config: ConfigResult | None = None

    @property
    def file_type(self) -> str:
        """The format of the rows' file, "" of a configuration."""
        return "" if isinstance(self.request, ConfigRequest) else self.request.file_type

    @property
    def shown_file_name(self) -> str:
        """The name of the exported file, "" before there is one; or of the imported one."""
        return self.request.file_name if isinstance(self.request, ImportRequest) else self.file_name


class OverdueJob(msgspec.Struct, frozen=True, kw_only=True):
    """What the sweeper has to know of a job; the attributes are those of `JobHeader`."""

    version: int = 1
    operation: str
    app_id: str
    user_id: int
    status: Status
    attempts: int = 0
    accepted_at: int
    updated_at: int
    ended_at: int = 0

    @property
    def ended(self) -> bool:
        """Whether only the job's mail is left to do."""
        return self.status in ENDED
