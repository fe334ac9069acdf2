"""The parsed form of a statement."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class SourceKind(StrEnum):
    """The kind of source that a CREATE makes; the value is the word in error texts."""

    STREAM = "stream"
    TABLE = "table"


class BasicType(StrEnum):
    """A type without parts."""

    BIGINT = "BIGINT"
    FLOAT = "FLOAT"
    STRING = "STRING"
    DATETIME = "DATETIME"
    BOOLEAN = "BOOLEAN"
    BYTEA = "BYTEA"


class ArrayType(msgspec.Struct, frozen=True):
    """`ARRAY(item)`."""

    item: "FieldType"


class StructType(msgspec.Struct, frozen=True):
    """`STRUCT(field, …)`."""

    fields: tuple["StreamField", ...]


type FieldType = BasicType | ArrayType | StructType


class LiteralKind(StrEnum):
    """The notation of a literal."""

    STRING = "string"
    INTEGER = "int"
    NUMBER = "float64"
    BOOLEAN = "bool"


class Literal(msgspec.Struct, frozen=True):
    """A value in a statement: `text` is a string's value, else the digits or true/false."""

    kind: LiteralKind
    text: str


class StreamField(msgspec.Struct, frozen=True):
    """A column of a stream or table."""

    name: str
    type: FieldType
    default: Literal | None = None


class CreateSource(msgspec.Struct, frozen=True):
    """CREATE STREAM or CREATE TABLE.

    Attributes:
        options: by their names in capitals; of repeated ones the last. KIND and VERSION are in
            lower case, STRICT_VALIDATION, SHARED and TEMP are `true` or `false`.

    """

    kind: SourceKind
    name: str
    fields: tuple[StreamField, ...] = ()
    options: Mapping[str, str] = {}

    @property
    def shared(self) -> bool:
        """Whether rules share one instance of the source."""
        return self.options.get("SHARED") == "true"

    @property
    def temporary(self) -> bool:
        """Whether it is not to be stored."""
        return self.options.get("TEMP") == "true"

    @property
    def version(self) -> str:
        """Its version, "" for none; versions compare as text (contract configurations#partial)."""
        return self.options.get("VERSION", "")


class Select(msgspec.Struct, frozen=True):
    """A SELECT, as far as a configuration needs it.

    Attributes:
        sources: the streams and tables after FROM and each JOIN, in order, no alias followed.
        functions: every function called, in lower case, in order of first appearance.

    """

    sources: tuple[str, ...]
    functions: tuple[str, ...]
