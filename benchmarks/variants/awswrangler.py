"""awswrangler: a table as a pandas frame.

Its CSV import takes every cell as text: boto3 refuses the floats that pandas makes of numbers.
"""

import json
import uuid
from decimal import Decimal

import awswrangler
import pandas

from benchmarks.data.table import COLUMNS, TABLE


def export_csv(path: str) -> None:
    """Write the frame."""
    _frame().to_csv(path, index=False)


def export_jsonl(path: str) -> None:
    """Write the frame as JSON lines."""
    _frame().to_json(path, orient="records", lines=True, default_handler=str)


def import_csv(path: str) -> None:
    """Put the frame."""
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    frame["_pk"] = [str(uuid.uuid4()) for _ in range(len(frame))]
    frame["_sk"] = "row"
    awswrangler.dynamodb.put_df(frame, TABLE)


def import_jsonl(path: str) -> None:
    """Put the rows."""
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line, parse_float=Decimal) for line in file]
    items = [{"_pk": str(uuid.uuid4()), "_sk": "row", **row} for row in rows]
    awswrangler.dynamodb.put_items(items, TABLE)


def _frame() -> pandas.DataFrame:
    return awswrangler.dynamodb.read_items(TABLE, allow_full_scan=True)[list(COLUMNS)]
