"""Writes the rows of a Parquet file as lines, which `RowGroups` packs by columns. Pure."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import msgspec

from ferry.files.json.json_writer import LINES, Framed
from ferry.files.parquet.column_types import Holds, ParquetColumn, column_of
from ferry.tables.cells import to_json
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import POINTERS, Field, Schema
from ferry.tables.typed_values import as_text
from ferry.tables.values import Value, json_text

_TIMES = frozenset({"created_at", "updated_at"})


class ParquetWriter(Framed):
    """Writes a table's rows as JSON arrays, the columns in front; see `format.Writer`.

    Args:
        schema: of the table.
        rows_written: rows the file has.
        heads: the columns to write, under their own names: programs read the file.
        times: columns of Unix seconds that become timestamps, beside the built-in ones.
        decimals: columns of numbers that become decimals, with the digits behind the point.

    """

    def __init__(
        self,
        schema: Schema,
        *,
        rows_written: int = 0,
        heads: Mapping[str, str] | None = None,
        times: Collection[str] = (),
        decimals: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(LINES, rows_written)
        names = tuple(heads or schema.columns)
        self._fields = [cast("Field", schema.column(name)) for name in names]
        built_in = _TIMES if schema.built_in else frozenset[str]()
        scales = decimals or {}
        self._columns = [
            column_of(
                field,
                times=field.name in built_in or field.name in times,
                scale=scales.get(field.name),
            )
            for field in self._fields
        ]

    def head(self) -> bytes:
        """Return the line of the columns."""
        return msgspec.json.encode(self._columns) + b"\n"

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row's line."""
        return _ENCODER.encode(
            [
                _value(record.get(field.name), field, column)
                for field, column in zip(self._fields, self._columns, strict=True)
            ]
        )

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return the lines of many rows."""
        values = map(_values, columns, self._fields, self._columns)
        return [_ENCODER.encode(row) for row in zip(*values, strict=True)]


def _value(value: Value, field: Field, column: ParquetColumn) -> Value:
    if value is None:
        return None
    if column.holds is Holds.JSON:
        return json_text(to_json(value, field))
    if field.type in POINTERS and isinstance(value, dict):
        return value.get("id")
    return value


def _values(column: Column, field: Field, made: ParquetColumn) -> Sequence[Any]:
    """Return `_value` for each value of the column."""
    match column:
        case Texts(texts) if made.holds is not Holds.JSON:
            return texts
        case Texts(texts):
            return [text and json_text(to_json(text, field)) for text in texts]
        case Numbers(texts):
            return [text and msgspec.Raw(text) for text in texts]
        case Nested(texts):
            return [None if text == "null" else text for text in texts]
        case Others(keys, values):
            shown = {key: _value(value, field, made) for key, value in values.items()}
            return [shown[key] for key in keys]


_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=as_text)
