"""Write the values of a column as attributes of items, many values at a time.

A function here returns one text for each value, None where a row may not lack it, and raises
whatever it likes where a value is not plainly right: the caller then finds out which rows it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from ferry.imports.row_texts import plain
from ferry.imports.row_texts.plain import BOOLEAN_CELLS, DECIMAL, WHOLE_END, odd
from ferry.tables.rules import BUILT_IN_RULES, ColumnRule, rule
from ferry.tables.scalars import DATE
from ferry.tables.schema import Field, FieldType
from ferry.tables.values import MAX_DIGITS

type Texts = list[str | None]
type TextsOf = Callable[[Sequence[Any]], Texts]

_NULL = msgspec.Raw(b"null")
_from_iso = datetime.fromisoformat


class Blank(NamedTuple):
    """The texts for rows that give no value; None where such a row fails.

    Attributes:
        absent: for a row that does not have the column.
        null: for a row that sets it to nothing.

    """

    absent: str | None
    null: str | None


class Writing(NamedTuple):
    """The writer of one type of column.

    Attributes:
        cells: ``(head, blank)`` returns what makes texts of CSV cells; None is an empty cell.
        members: the same of JSON members; UNSET is a missing one.
        json_type: as which msgspec decodes a member; `msgspec.Raw` for its text alone.
        holds_members: a member may be, or hold, an object.

    """

    cells: Callable[[str, Blank], TextsOf]
    members: Callable[[str, Blank], TextsOf]
    json_type: Any
    holds_members: bool = False


# A call of a Python function costs as much as the work: what happens in most rows is in line.


def _string_cells(head: str, blank: Blank) -> TextsOf:
    before, absent = f'{head}{{"S":', blank.absent
    # An empty cell in quotes is an empty string: a value.
    return lambda cells: [
        f"{before}{quote(cell)}}}" if cell is not None else absent for cell in cells
    ]


def _string_members(head: str, blank: Blank) -> TextsOf:
    before, (absent, null) = f'{head}{{"S":', blank
    return lambda members: [
        absent if v is UNSET else null if v is None else f"{before}{quote(v)}}}" for v in members
    ]


def _date_cells(head: str, blank: Blank) -> TextsOf:
    before, absent = f'{head}{{"S":"', blank.absent
    return lambda cells: [
        f'{before}{cell if DATE(cell) and _from_iso(cell) else odd()}"}}' if cell else absent
        for cell in cells
    ]


def _date_members(head: str, blank: Blank) -> TextsOf:
    before, (absent, null) = f'{head}{{"S":"', blank
    return lambda members: [
        absent
        if v is UNSET
        else null
        if v is None
        else f'{before}{v if DATE(v) and _from_iso(v) else odd()}"}}'
        for v in members
    ]


def _integer_cells(head: str, blank: Blank) -> TextsOf:
    before, absent = f'{head}{{"N":"', blank.absent
    return lambda cells: [
        f'{before}{cell if str(int(cell)) == cell and len(cell) <= MAX_DIGITS else odd()}"}}'
        if cell
        else absent
        for cell in cells
    ]


def _integer_members(head: str, blank: Blank) -> TextsOf:
    before, (absent, null) = f'{head}{{"N":"', blank
    return lambda members: [
        absent
        if v is UNSET
        else null
        if v is None
        else f'{before}{v if -WHOLE_END < v < WHOLE_END else odd()}"}}'
        for v in members
    ]


def _number_cells(head: str, blank: Blank) -> TextsOf:
    before, absent = f'{head}{{"N":"', blank.absent
    return lambda cells: [
        f'{before}{cell if DECIMAL(cell) else plain.decimal_cell(cell)}"}}' if cell else absent
        for cell in cells
    ]


def _number_members(head: str, blank: Blank) -> TextsOf:
    before, (absent, null) = f'{head}{{"N":"', blank

    # Decoded as texts: the digits of a number are kept, and a null is a text, too.
    return lambda members: [
        absent
        if v is UNSET
        else null
        if v == _NULL
        else f'{before}{text if DECIMAL(text := str(v, "ascii")) else plain.decimal_text(text)}"}}'
        for v in members
    ]


def _boolean_cells(head: str, blank: Blank) -> TextsOf:
    before, absent = f'{head}{{"BOOL":', blank.absent
    return lambda cells: [
        f"{before}{BOOLEAN_CELLS[cell.lower()]}}}" if cell else absent for cell in cells
    ]


def _boolean_members(head: str, blank: Blank) -> TextsOf:
    true, false = f'{head}{{"BOOL":true}}', f'{head}{{"BOOL":false}}'
    absent, null = blank
    return lambda members: [
        absent if v is UNSET else null if v is None else true if v else false for v in members
    ]


def _cells(text: Callable[[str], str]) -> Callable[[str, Blank], TextsOf]:
    """Return a writer of a column of cells, made of a function that writes one cell."""

    def of(head: str, blank: Blank) -> TextsOf:
        absent = blank.absent
        return lambda cells: [f"{head}{text(cell)}" if cell else absent for cell in cells]

    return of


def _members(text: Callable[[Any], str]) -> Callable[[str, Blank], TextsOf]:
    """Return a writer of a column of JSON values, made of a function that writes one value."""

    def of(head: str, blank: Blank) -> TextsOf:
        absent, null = blank
        return lambda members: [
            absent if v is UNSET else null if v is None else f"{head}{text(v)}" for v in members
        ]

    return of


_STRINGS = Writing(
    _cells(lambda cell: plain.strings(plain.strings_cell(cell))),
    _members(plain.strings),
    list[str],
)
_ARRAY = Writing(_cells(plain.array_cell), _members(plain.array), list[Any], holds_members=True)
_OBJECT = Writing(
    _cells(plain.object_cell), _members(plain.object_), dict[str, Any], holds_members=True
)
_WRITINGS: dict[FieldType, Writing] = {
    FieldType.STRING: Writing(_string_cells, _string_members, str),
    FieldType.INTEGER: Writing(_integer_cells, _integer_members, int),
    FieldType.NUMBER: Writing(_number_cells, _number_members, msgspec.Raw),
    FieldType.BOOLEAN: Writing(_boolean_cells, _boolean_members, bool),
    FieldType.DATE: Writing(_date_cells, _date_members, str),
    FieldType.OBJECT: _OBJECT,
    FieldType.FILE: _OBJECT,
}
_ARRAYS: dict[FieldType | None, Writing] = {None: _ARRAY, FieldType.STRING: _STRINGS}


def writing(field: Field) -> Writing:
    """Return the writer of a table's field."""
    known = _ARRAYS.get(field.item_type) if field.type is FieldType.ARRAY else None
    return known or _WRITINGS.get(field.type) or _by_rule(rule(field), plain.attribute_of)


def built_in_writing(name: str) -> Writing:
    """Return the writer of a built-in column, such as ``created_at``."""
    if name.endswith("_perm"):
        return _STRINGS
    return _by_rule(BUILT_IN_RULES[name], lambda number: f'{{"N":"{number}"}}')


def _by_rule(column: ColumnRule, text: Callable[[Any], str]) -> Writing:
    return Writing(
        _cells(lambda cell: text(column.from_cell(cell))),
        _members(lambda member: text(column.from_json(plain.exact(member)))),
        Any,
        holds_members=True,
    )
