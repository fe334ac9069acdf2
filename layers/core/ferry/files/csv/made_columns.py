"""Columns of the table that no single column of a file gives: constants, and joined texts. Pure."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ferry.files.csv.cell_conversions import transformed
from ferry.files.csv.regional import RegionalNumbers
from ferry.files.mapping import ColumnMapping, constant_of
from ferry.tables.schema import Schema
from ferry.tables.values import json_text


class MadeColumn(msgspec.Struct, frozen=True):
    """A column whose cells are made.

    Attributes:
        name: of the table's column.
        places: of the file's cells that it is made of; none for a constant.
        cell: makes one, of the file's cells at those places as they stand there.

    """

    name: str
    places: tuple[int, ...]
    cell: Callable[[Sequence[str | None]], str | None]


def made_columns(
    mapping: ColumnMapping,
    joined: Mapping[str, tuple[int, ...]],
    schema: Schema,
    numbers: RegionalNumbers,
) -> tuple[MadeColumn, ...]:
    """Return the columns that a mapping makes; `joined` says of which places."""
    made = []
    for column in mapping.values():
        if column.constant is not None:
            value = constant_of(column)
            text = value if isinstance(value, str) else json_text(value)
            made.append(MadeColumn(column.to, (), _always(text)))
        elif column.join:
            conversion = transformed(column, schema.column(column.to), numbers)
            cell = _joined(column.separator, conversion.cell)
            made.append(MadeColumn(column.to, joined[column.to], cell))
    return tuple(made)


def _always(text: str) -> Callable[[Sequence[str | None]], str | None]:
    return lambda _: text


def _joined(
    separator: str, convert: Callable[[str], str | None]
) -> Callable[[Sequence[str | None]], str | None]:
    def cell(parts: Sequence[str | None]) -> str | None:
        text = separator.join([part for part in parts if part])
        return convert(text) if text else None

    return cell
