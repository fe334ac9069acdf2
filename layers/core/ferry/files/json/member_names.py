"""Which column of the table each member of a JSON row is. Pure.

By the same rule as the header of a CSV file (`ferry.files.headings`), for each row by itself.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ferry.errors import InvalidRow
from ferry.files.headings import cleaned, folded_columns
from ferry.tables.schema import BUILT_IN_COLUMNS, Schema
from ferry.tables.values import shown

_MOST_REMEMBERED = 10_000
"""Rows may have names of their own, each another: of so many it is remembered what they are."""


class MemberNames(msgspec.Struct, frozen=True):
    """The table's columns as members may name them.

    Attributes:
        columns: of the table.
        row: those of which a row must have one; an id that is ignored makes no row.
        folded: columns by their names without regard to case, where that is unique.

    """

    columns: frozenset[str] = frozenset()
    row: frozenset[str] = frozenset()
    folded: Mapping[str, str] = {}
    _remembered: dict[str, str] = {}

    @classmethod
    def of(cls, schema: Schema, *, ids: bool) -> "MemberNames":
        """Return the names of a table's columns; `ids` tells whether rows keep their ids."""
        built_in = BUILT_IN_COLUMNS if schema.built_in else frozenset()
        return cls(
            columns=frozenset(schema.columns),
            row=frozenset(schema.names) | (built_in if ids else built_in - {"id"}),
            folded=folded_columns(schema),
        )

    def also(self, names: Iterable[str]) -> "MemberNames":
        """Return these names, and others that make a record a row as well."""
        return MemberNames(self.columns.union(names), self.row.union(names), self.folded)

    def column(self, name: str) -> str:
        """Return the column that a name beside the columns' own means, "" for none."""
        found = self._remembered.get(name)
        if found is None:
            found = self.folded.get(cleaned(name).casefold(), "")
            if len(self._remembered) < _MOST_REMEMBERED:
                self._remembered[name] = found
        return found

    def is_row(self, members: Mapping[str, Any]) -> bool:
        """Return whether one of the members is a column."""
        return not self.row.isdisjoint(members) or any(
            self.column(name) in self.row for name in members
        )

    def matched(self, members: dict[str, Any]) -> dict[str, Any]:
        """Return the members by the names of the columns that they are.

        Raises:
            InvalidRow: two of them are the same column.

        """
        if members.keys() <= self.columns:
            return members
        found = {name: self.column(name) for name in members if name not in self.columns}
        renamed = {
            name: column for name, column in found.items() if column and column not in members
        }
        if not renamed:
            return members
        if len(set(renamed.values())) < len(renamed):
            columns = list(renamed.values())
            twice = next(column for column in columns if columns.count(column) > 1)
            names = " and ".join(shown(name) for name, one in renamed.items() if one == twice)
            raise InvalidRow("", f"{names} both match {twice}; rename one of them")
        return {renamed.get(name, name): value for name, value in members.items()}
