"""An attached table's knowledge of the DynamoDB table that holds its rows. Pure.

Source: contract tables#records.
"""

from typing import Literal

import msgspec

type Unit = Literal["seconds", "milliseconds", "iso8601"]


class Creation(msgspec.Struct, frozen=True):
    """The attribute that says when a row was created, and how it says so."""

    attribute: str
    unit: Unit = "seconds"


class CreationIndex(msgspec.Struct, frozen=True):
    """An index whose sort key is the creation attribute.

    Attributes:
        key: the attribute that is its partition key.
        partitions: the values that the attribute has; rows with others are in no window.

    """

    name: str
    key: str
    partitions: tuple[str | int, ...]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A DynamoDB table that is not ours; we read it and put rows into it, but never make it.

    Attributes:
        table: its name.
        keys: the attributes of its primary key, the partition key first.

    """

    table: str
    keys: tuple[str, ...]
    created_at: Creation | None = None
    index: CreationIndex | None = None
