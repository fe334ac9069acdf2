"""The registry of tables."""

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

import msgspec

from ferry.aws import clients, entities
from ferry.aws.attributes import Item, encode
from ferry.aws.batches import get_batch
from ferry.aws.entities import key, to_item
from ferry.aws.transactions import commit
from ferry.errors import Malformed, NotFound
from ferry.records import purges
from ferry.records.open_imports import OpenImports
from ferry.records.purges import Purge
from ferry.tables.schema import Table

type Action = Mapping[str, Mapping[str, Any]]

_KEEP_SCHEMA_S = 60 * 86_400
"""How long an earlier schema is kept for jobs that have begun with it."""


class Tables:
    """Tables of all apps; one app never sees another's."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @property
    def open_imports(self) -> OpenImports:
        """The imports that write to tables."""
        return OpenImports(self._table_name)

    def new_id(self) -> int:
        """Return an id that no table has."""
        return entities.next_number(self._table_name, "TABLE")

    def add(self, table: Table) -> None:
        """Store a new table and take its name, both or neither.

        Raises:
            Malformed: the app has a table of that name.

        """
        if commit([self._take_name(table), self._put(table)]):
            raise _name_taken(table)

    def replace(self, old: Table, new: Table) -> None:
        """Store the table anew, with its name if that is another one now.

        Raises:
            Malformed: the app has another table of the new name, or the table has been renamed
                since `old` was read.
            NotFound: the table has been deleted.

        """
        actions = [self._put(new, since=old)]
        if new.name != old.name:
            # The new name comes first, so that position 0 of a refusal means that it is taken.
            actions = [self._take_name(new), *actions, self._leave_name(old)]
        if new.version != old.version:
            actions.append(self._keep_schema(old, until=new.updated_at + _KEEP_SCHEMA_S))
        failed = commit(actions)
        if failed == [0] and new.name != old.name:
            raise _name_taken(new)
        # Any other condition: the table itself has changed since `old` was read.
        if failed:
            self._refuse_change(old)

    def delete(self, table: Table, purge: Purge) -> None:
        """Delete the table and record that it is to be purged: all of it, or nothing.

        Raises:
            NotFound: it has been deleted.
            Malformed: it has been renamed since it was read.

        """
        key_of_it = key(_app(table), _sort_key(table.id))
        deletion = {"TableName": self._table_name, "Key": key_of_it, **_as_named(table)}
        put_purge = {"TableName": self._table_name, "Item": purges.item(purge)}
        actions: list[Action] = [
            {"Delete": deletion},
            self._leave_name(table),
            {"Put": put_purge},
        ]
        if commit(actions):
            self._refuse_change(table)

    def get(self, app_id: str, table_id: int) -> Table:
        """Return the app's table.

        Raises:
            NotFound: the app has none of that id, whoever else may.

        """
        table = entities.get(self._table_name, f"APP#{app_id}", _sort_key(table_id), Table)
        if table is None:
            raise _no_table(table_id)
        return table

    def as_of(self, app_id: str, table_id: int, version: int) -> Table:
        """Return the app's table with the schema of a version; 0 for the present one.

        Indexes are those of now, but for those that have a field which that schema has not.

        Raises:
            NotFound: the app has none of that id, whoever else may.
            Malformed: the schema of that version is not kept any more.

        """
        table = self.get(app_id, table_id)
        if version in {0, table.version}:
            return table
        sort_key = _schema_key(table_id, version)
        old = entities.get(self._table_name, f"APP#{app_id}", sort_key, Table)
        if old is None:
            raise Malformed(
                f"the schema of table {table_id} has changed since the job began; start it again"
            )
        names = set(old.schema.names)
        indexes = tuple(index for index in table.indexes if names.issuperset(index.fields))
        return msgspec.structs.replace(table, schema=old.schema, indexes=indexes)

    def holding_rows(self, app_id: str, table_id: int) -> Table:
        """Return the app's table, whose rows lie with us.

        Raises:
            NotFound: the app has none of that id.
            Malformed: the table is attached.

        """
        table = self.get(app_id, table_id)
        if table.attached:
            raise Malformed(
                f"the rows of table {table_id} lie in the DynamoDB table {table.attached.table}: "
                "they are reached by export and import only"
            )
        return table

    def existing(self, app_id: str, table_ids: Collection[int]) -> set[int]:
        """Return those ids of which the app has a table."""
        keys = {_sort_key(table_id): table_id for table_id in table_ids}
        items = get_batch(
            clients.dynamodb(),
            self._table_name,
            [key(f"APP#{app_id}", sort_key) for sort_key in keys],
            names=("sk",),
        )
        return {keys[item["sk"]["S"]] for item in items}

    def of_app(self, app_id: str) -> list[Table]:
        """Return the app's tables by id."""
        items = entities.query(self._table_name, f"APP#{app_id}", "TABLE#")
        return [entities.from_item(item, Table) for item in items]

    def _refuse_change(self, table: Table) -> NoReturn:
        now = self.get(table.app_id, table.id)
        if now.name == table.name:
            raise Malformed("schema: the table has been changed at the same time; try again")
        raise Malformed("name: the table has been renamed at the same time; try again")

    def _put(self, table: Table, *, since: Table | None = None) -> Action:
        item = {**key(_app(table), _sort_key(table.id)), **to_item(table)}
        condition = _as_read(since, table) if since else {}
        return {"Put": {"TableName": self._table_name, "Item": item, **condition}}

    def _keep_schema(self, table: Table, *, until: int) -> Action:
        place = key(_app(table), _schema_key(table.id, table.version))
        item = {**place, **to_item(table), "expires_at": encode(until)}
        return {"Put": {"TableName": self._table_name, "Item": item}}

    def _take_name(self, table: Table) -> Action:
        return {
            "Put": {
                "TableName": self._table_name,
                "Item": {**_name_key(table), "table_id": encode(table.id)},
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _leave_name(self, table: Table) -> Action:
        return {"Delete": {"TableName": self._table_name, "Key": _name_key(table)}}


def _app(table: Table) -> str:
    return f"APP#{table.app_id}"


def _name_key(table: Table) -> Item:
    return key(_app(table), f"NAME#{table.name}")


def _as_named(table: Table) -> dict[str, Any]:
    # Its name shows whether it exists, and under which name.
    return {
        "ConditionExpression": "#name = :name",
        "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":name": encode(table.name)},
    }


def _as_read(since: Table, table: Table) -> dict[str, Any]:
    condition = _as_named(since)
    if table.version == since.version:
        return condition
    # Two changes of the schema at the same time would be kept under one version. Tables of earlier
    # releases have none.
    text, names, values = condition.values()
    return {
        "ConditionExpression": f"{text} AND (#v = :version OR attribute_not_exists(#v))",
        "ExpressionAttributeNames": {**names, "#v": "version"},
        "ExpressionAttributeValues": {**values, ":version": encode(since.version)},
    }


def _name_taken(table: Table) -> Malformed:
    return Malformed(f"name: a table named {table.name!r} exists")


def _no_table(table_id: int) -> NotFound:
    return NotFound(f"table {table_id} does not exist")


def _schema_key(table_id: int, version: int) -> str:
    return f"SCHEMA#{table_id:012d}#{version:06d}"


def _sort_key(table_id: int) -> str:
    return f"TABLE#{table_id:012d}"
