"""The actions that change one row and its entries in unique indexes, each on its condition.

What changes a row fails unless the row is there and the fields of its table's indexes are as they
were read: else the entries that go with the change would be the wrong ones.
"""

from collections.abc import Iterable, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from ferry.aws.attributes import AttributeValue, Item, encode, encode_item
from ferry.aws.expressions import MOST_CHANGES, Placeholders, update_expression
from ferry.aws.item_swaps import MOST_CONDITIONS
from ferry.records import store as stored
from ferry.tables.indexes import OWNER, IndexEntry, UniqueIndexes
from ferry.tables.records import ID, ORDER, PARTITION, Record, partition
from ferry.tables.schema import Table
from ferry.tables.values import Value

type Action = Mapping[str, Mapping[str, Any]]

_NOTHING: Mapping[str, AttributeValue | None] = MappingProxyType({})


def row_key(table: Table, row_id: str) -> Item:
    """Return the primary key of a row."""
    return encode_item({PARTITION: partition(table, row_id), ID: row_id})


def entry_key(entry: IndexEntry) -> Item:
    """Return the primary key of an entry."""
    return encode_item({PARTITION: entry.partition, ID: entry.key})


def whole_row(table: Table, old: Record, new: Record | None) -> dict[str, AttributeValue | None]:
    """Return the attributes of a row that must be as they were read, None for those it lacks.

    They are all that an answer shows, those that become others in `new` first; a condition
    compares the first `MOST_CONDITIONS`.
    """
    before = stored.item(table, old)
    after = stored.item(table, new) if new else {}
    changed = [name for name in before | after if before.get(name) != after.get(name)]
    names = dict.fromkeys(["updated_at", *(changed if new else ()), *before, *table.schema.columns])
    return {name: before.get(name) for name in names if name not in {PARTITION, ID, "id"}}


def change_row(
    table_name: str,
    table: Table,
    old: Record,
    new: Record,
    as_read: Mapping[str, AttributeValue | None],
) -> Action:
    """Return the action that writes the attributes in which `new` differs from `old`.

    It fails unless those of `as_read` are so, too.

    Raises:
        InvalidRow: the row becomes larger than DynamoDB stores.

    """
    before, after = stored.item(table, old), stored.item(table, new)
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    changed["updated_at"] = after["updated_at"]  # an update cannot be empty
    gone = before.keys() - after.keys()
    words = Placeholders()
    place = old.place if old.place != new.place else None
    holds = _holds(table, old.fields, words, place, as_read)
    condition = {"TableName": table_name, "ConditionExpression": holds}
    # Too long for an update expression: the row is put, other columns as they were read. Without
    # the second condition an edit of those by another request in the meantime would be lost.
    if len(changed) + len(gone) > MOST_CHANGES:
        untouched = f"{words.name('updated_at')} = {words.value(before['updated_at'])}"
        condition["ConditionExpression"] += f" AND {untouched}"
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


def delete_row(
    table_name: str, table: Table, old: Record, as_read: Mapping[str, AttributeValue | None]
) -> Action:
    """Return the action that deletes the row; it fails unless those of `as_read` are so, too."""
    words = Placeholders()
    holds = _holds(table, old.fields, words, old.place, as_read)
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
    table: Table,
    as_read: Mapping[str, Value],
    words: Placeholders,
    order: str | None = None,
    more: Mapping[str, AttributeValue | None] = _NOTHING,
) -> str:
    fields = {field: as_read.get(field) for field in sorted(UniqueIndexes(table).fields)}
    if order is not None:
        fields[ORDER] = order or None
    wanted = {name: None if value is None else encode(value) for name, value in fields.items()}
    wanted |= {name: value for name, value in more.items() if name not in wanted}
    conditions = [f"attribute_exists({words.name(ID)})"]
    for attribute, value in islice(wanted.items(), MOST_CONDITIONS):
        name = words.name(attribute)
        if value is not None:
            conditions.append(f"{name} = {words.value(value)}")
        else:
            # An absent field has no value to compare with: `= NULL` would never hold.
            conditions.append(f"attribute_not_exists({name})")
    return " AND ".join(conditions)


def _no_others(row_id: str) -> dict[str, Any]:
    words = Placeholders()
    owner = words.name(OWNER)
    condition = f"attribute_not_exists({owner}) OR {owner} = {words.value(encode(row_id))}"
    return {"ConditionExpression": condition, **words.parameters}
