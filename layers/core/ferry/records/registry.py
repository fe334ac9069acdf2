"""The registry of tables."""

from collections.abc import Mapping
from typing import Any, NoReturn

from ferry.aws import entities
from ferry.aws.attributes import Item, encode
from ferry.aws.entities import key, to_item
from ferry.aws.transactions import commit
from ferry.errors import Malformed, NotFound
from ferry.records import purges
from ferry.records.open_imports import OpenImports
from ferry.records.purges import Purge
from ferry.tables.schema import Table

type Action = Mapping[str, Mapping[str, Any]]


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
            actions = [self._take_name(new), *actions, self._leave_name(old)]
        failed = commit(actions)
        if failed == [0] and new.name != old.name:
            raise _name_taken(new)
        if failed:
            self._refuse_change(old)

    def delete(self, table: Table, purge: Purge | None = None) -> None:
        """Delete the table and record that its rows are to be purged: all of it, or nothing.

        Without a purge it is only forgotten.

        Raises:
            NotFound: it has been deleted.
            Malformed: it has been renamed since it was read.

        """
        key_of_it = key(_app(table), _sort_key(table.id))
        deletion = {"TableName": self._table_name, "Key": key_of_it, **_as_named(table)}
        actions: list[Action] = [{"Delete": deletion}, self._leave_name(table)]
        if purge:
            actions.append({"Put": {"TableName": self._table_name, "Item": purges.item(purge)}})
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

    def of_app(self, app_id: str) -> list[Table]:
        """Return the app's tables by id."""
        items = entities.query(self._table_name, f"APP#{app_id}", "TABLE#")
        return [entities.from_item(item, Table) for item in items]

    def _refuse_change(self, table: Table) -> NoReturn:
        self.get(table.app_id, table.id)
        raise Malformed("name: the table has been renamed at the same time; try again")

    def _put(self, table: Table, *, since: Table | None = None) -> Action:
        item = {**key(_app(table), _sort_key(table.id)), **to_item(table)}
        condition = _as_named(since) if since else {}
        return {"Put": {"TableName": self._table_name, "Item": item, **condition}}

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
    # Its name tells whether it is there, and which name goes with it.
    return {
        "ConditionExpression": "#name = :name",
        "ExpressionAttributeNames": {"#name": "name"},
        "ExpressionAttributeValues": {":name": encode(table.name)},
    }


def _name_taken(table: Table) -> Malformed:
    return Malformed(f"name: a table named {table.name!r} exists")


def _no_table(table_id: int) -> NotFound:
    return NotFound(f"table {table_id} does not exist")


def _sort_key(table_id: int) -> str:
    return f"TABLE#{table_id:012d}"
