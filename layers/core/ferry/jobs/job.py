"""A job, from its acceptance to its mail."""

from decimal import Decimal
from enum import IntEnum, StrEnum

import msgspec

from ferry.jobs.job_life import JobLife


class Operation(StrEnum):
    """The operation of a job."""

    EXPORT = "export"
    IMPORT = "import"
    CONFIGURATION = "configuration"
    SEGMENT = "segment"
    """A stretch of an export that several workers share: no job of a user's."""


class Status(StrEnum):
    """The status of a job; the last three are final."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({Status.FINISHED, Status.FAILED, Status.CANCELLED})

VERSION = 1
"""Raise it when a request or a checkpoint comes to mean something that earlier releases misread.

A worker leaves a job of a later version alone. What a new member expresses needs no new version:
requests and checkpoints with members that a release does not know cannot be read by it.
"""

MAX_ATTEMPTS = 3
"""How often a job may be tried without coming further. What an outage of AWS ends is no attempt."""

MAX_CLOSINGS = 2
"""How often a job that has failed may be closed: its rows counted, its failed rows given back."""

OUTAGE_S = 6 * 3600
"""How long outages of AWS may hold up a job that does not come further."""

STOPPED = (
    f"the job was stopped {MAX_ATTEMPTS} times before it came further; the operators can see why "
    "in the logs. Start it again later"
)
"""The error of a job whose workers were killed."""


class MailState(StrEnum):
    """The state of the job's one mail."""

    NOT_DUE = "not_due"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class FeedbackKind(IntEnum):
    """The kinds of feedback on a mail that was sent, the least serious first."""

    SOFT_BOUNCE = 1
    HARD_BOUNCE = 2
    COMPLAINT = 3


class MailFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """The feedback on a job's mail that was sent.

    Attributes:
        kind: a soft bounce may pass; after the others the address is written to no more.
        reason: in the words of SES and of the receiver's mail server.
        at: Unix seconds.

    """

    kind: FeedbackKind
    reason: str
    at: int


class Counts(msgspec.Struct, frozen=True):
    """Rows met so far. Always ``total == succeeded + failed``.

    `skipped` are those among the succeeded that the table had and that were to be left alone.
    """

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    skipped: int = 0


class Spent(msgspec.Struct, frozen=True):
    """Units of DynamoDB that requests for the job's rows have consumed.

    A worker that is killed has counted them up to its last save.
    """

    read_units: int | Decimal = 0
    write_units: int | Decimal = 0


class Recorded(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of the requests and checkpoints that slices keep on their jobs.

    A release that does not know a member of one cannot run the job, so it does not read it;
    members that have their default are not stored. A default must therefore never change. A tag
    identifies the kind: ``tag="export"``.
    """


class JobResult(msgspec.Struct, frozen=True, kw_only=True):
    """The files that a job leaves, by their keys in the results bucket; "" for none.

    Slices add members of their own. All of them are stored beside the job's other members.
    """

    result_key: str = ""
    report_key: str = ""


class JobHeader(msgspec.Struct, frozen=True, kw_only=True):
    """The members of a job that every release understands: all but those of its kind.

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
        stalled_since: Unix seconds of the first outage since the job last came further, 0 for none.
        restarts: how often its work was lost, and begun again.
        public_url: where the caller reached the API; links in the mail start with it.
        spent: by rows; not by the job's own item, nor by files and functions.
        rows_done: rows read so far, checkpointed or not.
        bytes_done: bytes written (export) or read (import) so far.
        bytes_total: the import file's size; 0 for an export.
        mail_feedback: what came back after the mail had been sent; the weightiest counts.
        deleted: its files are gone and nobody is shown it any more; only its mail may be due.
        faulty: it failed by a fault of the service, not of the request.
        resumable: it stopped at its budget, and its checkpoint is kept.
        cancelled_by: the user who asked for its end, 0 for nobody; not the holder's to save.
        life: its course so far.

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
    stalled_since: int = 0
    restarts: int = 0
    counts: Counts = Counts()
    spent: Spent = Spent()
    rows_done: int = 0
    rows_total: int | None = None
    bytes_done: int = 0
    bytes_total: int = 0
    result: JobResult = JobResult()
    error: str = ""
    faulty: bool = False
    resumable: bool = False
    ended_at: int = 0
    mail: MailState = MailState.NOT_DUE
    mail_attempts: int = 0
    mail_error: str = ""
    mail_feedback: MailFeedback | None = None
    deleted: bool = False
    cancelled_by: int = 0
    life: JobLife = JobLife()

    @property
    def ended(self) -> bool:
        """Whether the job has ended; only its mail may still change."""
        return self.status in ENDED

    @property
    def open(self) -> bool:
        """Whether the job has work or a mail left to do."""
        return not self.ended or self.mail in {MailState.DUE, MailState.SENDING}

    @property
    def mail_status(self) -> str:
        """The state of the mail, with the feedback on it."""
        if self.mail_feedback is None:
            return self.mail.value
        complained = self.mail_feedback.kind is FeedbackKind.COMPLAINT
        return "complained" if complained else "bounced"

    @property
    def mail_reason(self) -> str:
        """Why the mail was not sent, or what came back; "" for nothing."""
        return self.mail_feedback.reason if self.mail_feedback else self.mail_error


def mail_at_end(user_id: int) -> MailState:
    """Return the state of the mail when a job ends: only a user's job has a mail."""
    return MailState.DUE if user_id else MailState.NOT_DUE


def queue_group(operation: str, app_id: str) -> str:
    """Return the group in which messages of an app's jobs are served fairly; see `Queue.send`.

    Segments are of another one: a small job of the app need not wait behind all of a large one's.
    """
    return f"{app_id}.segments" if operation == Operation.SEGMENT else app_id


class Job[Request, Checkpoint, Result: JobResult](JobHeader, frozen=True, kw_only=True):
    """A job whole: with what its slice keeps on it.

    Attributes:
        request: what was asked for.
        checkpoint: how far the job has come for good, None before the first.
        result: what it leaves.

    """

    operation: Operation
    request: Request
    checkpoint: Checkpoint | None = None
    result: Result


class OverdueJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job as the sweeper needs it; the attributes are those of `JobHeader`."""

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
