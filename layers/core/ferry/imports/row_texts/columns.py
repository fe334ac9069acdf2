"""How each type of column is written: an expression for a CSV cell, one for a JSON member."""

from collections.abc import Callable
from datetime import datetime
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple

import msgspec

from ferry.imports.row_texts import plain
from ferry.tables.rules import BUILT_IN_RULES, ColumnRule, rule
from ferry.tables.scalars import DATE
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import MAX_DIGITS

type Namespace = dict[str, Any]


class Writing(NamedTuple):
    """How the values of a column become attribute values.

    Attributes:
        before: text before the value.
        cell: the expression that makes text of a cell, ``{v}``; its names are those of NAMES.
        member: the same of a JSON member, which is not null; of its text, where that is its type.
        after: text behind the value.
        json_type: as which msgspec decodes the member; `msgspec.Raw` for its text alone.
        holds_members: a member may be, or hold, an object.

    """

    before: str
    cell: str
    member: str
    after: str
    json_type: Any
    holds_members: bool = False


NAMES: Namespace = {
    "array": plain.array,
    "array_cell": plain.array_cell,
    "BOOLEAN_CELLS": plain.BOOLEAN_CELLS,
    "DATE": DATE,
    "DECIMAL": plain.DECIMAL,
    "decimal_cell": plain.decimal_cell,
    "decimal_text": plain.decimal_text,
    "fromisoformat": datetime.fromisoformat,
    "object_": plain.object_,
    "object_cell": plain.object_cell,
    "odd": plain.odd,
    "quote": quote,
    "strings": plain.strings,
    "strings_cell": plain.strings_cell,
    "WHOLE_END": plain.WHOLE_END,
}

# A call of a Python function costs as much as the work: what happens in most rows is in line.
_STRING = Writing('{"S":', "quote({v})", "quote({v})", "}", str)
_ISO = "DATE({v}) and fromisoformat({v}) and {v} or odd()"
_DATE = Writing('{"S":"', _ISO, _ISO, '"}', str)
_INTEGER = Writing(
    '{"N":"',
    f"{{v}} if str(int({{v}})) == {{v}} and len({{v}}) <= {MAX_DIGITS} else odd()",
    "{v} if -WHOLE_END < {v} < WHOLE_END else odd()",
    '"}',
    int,
)
_NUMBER = Writing(
    '{"N":"',
    "{v} if DECIMAL({v}) else decimal_cell({v})",
    "{v} if DECIMAL({v}) else decimal_text({v})",
    '"}',
    msgspec.Raw,
)
_BOOLEAN = Writing(
    '{"BOOL":', "BOOLEAN_CELLS[{v}.lower()]", '"true" if {v} else "false"', "}", bool
)
_STRINGS = Writing("", "strings(strings_cell({v}))", "strings({v})", "", list[str])
_ARRAY = Writing("", "array_cell({v})", "array({v})", "", list[Any], holds_members=True)
_OBJECT = Writing("", "object_cell({v})", "object_({v})", "", dict[str, Any], holds_members=True)

_WRITINGS: dict[FieldType, Writing] = {
    FieldType.STRING: _STRING,
    FieldType.INTEGER: _INTEGER,
    FieldType.NUMBER: _NUMBER,
    FieldType.BOOLEAN: _BOOLEAN,
    FieldType.DATE: _DATE,
    FieldType.OBJECT: _OBJECT,
    FieldType.FILE: _OBJECT,
}
_ARRAYS: dict[FieldType | None, Writing] = {None: _ARRAY, FieldType.STRING: _STRINGS}


def writing(field: Field) -> tuple[Writing, Namespace]:
    """Return how a table's field is written, and the names of its own that this needs."""
    known = _ARRAYS.get(field.item_type) if field.type is FieldType.ARRAY else None
    known = known or _WRITINGS.get(field.type)
    return (known, {}) if known else _by_rule(field.name, rule(field))


def built_in_writing(name: str) -> tuple[Writing, Namespace]:
    """Return how one of the columns that every table has is written."""
    if name.endswith("_perm"):
        return _STRINGS, {}
    by_rule, own = _by_rule(name, BUILT_IN_RULES[name], str)
    return by_rule._replace(before='{"N":"', after='"}'), own


def _by_rule(
    name: str, column: ColumnRule, text: Callable[[Any], str] = plain.attribute_of
) -> tuple[Writing, Namespace]:
    own: Namespace = {
        f"cell_{name}": lambda cell: text(column.from_cell(cell)),
        f"member_{name}": lambda member: text(column.from_json(plain.exact(member))),
    }
    made = Writing("", f"cell_{name}({{v}})", f"member_{name}({{v}})", "", Any, holds_members=True)
    return made, own
