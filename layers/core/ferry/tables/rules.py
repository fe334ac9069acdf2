"""The rule of each column: how a CSV cell or a JSON value becomes a stored value.

Source: contract tables#imports.

Every function raises InvalidValue, whose message says what is wrong and what to write instead.
Pure.
"""

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ferry.tables.geojson import check_geometry, is_in_degrees
from ferry.tables.scalars import (
    boolean,
    boolean_cell,
    date,
    integer,
    integer_cell,
    number,
    number_cell,
    parsed_date,
    same,
    text,
)
from ferry.tables.schema import Field, FieldType
from ferry.tables.typed_values import like
from ferry.tables.values import InvalidValue, Value, check_text, parse_json, shown, storable


class ColumnRule(NamedTuple):
    """The rule of a column's values; neither function is called for a missing value.

    Attributes:
        from_cell: takes a CSV cell, which is not empty unless the column is of strings.
        from_json: takes a JSON value as `values.parse_json` gives it, never None.

    """

    from_cell: Callable[[str], Value]
    from_json: Callable[[Any], Value]


def rule(field: Field) -> ColumnRule:
    """Return the rule of a table's field."""
    return _RULES[field.type](field)


def _in_json(from_json: Callable[[Any], Value]) -> ColumnRule:
    return ColumnRule(lambda cell: from_json(parse_json(cell)), from_json)


def _object(value: Any) -> Value:
    if not isinstance(value, dict):
        raise InvalidValue(f'must be an object, such as {{"key":1}}; it is {shown(value)}')
    return storable(value)


def _geometry(field: Field) -> Callable[[Any], Value]:
    in_degrees = is_in_degrees(field.coordinate_type)

    def geometry(value: Any) -> Value:
        checked = storable(value)
        check_geometry(checked, in_degrees=in_degrees)
        return checked

    return geometry


def _array(field: Field) -> Callable[[Any], list[Value]]:
    element_rule: Callable[[Any], Value] = storable
    if field.item_type:
        element_rule = rule(
            Field(name=field.name, type=field.item_type, coordinate_type=field.coordinate_type)
        ).from_json

    def array(value: Any) -> list[Value]:
        if not isinstance(value, list):
            raise InvalidValue(f'must be a list, such as ["a","b"]; it is {shown(value)}')
        storable(value)
        elements = [_element(element_rule, n, item) for n, item in enumerate(value, start=1)]
        return like(value, elements)

    return array


def _element(element_rule: Callable[[Any], Value], number: int, item: Any) -> Value:
    try:
        return element_rule(item)
    except InvalidValue as error:
        raise InvalidValue(f"element {number} {error}") from error


def _pointer(field: Field) -> Callable[[Any], dict[str, Value]]:
    def pointer(value: Any) -> dict[str, Value]:
        given = value if isinstance(value, dict) else {"id": value}
        record_id, table = given.get("id"), field.schema_name or given.get("_table")
        # Users have whole numbers as ids: {"_table": "_userprofile", "id": 36395395}.
        if isinstance(record_id, int) and not isinstance(record_id, bool):
            record_id = str(record_id)
        if not record_id or not isinstance(record_id, str):
            raise InvalidValue(
                f'must be a record\'s id or {{"_table":"…","id":"…"}}; it is {shown(value)}'
            )
        check_text(record_id)
        return {"id": record_id, "_table": text(table)} if table else {"id": record_id}

    return pointer


def _pointer_rule(field: Field) -> ColumnRule:
    from_json = _pointer(field)
    return ColumnRule(
        lambda cell: from_json(parse_json(cell) if cell[0] == "{" else cell), from_json
    )


_RULES: dict[FieldType, Callable[[Field], ColumnRule]] = {
    FieldType.STRING: lambda _: ColumnRule(same, text),
    FieldType.INTEGER: lambda _: ColumnRule(integer_cell, integer),
    FieldType.NUMBER: lambda _: ColumnRule(number_cell, number),
    FieldType.BOOLEAN: lambda _: ColumnRule(boolean_cell, boolean),
    FieldType.ARRAY: lambda field: _in_json(_array(field)),
    FieldType.OBJECT: lambda _: _in_json(_object),
    FieldType.GEOJSON: lambda field: _in_json(_geometry(field)),
    FieldType.FILE: lambda _: _in_json(_object),
    FieldType.DATE: lambda _: ColumnRule(date, date),
    FieldType.REFERENCE: _pointer_rule,
    FieldType.POINTER: _pointer_rule,
}


_RECORD_ID = re.compile(r"[0-9a-fA-F]{24}")
_TIMES_END = 100_000_000_000
"""Unix seconds from here on are milliseconds by mistake (contract tables#exports)."""


def _record_id(value: Any) -> str:
    if not isinstance(value, str) or not _RECORD_ID.fullmatch(value):
        raise InvalidValue(
            f"must be 24 hex digits, such as 5baafb9061235656789abcde; it is {shown(value)}"
        )
    return value.lower()


def _user_id(value: Any) -> int:
    user_id = integer(value)
    if user_id < 0:
        raise InvalidValue(f"must be a user's id; it is {user_id}")
    return user_id


def _time(value: Any) -> int:
    seconds = _unix_seconds(value) if isinstance(value, str) else integer(value)
    if not 0 <= seconds < _TIMES_END:
        raise InvalidValue(f"must be Unix time in seconds, such as 1519538564; it is {seconds}")
    return seconds


def _unix_seconds(value: str) -> int:
    # Exports write times so where ``timestamp_convert_keys`` asks for it.
    try:
        moment = parsed_date(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidValue(
            "must be Unix time in seconds or an ISO 8601 time with its offset, such as "
            f"2018-02-25T14:02:44+08:00; it is {shown(value)}"
        )
    return math.floor(moment.timestamp())


def _time_cell(cell: str) -> int:
    return _time(integer_cell(cell) if cell.isdecimal() else cell)


_TIME = ColumnRule(_time_cell, _time)
_PERMISSIONS = _in_json(_array(Field(name="", type=FieldType.ARRAY, items={"type": "string"})))

BUILT_IN_RULES: dict[str, ColumnRule] = {
    "id": ColumnRule(_record_id, _record_id),
    "created_by": ColumnRule(lambda cell: _user_id(integer_cell(cell)), _user_id),
    "created_at": _TIME,
    "updated_at": _TIME,
    "read_perm": _PERMISSIONS,
    "write_perm": _PERMISSIONS,
}
"""The rules of the columns that every table has."""
