"""Rows by columns, where they hold what their table's schema says.

The schema becomes a type, and msgspec decodes rows into it: several times as fast as into
dictionaries. What has no place in the type, such as a number in a column of texts, is refused;
such rows have to be read as if there were no schema.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from types import GenericAlias
from typing import Any, NamedTuple

import msgspec

from ferry.aws.attributes import decode_item, number_texts
from ferry.records.reading.nested import nested_texts
from ferry.tables.columns import Column, Nested, Numbers, Others, Texts
from ferry.tables.records import ID, ORDER, WRITTEN_AT
from ferry.tables.schema import Field, FieldType


class ColumnRows(NamedTuple):
    """Rows by columns.

    Attributes:
        orders: the rows' order keys.
        written_at: when the last of them was written, Unix milliseconds.
        columns: the columns asked for.

    """

    orders: list[str]
    written_at: int
    columns: list[Column]


class TypedColumns:
    """Reads columns of items, whoever wrote them.

    Args:
        fields: the columns.
        ours: members of items beside them: by name the attribute, the type of its value and, where
            not every item has it, the default.

    """

    def __init__(
        self, fields: Sequence[Field], ours: Mapping[str, tuple[Any, ...]] | None = None
    ) -> None:
        kinds = [_KINDS[field.type] for field in fields]
        # Attributes are named by number: a field's name may be any, even a keyword of Python.
        names = {f"c{number}": field.name for number, field in enumerate(fields)}
        members = ours or {}
        row = msgspec.defstruct(
            "Row",
            [
                *((name, *kind) for name, (_, *kind) in members.items()),
                *((name, kind.type, kind.type()) for name, kind in zip(names, kinds, strict=True)),
            ],
            rename={**{name: attribute for name, (attribute, *_) in members.items()}, **names},
            frozen=True,
            gc=False,
        )
        self._decoder: Any = msgspec.json.Decoder(GenericAlias(list, row))
        self._columns = [
            kind.column(f"{name}.{kind.name}") for name, kind in zip(names, kinds, strict=True)
        ]

    def rows(self, items: Iterable[msgspec.Raw]) -> Sequence[Any]:
        """Return items as structs.

        Raises:
            msgspec.ValidationError: one of them holds what the schema does not say.

        """
        # One decode of all items: a call for each would cost as much as the decoding itself.
        rows: Sequence[Any] = self._decoder.decode(b"[%b]" % b",".join(items))
        return rows

    def columns(self, rows: Sequence[Any]) -> list[Column]:
        """Return the columns of such structs."""
        return [column(rows) for column in self._columns]


class TypedRows:
    """Reads rows of a table of ours; `fields` are the columns wanted."""

    def __init__(self, fields: Sequence[Field]) -> None:
        ours = {
            "key": (ID, _TEXT),
            "written_at": (WRITTEN_AT, _NUMBER),
            "order": (ORDER, _TEXT | None, None),
        }
        self._typed = TypedColumns(fields, ours)
        # The id of a row of ours is no attribute of that name: it is the sort key.
        self._ids = [place for place, field in enumerate(fields) if field.name == "id"]

    def read(self, items: Iterable[msgspec.Raw]) -> ColumnRows:
        """Return at least one stored item as rows; raises as `TypedColumns.rows` does."""
        rows = self._typed.rows(items)
        columns = self._typed.columns(rows)
        for place in self._ids:
            columns[place] = _id(rows)
        return ColumnRows(
            orders=_orders(rows),
            written_at=max(map(int, map(_WRITTEN_AT, rows))),
            columns=columns,
        )


type _MakeColumn = Callable[[Sequence[Any]], Column]


class _Kind(NamedTuple):
    """The storage of a field type: attribute name, DynamoDB type, decoded value."""

    name: str
    type: type[msgspec.Struct]
    column: Callable[[str], _MakeColumn]


def _attribute(name: str, kind: type) -> type[msgspec.Struct]:
    """Return the type of attribute values of one kind, or NULL, whose value then is None."""
    fields: list[tuple[str, Any, None]] = [(name, kind, None), ("NULL", bool, None)]
    # Unknown tags are errors: a number in a text column must go to the slower reader, which shows
    # it, and must not come out as an empty cell.
    return msgspec.defstruct("Attribute", fields, frozen=True, gc=False, forbid_unknown_fields=True)


def _texts(path: str) -> _MakeColumn:
    get = attrgetter(path)
    return lambda rows: Texts(list(map(get, rows)))


def _numbers(path: str) -> _MakeColumn:
    get = attrgetter(path)

    def column(rows: Sequence[Any]) -> Column:
        return Numbers(number_texts(list(map(get, rows))))

    return column


def _flags(path: str) -> _MakeColumn:
    get = attrgetter(path)
    values: dict[Hashable, Any] = {True: True, False: False, None: None}
    return lambda rows: Others(list(map(get, rows)), values)


def _nested(path: str) -> _MakeColumn:
    get = attrgetter(path)
    return lambda rows: Nested(nested_texts(path[-1], list(map(get, rows))))


def _pointers(path: str) -> _MakeColumn:
    get = attrgetter(path)

    def column(rows: Sequence[Any]) -> Column:
        keys = [b"" if raw is None else bytes(raw) for raw in map(get, rows)]
        # A page has few different pointers, so each is decoded once.
        values = {key: decode_item(msgspec.json.decode(key)) if key else None for key in {*keys}}
        return Others(keys, values)

    return column


def _id(rows: Sequence[Any]) -> Column:
    return Texts(list(map(_KEY, rows)))


def _orders(rows: Sequence[Any]) -> list[str]:
    orders = list(map(_ORDER, rows))
    if orders.count(None) == len(orders):  # all are in place, as in most tables
        return list(map(_KEY, rows))
    return [row.order.S if row.order else row.key.S for row in rows]


_TEXT, _NUMBER = _attribute("S", str), _attribute("N", str)
_KEY, _ORDER = attrgetter("key.S"), attrgetter("order")
_WRITTEN_AT = attrgetter("written_at.N")

_OF_TEXT = _Kind("S", _TEXT, _texts)
_OF_NUMBER = _Kind("N", _NUMBER, _numbers)
_OF_LIST = _Kind("L", _attribute("L", msgspec.Raw), _nested)
_OF_MAP = _Kind("M", _attribute("M", msgspec.Raw), _nested)
_OF_POINTER = _OF_MAP._replace(column=_pointers)

_KINDS = {
    FieldType.STRING: _OF_TEXT,
    FieldType.DATE: _OF_TEXT,
    FieldType.INTEGER: _OF_NUMBER,
    FieldType.NUMBER: _OF_NUMBER,
    FieldType.BOOLEAN: _Kind("BOOL", _attribute("BOOL", bool), _flags),
    FieldType.ARRAY: _OF_LIST,
    FieldType.OBJECT: _OF_MAP,
    FieldType.GEOJSON: _OF_MAP,
    FieldType.FILE: _OF_MAP,
    FieldType.REFERENCE: _OF_POINTER,
    FieldType.POINTER: _OF_POINTER,
}
