"""Where an import's rows go to, and by what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ferry.aws.bucket import Files
    from ferry.files.format import Format
    from ferry.imports.import_job import ImportJob
    from ferry.records.registry import Tables
    from ferry.records.store import Records
    from ferry.tables.schema import Table


@dataclass(frozen=True)
class Destination:
    """A table that an import's rows go to.

    Attributes:
        format: the one that the rows come in.
        results: the bucket of what the job leaves: its journal.
        on_progress: called now and then: throttled, the writing may take minutes.

    """

    job: ImportJob
    format: Format
    table: Table
    tables: Tables
    records: Records
    results: Files
    on_progress: Callable[[], object]
