"""One row before and after an import. Pure."""

from decimal import Decimal
from typing import Literal

import msgspec

from ferry.aws.attributes import AttributeValue, Item


class Swap(msgspec.Struct, frozen=True, array_like=True):
    """A row of a table as it was, and as it is to be; None where there is no row.

    Attributes:
        number: of the record in the file that asks for it, 0 where none does.
        line: of that record.
        label: the row's key as people are shown it.
        before: the item as it was, as DynamoDB has it; binary values are base64 text.
        after: the item as it is to be.

    """

    number: int
    line: int
    label: str
    before: Item | None
    after: Item | None

    @property
    def kind(self) -> Literal["new", "changed", "deleted"]:
        """The effect on the table."""
        if self.before is None:
            return "new"
        return "deleted" if self.after is None else "changed"

    @property
    def inverse(self) -> "Swap":
        """The swap that undoes it."""
        return msgspec.structs.replace(self, before=self.after, after=self.before)


def same(one: AttributeValue | None, other: AttributeValue | None) -> bool:
    """Return whether two values are the same to DynamoDB: 1 and 1.0, sets in any order."""
    return one == other or (
        one is not None and other is not None and _comparable(one) == _comparable(other)
    )


def same_items(one: Item | None, other: Item | None) -> bool:
    """Return whether two items have the same attributes."""
    if one is None or other is None:
        return one is other
    return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)


def _comparable(value: AttributeValue) -> object:
    ((kind, held),) = value.items()
    match kind:
        case "N":
            return kind, Decimal(held)
        case "NS":
            return kind, frozenset(map(Decimal, held))
        case "SS" | "BS":
            return kind, frozenset(held)
        case "L":
            return kind, [_comparable(each) for each in held]
        case "M":
            return kind, {name: _comparable(each) for name, each in held.items()}
    return kind, held
