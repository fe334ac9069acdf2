"""The actions that change one row and its entries in unique indexes, each on its condition.

What changes a row fails unless the row is there and the fields of its table's indexes are as they
were read: else the entries that go with the change would be the wrong ones.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ferry.aws.attributes import Item, encode, encode_item
from ferry.aws.expressions import MOST_CHANGES, Placeholders, update_expression
from ferry.records import store as stored
from ferry.tables.indexes import OWNER, IndexEntry, UniqueIndexes
from ferry.tables.records import ID, ORDER, PARTITION, Record, partition
from ferry.tables.schema import Table
from ferry.tables.values import Value

type Action = Mapping[str, Mapping[str, Any]]


def row_key(table: Table, row_id: str) -> Item:
    """Return the primary key of a row."""
    return encode_item({PARTITION: partition(table, row_id), ID: row_id})


def entry_key(entry: IndexEntry) -> Item:
    """Return the primary key of an entry."""
    return encode_item({PARTITION: entry.partition, ID: entry.key})


def change_row(table_name: str, table: Table, old: Record, new: Record) -> Action:
    """Return the action that writes the attributes in which `new` differs from `old`.

    Raises:
        InvalidRow: the row becomes larger than DynamoDB stores.

    """
    before, after = stored.item(table, old), stored.item(table, new)
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    changed["updated_at"] = after["updated_at"]  # an update cannot be empty
    gone = before.keys() - after.keys()
    words = Placeholders()
    place = old.place if old.place != new.place else None
    holds = _holds(table, old.fields, words, place)
    condition = {"TableName": table_name, "ConditionExpression": holds}
    # Too long for an update expression: the row is put, other columns as they were read. Without
    # the second condition an edit of those by another request in the meantime would be lost.
    if len(changed) + len(gone) > MOST_CHANGES:
        as_read = f"{words.name('updated_at')} = {words.value(before['updated_at'])}"
        condition["ConditionExpression"] += f" AND {as_read}"
        return {"Put": {"Item": after, **condition, **words.parameters}}
    update = update_expression([*changed.items(), *((name, None) for name in gone)], words)
    key = row_key(table, old.id)
    return {"Update": {"Key": key, "UpdateExpression": update, **condition, **words.parameters}}


def put_new_row(table_name: str, item: Item) -> Action:
    """Return the action that puts a row; it fails if there is one of its id."""
    words = Placeholders()
    condition = f"attribute_not_exists({words.name(ID)})"
    put = {"TableName": table_name, "Item": item, "ConditionExpression": condition}
    return {"Put": put | words.parameters}


def update_row(
    table_name: str,
    table: Table,
    row_id: str,
    steps: Iterable[tuple[str, Value]],
    as_read: Mapping[str, Value],
    *,
    order: str | None = None,
) -> Action:
    """Return the action that sets attributes of a row, and takes those away that come with None.

    It fails unless the row is there, the fields of indexes are as in `as_read`, and its order key
    is `order`: "" for a row in place, None for any.
    """
    words = Placeholders()
    changes = ((name, None if value is None else encode(value)) for name, value in steps)
    update = {
        "TableName": table_name,
        "Key": row_key(table, row_id),
        "UpdateExpression": update_expression(changes, words),
        "ConditionExpression": _holds(table, as_read, words, order),
    }
    return {"Update": update | words.parameters}


def delete_row(table_name: str, table: Table, old: Record) -> Action:
    """Return the action that deletes the row."""
    words = Placeholders()
    holds = _holds(table, old.fields, words, old.place)
    condition = {"TableName": table_name, "ConditionExpression": holds}
    return {"Delete": {"Key": row_key(table, old.id), **condition, **words.parameters}}


def row_as_read(
    table_name: str, table: Table, row_id: str, as_read: Mapping[str, Value] | None
) -> Action:
    """Return the check that a row's indexed fields are as they were read, None for no row."""
    words = Placeholders()
    if as_read is None:
        condition = f"attribute_not_exists({words.name(ID)})"
    else:
        condition = _holds(table, as_read, words)
    check = {"TableName": table_name, "Key": row_key(table, row_id)}
    return {"ConditionCheck": check | {"ConditionExpression": condition, **words.parameters}}


def put_entry(table_name: str, entry: IndexEntry, row_id: str) -> Action:
    """Return the action that gives the row the entry; it fails if another row has it."""
    item = {**entry_key(entry), OWNER: encode(row_id)}
    return {"Put": {"TableName": table_name, "Item": item, **_no_others(row_id)}}


def delete_entry(table_name: str, entry: IndexEntry, row_id: str) -> Action:
    """Return the action that takes the entry from the row; it fails if another row has it."""
    return {"Delete": {"TableName": table_name, "Key": entry_key(entry), **_no_others(row_id)}}


def _holds(
    table: Table, as_read: Mapping[str, Value], words: Placeholders, order: str | None = None
) -> str:
    wanted = {field: as_read.get(field) for field in sorted(UniqueIndexes(table).fields)}
    if order is not None:
        wanted[ORDER] = order or None
    conditions = [f"attribute_exists({words.name(ID)})"]
    for attribute, value in wanted.items():
        name = words.name(attribute)
        if value is not None:
            conditions.append(f"{name} = {words.value(encode(value))}")
        else:
            # An absent field has no value to compare with: `= NULL` would never hold.
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions)


def _no_others(row_id: str) -> dict[str, Any]:
    words = Placeholders()
    owner = words.name(OWNER)
    condition = f"attribute_not_exists({owner}) OR {owner} = {words.value(encode(row_id))}"
    return {"ConditionExpression": condition, **words.parameters}
