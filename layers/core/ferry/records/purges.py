"""Purges: deleted tables whose rows and jobs are still to be deleted."""

import msgspec
from botocore.exceptions import ClientError

from ferry.aws import clients, entities
from ferry.aws.attributes import Item, encode_item
from ferry.aws.entities import CONDITION_FAILED, key, to_item
from ferry.tables.schema import Table

_ALL = "PURGES"


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted table whose rows and jobs are not all gone yet.

    Attributes:
        table: as it was when it was deleted.
        deleted_at: Unix seconds.
        due_at: when the sweeper sends it again, Unix seconds.
        user_ids: the users of its app at that time, who may have jobs on it.

    """

    table: Table
    deleted_at: int
    due_at: int
    user_ids: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """The content of its message."""
        return str(self.table.id)


class Purges:
    """Purges in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def get(self, purge_id: str) -> Purge | None:
        """Return the purge, or None once it is done."""
        return entities.get(self._table_name, _ALL, _sort_key(purge_id), Purge)

    def due(self, now: int) -> list[str]:
        """Return the ids of the purges that are due at `now`, Unix seconds."""
        items = entities.query(self._table_name, _ALL, "TABLE#", members="sk, due_at")
        return [
            item["sk"]["S"].removeprefix("TABLE#")
            for item in items
            if int(item["due_at"]["N"]) <= now
        ]

    def postpone(self, purge_id: str, until: int) -> None:
        """Let the sweeper come back to the purge at `until`; nothing if it is done meanwhile."""
        try:
            clients.dynamodb().update_item(
                TableName=self._table_name,
                Key=key(_ALL, _sort_key(purge_id)),
                UpdateExpression="SET due_at = :until",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeValues=encode_item({":until": until}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != CONDITION_FAILED:
                raise

    def remove(self, purge: Purge) -> None:
        """Forget a purge that is done."""
        clients.dynamodb().delete_item(
            TableName=self._table_name, Key=key(_ALL, _sort_key(purge.id))
        )


def item(purge: Purge) -> Item:
    """Return the purge as it is stored, for the transaction that deletes its table."""
    return {**key(_ALL, _sort_key(purge.id)), **to_item(purge)}


def _sort_key(purge_id: str) -> str:
    return f"TABLE#{purge_id}"
