"""The bodies of requests that create or change a table (contract tables#records)."""

from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, StrictInt, StrictStr

from ferry.attached.proposal import Wanted
from ferry.errors import Malformed
from ferry.tables.attachment import Creation, Unit
from ferry.tables.schema import FieldType, Index, Schema

_MOST_SHARDS = 64
_MOST_PARTITIONS = 100
_NO_SETTINGS = {"name", "schema_", "indexes", "attached"}


class ConstraintsIn(BaseModel):
    """The constraints on a field's values beyond their type."""

    required: bool = False


class FieldIn(BaseModel):
    """One field of the schema."""

    model_config = ConfigDict(use_enum_values=True)

    name: str
    type: FieldType
    items: dict[str, Any] | None = None
    coordinate_type: str | None = None
    description: str = ""
    constraints: ConstraintsIn = ConstraintsIn()
    default: Any = None
    acl: dict[str, Any] | None = None
    schema_id: PositiveInt | None = None
    schema_name: str | None = None
    stored: Literal["B", "SS", "NS", "BS"] | None = None


class SchemaIn(BaseModel):
    """The fields, in order."""

    fields_: list[FieldIn] = Field(alias="fields")

    @property
    def struct(self) -> Schema:
        """The schema. A field that names no default has none; null is a default like any other."""
        fields = [field.model_dump(exclude_unset=True) for field in self.fields_]
        return msgspec.convert({"fields": fields}, Schema)


class IndexIn(BaseModel):
    """A unique index; without a name it is called after its fields, ``code_1``."""

    name: str | None = None
    fields_: list[str] = Field(alias="fields")
    unique: Literal[True] = True

    @property
    def struct(self) -> Index:
        """The index."""
        name = self.name or "_".join(f"{field}_1" for field in self.fields_)
        return Index(name, tuple(self.fields_))


class SettingsIn(BaseModel):
    """The settings of a table beside its name and schema; None means not given, a rate of 0 any."""

    row_read_perm: list[str] | None = None
    row_write_perm: list[str] | None = None
    write_perm: list[str] | None = None
    indexes: list[IndexIn] | None = None
    rate: StrictInt | None = Field(None, ge=0, le=1_000_000)

    @property
    def settings(self) -> dict[str, Any]:
        """The given members, by attribute of the table."""
        given = self.model_dump(
            exclude_none=True, exclude={"name", "schema_", "indexes", "attached"}
        )
        if self.indexes is not None:
            given["indexes"] = tuple(index.struct for index in self.indexes)
        return given


class CreationIn(BaseModel):
    """The attribute that says when a row was created."""

    model_config = ConfigDict(extra="forbid")

    attribute: str
    unit: Unit = "seconds"


class CreationIndexIn(BaseModel):
    """A global index with that attribute as sort key, and the values of its partition key."""

    model_config = ConfigDict(extra="forbid")

    name: str
    partitions: list[StrictStr | StrictInt] = Field(min_length=1, max_length=_MOST_PARTITIONS)


class AttachedIn(BaseModel):
    """A DynamoDB table that is there already and holds the rows."""

    model_config = ConfigDict(extra="forbid")

    table: str
    created_at: CreationIn | None = None
    index: CreationIndexIn | None = None

    @property
    def struct(self) -> Wanted:
        """The requested schema."""
        created_at, index = self.created_at, self.index
        return Wanted(
            self.table,
            Creation(created_at.attribute, created_at.unit) if created_at else None,
            index.name if index else "",
            tuple(index.partitions) if index else (),
        )


class TableIn(SettingsIn):
    """A table to be; `shards`: over how many keys. `attached` without `schema` proposes one."""

    name: str
    schema_: SchemaIn | None = Field(None, alias="schema")
    shards: int | None = Field(None, ge=1, le=_MOST_SHARDS)
    attached: AttachedIn | None = None

    @property
    def wanted(self) -> Wanted | None:
        """The DynamoDB table that is to be attached, if any."""
        return self.attached.struct if self.attached else None

    @property
    def schema_struct(self) -> Schema:
        """The schema; raises Malformed where it is left out."""
        if self.schema_ is None:
            raise Malformed("schema: Field required")
        return self.schema_.struct


class TableChangesIn(SettingsIn):
    """The changes to a table; members that are not given stay as they are."""

    name: str | None = None
    schema_: SchemaIn | None = Field(None, alias="schema")

    @property
    def changes(self) -> dict[str, Any]:
        """The given members, by attribute of the table."""
        changes = self.settings
        if self.name is not None:
            changes["name"] = self.name
        if self.schema_ is not None:
            changes["schema"] = self.schema_.struct
        return changes
