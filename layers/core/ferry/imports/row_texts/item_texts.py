"""The bulk writers of one import's rows."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import batched
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple

from ferry.aws.attributes import MAX_ITEM_BYTES, AttributeValue, Item, encode_item
from ferry.errors import InvalidRow
from ferry.files.entries import Layout, Shape
from ferry.imports.row_texts import plain
from ferry.imports.row_texts.column_texts import (
    Blank,
    Texts,
    Writing,
    built_in_writing,
    writing,
)
from ferry.records.store import item
from ferry.tables.records import (
    ID,
    ORDER,
    PARTITION,
    PLACED,
    derived_ids,
    new_record,
    order_key,
    shard_partition,
)
from ferry.tables.rows import Row, RowRules
from ferry.tables.schema import BUILT_IN_COLUMNS, Field, Schema, Table


class DisplacedText(NamedTuple):
    """The item of a displaced row, and the item of its place."""

    row: str
    place: str


type ItemText = str | DisplacedText
type WriteRows = Callable[[Sequence[Any], int], list[ItemText | None]]
"""``(rows, first)`` returns the items of rows, None for each that is not plainly right.

`first` is the number of the first row in its file.
"""

_MOST_COLUMNS = 1_000
"""A table has 500 fields at most; 100,000 columns would take memory for nothing."""

_MOST_CHARACTERS = MAX_ITEM_BYTES // 4
"""No character has more than four bytes, and the text of an item is longer than the item."""

_FEWER = 16
"""Rows that are tried together where some row of many is not plainly right."""

_NUL = r"\u0000"
_CREATED_HEAD = ',"created_at":{"N":"'


class _TextColumn(NamedTuple):
    name: str
    writing: Writing
    blank: Blank

    @property
    def head(self) -> str:
        """The text before the attribute value."""
        return f",{quote(self.name)}:"


def row_writer(
    table: Table, layout: Layout, *, seed: str, user_id: int, now_ms: int
) -> WriteRows | None:
    """Return a bulk writer of a file's new rows, None where rows must be read one by one.

    That is so for what is neither CSV nor JSON Lines, and for files of very many columns.

    Args:
        table: where the rows go.
        layout: of the file.
        seed: what the ids derive from, with the numbers of the rows.
        user_id: who is their creator.
        now_ms: when they are created, Unix milliseconds.

    """
    if layout.shape not in {Shape.CSV, Shape.LINES} or len(layout.row_columns) > _MOST_COLUMNS:
        return None
    by_cells = layout.shape is Shape.CSV
    same = _same_in_all(table, user_id, now_ms)
    columns = [_field(field, by_cells=by_cells) for field in table.schema.fields]
    for name in sorted(BUILT_IN_COLUMNS - {"id"}):
        if not by_cells or name in layout.row_columns:
            text = _member(name, same.pop(name))
            columns.append(_TextColumn(name, built_in_writing(name), Blank(text, text)))
    frame = _Frame(table, same, seed=seed, now_ms=now_ms)
    if by_cells:
        return partial(_written, _cell_items(columns, layout.row_columns, frame))
    return partial(_written, _line_items(columns, ("id", *layout.ignored), frame))


def _written(items: WriteRows, rows: Sequence[Any], first: int) -> list[ItemText | None]:
    """Return the rows' items; where some row is odd, find out which, and leave it to the rules.

    Most files have no odd row, and most others few: so all rows are tried at once, then a few at a
    time, then one by one.
    """
    # In three steps: one odd row among 500 costs some 50 further calls, not 500.
    if (texts := _tried(items, rows, first)) is not None:
        return texts
    if len(rows) == 1:
        return [None]
    size = _FEWER if len(rows) > _FEWER else 1
    found: list[ItemText | None] = []
    for few in batched(rows, size, strict=False):
        found += _written(items, few, first + len(found))
    return found


def _tried(items: WriteRows, rows: Sequence[Any], first: int) -> list[ItemText | None] | None:
    try:
        return items(rows, first)
    except Exception:  # noqa: BLE001 - whatever it is, the row rules decide on each row
        return None


class _Frame:
    """The attributes of items beside their columns: keys, constants, and what a place takes."""

    def __init__(self, table: Table, same: Item, *, seed: str, now_ms: int) -> None:
        self._new_id = derived_ids(now_ms // 1000, seed)
        self._heads = [_head(table, shard) for shard in range(table.shards)]
        # The ids derive from this second, so rows of another one are displaced.
        self._created = f'{_CREATED_HEAD}{now_ms // 1000}"}}'
        self._tail = f'"}}{"".join(_member(name, value) for name, value in same.items())}'

    def items(
        self, count: int, first: int, columns: Iterable[Texts], created: Texts
    ) -> list[ItemText | None]:
        """Return the items of so many rows, the first of them with the number `first`."""
        heads, tail, shards = self._heads, self._tail, len(self._heads)
        ids = list(map(self._new_id, range(first, first + count)))
        attributes = map("".join, zip(*columns, strict=True)) if columns else [""] * count
        texts = [
            f"{heads[crc32(row_id.encode()) % shards]}{row_id}{tail}{given}}}"
            for row_id, given in zip(ids, attributes, strict=True)
        ]
        # Both are left to the row rules, which measure in bytes and name the column (decision 63).
        plainly: list[ItemText | None] = [
            None if len(text) > _MOST_CHARACTERS or _NUL in text else text for text in texts
        ]
        if created.count(self._created) == len(created):
            return plainly
        return list(map(self._placed, plainly, ids, created))

    def _placed(self, text: ItemText | None, row_id: str, created: str | None) -> ItemText | None:
        if not isinstance(text, str) or created is None or created == self._created:
            return text
        order = order_key(int(created[len(_CREATED_HEAD) : -2]), row_id)
        head = self._heads[crc32(row_id.encode()) % len(self._heads)]
        return DisplacedText(
            f'{text[:-1]},{quote(ORDER)}:{{"S":"{order}"}}}}',
            f'{head}{order}"}},{quote(PLACED)}:{{"S":"{row_id}"}}}}',
        )


def _cell_items(columns: Sequence[_TextColumn], header: Sequence[str], frame: _Frame) -> WriteRows:
    """Return a bulk writer of CSV rows with these columns; it writes all rows of a bulk or none."""
    places = {name: place for place, name in enumerate(header)}
    made = [
        (places.get(column.name), column.writing.cells(column.head, column.blank))
        for column in columns
    ]
    order = next((n for n, column in enumerate(columns) if column.name == "created_at"), None)
    counting = [at for at, _ in made if at is not None]

    def items(rows: Sequence[Any], first: int) -> list[ItemText | None]:
        given = list(zip(*rows, strict=True))
        # `strict` catches rows of unequal lengths; here, all may be shorter than the header.
        if len(given) != len(header):
            raise plain.Odd
        _check_given([given[at] for at in counting])
        none = (None,) * len(rows)
        texts = [texts_of(none if at is None else given[at]) for at, texts_of in made]
        return frame.items(len(rows), first, texts, [] if order is None else texts[order])

    return items


def _check_given(columns: Sequence[Sequence[str | None]]) -> None:
    """Raise Odd for a row that has no value: one in a column that does not count makes no row."""
    if all(None in column for column in columns) and any(
        cells.count(None) == len(cells) for cells in zip(*columns, strict=True)
    ):
        raise plain.Odd


def _line_items(columns: Sequence[_TextColumn], others: Iterable[str], frame: _Frame) -> WriteRows:
    """Return a bulk writer of JSON Lines rows; it writes all rows of a bulk or none.

    `others` are names of members that do not count.
    """
    ignored = _nameable(others)
    types = {column.name: column.writing.json_type for column in columns} | ignored
    decode = _decoder(types).decode
    made = [column.writing.members(column.head, column.blank) for column in columns]
    nested = [n for n, column in enumerate(columns) if column.writing.holds_members]
    nested += range(len(columns), len(types))
    few = len(columns)
    order = next(n for n, column in enumerate(columns) if column.name == "created_at")

    def items(rows: Sequence[Any], first: int) -> list[ItemText | None]:
        values = [astuple(decode(row)) for row in rows]
        for row, members in zip(rows, values, strict=True):
            if members.count(UNSET) >= few and all(v is UNSET for v in members[: len(columns)]):
                raise plain.Odd  # a row without a column of the table
            _check_members(row, members, nested)
        texts = [
            texts_of(members)
            for texts_of, members in zip(made, zip(*values, strict=True), strict=False)
        ]
        return frame.items(len(rows), first, texts, texts[order])

    return items


def _check_members(row: Any, values: tuple[Any, ...], nested: Sequence[int]) -> None:
    """Raise Odd for a row that names a member twice.

    msgspec keeps the last of two without a word; the row rules refuse the row. So the members in
    the text are counted, and must be as many as were decoded.
    """
    found = len(values) - values.count(UNSET)
    for place in nested:
        value = values[place]
        if value is not UNSET and value is not None:
            found += plain.members(value)
            if len(row) > plain.KEY_CHARACTERS:
                plain.check_keys(value)
    plain.check_members(row, found)


def _nameable(names: Iterable[str]) -> dict[str, Any]:
    """Return the names that msgspec can look for; a row with another one is not plainly right."""
    return {name: Any for name in names if name.isprintable() and not {'"', "\\"} & set(name)}


def _decoder(types: dict[str, Any]) -> msgspec.json.Decoder[Any]:
    row_type = msgspec.defstruct(
        "Row",
        [
            (f"f{place}", _optional(json_type), UNSET)
            for place, json_type in enumerate(types.values())
        ],
        rename={f"f{place}": name for place, name in enumerate(types)},
        gc=False,
    )
    return msgspec.json.Decoder(row_type, float_hook=plain.decimal)


def _optional(json_type: Any) -> Any:
    # A null has a text, too.
    return json_type | (msgspec.UnsetType if json_type is msgspec.Raw else None | msgspec.UnsetType)


def _same_in_all(table: Table, user_id: int, now_ms: int) -> Item:
    """Return the attributes of a row that has no values, but for those of its place."""
    record = new_record(table, Row({}, {}), record_id="", user_id=user_id, now_ms=now_ms)
    stored = item(table, record)
    return {name: stored[name] for name in stored if name not in {PARTITION, ID, ORDER}}


def _field(field: Field, *, by_cells: bool) -> _TextColumn:
    rules = RowRules(Schema((field,)))
    try:
        absent = rules.from_cells({}) if by_cells else rules.from_json({})
    except InvalidRow:
        text = None
    else:
        text = "".join(_member(name, value) for name, value in encode_item(absent.fields).items())
    null = None if field.constraints.required else ""
    return _TextColumn(field.name, writing(field), Blank(text, null))


def _head(table: Table, shard: int) -> str:
    partition = quote(shard_partition(table, shard))
    return f'{{{quote(PARTITION)}:{{"S":{partition}}},{quote(ID)}:{{"S":"'


def _member(name: str, value: AttributeValue) -> str:
    return f",{quote(name)}:{msgspec.json.encode(value).decode()}"
