"""The bulk writers of one import's rows."""

from collections.abc import Iterable
from functools import partial
from json.encoder import encode_basestring as quote
from zlib import crc32

from ferry.aws.attributes import Item
from ferry.files.entries import Layout, Shape
from ferry.imports.row_texts.bulk_texts import (
    DisplacedText,
    ItemText,
    TextColumn,
    WriteRows,
    cell_items,
    line_items,
    member_text,
    takes,
    text_column,
    too_odd,
    written,
)
from ferry.imports.row_texts.column_texts import Blank, Texts, built_in_writing
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
from ferry.tables.rows import Row
from ferry.tables.schema import BUILT_IN_COLUMNS, Table

_CREATED_HEAD = ',"created_at":{"N":"'


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
    if not takes(layout):
        return None
    by_cells = layout.shape is Shape.CSV
    same = _same_in_all(table, user_id, now_ms)
    columns = [text_column(field, by_cells=by_cells) for field in table.schema.fields]
    for name in sorted(BUILT_IN_COLUMNS - {"id"}):
        if not by_cells or name in layout.row_columns:
            text = member_text(name, same.pop(name))
            columns.append(TextColumn(name, built_in_writing(name), Blank(text, text)))
    frame = _Frame(table, same, seed=seed, now_ms=now_ms)
    if by_cells:
        return partial(written, cell_items(columns, layout.row_columns, frame))
    return partial(written, line_items(columns, ("id", *layout.ignored), frame))


class _Frame:
    """The attributes of items beside their columns: keys, constants, and what a place takes."""

    def __init__(self, table: Table, same: Item, *, seed: str, now_ms: int) -> None:
        self._new_id = derived_ids(now_ms // 1000, seed)
        self._heads = [_head(table, shard) for shard in range(table.shards)]
        # The ids derive from this second, so rows of another one are displaced.
        self._created = f'{_CREATED_HEAD}{now_ms // 1000}"}}'
        self._tail = f'"}}{"".join(member_text(name, value) for name, value in same.items())}'

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
        plainly: list[ItemText | None] = [None if too_odd(text) else text for text in texts]
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


def _same_in_all(table: Table, user_id: int, now_ms: int) -> Item:
    """Return the attributes of a row that has no values, but for those of its place."""
    record = new_record(table, Row({}, {}), record_id="", user_id=user_id, now_ms=now_ms)
    stored = item(table, record)
    return {name: stored[name] for name in stored if name not in {PARTITION, ID, ORDER}}


def _head(table: Table, shard: int) -> str:
    partition = quote(shard_partition(table, shard))
    return f'{{{quote(PARTITION)}:{{"S":{partition}}},{quote(ID)}:{{"S":"'
