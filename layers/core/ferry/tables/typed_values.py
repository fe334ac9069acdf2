"""Values of DynamoDB's types that JSON and Python lack: binary data and sets. Pure.

They are the text and the list that files of other formats show of them, so that every rule of a
text or a list holds for them; only what writes attributes asks for their type.
"""

from collections.abc import Iterable
from typing import Any, Literal

type SetKind = Literal["SS", "NS", "BS"]


class Binary(str):
    """Binary data, in base64."""

    __slots__ = ()


class ValueSet(list[Any]):
    """A set, in the order of its file.

    Attributes:
        kind: its type.

    """

    __slots__ = ("kind",)

    def __init__(self, kind: SetKind, elements: Iterable[Any]) -> None:
        super().__init__(elements)
        self.kind: SetKind = kind


def like(value: list[Any], elements: list[Any]) -> list[Any]:
    """Return the elements as a set if the value is one, else as a list."""
    return ValueSet(value.kind, elements) if isinstance(value, ValueSet) else elements


def as_text(value: object) -> str:
    """Write binary data as JSON text; a hook of encoders.

    Raises:
        TypeError: it is something else, which JSON does not have.

    """
    if isinstance(value, Binary):
        return str(value)
    raise TypeError(f"values of the type {type(value).__name__} have no JSON")
