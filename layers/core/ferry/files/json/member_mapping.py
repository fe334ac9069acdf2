"""Which column of the table each member of a JSON object becomes, as the caller says. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ferry.files.csv.regional import UNTOLD
from ferry.files.mapping import ColumnMapping, checked_mapping, constant_of, lacking, sources
from ferry.files.transforms import to_member, value_steps
from ferry.tables.schema import Schema
from ferry.tables.values import Value, json_text

_ABSENT: Any = object()

type Member = Callable[[Any], Any]


class MemberMapping(msgspec.Struct, frozen=True):
    """A mapping, compiled for the members of each record.

    Attributes:
        taken: the members and columns that are not gone by their names.
        mapped: the member, the column that it becomes, and what is done to its value.
        joined: the column, the members that are joined, what is between, what is done to the text.
        constants: the columns that every row gets.
        nested: the names that may be paths into objects which are no columns themselves.

    """

    taken: frozenset[str]
    mapped: tuple[tuple[str, str, Member], ...]
    joined: tuple[tuple[str, tuple[str, ...], str, Member], ...]
    constants: dict[str, Value]
    nested: tuple[str, ...] = ()

    def row(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return the record's row but for its constants; see `constants`."""
        row = {name: value for name, value in record.items() if name not in self.taken}
        for name in self.nested:
            _take_out(row, record, name)
        for name, column, convert in self.mapped:
            value = member(record, name)
            if value is not _ABSENT:
                row[column] = value if value is None else convert(value)
        for column, names, separator, convert in self.joined:
            values = (member(record, name) for name in names)
            texts = [_text(v) for v in values if v is not None and v is not _ABSENT]
            if text := separator.join(text for text in texts if text):
                row[column] = convert(text)
        return row


def member_mapping(mapping: ColumnMapping, schema: Schema) -> MemberMapping | None:
    """Compile a mapping for the members of records; None where there is no mapping.

    Raises:
        InvalidFile: the table lacks a column, or does not take a constant.

    """
    if not mapping:
        return None
    checked = checked_mapping(mapping, schema)
    mapped, joined, constants = [], [], {}
    for name, column in checked.items():
        field = schema.column(column.to)
        convert = to_member(value_steps(column, UNTOLD).of_text, field)
        if column.constant is not None:
            constants[column.to] = constant_of(column)
        elif column.join:
            joined.append((column.to, column.join, column.separator, convert))
        elif column.to:
            mapped.append((name, column.to, convert if column.transform else _same))
    named = {name for name, column in checked.items() if not column.made}
    read = {name for _, names, _, _ in joined for name in names} - set(schema.columns)
    taken = frozenset({*named, *read, *(column.to for column in checked.values())})
    nested = tuple(
        name for name in sources(checked) if "." in name and _root(name) not in schema.columns
    )
    return MemberMapping(taken, tuple(mapped), tuple(joined), constants, nested)


def check_members(mapping: ColumnMapping, records: Sequence[dict[str, Any]]) -> None:
    """Raise InvalidFile if none of the records has a member that the mapping reads."""
    missing = [
        name
        for name in sources(mapping)
        if all(member(record, name) is _ABSENT for record in records)
    ]
    if missing:
        raise lacking(missing, list(dict.fromkeys(name for record in records for name in record)))


def member(record: dict[str, Any], name: str) -> Any:
    """Return a member by its name or, where there is none of that name, by its path.

    ``a.b`` is the member ``b`` of the object ``a``. What is not there is `_ABSENT`.
    """
    if name in record or "." not in name:
        return record.get(name, _ABSENT)
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _take_out(row: dict[str, Any], record: dict[str, Any], path: str) -> None:
    """Take a member out of an object of the row: what is left of it is told as ignored."""
    if path in record or member(record, path) is _ABSENT:
        return
    *parents, last = path.split(".")
    levels = [row]
    for part in parents:
        levels.append(dict(levels[-1].get(part, {})))
    levels[-1].pop(last, None)
    for level, part in zip(reversed(levels[:-1]), reversed(parents), strict=True):
        child = levels.pop()
        if child:
            level[part] = child
        else:
            level.pop(part, None)


def _root(path: str) -> str:
    return path.partition(".")[0]


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
