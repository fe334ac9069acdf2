"""What exports and imports of an attached table would take."""

import time

import boto3

from tests.integration.attached.orders import CREATION, NAME
from tests.integration.test_estimates import estimate_export, estimate_import


def test_attached_tables_are_estimated_by_their_sample_and_capacity(orders):
    orders.attach(**CREATION)
    for number in range(40):
        item = {
            "customer": {"S": "li"},
            "number": {"N": str(number)},
            "placed": {"N": "1700000300"},
        }
        boto3.client("dynamodb").put_item(TableName=NAME, Item=item)
    boto3.client("dynamodb").update_table(
        TableName=NAME,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 1},
    )

    out = estimate_export(orders.driver, orders.table).json()
    none = estimate_export(orders.driver, orders.table, mode="part", start=int(time.time())).json()
    lines = b"customer,number\r\n" + b"".join(b"li,%d\r\n" % n for n in range(600))
    into = estimate_import(orders.driver, orders.table, lines, mode="upsert").json()

    assert (out["rows"], out["exact"]) == (40, True)
    assert (none["rows"], none["read_units"]) == (0, out["read_units"])
    assert (into["write_units"], into["read_units"]) == (600, 600)
    assert (into["minutes"], into["bound_by"]) == (10, "table")
