"""Read the description of a DynamoDB table: its keys, global indexes and size."""

from collections.abc import Iterable
from typing import Any

from ferry.attached.proposal import DescribedTable, FoundIndex
from ferry.attached.table_calls import ask
from ferry.aws import clients


def describe(name: str) -> DescribedTable:
    """Return the table's keys, global indexes and size.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html

    Raises:
        NotFound: there is no such table.
        Malformed: the service may not use it.

    """
    table = ask(clients.dynamodb().describe_table, TableName=name)["Table"]
    provisioned = table.get("ProvisionedThroughput", {})
    return DescribedTable(
        keys=_names(table["KeySchema"]),
        types={a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]},
        indexes={
            index["IndexName"]: FoundIndex(
                _names(index["KeySchema"]), index["Projection"]["ProjectionType"] == "ALL"
            )
            for index in table.get("GlobalSecondaryIndexes", [])
        },
        items=table.get("ItemCount", 0),
        size=table.get("TableSizeBytes", 0),
        capacity=(
            provisioned.get("ReadCapacityUnits", 0),
            provisioned.get("WriteCapacityUnits", 0),
        ),
    )


def _names(key_schema: Iterable[Any]) -> tuple[str, ...]:
    by_kind = sorted(key_schema, key=lambda key: key["KeyType"])  # HASH, then RANGE
    return tuple(key["AttributeName"] for key in by_kind)
