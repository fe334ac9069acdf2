"""Changes of rows, as DynamoDB's incremental exports have them: one line for each item. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ferry.errors import InvalidRow

_KEYS, _AFTER, _BEFORE = "Keys", "NewImage", "OldImage"
_MEMBERS = frozenset({"Metadata", _KEYS, _AFTER, _BEFORE})


def are_changes(records: Sequence[dict[str, Any]]) -> bool:
    """Return whether all of the records are changes."""
    return bool(records) and all(
        _KEYS in record
        and record.keys() <= _MEMBERS
        and all(isinstance(member, dict) for member in record.values())
        for record in records
    )


def changed_row(record: dict[str, Any]) -> dict[str, Any]:
    """Return the row after the change; of one that is deleted, what is known of it.

    An item without a new image is deleted: with the view NEW_IMAGE its key is all that is left.

    Raises:
        InvalidRow: it is no change.

    """
    keys = record.get(_KEYS)
    image = record.get(_AFTER, record.get(_BEFORE, {}))
    if not (isinstance(keys, dict) and isinstance(image, dict)):
        raise InvalidRow("", "must be a change, with Keys and a NewImage unless it is deleted")
    return {**image, **keys}


def deletes(record: Mapping[str, object]) -> bool:
    """Return whether a record that is a change deletes its row."""
    return _AFTER not in record
