"""Writes CSV files: UTF-8 with a byte-order mark, CRLF, RFC 4180 quoting where needed. Pure.

Nothing at all stands for null, ``""`` for the empty string. Formulas are left as they are: what
is written here is meant to be imported again.
"""

from collections.abc import Iterable, Mapping, Sequence

from ferry.errors import InvalidRow
from ferry.files.csv.reading import split
from ferry.files.encoding import BOM
from ferry.files.entries import Entry, Layout
from ferry.files.failures import added_names
from ferry.tables.cells import to_cell
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import FieldType, Schema
from ferry.tables.values import Value

_END = b"\r\n"


class CsvWriter:
    """Writes a table's rows; see `ferry.files.Writer`."""

    def __init__(
        self, schema: Schema, *, rows_written: int = 0, heads: Mapping[str, str] | None = None
    ) -> None:
        self.rows_written = rows_written
        types = {field.name: field.type for field in schema.fields}
        self._heads = heads or {name: name for name in schema.columns}
        self._columns = [(name, types.get(name, FieldType.STRING)) for name in self._heads]

    def head(self) -> bytes:
        """Return the header."""
        return BOM + _line(map(_quoted, self._heads.values()))

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row's line, without its end."""
        cells = [_quoted(to_cell(record.get(name), kind)) for name, kind in self._columns]
        return ",".join(cells).encode()

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return the lines of many rows, without their ends."""
        kinds = [kind for _, kind in self._columns]
        cells = map(_cells, columns, kinds)
        return [line.encode() for line in map(",".join, zip(*cells, strict=True))]

    def place(self, encoded: Sequence[bytes]) -> bytes:
        """Return the rows as they are: a line is the same wherever it stands."""
        self.rows_written += len(encoded)
        return b"".join([line + _END for line in encoded])

    def tail(self) -> bytes:
        """Return nothing: a CSV file just ends."""
        return b""


class FailedCsvRows:
    """Writes the rows that failed; see `ferry.files.FailedRows`."""

    def __init__(self, layout: Layout, schema: Schema, *, rows_written: int = 0) -> None:
        self.rows_written = rows_written
        self._columns = added_names({*layout.columns, *schema.names}) + list(layout.columns)
        # In a file of one column, what stands in one cell would pass for a row.
        self._misfit = "," if len(layout.columns) == 1 else ""

    def head(self) -> bytes:
        """Return the header: what is added, then the columns of the file."""
        return BOM + _line(_quoted(name or None) for name in self._columns)

    def row(self, entry: Entry, error: InvalidRow) -> bytes:
        """Return one row: what is added, then the row as it was.

        A row whose cells cannot be told apart stands in one cell, for it could swallow others. It
        does not fit the header, so that it is never imported as it is.
        """
        self.rows_written += 1
        text = entry.original.decode(errors="replace")
        if not entry.complete or not _can_be_split(text):
            text = self._misfit + _quoted(text)
        added = [str(entry.line), error.field or None, error.reason]
        return _line([*map(_quoted, added), text])

    def tail(self) -> bytes:
        """Return nothing: a CSV file just ends."""
        return b""


def _cells(column: Column, kind: FieldType) -> Sequence[str]:
    """Return what `_quoted(to_cell(value, kind))` is of each of the column's values."""
    match column:
        case Texts(texts):
            if _is_plain("".join(filter(None, texts))):  # one look at all of them
                return [text or _quoted(text) for text in texts]
            return list(map(_quoted, texts))
        case Numbers(texts):
            return [text or "" for text in texts]
        case Nested(texts):
            doubled = "\n".join(texts).replace('"', '""').split("\n")  # in JSON, \n is escaped
            return [
                f'"{text}"' if '"' in text or "," in text else text.removeprefix("null")
                for text in doubled
            ]
        case Others(keys, values):
            cells = {key: _quoted(to_cell(value, kind)) for key, value in values.items()}
            return [cells[key] for key in keys]


def _line(cells: Iterable[str]) -> bytes:
    return ",".join(cells).encode() + _END


def _quoted(text: str | None) -> str:
    if text is None:
        return ""
    if not text or not _is_plain(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _is_plain(text: str) -> bool:
    return not ('"' in text or "," in text or "\n" in text or "\r" in text)


def _can_be_split(text: str) -> bool:
    try:
        split(text)
    except InvalidRow:
        return False
    return True
