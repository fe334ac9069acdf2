"""Items of attached tables in files that have them as they are stored. Pure."""

from collections.abc import Callable, Collection

import msgspec

from ferry.files.dynamodb.item_writer import item_line
from ferry.tables.values import Value


class StoredColumns(dict[str, Value]):
    """The columns of a row, with the item that they are of.

    Attributes:
        item: the item, as a page has it.

    """

    __slots__ = ("item",)

    def __init__(self, columns: dict[str, Value], item: msgspec.Raw) -> None:
        super().__init__(columns)
        self.item = item


class StoredItems:
    """Makes lines of items: all attributes, those that the schema does not name among them.

    Args:
        include: the attributes that lines have, empty for all.
        exclude: the attributes that lines do not have.

    """

    def __init__(self, include: Collection[str], exclude: Collection[str]) -> None:
        self._has = _choice(frozenset(include), frozenset(exclude))

    def line(self, item: msgspec.Raw) -> bytes:
        """Return the line of an item, its values as DynamoDB spells them."""
        if self._has is None:
            return item_line(bytes(item))
        attributes = {name: raw for name, raw in _ITEM.decode(item).items() if self._has(name)}
        return item_line(msgspec.json.encode(attributes))


def _choice(include: frozenset[str], exclude: frozenset[str]) -> Callable[[str], bool] | None:
    if include:
        return include.__contains__
    return (lambda name: name not in exclude) if exclude else None


_ITEM = msgspec.json.Decoder(dict[str, msgspec.Raw])
