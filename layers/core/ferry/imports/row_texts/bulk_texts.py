"""Parts that bulk writers of rows share: texts of columns, and rows that are tried together."""

from collections.abc import Callable, Iterable, Sequence
from itertools import batched
from json.encoder import encode_basestring as quote
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple

from ferry.aws.attributes import MAX_ITEM_BYTES, AttributeValue, encode_item
from ferry.errors import InvalidRow
from ferry.files.entries import Layout, Shape
from ferry.imports.row_texts import plain
from ferry.imports.row_texts.column_texts import Blank, Texts, Writing, writing
from ferry.tables.rows import RowRules
from ferry.tables.schema import Field, Schema


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


class TextColumn(NamedTuple):
    """A column of items, what writes its values, and what stands for one that is not given."""

    name: str
    writing: Writing
    blank: Blank

    @property
    def head(self) -> str:
        """The text before the attribute value."""
        return f",{quote(self.name)}:"


class ItemFrame(Protocol):
    """A maker of items from columns."""

    def items(
        self, count: int, first: int, columns: Iterable[Texts], created: Texts
    ) -> list[ItemText | None]:
        """Return the items of so many rows, the first of them with the number `first`.

        `created` is the column ``created_at``, empty where the file has none.
        """


def takes(layout: Layout) -> bool:
    """Return whether rows of such a file can be written in bulk."""
    return layout.shape in {Shape.CSV, Shape.LINES} and len(layout.row_columns) <= _MOST_COLUMNS


def too_odd(text: str) -> bool:
    """Return whether an item is left to the row rules, for its length or for a NUL.

    They measure in bytes and name the column (decision 63).
    """
    return len(text) > _MOST_CHARACTERS or _NUL in text


def written(items: WriteRows, rows: Sequence[Any], first: int) -> list[ItemText | None]:
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
        found += written(items, few, first + len(found))
    return found


def _tried(items: WriteRows, rows: Sequence[Any], first: int) -> list[ItemText | None] | None:
    try:
        return items(rows, first)
    except Exception:  # noqa: BLE001 - whatever it is, the row rules decide on each row
        return None


def cell_items(columns: Sequence[TextColumn], header: Sequence[str], frame: ItemFrame) -> WriteRows:
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


def line_items(columns: Sequence[TextColumn], others: Iterable[str], frame: ItemFrame) -> WriteRows:
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
    order = next((n for n, column in enumerate(columns) if column.name == "created_at"), None)

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
        return frame.items(len(rows), first, texts, [] if order is None else texts[order])

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


def text_column(field: Field, *, by_cells: bool) -> TextColumn:
    """Return the column of a table's field, of CSV cells or of JSON members."""
    rules = RowRules(Schema((field,)))
    try:
        absent = rules.from_cells({}) if by_cells else rules.from_json({})
    except InvalidRow:
        text = None
    else:
        text = "".join(
            member_text(name, value) for name, value in encode_item(absent.fields).items()
        )
    null = None if field.constraints.required else ""
    return TextColumn(field.name, writing(field), Blank(text, null))


def member_text(name: str, value: AttributeValue) -> str:
    """Return an attribute as a member of an item's JSON, with the comma before it."""
    return f",{quote(name)}:{msgspec.json.encode(value).decode()}"
