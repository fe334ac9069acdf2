"""The marks that limit how often a job may start: when one of a kind was last accepted."""

from typing import Any

from ferry.aws.attributes import encode_item
from ferry.aws.entities import key
from ferry.errors import TooSoon
from ferry.jobs.job import JobHeader

_KEEP_S = 86_400


def mark(job: JobHeader, apart_ms: int) -> dict[str, Any]:
    """Return the write, but for its table, that succeeds `apart_ms` after the last one at least."""
    values = {"accepted_at": job.accepted_at, "expires_at": job.accepted_at // 1000 + _KEEP_S}
    return {
        "Item": {**key_of(job.table_id, job.operation), **encode_item(values)},
        "ConditionExpression": "attribute_not_exists(pk) OR accepted_at <= :before",
        "ExpressionAttributeValues": encode_item({":before": job.accepted_at - apart_ms}),
    }


def key_of(table_id: int, operation: str) -> Any:
    """Return the key of the mark of a table's jobs of one kind."""
    return key(f"TABLE#{table_id}", f"LAST#{operation}")


def too_soon(operation: str, apart_ms: int) -> TooSoon:
    """Return the error for a caller who comes too soon."""
    return TooSoon(
        f"an {operation} of this table was accepted less than {apart_ms // 1000} seconds ago;"
        " wait and ask again",
        retry_after_s=apart_ms // 1000,
    )
