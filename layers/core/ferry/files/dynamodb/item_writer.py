"""Writes files of DynamoDB JSON, the lines that DynamoDB exports to S3 and imports from it. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Format.html
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import msgspec

from ferry.files.json.json_writer import LINES, Framed
from ferry.tables.cells import to_json
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.schema import Field, Schema
from ferry.tables.values import Value, json_text, json_texts, parse_json

_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
"""In valid JSON a newline is white space between two tokens, never part of one."""


class ItemWriter(Framed):
    """Writes a table's rows as items, without attributes where unset; see `format.Writer`."""

    def __init__(
        self, schema: Schema, *, rows_written: int = 0, heads: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(LINES, rows_written)
        names = tuple(heads or schema.columns)
        self._fields = [cast("Field", schema.column(name)) for name in names]
        # A row of which nothing is set would come in as an object without a column of the table.
        self._empty = next(({name: {"NULL": True}} for name in names if name != "id"), {})

    def encode(self, record: dict[str, Value]) -> bytes:
        """Return the row's item."""
        values = {
            field.name: typed_value(to_json(record[field.name], field))
            for field in self._fields
            if record.get(field.name) is not None
        }
        return item_line(
            msgspec.json.encode(values if values.keys() - {"id"} else values | self._empty)
        )

    def encode_columns(self, columns: Sequence[Column]) -> list[bytes]:
        """Return the items of many rows."""
        attributes = list(map(_attributes, columns, self._fields))
        if self._empty and attributes:
            self._mark_empty(attributes)
        return [
            item_line(f"{{{','.join(filter(None, row))}}}".encode())
            for row in zip(*attributes, strict=True)
        ]

    def _mark_empty(self, attributes: list[list[str]]) -> None:
        names = [field.name for field in self._fields]
        told = [column for name, column in zip(names, attributes, strict=True) if name != "id"]
        mark = msgspec.json.encode(self._empty).decode()[1:-1]
        for place, row in enumerate(zip(*told, strict=True)):
            if not any(row):
                told[0][place] = mark


def item_line(item: bytes) -> bytes:
    """Return the line of an item that is JSON text with a type in each value."""
    return b'{"Item":%b}' % item.translate(_ONE_LINE)


def typed_value(value: Value) -> dict[str, Any]:
    """Return a value with its type; nothing but binary data and sets has none."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | Decimal():
            return {"N": str(value)}
        case list():
            return {"L": [typed_value(element) for element in value]}
    return {"M": {name: typed_value(member) for name, member in value.items()}}


def _attributes(column: Column, field: Field) -> list[str]:
    """Return the attribute of each value of the column, "" where it is unset."""
    name = json_text(field.name)
    match column:
        case Texts(texts):
            return [
                "" if shown == "null" else f'{name}:{{"S":{shown}}}' for shown in json_texts(texts)
            ]
        case Numbers(texts):
            return ["" if text is None else f'{name}:{{"N":"{text}"}}' for text in texts]
        case Nested(texts):
            return ["" if text == "null" else _attribute(name, parse_json(text)) for text in texts]
        case Others(keys, values):
            made = {
                key: "" if value is None else _attribute(name, to_json(value, field))
                for key, value in values.items()
            }
            return [made[key] for key in keys]


def _attribute(name: str, value: Value) -> str:
    return f"{name}:{msgspec.json.encode(typed_value(value)).decode()}"
