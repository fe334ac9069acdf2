"""Plain rows beside the items that an attached table has. Pure."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from ferry.aws.attributes import AttributeValue, Item
from ferry.files.entries import Layout, Shape
from ferry.tables.schema import FieldType, Schema

_KINDS = {
    FieldType.STRING: "S",
    FieldType.DATE: "S",
    FieldType.INTEGER: "N",
    FieldType.NUMBER: "N",
    FieldType.BOOLEAN: "BOOL",
}
"""Types whose values differ as soon as their attributes do."""


class PlainChanges:
    """Compares items attribute by attribute, and says nothing where `AttachedItems` may differ.

    That is so where an attribute changes its type, and where one is a list, a map, a set, binary
    or NULL: there it takes the cells to tell what becomes of it.

    Args:
        schema: of the table's rows.
        keys: the attributes of its primary key.
        layout: of the file.

    """

    def __init__(self, schema: Schema, keys: Collection[str], layout: Layout) -> None:
        self._kinds = {field.name: _KINDS.get(field.type, "") for field in schema.fields}
        self._given = [
            name for name in schema.names if name in layout.row_columns and name not in keys
        ]
        # Which members a line of JSON has differs from line to line.
        self._knows_given = layout.shape is Shape.CSV

    def changed(self, made: Item, old: Item) -> Item | None:
        """Return the same as `AttachedItems.changed`; None where only that can tell.

        Args:
            made: the item that the row is where there is none.
            old: the existing one, which is returned where it stays as it is.

        """
        return self._made(self._given, made, old) if self._knows_given else None

    def alone(self, made: Item, old: Item) -> Item | None:
        """Return the same as `AttachedItems.whole`; see `changed`."""
        item = self._made(self._kinds, made, old)
        if item is None or item.keys() <= self._kinds.keys():
            return item
        return {name: value for name, value in item.items() if name in self._kinds}

    def beside(self, made: Item, old: Item) -> Item | None:
        """Return the same with the attributes that the table's schema does not have."""
        return self._made(self._kinds, made, old)

    def _made(self, names: Iterable[str], made: Item, old: Item) -> Item | None:
        item: Item | None = None
        for name in names:
            new, had = made.get(name), old.get(name)
            if new == had or (new and had and _is_one_number(new, had)):
                continue
            if had is not None and not self._is_plain(name, new, had):
                return None
            item = item or dict(old)
            if new is None:
                del item[name]
            else:
                item[name] = new
        return item or old

    def _is_plain(self, name: str, new: AttributeValue | None, had: AttributeValue) -> bool:
        if new is None:
            return "NULL" not in had
        kind = self._kinds[name]
        return kind in had and kind in new


def _is_one_number(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return "N" in one and "N" in other and Decimal(one["N"]) == Decimal(other["N"])
