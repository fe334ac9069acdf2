"""The fields that the attributes of sampled items can be. Pure.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from ferry.aws.attributes import AttributeValue, Item, decode, item_bytes
from ferry.tables.scalars import DATE
from ferry.tables.schema import Constraints, Field, FieldType, StoredType

_EXAMPLE_CHARACTERS = 100
_JSON = msgspec.json.Encoder(decimal_format="number")
_FIELDS: dict[str, tuple[FieldType, StoredType | None]] = {
    "S": (FieldType.STRING, None),
    "N": (FieldType.NUMBER, None),
    "BOOL": (FieldType.BOOLEAN, None),
    "L": (FieldType.ARRAY, None),
    "M": (FieldType.OBJECT, None),
    "B": (FieldType.STRING, "B"),
    "SS": (FieldType.ARRAY, "SS"),
    "NS": (FieldType.ARRAY, "NS"),
    "BS": (FieldType.ARRAY, "BS"),
}


class ProfiledAttribute(msgspec.Struct, frozen=True):
    """An attribute as a sample shows it.

    Attributes:
        types: how many values are of each of DynamoDB's types; NULL is none of them.
        empty: how many items have no value, or NULL.
        largest: bytes of its largest value, as DynamoDB reckons them.
        example: its first value, as files show it; long text is cut.

    """

    name: str
    field: Field
    types: Mapping[str, int]
    empty: int
    largest: int
    example: Any

    @property
    def shares(self) -> dict[str, float]:
        """The share of each type in percent, the greatest first."""
        total = sum(self.types.values())
        return {kind: round(100 * count / total, 1) for kind, count in self.types.items()}

    @property
    def why(self) -> str:
        """Why some values do not fit the field; "" where all do."""
        kind, *others = self.types or ("",)
        if not others:
            return ""
        named = ", ".join(f"{self.types[other]:,} {other}" for other in others)
        return (
            f"most values are {kind}, others are not ({named}): these are exported as they are, "
            "and keep their type"
        )


def profiled(
    items: Sequence[Item], keys: Sequence[str], key_types: Mapping[str, str]
) -> list[ProfiledAttribute]:
    """Return all attributes of the items: the keys, then those that most items have.

    Args:
        items: as DynamoDB spells them.
        keys: the attributes of the primary key; an empty table has them, too.
        key_types: the DynamoDB type of each key, by name.

    """
    values: dict[str, list[AttributeValue]] = {name: [] for name in keys}
    for item in items:
        for name, value in item.items():
            values.setdefault(name, []).append(value)
    found = [
        _profile(name, had, len(items), key_types[name] if name in keys else "")
        for name, had in values.items()
    ]
    first = len(keys)
    return found[:first] + sorted(found[first:], key=lambda it: (it.empty, it.name))


def _profile(name: str, had: list[AttributeValue], items: int, key: str) -> ProfiledAttribute:
    held = [value for value in had if "NULL" not in value]
    types = Counter(kind for value in held for kind in value)
    return ProfiledAttribute(
        name=name,
        field=_field(name, key or next(iter(_ordered(types)), "S"), held, is_key=bool(key)),
        types=_ordered(types),
        empty=items - len(held),
        largest=max((item_bytes({"": value}) for value in held), default=0),
        example=_example(held[0]) if held else None,
    )


def _ordered(types: Counter[str]) -> dict[str, int]:
    """Return the types, the most frequent first; of two alike, text, which shows them all."""
    return dict(sorted(types.items(), key=lambda it: (-it[1], it[0] != "S", it[0])))


def _field(name: str, kind: str, held: Iterable[AttributeValue], *, is_key: bool) -> Field:
    field_type, stored = _FIELDS[kind]
    texts = [value[kind] for value in held if kind in value]
    if kind == "S" and texts and all(map(DATE, texts)):
        field_type = FieldType.DATE
    if kind == "N" and texts and all(isinstance(decode({"N": text}), int) for text in texts):
        field_type = FieldType.INTEGER
    field = Field(name=name, type=field_type, stored=stored)
    return structs.replace(field, constraints=Constraints(required=True)) if is_key else field


def _example(value: AttributeValue) -> Any:
    shown = decode(value)
    if isinstance(shown, list | dict):
        shown = _JSON.encode(shown).decode()
    return shown[:_EXAMPLE_CHARACTERS] if isinstance(shown, str) else shown
