"""Expressions of DynamoDB's: names, values and updates. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from collections.abc import Iterable
from typing import Any

from ferry.aws.attributes import AttributeValue, Item

MOST_CHANGES = 100
"""Attributes that one update sets or removes: an expression has at most 4 KB."""


class Placeholders:
    """The placeholders of one request's expressions: any name may be a reserved word."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: Item = {}

    def name(self, attribute: str) -> str:
        """Return a placeholder for the attribute's name, such as ``#0``."""
        word = f"#{len(self._names)}"
        self._names[word] = attribute
        return word

    def value(self, value: AttributeValue) -> str:
        """Return a placeholder for the value, such as ``:0``."""
        word = f":{len(self._values)}"
        self._values[word] = value
        return word

    @property
    def parameters(self) -> dict[str, Any]:
        """The request's parameters that say what the placeholders stand for."""
        parameters: dict[str, Any] = {"ExpressionAttributeNames": self._names}
        # DynamoDB refuses an empty map.
        return parameters | ({"ExpressionAttributeValues": self._values} if self._values else {})


def update_expression(
    changes: Iterable[tuple[str, AttributeValue | None]], words: Placeholders
) -> str:
    """Return the update that sets attributes, and removes those that come with None.

    >>> words = Placeholders()
    >>> update_expression([("name", {"S": "milk"}), ("price", None)], words)
    'SET #0 = :0 REMOVE #1'
    """
    sets: list[str] = []
    removes: list[str] = []
    for name, value in changes:
        word = words.name(name)
        if value is None:
            removes.append(word)
        else:
            sets.append(f"{word} = {words.value(value)}")
    clauses = [("SET", sets), ("REMOVE", removes)]
    return " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts)
