"""A DynamoDB table of a team's own, with rows as such tables have them, attached to an app."""

from dataclasses import dataclass
from typing import Any

import boto3

from ferry.accounts.account_store import Accounts
from tests.integration.driver import Driver
from tests.service import Answer

NAME = "orders"
FIELDS: list[dict[str, Any]] = [
    {"name": "customer", "type": "string"},
    {"name": "number", "type": "integer"},
    {"name": "placed", "type": "integer"},
    {"name": "price", "type": "number"},
    {"name": "tags", "type": "array"},
    {"name": "created_by", "type": "string"},
]
KEY = [
    {"AttributeName": "customer", "KeyType": "HASH"},
    {"AttributeName": "number", "KeyType": "RANGE"},
]
CREATION = {"created_at": {"attribute": "placed"}}
INDEX = {"index": {"name": "by_placed", "partitions": ["eu", "us"]}}
ITEMS: list[dict[str, Any]] = [
    {"customer": {"S": "li"}, "number": {"N": "10"}, "placed": {"N": "1700000300"}},
    {"customer": {"S": "li"}, "number": {"N": "9"}, "placed": {"N": "1700000200"}},
    {"customer": {"S": "an"}, "number": {"N": "-1"}, "placed": {"N": "1700000300"}},
    {"customer": {"S": "mo"}, "number": {"N": "1"}},
]
"""Out of order in every way; the last one does not say when it was placed."""


@dataclass
class Orders:
    """The DynamoDB table, and the service that it is attached to."""

    driver: Driver
    table: int = 0

    def put(self, *items: dict[str, Any]) -> None:
        for item in items:
            boto3.client("dynamodb").put_item(TableName=NAME, Item=item)

    def clear(self) -> None:
        boto3.client("dynamodb").delete_table(TableName=NAME)
        make_table()

    @property
    def items(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The items of the DynamoDB table, by key and without it."""
        found = boto3.client("dynamodb").scan(TableName=NAME)["Items"]
        return {(item.pop("customer")["S"], item.pop("number")["N"]): item for item in found}

    def allow(self, name: str = NAME) -> None:
        Accounts(self.driver.service.stack.ControlTable).allow_table(self.driver.app_id, name)

    def ask(self, fields: list[dict[str, Any]] | None = None, **attached: Any) -> Answer:
        """Ask for a table that is attached."""
        body = {
            "name": "orders",
            "schema": {"fields": FIELDS if fields is None else fields},
            "attached": {"table": NAME, **attached},
        }
        return self.driver.service.call("POST", "/oserve/v1/table/", body)

    def propose(self, name: str = NAME, **attached: Any) -> Answer:
        """Ask for a table that is attached, without a schema."""
        body = {"name": "orders", "attached": {"table": name, **attached}}
        return self.driver.service.call("POST", "/oserve/v1/table/", body)

    def attach(self, fields: list[dict[str, Any]] | None = None, **attached: Any) -> "Orders":
        """Have the table attached, and tables of that name before it forgotten."""
        self.allow()
        if self.table:
            self.call("DELETE")
        answer = self.ask(fields, **attached)
        assert answer.status == 201, answer
        self.table = answer.json()["id"]
        return self

    def call(self, method: str, below: str = "", body: Any = None) -> Answer:
        path = f"/oserve/v1/table/{self.table}/{below}"
        return self.driver.service.call(method, path, body)

    def export(self, file_type: str = "csv", **options: Any) -> bytes:
        job_id = self.driver.start_export(self.table, file_type, **options)
        self.driver.service.run_jobs()
        return self.driver.file(job_id)

    def bring(self, content: bytes, name: str = "orders.csv", query: str = "") -> Any:
        """Import a file and return its job."""
        job_id = self.driver.start_import(self.table, content, name, query=query)
        self.driver.service.run_jobs()
        return self.driver.job(job_id)


def make_table() -> None:
    boto3.client("dynamodb").create_table(
        TableName=NAME,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "customer", "AttributeType": "S"},
            {"AttributeName": "number", "AttributeType": "N"},
            {"AttributeName": "region", "AttributeType": "S"},
            {"AttributeName": "placed", "AttributeType": "N"},
        ],
        KeySchema=KEY,
        GlobalSecondaryIndexes=[
            _index("by_placed", "ALL"),
            _index("keys_by_placed", "KEYS_ONLY"),
        ],
    )


def _index(name: str, projection: str) -> Any:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": "region", "KeyType": "HASH"},
            {"AttributeName": "placed", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": projection},
    }
