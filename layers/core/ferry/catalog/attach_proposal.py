"""A table that is proposed for a DynamoDB table, from a sample of its items; nothing is stored.

Source: contract tables#records.
"""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import structs

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import Caller
from ferry.attached.attribute_profile import ProfiledAttribute, profiled
from ferry.attached.creation_guess import LikelyIndex, likely_creation, likely_index
from ferry.attached.proposal import DescribedTable, Wanted, check_types
from ferry.attached.table_sample import TableSample, sample_table
from ferry.aws.attributes import decode_item
from ferry.catalog.attaching import described
from ferry.errors import Malformed
from ferry.tables.schema import MAX_FIELDS, Schema, check_schema, check_table_name


def propose(
    name: str, wanted: Wanted, caller: Caller, *, now: int, accounts: Accounts
) -> dict[str, Any]:
    """Return the body of a request that attaches the table, and what it is based on.

    Args:
        name: the table's, within the app.
        wanted: what the request says of the DynamoDB table; only what it leaves out is proposed.
        caller: who asks.
        now: Unix seconds.
        accounts: where apps are.

    Raises:
        Malformed: the name cannot be one, the app may not have that DynamoDB table, it is not
            there, has no capacity left, or has a key that cannot be served.

    """
    check_table_name(name)
    found = described(wanted, caller, accounts=accounts)
    sample = sample_table(wanted.table, found)
    every = profiled(sample.items, found.keys, found.types)
    left_out = {it.name: reason for it in every if (reason := _unserved(it))}
    served = [it for it in every if it.name not in left_out]
    left_out |= dict.fromkeys((it.name for it in served[MAX_FIELDS:]), "there are too many")
    schema = Schema(tuple(it.field for it in served[:MAX_FIELDS]), built_in=False)
    check_types(found, schema)
    index, wanted = _completed(wanted, found, sample, schema, now)
    return {
        "name": name,
        "attached": _spelled(wanted),
        "schema": {"fields": msgspec.to_builtins(schema.fields, builtin_types=(Decimal,))},
        "sample": {
            "items": len(sample.items),
            "read_units": sample.units,
            "whole": sample.whole,
            "table_items": found.items,
            "table_bytes": found.size,
            "attributes": [_told(it) for it in served[:MAX_FIELDS]],
            "left_out": left_out,
            "index": structs.asdict(index) if index else None,
        },
    }


def _unserved(attribute: ProfiledAttribute) -> str:
    """Return why the attribute cannot be a field, "" if it can."""
    try:
        check_schema(Schema((attribute.field,), built_in=False))
    except Malformed as error:
        return str(error)
    return ""


def _completed(
    wanted: Wanted, found: DescribedTable, sample: TableSample, schema: Schema, now: int
) -> tuple[LikelyIndex | None, Wanted]:
    """Return the index that may serve, and the request with creation and index where known."""
    names = {*schema.names}
    rows = [decode_item({k: v for k, v in item.items() if k in names}) for item in sample.items]
    creation = wanted.created_at or likely_creation(rows, found, now)
    index = likely_index(creation, sample.items, found) if creation else None
    wanted = structs.replace(wanted, created_at=creation)
    if index and index.sure and not wanted.index:
        wanted = structs.replace(wanted, index=index.name, partitions=index.partitions)
    return index, wanted


def _spelled(wanted: Wanted) -> dict[str, Any]:
    spelled: dict[str, Any] = {"table": wanted.table}
    if wanted.created_at:
        spelled["created_at"] = structs.asdict(wanted.created_at)
    if wanted.index:
        spelled["index"] = {"name": wanted.index, "partitions": [*wanted.partitions]}
    return spelled


def _told(attribute: ProfiledAttribute) -> dict[str, Any]:
    told = {
        "name": attribute.name,
        "type": attribute.field.type,
        "types": attribute.shares,
        "empty": attribute.empty,
        "largest": attribute.largest,
        "example": attribute.example,
    }
    return told | ({"why": attribute.why} if attribute.why else {})
