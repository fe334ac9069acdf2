"""Single rows, written on condition: put where there is none, changed where there is one.

All of it are `Steps`: many rows are written at a time.
Where a row takes or leaves entries in unique indexes, that is one transaction with it.
"""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import Any, NamedTuple
from uuid import uuid4

from botocore.exceptions import ClientError

from ferry.aws.attributes import Item, decode
from ferry.aws.entities import CONDITION_FAILED
from ferry.aws.expressions import MOST_CHANGES
from ferry.aws.item_swaps import swap_request
from ferry.aws.signed_client.task_runner import Ask, Steps
from ferry.aws.transactions import failed_positions, is_about_an_item
from ferry.errors import InvalidRow
from ferry.records import store as stored
from ferry.records.deletions import note_deletion
from ferry.records.order_moves import note_move
from ferry.records.places import key_of, move_place, order_of
from ferry.records.row_actions import (
    Action,
    delete_entry,
    put_entry,
    put_new_row,
    row_key,
    update_row,
)
from ferry.tables.changes import Changes
from ferry.tables.indexes import IndexEntry, UniqueIndexes, duplicate
from ferry.tables.records import ID, ORDER, PARTITION, SOURCE
from ferry.tables.schema import Table
from ferry.tables.values import Value

_TOO_LARGE = "the record takes more bytes with these values than DynamoDB holds: 409,600"


class Move(NamedTuple):
    """The change of a row's entries in its table's unique indexes, and of its place.

    Attributes:
        before: the fields of indexes as they were read.
        after: those fields as they come to be.
        taken: entries that it comes to have.
        dropped: entries that it has no longer.
        order: the order key of the row as it was read, "" if it was in place.

    """

    before: Mapping[str, Value] = {}
    after: Mapping[str, Value] = {}
    taken: Sequence[IndexEntry] = ()
    dropped: Sequence[IndexEntry] = ()
    order: str = ""


def insert(table_name: str, item: Item, taken: Sequence[IndexEntry] = ()) -> Steps[bool]:
    """Put a row; return False, having done nothing, if there is one of its id.

    Raises:
        Duplicate: another row has one of the entries.

    """
    row = put_new_row(table_name, item)
    move = Move(taken=taken)
    entries = _entries(table_name, decode(item[ID]), move)
    places = move_place(table_name, key_of(item), "", order_of(item))
    return _carry_out(row, move, [*entries, *places])


def change(table_name: str, table: Table, row_id: str, changes: Changes, move: Move) -> Steps[bool]:
    """Change a row, all else of it untouched.

    Returns:
        False if it is not there, or the fields of indexes, or the place if it changes, are not as
        they were read.

    Raises:
        Duplicate: another row has one of the entries.
        InvalidRow: it becomes larger than DynamoDB stores.

    """
    steps: list[tuple[str, Value]] = [
        *changes.values.items(),
        *((name, None) for name in changes.gone),
    ]
    together = UniqueIndexes(table).fields | {ORDER, "created_at"}
    # Indexed fields are written with their entries, the order key with the place, and the source
    # last: a row that has it has all its changes, though its worker may have been killed between
    # two parts of them.
    steps.sort(key=lambda step: (step[0] == SOURCE, step[0] not in together))
    places, order = [], None
    if ORDER in {name for name, _ in steps}:
        order = move.order
        after = str(changes.values.get(ORDER, ""))
        places = move_place(table_name, row_key(table, row_id), order, after)
        if order != after:
            places.append(note_move(table_name, table, row_id))
    # An update expression has at most 4 KB, and a row of 500 columns needs more.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
    for part in batched(steps, MOST_CHANGES, strict=False):
        row = update_row(table_name, table, row_id, part, move.before, order=order)
        entries = _entries(table_name, row_id, move)
        if not (yield from _carry_out(row, move, [*entries, *places])):
            return False
        # The entries moved with the first part. The later parts only require that they stay so.
        move, places, order = Move(move.after, move.after), [], None
    return True


