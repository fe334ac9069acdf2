"""Requests that make an item another one, on the condition that it is as it was read. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from ferry.aws.attributes import Item
from ferry.aws.expressions import MOST_CHANGES, Placeholders, update_expression

MOST_CONDITIONS = 120
"""Attributes that one condition compares: it may have 4 KB, and each takes up to 31 bytes.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters
"""


def swap_request(
    table_name: str,
    key: Sequence[str],
    before: Item | None,
    after: Item | None,
    *,
    first: Collection[str] = (),
) -> Mapping[str, Mapping[str, Any]]:
    """Return the action, by its verb, that makes `before` of the table `after`.

    It fails unless the item is as `before`, attribute by attribute. Of more than
    `MOST_CONDITIONS` attributes those that change are compared, those in `first`, and then some.
    Attributes that somebody else has added meanwhile stay where the item does.

    Args:
        table_name: the DynamoDB table.
        key: the attributes of its primary key.
        before: None where there is no item.
        after: None to delete the item.
        first: attributes that are compared before others.

    """
    words = Placeholders()
    table = {"TableName": table_name}
    if before is None:
        free = {"ConditionExpression": f"attribute_not_exists({words.name(key[0])})"}
        return {"Put": {**table, "Item": after, **free, **words.parameters}}
    where = {"Key": {name: before[name] for name in key}}
    # Each step sets an attribute, or takes it away.
    steps = [(name, value) for name, value in (after or {}).items() if before.get(name) != value]
    gone = [(name, None) for name in before if after is not None and name not in after]
    names = dict.fromkeys([*first, *(name for name, _ in (*steps, *gone)), *before])
    compared = [name for name in names if name not in key][:MOST_CONDITIONS]
    conditions = [f"attribute_exists({words.name(key[0])})"]
    conditions += [_as_before(name, before, words) for name in compared]
    same = {"ConditionExpression": " AND ".join(conditions)}
    if after is None:
        return {"Delete": {**table, **where, **same, **words.parameters}}
    if len(steps) + len(gone) > MOST_CHANGES:
        return {"Put": {**table, "Item": after, **same, **words.parameters}}
    update = {"UpdateExpression": update_expression([*steps, *gone], words)}
    return {"Update": {**table, **where, **update, **same, **words.parameters}}


class SwapBody(NamedTuple):
    """A request as JSON, and the operation that takes it."""

    operation: str
    body: bytes


def swap_body(
    table_name: str, key: tuple[str, ...], before: Item | None, after: Item | None
) -> SwapBody:
    """Return `swap_request` as JSON.

    Rows of a file mostly have the same attributes and change the same: what does not hang on
    their values is made once for all of them.
    """
    if before is None or not _is_update(before, after):
        ((verb, parameters),) = swap_request(table_name, key, before, after).items()
        return SwapBody(f"{verb}Item", msgspec.json.encode(parameters))
    new = after or {}
    changed = frozenset([name for name in new if before.get(name) != new[name]])
    frame = _frame(table_name, key, (*before,), (*after,) if after else None, changed)
    values = {word: (new if is_new else before)[name] for word, is_new, name in frame.values}
    where = msgspec.json.encode({name: before[name] for name in key})
    given = b',"ExpressionAttributeValues":%b' % msgspec.json.encode(values) if values else b""
    return SwapBody(frame.operation, b'%b,"Key":%b%b}' % (frame.head, where, given))


def _is_update(before: Item, after: Item | None) -> bool:
    """Return whether no more changes than an update takes, for certain."""
    return after is None or len(before) + len(after) <= MOST_CHANGES


class _SwapFrame(NamedTuple):
    """A request without its key and its values.

    Attributes:
        head: the JSON of the rest, not closed.
        values: each placeholder, whether it stands for a new value, and of which attribute.

    """

    operation: str
    head: bytes
    values: tuple[tuple[str, bool, str], ...]


@lru_cache(256)
def _frame(
    table_name: str,
    key: tuple[str, ...],
    names: tuple[str, ...],
    names_after: tuple[str, ...] | None,
    changed: frozenset[str],
) -> _SwapFrame:
    before: Item = {name: {"old": name} for name in names}
    after: Item | None = None
    if names_after is not None:
        after = {n: {"new": n} if n in changed else before[n] for n in names_after}
    ((verb, parameters),) = swap_request(table_name, key, before, after).items()
    stand_ins = parameters.get("ExpressionAttributeValues", {})
    rest = {n: parameters[n] for n in parameters if n not in {"Key", "ExpressionAttributeValues"}}
    values = tuple(
        (word, "new" in stand_in, next(iter(stand_in.values())))
        for word, stand_in in stand_ins.items()
    )
    return _SwapFrame(f"{verb}Item", msgspec.json.encode(rest)[:-1], values)


def _as_before(name: str, before: Item, words: Placeholders) -> str:
    word = words.name(name)
    if name in before:
        return f"{word} = {words.value(before[name])}"
    return f"attribute_not_exists({word})"
