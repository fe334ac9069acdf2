"""The kinds of jobs: each slice that has jobs defines one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import msgspec

from ferry.jobs.job import Job, JobResult, Operation


class JobFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The facts for the API and mails that only the job's slice knows.

    Attributes:
        file_type: the format of the rows' file, "" where there is none.
        file_name: of the exported or imported file, "" where there is none yet.
        dry_run: nothing was written.
        ignored_columns: columns of the imported file that the table does not have.
        detected: what was found out about how the imported file is written.
        blank_rows: rows of the imported file that had no value, and were skipped.
        first_failed: the first rows that failed: each row's line, and its columns at fault with
            the reason in English.
        members: what the job object has beside the members that all have.
        has_report: the job object links to a report.
        effects: how many rows were new, changed and so on, of an import that knows it.
        uncounted: how many rows an import that stopped early may have written beyond its counts.
        replay: ``undo`` or ``apply`` where the job replays what another one noted, "" otherwise.
        can_be_undone: what it changed is kept for as long as its links serve.
        hidden_rows: how many rows an export left out because of their permissions.
        upload_key: of the file in the upload bucket that goes when the job is deleted, "" for none.

    """

    file_type: str = ""
    file_name: str = ""
    dry_run: bool = False
    ignored_columns: tuple[str, ...] = ()
    detected: Mapping[str, object] = {}
    blank_rows: int = 0
    first_failed: Sequence[tuple[int, Sequence[tuple[str, str]]]] = ()
    members: Mapping[str, object] = {}
    has_report: bool = False
    effects: Mapping[str, int] = {}
    uncounted: int = 0
    replay: Literal["", "undo", "apply"] = ""
    can_be_undone: bool = False
    hidden_rows: int = 0
    upload_key: str = ""


class JobKind[Request, Checkpoint, Result: JobResult](msgspec.Struct, frozen=True):
    """A kind of job.

    Attributes:
        operation: its name, which is stored.
        job: its jobs, such as ``Job[ExportRequest, ExportCheckpoint, ExportResult]``.
        result: what its jobs leave; all members have defaults.
        facts: returns what is shown of a job.

    """

    operation: Operation
    job: type[Job[Request, Checkpoint, Result]]
    result: type[Result]
    facts: Callable[[Job[Request, Checkpoint, Result]], JobFacts]
