"""Match the columns of a file with those of the table. Pure.

Names match exactly, but for blanks and invisible characters around them; those that do not, without
regard to case, where that is unique.
"""

import re
from collections.abc import Sequence

import msgspec

from ferry.errors import InvalidFile
from ferry.tables.schema import Schema
from ferry.tables.values import shown

IDS_IGNORED = "ignored: every row gets a new id; id_as_key=1 keeps those of the file"
"""What is told of a file with ids that are not asked for."""

_AROUND = re.compile(r"\A[\s\ufeff\u200b-\u200f\u2060]++|[\s\ufeff\u200b-\u200f\u2060]++\Z")
_ADDED = tuple(re.compile(rf"_*+{name}") for name in ("line", "field", "reason"))
"""The columns that a failed-rows file has in front, see `ferry.files.failures.added_names`."""


class Headings(msgspec.Struct, frozen=True):
    """The columns of a file, matched with those of the table.

    Attributes:
        columns: of each, the table's column, "" where it has none.
        ignored: the names of those.
        changed: names that match but for case or what is around them, each with its column.

    """

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    changed: dict[str, str]


def headings(heads: Sequence[str], schema: Schema) -> Headings:
    """Match the names of a file's columns with the columns of the table.

    Raises:
        InvalidFile: two of them are the same column of the table.

    """
    names = [cleaned(head) for head in heads]
    found = _exact(names, schema)
    exact = set(filter(None, found))
    folded = folded_columns(schema)
    claimed: dict[str, str] = {}
    for place, head in enumerate(names):
        column = "" if found[place] else folded.get(head.casefold(), "")
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
    return Headings(
        columns=tuple(found),
        ignored=tuple(
            visible(head) or f"(column {number})"
            for number, (head, column) in enumerate(zip(heads, found, strict=True), start=1)
            if not column
        ),
        changed={
            visible(head): column
            for head, column in zip(heads, found, strict=True)
            if column and column != head
        },
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
    return "".join(
        character if character.isprintable() else f"\\u{ord(character):04x}" for character in name
    )


def cleaned(head: str) -> str:
    """Return a name without the blanks and invisible characters around it."""
    return _AROUND.sub("", head)


def _exact(heads: Sequence[str], schema: Schema) -> list[str]:
    known, seen, found = set(schema.columns), set(), []
    for head in heads:
        if head in seen:
            raise InvalidFile(f"the first line names the column {shown(head)} twice")
        column = head if head in known else ""
        if column:
            seen.add(column)
        found.append(column)
    return found
