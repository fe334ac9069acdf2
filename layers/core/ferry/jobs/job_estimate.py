"""Estimates of jobs: units, dollars, minutes, and their bounds. Pure but for the prices.

docs/cost.md has the rules, docs/performance.md the measured times.
"""

from math import ceil
from typing import Any, NamedTuple

from ferry.jobs.prices import Prices, prices_of

READ_UNIT_BYTES, WRITE_UNIT_BYTES = 4096, 1024
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""

_FUNCTION_GB = 1769 / 1024
_FUNCTION_S = 840
"""A function hands over after 14 minutes."""
_START_S = 0.5
_PART_BYTES = 5 * 1024 * 1024
_KEPT_MONTHS = 7 / 30
_GB = 1e9
_SMALL_CALLS = 8
"""Calls of SQS, of the API and of small functions that any job makes, about."""
_SAVE_S = 2
"""A checkpoint, an item of one to two KB, is saved about every two seconds."""
_IN_FLIGHT, _ANSWER_S = 32, 0.005
_USUAL_ROW_BYTES = 230
"""Of a row in a file, in the measurements."""


class Throughput(NamedTuple):
    """Units that a table takes in a second."""

    reads: float
    writes: float


class Work(NamedTuple):
    """The work of a job.

    Attributes:
        rows: of the file.
        file_bytes: as it lies in the bucket.
        text_bytes: unpacked; a row's processor time grows with them.
        read_units: of DynamoDB.
        write_units: of DynamoDB.
        us_per_row: processor time, in microseconds, of a row of the usual width.
        requests: those that are sent for single rows.

    """

    rows: int
    file_bytes: int
    text_bytes: int
    read_units: float
    write_units: float
    us_per_row: float
    requests: int = 0


def of_capacity(reads: int, writes: int) -> Throughput:
    """Return the units a second of a table with such provisioned capacity; 0 means on demand.

    A new table on demand takes 12,000 and 4,000 at once; one that has taken more, takes double.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    """
    return Throughput(reads or 12_000, writes or 4_000)


def of_shards(shards: int) -> Throughput:
    """Return the units a second of an own table: each shard is a partition key.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
    and, of all shards,
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
    """
    return Throughput(min(3_000 * shards, 40_000), min(1_000 * shards, 40_000))


def lowest(*rates: int | None) -> int | None:
    """Return the rate that holds a job of those that are given."""
    return min(filter(None, rates), default=None)


def estimated(
    work: Work, throughput: Throughput, region: str, *, rate: int | None = None
) -> dict[str, Any]:
    """Return units, dollars, minutes, and what bounds these: processor, table, requests or rate."""
    width = max(1.0, work.text_bytes / max(work.rows, 1) / _USUAL_ROW_BYTES)
    seconds = {
        "processor": _START_S + work.rows * work.us_per_row * width / 1e6,
        "table": max(work.read_units / throughput.reads, work.write_units / throughput.writes),
        "requests": work.requests * _ANSWER_S / _IN_FLIGHT,
    }
    if rate:
        seconds["rate"] = (work.read_units + work.write_units) / rate
    bound = max(seconds, key=lambda name: seconds[name])
    found, prices = prices_of(region)
    dollars = _dollars(work, seconds[bound], prices)
    return {
        "read_units": round(work.read_units, 1),
        "write_units": round(work.write_units, 1),
        "dollars": {**dollars, "total": sum(dollars.values())},
        "minutes": round(seconds[bound] / 60, 2),
        "bound_by": bound,
        "prices": {"region": found, "as_of": prices.as_of},
    }


def _dollars(work: Work, seconds: float, prices: Prices) -> dict[str, float]:
    calls = _SMALL_CALLS + ceil(seconds / _FUNCTION_S)
    saves = 2 * (1 + seconds / _SAVE_S)
    parts = ceil(work.file_bytes / _PART_BYTES) + 2
    kept = work.file_bytes / _GB * prices.s3_gb_month * _KEPT_MONTHS
    return {
        "reads": work.read_units * prices.read_unit,
        "writes": (work.write_units + saves) * prices.write_unit,
        "functions": seconds * _FUNCTION_GB * prices.lambda_gb_second + calls * prices.lambda_call,
        "files": parts * prices.s3_put + prices.s3_get + kept,
        "rest": _SMALL_CALLS * (prices.sqs_call + prices.api_call) + prices.ses_mail,
    }
