"""The record of the tables that imports are writing to.

An import notes itself before its first row is sent. Whoever deletes a row reads the notes after
the row: if the row was there, the import that wrote it had noted itself before. So no deletion is
missed that a repeated step would undo.
"""

from ferry.aws import clients, entities
from ferry.aws.attributes import Item, decode, encode_item
from ferry.aws.entities import key

_KEEP_S = 30 * 86_400
"""A note of an import that never came to an end goes by itself."""


class OpenImports:
    """Notes in the control table, under the table that is imported into."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def note(self, table_id: int, job_id: str, *, now: int) -> None:
        """Note that a job writes to the table, from `now` (Unix seconds) on."""
        # Not `open`, the key of an index for which DynamoDB takes texts alone.
        values = encode_item({"writing": True, "expires_at": now + _KEEP_S})
        item = {**_key(table_id, job_id), **values}
        clients.dynamodb().put_item(TableName=self._table_name, Item=item)

    def close(self, table_id: int, job_id: str) -> None:
        """Note that the job writes no more; DynamoDB drops the note when it expires."""
        clients.dynamodb().update_item(
            TableName=self._table_name,
            Key=_key(table_id, job_id),
            UpdateExpression="REMOVE writing",
        )

    def of(self, table_id: int) -> list[str]:
        """Return the ids of the jobs that write to the table, as a consistent read sees them."""
        items = entities.query(self._table_name, f"TABLE#{table_id}", _PREFIX)
        return [decode(item["sk"]).removeprefix(_PREFIX) for item in items if "writing" in item]


_PREFIX = "IMPORT#"


def _key(table_id: int, job_id: str) -> Item:
    return key(f"TABLE#{table_id}", f"{_PREFIX}{job_id}")
