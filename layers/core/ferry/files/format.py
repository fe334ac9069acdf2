"""The interface of a file format: reading, writing, packing and names.

A file is inspected (`inspect`), then read in blocks (`read`): bad records are values in the
stream, and reading can resume after any of them. It is written row by row (`writer`), and so is
the file of rows that failed (`failures`), in the format of the file they came from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Protocol, runtime_checkable

import msgspec

from ferry.errors import InvalidRow
from ferry.files.bulks import Bulk
from ferry.files.entries import Entry, Layout
from ferry.files.failures import FailedFile
from ferry.files.options import AS_WRITTEN, ReadingOptions
from ferry.files.packing import MakePacking, Packing, Plain
from ferry.files.position import Packed, Position
from ferry.tables.columns import Column
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import Schema
from ferry.tables.values import Value


class Writer(Protocol):
    """Writes a table's rows as one file: the head, the rows, the tail.

    A file can be continued by a new writer that is given the number of rows in the file; its head
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
        """Return ``encode(row)`` for each row; `columns` holds every column of the file."""


class FailedRowWriter(Protocol):
    """Writes the rows of an import that failed, each as it was, with its line and the reason.

    The file can be imported as it is, corrected or not: the columns that were added are dropped.

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


class MakeFailedRows(Protocol):
    """Opens a FailedRowWriter."""

    def __call__(self, layout: Layout, schema: Schema, *, rows_written: int = 0) -> FailedRowWriter:
        """Return a FailedRowWriter that goes on behind `rows_written` rows."""
        ...


class Inspect(Protocol):
    """Detects the layout of a file from its beginning."""

    def __call__(
        self, head: bytes, *, whole: bool, schema: Schema, options: ReadingOptions = AS_WRITTEN
    ) -> Layout:
        """Return the Layout that the file's first bytes show; see `Format`."""
        ...


class Means(msgspec.Struct, frozen=True):
    """The resources that unpacking may use.

    Attributes:
        most_bytes: that a file may hold unpacked.
        scratch: opens a nameless file on disk that is gone when closed, to be written and read
            anywhere in it.
        on_block: called for every block of what is unpacked, also where no text comes of it.
        columns: of the table, by which a workbook's sheet and header are found.
        sheet: the name or the number of the sheet, "" for the first that has a table.
        header_row: the number of the row with the columns' names, 0 for the first that names some.
        rows_before: rows that are not wanted, of a format that can go on behind them.

    """

    most_bytes: int
    scratch: Callable[[], BinaryIO]
    on_block: Callable[[], object] = lambda: None
    columns: frozenset[str] = frozenset()
    sheet: str = ""
    header_row: int = 0
    rows_before: int = 0


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A file format.

    Attributes:
        name: its key in FORMATS, and the ``file_type`` of the public API.
        suffix: of its files, with the dot.
        inspect: ``(head, *, whole, schema, options)`` returns the Layout that the file's first
            bytes show: `head` is `HEAD_BYTES` of it, or all of it (`whole`). Raises InvalidFile.
        read: ``(blocks, layout, at)`` yields the entries that start at or after the position
            `at`; the blocks are the file's bytes from ``at.offset`` on, cut anyhow.
        bulks: the same as `read`, with many records at once wherever their ends are certain; None
            where there is no such thing.
        rows: ``(rules)`` returns what makes a Row of an entry's cells, or raises InvalidRow.
        names: ``(head, options)`` returns the names of the file's columns, and the options by which
            they are read, where no table says which to expect. Raises InvalidFile.
        takes: names of the `ReadingOptions` that mean something for it.
        text_of: makes the text that is inspected and read of a file that is a container; such a
            file cannot be read from its middle. None for a file that is text itself.
        goes_on_by_rows: `text_of` begins behind ``Means.rows_before`` rows, each of them a record.
        is_delimited: its records are lines of cells, as text in one of many encodings.
        safe_writer: as `writer`, of a file whose cells no spreadsheet runs as formulas; None where
            none does anyway.
        writer: ``(schema, *, rows_written=0, heads=None)`` returns a Writer. `heads` are the
            columns to write, each with its name in the file; None for all of the schema's.
        packing: what makes the file of what the writer writes.
        has_heads: whether its columns have names of their own, which a caller may choose.
        max_rows: how many rows it can hold, None for any number.
        has_types: its values name the types that DynamoDB stores them in: rows of an attached table
            are written as they are stored.
        has_columns: its columns have types: the writer also takes ``times``, columns of Unix
            seconds, and ``decimals``, columns of numbers with the digits behind their point.
        failures: ``(layout, schema, *, rows_written=0)`` returns a FailedRowWriter.
        failed_file: what is made of what that writes, None where it is the file itself.

    """

    name: str
    suffix: str
    media_type: str
    inspect: Inspect
    read: Callable[[Iterable[bytes], Layout, Position], Iterator[Entry]]
    bulks: Callable[[Iterable[bytes], Layout, Position], Iterator[Bulk | Entry]] | None
    rows: Callable[[RowRules], Callable[[dict[str, Any]], Row]]
    names: Callable[[bytes, ReadingOptions], tuple[tuple[str, ...], ReadingOptions]]
    writer: MakeWriter
    failures: MakeFailedRows
    takes: frozenset[str] = frozenset({"id_as_key"})
    text_of: Callable[[Iterable[bytes], Means], Iterator[bytes]] | None = None
    goes_on_by_rows: bool = False
    safe_writer: MakeWriter | None = None
    is_delimited: bool = False
    packing: MakePacking = Plain
    has_heads: bool = False
    has_types: bool = False
    has_columns: bool = False
    max_rows: int | None = None
    failed_file: FailedFile | None = None

    @property
    def packs_itself(self) -> bool:
        """Whether its files are compressed as they are."""
        return self.packing is not Plain


def gzipped(form: Format) -> Format:
    """Return that format packed by gzip."""
    return msgspec.structs.replace(
        form, suffix=f"{form.suffix}{GZIP_SUFFIX}", media_type="application/gzip", packing=_gzip
    )


def _gzip(so_far: Packed) -> Packing:
    # The library that compresses takes long to load, and few files are compressed.
    from ferry.files.deflate import Gzip

    return Gzip(so_far)


GZIP_SUFFIX = ".gz"
