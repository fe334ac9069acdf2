"""Places: items that stand in the order for rows that do not stand there themselves.

A row and its place change in one transaction, or the place is put before a new row. A place whose
row is gone, or has another order key, is harmless: whoever reads it asks the row.
"""

from collections.abc import Mapping
from typing import Any

from ferry.aws.attributes import Item, decode, encode
from ferry.tables.records import ID, ORDER, PARTITION, PLACED, order_key

type PlaceAction = Mapping[str, Mapping[str, Any]]


def is_displaced(item: Item) -> bool:
    """Return whether a stored row stands elsewhere in the order than at its id."""
    return ORDER in item


def order_of(item: Item | None) -> str:
    """Return the order key of a stored row that is displaced, "" for one in place or none."""
    return str(item[ORDER]["S"]) if item and ORDER in item else ""


def key_of(item: Item) -> Item:
    """Return the primary key of a stored row."""
    return {name: item[name] for name in (PARTITION, ID)}


def place_item(item: Item) -> Item:
    """Return the place of a stored row that is displaced."""
    return {PARTITION: item[PARTITION], ID: item[ORDER], PLACED: item[ID]}


def with_order(item: Item) -> Item:
    """Return a row as it is to be stored, its order key that of its ``created_at``."""
    row_id = decode(item[ID])
    bare = {name: value for name, value in item.items() if name != ORDER}
    order = order_key(decode(item["created_at"]), row_id)
    return bare if order == row_id else {**bare, ORDER: encode(order)}


def move_place(table_name: str, row_key: Item, before: str, after: str) -> list[PlaceAction]:
    """Return the actions that move a row's place from an order key to another one, "" for none.

    They belong into the transaction that changes the row, on the condition that its order key is
    `before`: else the place of somebody else's change would be deleted.

    Args:
        table_name: the DynamoDB table that holds rows.
        row_key: the row's primary key.
        before: the order key of the row as it was read, "" if it was in place.
        after: that of the row as it comes to be.

    """
    if before == after:
        return []
    table, actions = {"TableName": table_name}, list[PlaceAction]()
    if after:
        place = {PARTITION: row_key[PARTITION], ID: encode(after), PLACED: row_key[ID]}
        actions.append({"Put": {**table, "Item": place}})
    if before:
        actions.append({"Delete": {**table, "Key": {**row_key, ID: encode(before)}}})
    return actions
