"""The capacity that DynamoDB says requests have consumed, counted for whoever makes them.

DynamoDB tells it where a request asks with `ReturnConsumedCapacity`: TOTAL is all that is billed,
that of indexes included. A request that is throttled consumes nothing.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ConsumedCapacity.html
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from ferry.aws.throttle import CapacityMeter, Throttle

_ASKED_IN_JSON = b',"ReturnConsumedCapacity":"TOTAL"}'
_READS = frozenset({"BatchGetItem", "GetItem", "Query", "Scan", "TransactGetItems"})
_MEMBER = b'"ConsumedCapacity"'
_CONDITION_FAILED = "ConditionalCheckFailedException"


class _ConsumedUnits(msgspec.Struct):
    """The capacity that a request consumed of one table, as DynamoDB spells it."""

    TableName: str = ""
    CapacityUnits: float = 0.0
    ReadCapacityUnits: float = 0.0


type _Told = _ConsumedUnits | list[_ConsumedUnits] | None


class _MeteredAnswer(msgspec.Struct):
    ConsumedCapacity: _Told = None


_ANSWER = msgspec.json.Decoder(_MeteredAnswer)
_CONSUMED = msgspec.json.Decoder(_ConsumedUnits)


class _Metered(msgspec.Struct, frozen=True):
    meter: CapacityMeter
    table_name: str
    throttle: Throttle | None = None


_METERED: ContextVar[_Metered | None] = ContextVar("metered", default=None)


@contextmanager
def metered(
    meter: CapacityMeter, table_name: str, throttle: Throttle | None = None
) -> Iterator[None]:
    """Count on `meter` what requests to a table consume that are made in this context.

    They wait for `throttle`, if there is one.
    """
    token = _METERED.set(_Metered(meter, table_name, throttle))
    try:
        yield
    finally:
        _METERED.reset(token)


def ask_for_capacity(params: dict[str, Any], model: Any, **_: object) -> None:
    """Let a request ask for its capacity, and wait for it; a handler of provide-client-params.

    https://docs.aws.amazon.com/boto3/latest/guide/events.html
    """
    found = _METERED.get()
    if found and "ReturnConsumedCapacity" in model.input_shape.members:
        params["ReturnConsumedCapacity"] = "TOTAL"
        if found.throttle and found.table_name in _tables_of(params):
            found.throttle.wait()


def current_throttle() -> Throttle | None:
    """Return the throttle of the requests that are made in this context."""
    found = _METERED.get()
    return found.throttle if found else None


def _tables_of(params: Mapping[str, Any]) -> Iterable[str]:
    if "TableName" in params:
        return (params["TableName"],)
    actions = [action for item in params.get("TransactItems", ()) for action in item.values()]
    return params.get("RequestItems") or [action["TableName"] for action in actions]


def asking_json(body: bytes) -> bytes:
    """Return a request's parameters, asking for its capacity, as JSON."""
    return body[:-1] + _ASKED_IN_JSON if _METERED.get() else body


def on_answer(parsed: Mapping[str, Any], model: Any, **_: object) -> None:
    """Count what a botocore client's request consumed; a handler of after-call.

    botocore does not document that event; the one that is deployed is pinned, and a test holds
    this against it.
    """
    if not _METERED.get():
        return
    if "Error" in parsed:
        count_refused(model.name, parsed["Error"].get("Code", ""))
    elif "Body" in parsed:
        count_page(model.name, parsed["Body"])
    elif told := parsed.get("ConsumedCapacity"):
        _count(model.name, msgspec.convert(told, _Told))


def count_answer(operation: str, body: bytes) -> None:
    """Count what a request consumed, by its answer."""
    if _METERED.get():
        _count(operation, _ANSWER.decode(body).ConsumedCapacity)


def count_page(operation: str, body: bytes) -> None:
    """Count what a request consumed whose answer is a page of rows, of up to a megabyte."""
    if not _METERED.get():
        return
    # Members have no order: the first and the last are found without a search of all rows.
    at = 1 if body.startswith(_MEMBER, 1) else body.rfind(_MEMBER)
    if at < 0:
        return
    # To decode the whole page for one member would be two per cent of all that its rows take. An
    # attribute of that name is an object of types ("S", "N"), which has no table's name as a text.
    try:
        start = body.index(b"{", at)
        told = _CONSUMED.decode(body[start : body.index(b"}", start) + 1])
    except (msgspec.DecodeError, ValueError):
        told = _ConsumedUnits()
    if told.TableName:
        _count(operation, told)
    else:
        count_answer(operation, body)


def count_refused(operation: str, code: str) -> None:
    """Count what a refused request consumed: DynamoDB does not say.

    A write whose condition fails is billed by the size of the item that is there, one unit at
    least, which is what is counted.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
    """
    if (found := _METERED.get()) and code == _CONDITION_FAILED and operation not in _READS:
        found.meter.add(write_units=1.0)


def _count(operation: str, told: _Told) -> None:
    found = _METERED.get()
    if found is None or told is None:
        return
    for each in [told] if isinstance(told, _ConsumedUnits) else told:
        if each.TableName != found.table_name:
            continue
        # A transaction that is repeated with its token reads what it wrote, and says so.
        reads = each.CapacityUnits if operation in _READS else each.ReadCapacityUnits
        found.meter.add(read_units=reads, write_units=each.CapacityUnits - reads)
