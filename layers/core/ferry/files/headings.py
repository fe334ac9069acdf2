"""Match the columns of a file with those of the table. Pure.

Names match exactly, but for blanks and invisible characters around them; those that do not, without
regard to case, where that is unique.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ferry.errors import InvalidFile
from ferry.files.mapping import (
    ColumnMapping,
    MappedColumn,
    checked_mapping,
    lacking,
    placed,
    sources,
)
from ferry.tables.schema import Schema
from ferry.tables.values import shown

IDS_IGNORED = "ignored: every row gets a new id; id_as_key=1 keeps those of the file"
"""The warning about a file with ids that were not asked for."""

_BLANKS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Python's white space."""
_UNSEEN = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
_ADDED = tuple(re.compile(rf"_*+{name}") for name in ("line", "field", "reason"))
"""The columns that a failed-rows file has in front, see `ferry.files.failures.added_names`."""


class Headings(msgspec.Struct, frozen=True):
    """The columns of a file, matched with those of the table.

    Attributes:
        columns: of each, the table's column, "" where it has none.
        ignored: the names of those.
        changed: names that match but for case or what is around them, each with its column.
        mapped: by place, those of which the caller says what they become.
        joined: the places of the columns of which each joined column is made.

    """

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    changed: dict[str, str]
    mapped: Mapping[int, MappedColumn] = {}
    joined: Mapping[str, tuple[int, ...]] = {}

    @property
    def matched(self) -> int:
        """How many columns of the table the file gives."""
        return sum(map(bool, self.columns)) + len(self.joined)


def headings(
    heads: Sequence[str], schema: Schema, mapping: ColumnMapping | None = None
) -> Headings:
    """Match the names of a file's columns, or what `mapping` says, with the table's columns.

    Raises:
        InvalidFile: two of them are the same column of the table; the mapping names one that the
            file or the table lacks.

    """
    names = [cleaned(head) for head in heads]
    if not mapping:
        return _headings(heads, names, schema, _Mapped())
    checked = checked_mapping(mapping, schema)
    places = placed([*checked, *sources(checked)], names)
    if missing := [name for name in sources(checked) if name not in places]:
        raise lacking(missing, names)
    mapped = _Mapped(
        {places[name]: it for name, it in checked.items() if name in places and not it.made},
        {it.to: tuple(places[name] for name in it.join) for it in checked.values() if it.join},
        frozenset(it.to for it in checked.values()),
    )
    return _headings(heads, names, schema, mapped)


class _Mapped(NamedTuple):
    """A mapping of a file's columns, by their places; `taken` are not found by their names."""

    columns: Mapping[int, MappedColumn] = {}
    joined: Mapping[str, tuple[int, ...]] = {}
    taken: frozenset[str] = frozenset()


def _headings(
    heads: Sequence[str], names: Sequence[str], schema: Schema, mapping: _Mapped
) -> Headings:
    mapped, joined, taken = mapping
    by_name = ["" if place in mapped else head for place, head in enumerate(names)]
    found = _exact(by_name, schema, taken)
    exact = {*filter(None, found), *taken}
    folded = folded_columns(schema)
    claimed: dict[str, str] = {}
    for place, head in enumerate(by_name):
        column = "" if found[place] else folded.get(head.casefold(), "")
        # A name that matches exactly wins over one that differs in case.
        if column in exact:
            continue
        if column in claimed:
            raise InvalidFile(
                f"the columns {shown(claimed[column])} and {shown(head)} both match {column}; "
                "rename one of them"
            )
        if column:
            claimed[column] = head
            found[place] = column
    read = {place for places in joined.values() for place in places} | mapped.keys()
    changed = {
        visible(head): column
        for head, column in zip(heads, found, strict=True)
        if column and column != head
    }
    for place, it in mapped.items():
        found[place] = it.to
    return Headings(
        columns=tuple(found),
        ignored=tuple(
            visible(head) or f"(column {place + 1})"
            for place, (head, column) in enumerate(zip(heads, found, strict=True))
            if not column and place not in read
        ),
        changed=changed,
        mapped=mapped,
        joined=joined,
    )


def folded_columns(schema: Schema) -> dict[str, str]:
    """Return the columns by their names without regard to case, where no two are the same."""
    folded: dict[str, list[str]] = {}
    for column in schema.columns:
        folded.setdefault(column.casefold(), []).append(column)
    return {name: columns[0] for name, columns in folded.items() if len(columns) == 1}


def added_columns(heads: Sequence[str], schema: Schema) -> int:
    """Return the number of leading columns that failed-rows files added, in any round."""
    number = 0
    # A file that failed twice has our columns twice: `_line`, then `__line` of the next round.
    while len(heads) >= number + len(_ADDED):
        names = [cleaned(head) for head in heads[number : number + len(_ADDED)]]
        ours = all(
            pattern.fullmatch(name) and name not in schema.names
            for pattern, name in zip(_ADDED, names, strict=True)
        )
        if not ours:
            break
        number += len(_ADDED)
    return number


def visible(name: str) -> str:
    r"""Return a name with its invisible characters spelled out.

    >>> visible("amount\u00a0")
    'amount\\u00a0'
    """
    if name.isprintable():
        return name
    return "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in name
    )


def cleaned(head: str) -> str:
    """Return a name without the blanks and invisible characters around it."""
    # Not by a pattern: to search for blanks at the end begins anew at each blank in the middle.
    return head.strip(_BLANKS + _UNSEEN)


def _exact(heads: Sequence[str], schema: Schema, taken: frozenset[str]) -> list[str]:
    known, seen, found = set(schema.columns) - taken, set(), []
    for head in heads:
        if head in seen:
            raise InvalidFile(f"the first line names the column {shown(head)} twice")
        column = head if head in known else ""
        if column:
            seen.add(column)
        found.append(column)
    return found
