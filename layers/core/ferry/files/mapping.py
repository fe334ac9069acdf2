"""Which column of the table each column of a file becomes, where the caller says so. Pure.

A job keeps what is said, so a default here must never change.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from ferry.errors import InvalidFile
from ferry.tables.rules import rule
from ferry.tables.schema import Schema
from ferry.tables.values import InvalidValue, Value, parse_json, shown

TRANSFORMS = ("trim", "upper", "lower", "title", "split", "join", "number", "date")
"""Transforms by name."""

IGNORED = "ignore"
"""The word for a file's column that is to be ignored."""


class Transform(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that is done to a value.

    Attributes:
        name: one of `TRANSFORMS`.
        by: what a text is split or joined by; the format of a date.
        units: that a number may have before or behind it.
        decimal: the decimal mark of a number, None for that of the file.

    """

    name: Literal["trim", "upper", "lower", "title", "split", "join", "number", "date"]
    by: str = ""
    units: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None


class MappedColumn(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The mapping of one column: where a file's column goes, or the constant of a table's.

    Attributes:
        to: the table's column, "" where the file's is ignored.
        transform: what is done to each value, in this order.
        constant: the value of every row, as JSON text; no column of the file is read then.
        join: the file's columns whose values, joined, are the value.
        separator: stands between those.

    """

    to: str = ""
    transform: tuple[Transform, ...] = ()
    constant: str | None = None
    join: tuple[str, ...] = ()
    separator: str = " "

    @property
    def made(self) -> bool:
        """Whether its values are made, and not those of one column of the file."""
        return self.constant is not None or bool(self.join)


type ColumnMapping = Mapping[str, MappedColumn]
"""By the name of the file's column or, where values are made, by a name that is the table's."""


def checked_mapping(mapping: ColumnMapping, schema: Schema) -> ColumnMapping:
    """Return the mapping for a table; `IGNORED` ignores where the table has no such column.

    Raises:
        InvalidFile: the table lacks a column that it names, or does not take a constant.

    """
    found = {}
    for name, column in mapping.items():
        if column.to == IGNORED and IGNORED not in schema.columns and not column.made:
            found[name] = MappedColumn()
            continue
        if column.to and column.to not in schema.columns:
            raise InvalidFile(
                f"columns: the table has no column {shown(column.to)}; it has "
                f"{', '.join(schema.names[:_MOST_NAMES])}"
            )
        if column.constant is not None:
            _check_constant(column, schema)
        found[name] = column
    return found


def constant_of(column: MappedColumn) -> Value:
    """Return the value that every row gets."""
    return parse_json(column.constant or "null")


def sources(mapping: ColumnMapping) -> tuple[str, ...]:
    """Return the names of the file's columns that the mapping reads."""
    names: dict[str, None] = {}
    for name, column in mapping.items():
        if column.join:
            names |= dict.fromkeys(column.join)
        elif column.to and not column.made:
            names[name] = None
    return tuple(names)


def placed(names: Iterable[str], heads: Sequence[str]) -> dict[str, int]:
    """Return where among `heads` the columns of those names are; those that are not there lack.

    Names match exactly or, where that is unique, without regard to case.

    Raises:
        InvalidFile: a name stands there twice.

    """
    folded: dict[str, list[int]] = {}
    for place, head in enumerate(heads):
        folded.setdefault(head.casefold(), []).append(place)
    found = {}
    for name in names:
        exact = [place for place, head in enumerate(heads) if head == name]
        places = exact or folded.get(name.strip().casefold(), [])
        if len(places) > 1:
            raise InvalidFile(
                f"columns: the file has {len(places)} columns {shown(name)}; rename one of them"
            )
        if places:
            found[name] = places[0]
    return found


def lacking(missing: Iterable[str], heads: Sequence[str]) -> InvalidFile:
    """Return the error for a file without columns that the mapping reads."""
    names = ", ".join(shown(name) for name in missing)
    there = ", ".join(shown(head) for head in heads[:_MOST_NAMES])
    return InvalidFile(f"columns: the file has no column {names}; it has {there}")


def _check_constant(column: MappedColumn, schema: Schema) -> None:
    field = schema.column(column.to)
    try:
        if field:
            rule(field).from_json(constant_of(column))
    except InvalidValue as error:
        raise InvalidFile(f"columns: the constant of {column.to} {error}") from error


_MOST_NAMES = 20
