"""Rows that a user may read, chosen by DynamoDB; displaced ones, which are found by key, by us."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ferry.aws.attributes import Item, decode_item, encode
from ferry.tables.row_permissions import CREATOR, RowUser

_NAMES = {"#read": "read_perm", "#by": "created_by"}


class RowFilter(msgspec.Struct, frozen=True):
    """The rows that a user may read, or those that are hidden from them.

    Attributes:
        user: whose permissions count.
        hidden: whether it is the hidden rows that are meant.

    """

    user: RowUser
    hidden: bool = False

    @property
    def expression(self) -> str:
        """The condition of a FilterExpression; `names` and `values` say what its words stand for.

        ``contains`` finds an element of a list:
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
        """
        named = [f"contains(#read, :name{number})" for number in range(len(self.user.names))]
        readable = " OR ".join([*named, "(contains(#read, :creator) AND #by = :user)"])
        return f"NOT ({readable})" if self.hidden else f"({readable})"

    @property
    def names(self) -> dict[str, str]:
        """ExpressionAttributeNames."""
        return {**_NAMES}

    @property
    def values(self) -> dict[str, Any]:
        """ExpressionAttributeValues."""
        named = {f":name{number}": encode(name) for number, name in enumerate(self.user.names)}
        return {**named, ":creator": encode(CREATOR), ":user": encode(self.user.id)}

    def admits(self, item: Item) -> bool:
        """Return whether a stored row meets the condition."""
        return self.user.reads(decode_item(item)) is not self.hidden

    def finding(self, find: Callable[..., Iterator[Item]]) -> Callable[..., Iterator[Item]]:
        """Return a function that finds rows as `find` does, but for those that are not admitted."""

        def admitted(keys: Sequence[Item], *, names: Sequence[str]) -> Iterator[Item]:
            wanted = (*names, *_NAMES.values()) if names else ()
            return filter(self.admits, find(keys, names=wanted))

        return admitted
