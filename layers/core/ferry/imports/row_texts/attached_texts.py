"""The bulk writer of rows of an attached table."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from ferry.files.entries import Layout, Shape
from ferry.imports.row_texts.bulk_texts import (
    ItemText,
    cell_items,
    line_items,
    takes,
    text_column,
    too_odd,
    written,
)
from ferry.imports.row_texts.column_texts import Texts
from ferry.tables.schema import Schema

type WriteItems = Callable[[Sequence[Any]], list[str | None]]
"""Returns the JSON of the items of rows, None for each that is not plainly right."""


def attached_writer(schema: Schema, layout: Layout) -> WriteItems | None:
    """Return a writer of rows as new items.

    None where rows must be read one by one: see `item_texts.row_writer`, and where a field says by
    `stored` that its attributes are of another type than usual.
    """
    if not takes(layout) or any(field.stored for field in schema.fields):
        return None
    by_cells = layout.shape is Shape.CSV
    columns = [text_column(field, by_cells=by_cells) for field in schema.fields]
    if by_cells:
        items = cell_items(columns, layout.row_columns, _Bare())
    else:
        items = line_items(columns, layout.ignored, _Bare())
    return lambda rows: cast("list[str | None]", written(items, rows, 1))


class _Bare:
    """Items of nothing but their columns, which hold a key: none is empty."""

    def items(self, _: int, __: int, columns: Iterable[Texts], ___: Texts) -> list[ItemText | None]:
        texts = map("".join, zip(*columns, strict=True))
        return [None if too_odd(text) else f"{{{text[1:]}}}" for text in texts]
