"""Many rows' values by columns, one value a row, in the forms that are quick to write. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from ferry.tables.values import Value


class Texts(NamedTuple):
    """A column of texts, None where unset."""

    texts: Sequence[str | None]


class Numbers(NamedTuple):
    """A column of numbers, each in the text that files have of it, None where unset."""

    texts: Sequence[str | None]


class Nested(NamedTuple):
    """A column of lists or objects, each as JSON text, ``null`` where unset."""

    texts: Sequence[str]


class Others[K: Hashable](NamedTuple):
    """A column of any values; what rows share is there once.

    Attributes:
        keys: each row's key in `values`.
        values: each value, None for unset.

    """

    keys: Sequence[K]
    values: Mapping[K, Value]


type Column = Texts | Numbers | Nested | Others[Any]
