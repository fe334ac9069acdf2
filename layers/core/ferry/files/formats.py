"""The registry of file formats: streaming readers and writers of a table's rows.

A file is looked at (`inspect`), then read in blocks (`read`): bad records are values in the
stream, and reading can resume after any of them. It is written row by row (`writer`), and so is
the file of rows that failed (`failures`), in the format of the file they came from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any, Protocol, runtime_checkable

import msgspec

from ferry.errors import InvalidFile, InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.csv import bulks as csv_bulks
from ferry.files.csv import reading as csv_reading
from ferry.files.csv.writing import CsvWriter, FailedCsvRows
from ferry.files.entries import (
    Entry,
    Layout,
)
from ferry.files.failures import FailedFile
from ferry.files.json import bulks as json_bulks
from ferry.files.json import layout as json_layout
from ferry.files.json import reading as json_reading
from ferry.files.json.writing import ARRAY, LINES, FailedJsonRows, JsonWriter
from ferry.files.position import Position
from ferry.tables.columns import Column
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import Value


class Writer(Protocol):
    """Writes a table's rows as one file: the head, the rows, the tail.

    A file can be continued by a new writer that is told how many rows the file has; its head
    must not be written again. Rows that are to be sorted are encoded first and placed later.

    Attributes:
        rows_written: rows the file has.

    """

    rows_written: int

    def head(self) -> bytes:
        """Return the file's beginning."""

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return one row without what its place in the file adds; `place` adds that.

        `record` holds the values by column, those that are unset left out.
        """

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return encoded rows as the file's next ones."""

    def tail(self) -> bytes:
        """Return the file's end."""


@runtime_checkable
class ColumnWriter(Writer, Protocol):
    """A Writer that is quick at many rows given by columns."""

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return what `encode` returns of each row; `columns` are all that the file has."""


class FailedRows(Protocol):
    """Writes the rows of an import that failed, each as it was, with its line and the reason.

    Mended, the file can be imported as it is: the columns that were added are ignored.

    Attributes:
        rows_written: rows the file has.

    """

    rows_written: int

    def head(self) -> bytes:
        """Return the file's beginning."""

    def row(self, entry: Entry, error: InvalidRow) -> bytes:
        """Return one failed row; `error` is the entry's own or that of the row rules."""

    def tail(self) -> bytes:
        """Return the file's end."""


class MakeWriter(Protocol):
    """Opens a Writer; `heads` are the columns to write, each with its name in the file."""

    def __call__(
        self, schema: Schema, *, rows_written: int = 0, heads: Mapping[str, str] | None = None
    ) -> Writer:
        """Return a Writer that goes on behind `rows_written` rows."""
        ...


class _MakeFailedRows(Protocol):
    def __call__(self, layout: Layout, schema: Schema, *, rows_written: int = 0) -> FailedRows: ...


class _Inspect(Protocol):
    def __call__(self, head: bytes, *, whole: bool, schema: Schema) -> Layout: ...


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A file format.

    Attributes:
        name: its key in FORMATS, and the ``file_type`` of the public API.
        suffix: of its files, with the dot.
        inspect: ``(head, *, whole, schema)`` returns the Layout that the file's first bytes show:
            `head` is `HEAD_BYTES` of it, or all of it (`whole`). Raises InvalidFile.
        read: ``(blocks, layout, at)`` yields the entries that start at or after the position
            `at`; the blocks are the file's bytes from ``at.offset`` on, cut anyhow.
        bulks: the same as `read`, with many records at once wherever their ends are certain; None
            where there is no such thing.
        rows: ``(rules)`` returns what makes a Row of an entry's cells, or raises InvalidRow.
        writer: ``(schema, *, rows_written=0, heads=None)`` returns a Writer. `heads` are the
            columns to write, each with its name in the file; None for all of the schema's.
        failures: ``(layout, schema, *, rows_written=0)`` returns a FailedRows.
        failed_file: what is made of what that writes, None where it is the file itself.

    """

    name: str
    suffix: str
    media_type: str
    inspect: _Inspect
    read: Callable[[Iterable[bytes], Layout, Position], Iterator[Entry]]
    bulks: Callable[[Iterable[bytes], Layout, Position], Iterator[Bulk | Entry]] | None
    rows: Callable[[RowRules], Callable[[dict[str, Any]], Row]]
    writer: MakeWriter
    failures: _MakeFailedRows
    failed_file: FailedFile | None = None


CSV = Format(
    name="csv",
    suffix=".csv",
    media_type="text/csv; charset=utf-8",
    inspect=csv_reading.inspect,
    read=csv_reading.read,
    bulks=csv_bulks.bulks,
    rows=lambda rules: rules.from_cells,
    writer=CsvWriter,
    failures=FailedCsvRows,
)
JSON = Format(
    name="json",
    suffix=".json",
    media_type="application/json",
    inspect=json_layout.inspect,
    read=json_reading.read,
    bulks=json_bulks.bulks,
    rows=lambda rules: rules.from_json,
    writer=partial(JsonWriter, frame=ARRAY),
    failures=partial(FailedJsonRows, frame=ARRAY),
)
JSON_LINES = Format(
    name="jsonl",
    suffix=".jsonl",
    media_type="application/jsonl",
    inspect=json_layout.inspect,
    read=json_reading.read,
    bulks=json_bulks.bulks,
    rows=lambda rules: rules.from_json,
    writer=partial(JsonWriter, frame=LINES),
    failures=partial(FailedJsonRows, frame=LINES),
)

FORMATS: dict[str, Format] = {form.name: form for form in (CSV, JSON, JSON_LINES)}


def of_file(name: str) -> Format:
    """Return the format that the file's name tells by its suffix, upper case or lower.

    Raises:
        InvalidFile: no format has that suffix.

    """
    suffix = PurePath(name).suffix.lower()
    for form in FORMATS.values():
        if form.suffix == suffix:
            return form
    suffixes = ", ".join(form.suffix for form in FORMATS.values())
    raise InvalidFile(f"the name of the file must end in one of {suffixes}")
