"""Writes CSV files: UTF-8 with a byte-order mark, CRLF, RFC 4180 quoting where needed. Pure.

Nothing at all stands for null, ``""`` for the empty string. Formulas are left as they are in
exports, unless a caller asks: those files are meant to be imported again, by whatever program.
Failed rows are defused, for people open them; reading them takes that back (`returned_csv`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from ferry.errors import InvalidRow
from ferry.files.csv.csv_cells import split
from ferry.files.csv.dialect import COMMAS, Dialect
from ferry.files.csv.formulas import defused, defused_value
from ferry.files.entries import Entry, Layout
from ferry.files.failures import added_names
from ferry.files.transcoding import BOM
from ferry.tables.cells import to_cell
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import FieldType, Schema
from ferry.tables.values import Value

_END = b"\r\n"


class CsvWriter:
    """Writes a table's rows; see `ferry.files.format.Writer`."""

    def __init__(
        self,
        schema: Schema,
        *,
        rows_written: int = 0,
        heads: Mapping[str, str] | None = None,
        dialect: Dialect = COMMAS,
        defuse: bool = False,
    ) -> None:
        self.rows_written = rows_written
        self._defused = DefusedValues(dialect) if defuse else None
        self._cells = self._defused or Cells(dialect)
        types = {field.name: field.type for field in schema.fields}
        self._heads = heads or {name: name for name in schema.columns}
        self._columns = [(name, types.get(name, FieldType.STRING)) for name in self._heads]

    def head(self) -> bytes:
        """Return the header."""
        return BOM + self._cells.line(self._heads.values())

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row's line, without its end."""
        if defused := self._defused:
            values = [defused.of_value(record.get(name), kind) for name, kind in self._columns]
            return defused.between.join(values).encode()
        cells = [to_cell(record.get(name), kind) for name, kind in self._columns]
        return self._cells.joined(cells)

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return the lines of many rows, without their ends."""
        kinds = [kind for _, kind in self._columns]
        cells = map(self._cells.of_column, columns, kinds)
        between = self._cells.between
        return [line.encode() for line in map(between.join, zip(*cells, strict=True))]

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return the rows as they are: a line is the same wherever it stands."""
        self.rows_written += len(encoded)
        return b"".join([line + _END for line in encoded])

    def tail(self) -> bytes:
        """Return nothing: a CSV file just ends."""
        return b""


class Cells:
    """Writes cells of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.between = dialect.delimiter
        self._quote = dialect.quote

    def line(self, cells: Iterable[str | None]) -> bytes:
        """Return a line and its end."""
        return self.joined(cells) + _END

    def joined(self, cells: Iterable[str | None]) -> bytes:
        """Return a line without its end; None makes an empty cell."""
        return self.between.join(map(self.quoted, cells)).encode()

    def quoted(self, text: str | None) -> str:
        """Return a cell, in quotes where it has to be."""
        if text is None:
            return ""
        if not text or not self._is_plain(text):
            return self._quote + text.replace(self._quote, self._quote * 2) + self._quote
        return text

    def changes(self, cells: Iterable[str | None]) -> bool:  # noqa: ARG002 - here none is
        """Return whether one of the cells is written as another text."""
        return False

    def of_column(self, column: Column, kind: FieldType) -> Sequence[str]:
        """Return ``quoted(to_cell(value, kind))`` for each value of the column."""
        match column:
            case Texts(texts):
                if self._is_plain("".join(filter(None, texts))):  # one check for all of them
                    return [text or self.quoted(text) for text in texts]
                return list(map(self.quoted, texts))
            case Numbers(texts):
                return [text or "" for text in texts]
            case Nested(texts):
                return list(self._nested(texts))
            case Others(keys, values):
                cells = {key: self.quoted(to_cell(value, kind)) for key, value in values.items()}
                return [cells[key] for key in keys]

    def _nested(self, texts: Sequence[str]) -> Iterator[str]:
        quote, between = self._quote, self.between
        # JSON escapes newlines, so that none is in a text.
        for text in "\n".join(texts).replace(quote, quote * 2).split("\n"):
            held = quote in text or between in text
            yield f"{quote}{text}{quote}" if held else text.removeprefix("null")

    def _is_plain(self, text: str) -> bool:
        return not (self._quote in text or self.between in text or "\n" in text or "\r" in text)


class DefusedCells(Cells):
    """Writes cells that no spreadsheet runs; numbers among them stay numbers."""

    def changes(self, cells: Iterable[str | None]) -> bool:
        """Return whether one of the cells is written as another text."""
        return any(cell and defused(cell) != cell for cell in cells)

    def quoted(self, text: str | None) -> str:
        """Return a cell, in quotes where it has to be."""
        return super().quoted(text and defused(text))


class DefusedValues(DefusedCells):
    """Writes values of a table so that no spreadsheet runs them, nor takes text for a number."""

    def of_value(self, value: Value, kind: FieldType) -> str:
        """Return the cell of a value."""
        cell = to_cell(value, kind)
        is_text = cell and not isinstance(value, int | Decimal)
        return Cells.quoted(self, defused_value(cell) if cell and is_text else cell)

    def of_column(self, column: Column, kind: FieldType) -> Sequence[str]:
        """Return `of_value` of each of the column's values."""
        match column:
            case Texts(texts):
                return [Cells.quoted(self, text and defused_value(text)) for text in texts]
            case Nested(texts):
                return [self.quoted(text) if text != "null" else "" for text in texts]
            case Others(keys, values):
                cells = {key: self.of_value(value, kind) for key, value in values.items()}
                return [cells[key] for key in keys]
            case _:
                return super().of_column(column, kind)


class FailedCsvRows:
    """Writes the rows that failed; see `ferry.files.format.FailedRows`."""

    _cells_of: type[Cells] = DefusedCells

    def __init__(self, layout: Layout, schema: Schema, *, rows_written: int = 0) -> None:
        self.rows_written = rows_written
        self._columns = added_names({*layout.heads, *schema.names}) + list(layout.heads)
        self._dialect = layout.dialect
        self._cells = self._cells_of(layout.dialect)
        # In a file of one column, what stands in one cell would pass for a row.
        self._misfit = layout.dialect.delimiter if len(layout.columns) == 1 else ""

    def head(self) -> bytes:
        """Return the header: what is added, then the columns of the file."""
        return BOM + self._cells.line(name or None for name in self._columns)

    def row(self, entry: Entry, error: InvalidRow) -> bytes:
        """Return one failed row: the added columns, then the row as it was.

        A row that cannot be split is written into one cell, for it could swallow others. It
        does not fit the header, so that it is never imported as it is.
        """
        self.rows_written += 1
        text = entry.original.decode(errors="replace")
        cells = _split(text, self._dialect) if entry.complete else None
        if cells is None:
            text = self._misfit + self._cells.quoted(text)
        elif self._cells.changes(cells):
            text = self._cells.joined(cells).decode()
        added = self._cells.joined([str(entry.line), error.field or None, error.reason])
        return added + self._cells.between.encode() + text.encode() + _END

    def tail(self) -> bytes:
        """Return nothing: a CSV file just ends."""
        return b""


def _split(text: str, dialect: Dialect) -> list[str | None] | None:
    try:
        return split(text, dialect)
    except InvalidRow:
        return None
