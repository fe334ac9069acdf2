"""Single rows, written on condition: put where there is none, changed where there is one.

Each takes the client, for it is called in many threads and boto3 makes clients in one only.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import batched
from typing import Any

from botocore.exceptions import ClientError

from ferry.errors import InvalidRow
from ferry.storage.attributes import Item, decode, encode, encode_item
from ferry.storage.control.entities import CONDITION_FAILED
from ferry.tables.changes import Changes
from ferry.tables.records import ID, PARTITION, SOURCE, partition
from ferry.tables.schema import Table
from ferry.tables.values import Value

KEYS = 100
"""BatchGetItem's limit."""

_MOST_CHANGES = 100
"""An update expression has at most 4 KB; of a row with more changes, not all come at once."""

_TOO_LARGE = "the record takes more bytes with these values than the 409,600 that DynamoDB holds"


def sources(client: Any, table_name: str, table: Table, ids: Iterable[str]) -> dict[str, str]:
    """Return, of at most `KEYS` rows, the sources of those that are there; "" for one without."""
    keys: Any = [_key(table, row_id) for row_id in ids]
    found: dict[str, str] = {}
    while keys:
        asked = {
            "Keys": keys,
            "ConsistentRead": True,
            "ProjectionExpression": "#id, #source",
            "ExpressionAttributeNames": {"#id": ID, "#source": SOURCE},
        }
        answer = client.batch_get_item(RequestItems={table_name: asked})
        for item in answer["Responses"][table_name]:
            found[decode(item[ID])] = decode(item[SOURCE]) if SOURCE in item else ""
        # An answer ends at 16 MB, and earlier where a partition is throttled.
        keys = answer["UnprocessedKeys"].get(table_name, {}).get("Keys")
    return found


def insert(client: Any, table_name: str, item: Item) -> bool:
    """Put a row; return False, having done nothing, if there is one of its id."""
    put = partial(client.put_item, TableName=table_name, Item=item)
    return _holds(put, "attribute_not_exists(#id)", {"#id": ID})


def change(client: Any, table_name: str, table: Table, row_id: str, changes: Changes) -> bool:
    """Change a row, all else of it untouched; return False if it is not there.

    Raises:
        InvalidRow: it becomes larger than DynamoDB stores.

    """
    update = partial(client.update_item, TableName=table_name, Key=_key(table, row_id))
    steps = [*changes.values.items(), *((name, None) for name in changes.gone)]
    return all(
        _holds(partial(update, **values), "attribute_exists(#id)", names)
        for values, names in map(_update, batched(steps, _MOST_CHANGES, strict=False))
    )


def _key(table: Table, row_id: str) -> Item:
    return encode_item({PARTITION: partition(table, row_id), ID: row_id})


def _update(steps: Iterable[tuple[str, Value]]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what sets attributes and takes those away that come with None, and their names."""
    names, values = {"#id": ID}, {}
    sets, removes = [], []
    for number, (name, value) in enumerate(steps):
        names[f"#{number}"] = name
        if value is None:
            removes.append(f"#{number}")
        else:
            values[f":{number}"] = encode(value)
            sets.append(f"#{number} = :{number}")
    clauses = [("SET", sets), ("REMOVE", removes)]
    expression = " ".join(f"{verb} {', '.join(of)}" for verb, of in clauses if of)
    # DynamoDB refuses an empty map.
    held: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
    return {"UpdateExpression": expression, **held}, names


def _holds(write: Callable[..., object], condition: str, names: dict[str, str]) -> bool:
    try:
        write(ConditionExpression=condition, ExpressionAttributeNames=names)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code == CONDITION_FAILED:
            return False
        if code == "ValidationException" and "size" in message.lower():
            raise InvalidRow("", _TOO_LARGE) from error
        raise
    return True
