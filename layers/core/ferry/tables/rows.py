"""The rules that make a row of a file, or of a request, a row of a table. Pure.

Source: contract tables#imports.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypedDict, cast

import msgspec

from ferry.errors import InvalidRow, Malformed
from ferry.tables.rules import BUILT_IN_RULES, rule
from ferry.tables.schema import Field, FieldType, Schema
from ferry.tables.values import InvalidValue, Value

type _Wrong = list[tuple[str, str]]
"""Columns at fault, each with the reason."""


class Given(TypedDict, total=False):
    """The built-in columns that a row gives; times in Unix seconds."""

    id: str
    created_by: int
    created_at: int
    updated_at: int
    read_perm: list[str]
    write_perm: list[str]


class Row(msgspec.Struct, frozen=True):
    """A row that keeps its table's rules: the fields that are set, none of them None."""

    fields: dict[str, Value]
    given: Given


class RowRules:
    """The rules of one schema, compiled once: two functions a column, none chosen row by row.

    Args:
        schema: its defaults are checked here.
        ids: whether a row's ``id`` is taken; where not, the column is ignored whatever it holds.

    Raises:
        Malformed: a field's default is not a value of its type.

    """

    def __init__(self, schema: Schema, *, ids: bool = False) -> None:
        self._fields = tuple(_column(field) for field in schema.fields)
        self._built_in = tuple(
            _Column(name, *built_in)
            for name, built_in in BUILT_IN_RULES.items()
            if schema.built_in and (ids or name != "id")
        )

    def from_cells(self, cells: dict[str, str | None]) -> Row:
        """Return the row that CSV cells hold; None is an empty cell, "" an empty one in quotes.

        An empty cell is unset, and its field's default applies; in quotes, it is a string
        field's empty string, and unset elsewhere.

        Raises:
            InvalidRow: a cell breaks its column's rule; the reason names all that do.

        """
        wrong: _Wrong = []
        fields = _read_cells(self._fields, cells, wrong)
        given = cast("Given", _read_cells(self._built_in, cells, wrong))
        _check(wrong)
        return Row(fields, given)

    def from_json(self, values: dict[str, Any]) -> Row:
        """Return the row that a JSON object holds, as `values.parse_json` gives it.

        The default of a field applies where its key is missing; null sets the field to nothing.

        Raises:
            InvalidRow: a member breaks its column's rule; the reason names all that do.

        """
        wrong: _Wrong = []
        fields = _read_json(self._fields, values, wrong)
        given = cast("Given", _read_json(self._built_in, values, wrong))
        _check(wrong)
        return Row(fields, given)


class _Column(NamedTuple):
    """A column's rule, and what holds where it has no value; `default` is None without one."""

    name: str
    from_cell: Callable[[str], Value]
    from_json: Callable[[Any], Value]
    default: Value = None
    required: bool = False
    takes_empty: bool = False


def _column(field: Field) -> _Column:
    field_rule = rule(field)
    default = None
    if field.default is not msgspec.UNSET and field.default is not None:
        try:
            default = field_rule.from_json(field.default)
        except InvalidValue as error:
            raise Malformed(f"schema.fields: {field.name}.default {error}") from error
    return _Column(
        field.name,
        *field_rule,
        default=default,
        required=field.constraints.required,
        takes_empty=field.type is FieldType.STRING,
    )


class Refused(str):
    """A cell or a member that cannot be read for certain, as it stands; its row fails.

    Attributes:
        reason: what is wrong, and what to do.

    """

    __slots__ = ("reason",)
    reason: str

    @classmethod
    def because(cls, cell: str, reason: str) -> "Refused":
        """Return a cell that is refused for that reason."""
        refused = cls(cell)
        refused.reason = reason
        return refused


def _read_cells(
    columns: tuple[_Column, ...], cells: dict[str, str | None], wrong: _Wrong
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, from_cell, _, default, required, takes_empty in columns:
        cell = cells.get(name)
        if cell or (cell is not None and takes_empty):
            # Not isinstance: this runs for every cell, and almost all of them are plain strings.
            if type(cell) is Refused:
                wrong.append((name, cell.reason))
                continue
            try:
                values[name] = from_cell(cell)
            except InvalidValue as error:
                wrong.append((name, str(error)))
        elif default is not None:
            values[name] = default
        elif required:
            wrong.append((name, _MISSING))
    return values


def _read_json(
    columns: tuple[_Column, ...], members: dict[str, Any], wrong: _Wrong
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for name, _, from_json, default, required, _ in columns:
        member = members.get(name, default)
        if type(member) is Refused:
            wrong.append((name, member.reason))
        elif member is not None:
            try:
                values[name] = from_json(member)
            except InvalidValue as error:
                wrong.append((name, str(error)))
        elif required:
            wrong.append((name, _MISSING))
    return values


def _check(wrong: _Wrong) -> None:
    """Raise InvalidRow for the columns at fault."""
    if wrong:
        (name, reason), *others = wrong
        raise InvalidRow(name, reason, others)


_MISSING = "must have a value: the column is required"
