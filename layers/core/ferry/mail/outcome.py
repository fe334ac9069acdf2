"""The end of a job, with everything that its mail says. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec


class JobSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A job that is over.

    Attributes:
        job_id: what operators find the job by.
        dry_run: an import that only checked the file; `succeeded` rows would have been written.
        file_format: as the public API spells it: csv, json, ...
        total: the rows exported, or the rows of the file that was imported.
        succeeded: the rows written; of a job that stopped early, those written before that.
        seconds: how long the job took.
        reason: why a failed job failed, fit to show to its owner.
        ignored_columns: columns of the file that the table does not have.
        sheet: of an imported workbook, "" where it was no workbook.
        header_row: of that sheet, the row that names the columns.
        detected: what was found out about how the file is written.
        blank_rows: rows without a value that were skipped.
        first_failed: the first rows that failed: each row's line, and its columns at fault, "" for
            the row as a whole, with the reason in English.
        effects: how many rows were new, changed and so on, of an import that knows it.
        uncounted: how many rows a job that stopped early may have written beyond `succeeded`.
        read_units: of DynamoDB, that the job has consumed for its rows.
        write_units: of DynamoDB.
        dollars: what both cost.
        budget: what the job may spend, in US dollars, 0 for any sum.
        budget_units: the same in units, 0 for any number.
        rate: the units that it may consume in a second, 0 for any number.
        resume_until: the last day, UTC, on which the job can be resumed for certain, "" if it
            cannot.
        replay: ``undo`` or ``apply`` where the job undid an import, or applied a dry run.
        by_other: another user has cancelled it.
        hidden_rows: how many rows an export left out because of their permissions.
        undo_until: the last day, UTC, on which the job can be undone for certain, "" if it cannot.
        download_url: opens the exported file, or the differences of a dry run.
        report_url: opens the failed-rows file of an import.
        report_type: the suffix of that file, without the dot.
        return_url: opens the page that takes that file back, "" where nothing is to come back.
        expires_on: the last day, UTC, on which the links open, as text.
        days: how many days the links open for.

    """

    job_id: str
    operation: Literal["export", "import"]
    result: Literal["finished", "failed", "cancelled"]
    dry_run: bool = False
    table_name: str
    file_name: str
    file_format: str
    total: int
    succeeded: int
    failed: int
    seconds: float
    reason: str = ""
    ignored_columns: tuple[str, ...] = ()
    sheet: str = ""
    header_row: int = 0
    detected: Mapping[str, object] = {}
    blank_rows: int = 0
    first_failed: Sequence[tuple[int, Sequence[tuple[str, str]]]] = ()
    effects: Mapping[str, int] = {}
    uncounted: int = 0
    hidden_rows: int = 0
    by_other: bool = False
    read_units: float = 0.0
    write_units: float = 0.0
    dollars: float = 0.0
    budget: float = 0.0
    budget_units: int = 0
    rate: int = 0
    resume_until: str = ""
    replay: Literal["", "undo", "apply"] = ""
    undo_until: str = ""
    download_url: str = ""
    report_url: str = ""
    report_type: str = ""
    return_url: str = ""
    expires_on: str = ""
    days: int = 0