def swap(
    table_name: str, table: Table, before: Item | None, after: Item | None, *, noted: bool = False
) -> Steps[bool]:
    """Make a row another one, or none of it, or one where there is none.

    Args:
        table_name: the DynamoDB table that holds rows.
        table: the row's table.
        before: the row as it was read.
        after: the row as it is to be.
        noted: note the deletion for imports that are open; see `ferry.records.deletions`.

    Returns:
        False, and nothing is done, if the row is not as it was read.

    Raises:
        Duplicate: another row has one of the values.
        InvalidRow: DynamoDB does not take the row.

    """
    one = before or after
    if one is None:
        return True
    indexed = UniqueIndexes(table).fields
    row_id, first = decode(one[ID]), sorted({SOURCE, ORDER, "updated_at", *indexed})
    row = swap_request(table_name, (PARTITION, ID), before, after, first=first)
    more = move_place(table_name, key_of(one), order_of(before), order_of(after))
    if before and noted:
        more.append(note_deletion(table_name, table, stored.record(before)))
    if before and after and order_of(before) != order_of(after):
        more.append(note_move(table_name, table, row_id))
    move = move_of(table, before, after)
    return (yield from _carry_out(row, move, [*_entries(table_name, row_id, move), *more]))


def move_of(table: Table, before: Item | None, after: Item | None) -> Move:
    """Return how a row moves in the table's unique indexes when it becomes another one."""
    indexes = UniqueIndexes(table)
    had, has = _indexed(indexes, before), _indexed(indexes, after)
    left = {entry.key: entry for entry in indexes.entries(had)}
    taken = {entry.key: entry for entry in indexes.entries(has)}
    return Move(
        had,
        has,
        [entry for key, entry in taken.items() if key not in left],
        [entry for key, entry in left.items() if key not in taken],
    )


def _indexed(indexes: UniqueIndexes, item: Item | None) -> dict[str, Value]:
    return {name: decode(item[name]) for name in indexes.fields if name in item} if item else {}


def _entries(table_name: str, row_id: str, move: Move) -> list[Action]:
    return [
        *(put_entry(table_name, entry, row_id) for entry in move.taken),
        *(delete_entry(table_name, entry, row_id) for entry in move.dropped),
    ]


def _carry_out(row: Action, move: Move, more: Sequence[Action]) -> Steps[bool]:
    """Write a row and `more`, first the entries that it takes, as one transaction."""
    try:
        # A single write costs half of a transaction.
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
        yield _together([row, *more]) if more else _alone(row)
    except ClientError as error:
        failed = failed_positions(error)
        if not failed and error.response["Error"]["Code"] != CONDITION_FAILED:
            raise _refusal(error) from error
        # Position 0 is the row itself; then come the entries it takes, in their order.
        if failed and 0 < failed[0] <= len(move.taken):
            taken = [move.taken[at - 1] for at in failed if at <= len(move.taken)]
            raise duplicate(taken) from error
        return False
    return True


def _refusal(error: ClientError) -> Exception:
    if _is_about_size(error):
        return InvalidRow("", _TOO_LARGE)
    if is_about_an_item(error):
        reason = f"is refused by DynamoDB: {error.response['Error']['Message']}"
        return InvalidRow("", reason)
    return error


def _alone(row: Action) -> Ask:
    ((verb, parameters),) = row.items()
    return Ask(f"{verb}Item", parameters)


def _together(actions: Sequence[Action]) -> Ask:
    # A lost answer is asked for again by the same token, and the transaction is made once.
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
    token = {"ClientRequestToken": str(uuid4())}
    return Ask("TransactWriteItems", {"TransactItems": actions, **token})


def _is_about_size(error: ClientError) -> bool:
    response: Any = error.response
    reasons = [response["Error"], *response.get("CancellationReasons", [])]
    return any(
        "Validation" in reason.get("Code", "") and "size" in reason.get("Message", "").lower()
        for reason in reasons
    )
