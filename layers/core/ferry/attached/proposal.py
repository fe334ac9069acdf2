"""Check that a DynamoDB table can be attached as the caller asks. Pure.

Source: contract tables#records.
"""

from collections.abc import Mapping

import msgspec
from msgspec import structs

from ferry.errors import Malformed
from ferry.tables.attachment import Attachment, Creation, CreationIndex
from ferry.tables.schema import POINTERS, Constraints, Field, FieldType, Schema

_TEXTS = (FieldType.STRING, FieldType.DATE)
_NUMBERS = (FieldType.INTEGER, FieldType.NUMBER)
_KEY_TYPES = {"S": _TEXTS, "N": _NUMBERS}
_UNIT_TYPES = {"seconds": _NUMBERS, "milliseconds": _NUMBERS, "iso8601": _TEXTS}


class FoundIndex(msgspec.Struct, frozen=True):
    """A global index as DynamoDB describes it; `whole` says that it holds all attributes."""

    keys: tuple[str, ...]
    whole: bool


class DescribedTable(msgspec.Struct, frozen=True):
    """A table as DynamoDB describes it.

    Attributes:
        keys: the attributes of its primary key, the partition key first.
        types: of all attributes that are keys, ``S``, ``N`` or ``B``.
        indexes: the global ones by name.
        items: about how many it has; DynamoDB counts them every six hours.
        size: bytes of these.
        capacity: provisioned read and write units a second, 0 on demand.

    """

    keys: tuple[str, ...]
    types: Mapping[str, str]
    indexes: Mapping[str, FoundIndex]
    items: int = 0
    size: int = 0
    capacity: tuple[int, int] = (0, 0)


class Wanted(msgspec.Struct, frozen=True):
    """A request to attach a table; `partitions` are those of the index."""

    table: str
    created_at: Creation | None = None
    index: str = ""
    partitions: tuple[str | int, ...] = ()


def attachment(wanted: Wanted, found: DescribedTable) -> Attachment:
    """Return the attachment that was asked for.

    Raises:
        Malformed: the table has no such index, or not one that creation times can be read from.

    """
    return Attachment(
        table=wanted.table,
        keys=found.keys,
        created_at=wanted.created_at,
        index=_index(wanted, found) if wanted.index else None,
    )


def check_types(found: DescribedTable, schema: Schema) -> None:
    """Raise Malformed unless the keys are fields of the schema that can hold their type."""
    for name in found.keys:
        kind = found.types[name]
        if kind not in _KEY_TYPES:
            raise Malformed(
                f"attached.table: its key {name} is binary; only text and numbers serve"
            )
        _check_type(f"the key {name}", _field(f"the key {name}", name, schema), _KEY_TYPES[kind])


def attached_schema(attached: Attachment, schema: Schema) -> Schema:
    """Return the schema of an attached table's rows: its fields alone, the keys required.

    Raises:
        Malformed: the schema does not fit the attached table.

    """
    for field in schema.fields:
        if field.type in POINTERS:
            raise Malformed(f"schema.fields: {field.name}: an attached table has no {field.type}s")
    for name in attached.keys:
        if _field(f"the key {name}", name, schema).default is not msgspec.UNSET:
            raise Malformed(f"schema.fields: {name} is a key and cannot have a default")
    if created_at := attached.created_at:
        what = f"created_at.attribute {created_at.attribute}"
        field = _field(what, created_at.attribute, schema)
        _check_type(f"{what}, in {created_at.unit},", field, _UNIT_TYPES[created_at.unit])
    return Schema(tuple(_as_key(f, attached) for f in schema.fields), built_in=False)


def _as_key(field: Field, attached: Attachment) -> Field:
    required = field.name in attached.keys
    return structs.replace(field, constraints=Constraints(required=True)) if required else field


def _field(what: str, name: str, schema: Schema) -> Field:
    for field in schema.fields:
        if field.name == name:
            return field
    raise Malformed(f"schema.fields: {what} must be a field of the schema")


def _check_type(what: str, field: Field, types: tuple[FieldType, ...]) -> None:
    if field.type not in types:
        raise Malformed(
            f"schema.fields: {what} must be of type {' or '.join(types)}; it is of {field.type}"
        )


def _index(wanted: Wanted, found: DescribedTable) -> CreationIndex:
    index = found.indexes.get(wanted.index)
    if index is None:
        raise Malformed(f"attached.index: the table has no global index {wanted.index!r}")
    created_at = wanted.created_at.attribute if wanted.created_at else ""
    if index.keys[1:] != (created_at,):
        raise Malformed(
            f"attached.index: the sort key of {wanted.index} must be the attribute of created_at"
        )
    if not index.whole:
        raise Malformed(f"attached.index: {wanted.index} must hold all attributes of the rows")
    kind = {"S": str, "N": int}.get(found.types[index.keys[0]])
    if not all(type(value) is kind for value in wanted.partitions):
        raise Malformed(
            f"attached.index.partitions: must be values of {index.keys[0]}, the index's partition "
            f"key, which is of the type {found.types[index.keys[0]]}"
        )
    return CreationIndex(wanted.index, index.keys[0], wanted.partitions)
