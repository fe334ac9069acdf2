"""The registry of tables."""

from ferry.errors import Malformed, NotFound
from ferry.storage.attributes import encode
from ferry.storage.control import entities
from ferry.storage.control.entities import key, to_item
from ferry.tables.schema import Table


class Tables:
    """Tables of all apps; one app never sees another's."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def new_id(self) -> int:
        """Return an id that no table has."""
        return entities.next_number(self._table_name, "TABLE")

    def add(self, table: Table) -> None:
        """Store a new table and take its name, both or neither.

        Raises:
            Malformed: the app has a table of that name.

        """
        app = f"APP#{table.app_id}"
        name_item = {**key(app, f"NAME#{table.name}"), "table_id": encode(table.id)}
        added = entities.transact(
            [
                {
                    "Put": {
                        "TableName": self._table_name,
                        "Item": name_item,
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
                {
                    "Put": {
                        "TableName": self._table_name,
                        "Item": {**key(app, _sort_key(table.id)), **to_item(table)},
                    }
                },
            ]
        )
        if not added:
            raise Malformed(f"name: a table named {table.name!r} exists")

    def get(self, app_id: str, table_id: int) -> Table:
        """Return the app's table.

        Raises:
            NotFound: the app has none of that id, whoever else may.

        """
        table = entities.get(self._table_name, f"APP#{app_id}", _sort_key(table_id), Table)
        if table is None:
            raise NotFound(f"table {table_id} does not exist")
        return table

    def of_app(self, app_id: str) -> list[Table]:
        """Return the app's tables by id."""
        items = entities.query(self._table_name, f"APP#{app_id}", "TABLE#")
        return [entities.from_item(item, Table) for item in items]


def _sort_key(table_id: int) -> str:
    return f"TABLE#{table_id:012d}"
