"""Requests that make an item another one, on the condition that it is as it was read. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

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


def _as_before(name: str, before: Item, words: Placeholders) -> str:
    word = words.name(name)
    if name in before:
        return f"{word} = {words.value(before[name])}"
    return f"attribute_not_exists({word})"
