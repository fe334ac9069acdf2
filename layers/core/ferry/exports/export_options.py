"""The body of an export request, in both generations of the public API (contracts 1 and 4)."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    WithJsonSchema,
    model_validator,
)

from ferry.exports.export_job import TIME_ZONE, ExportRequest
from ferry.files.formats import FORMATS
from ferry.jobs.limits import check_budget
from ferry.tables.values import json_text

_TIME_LIMIT = 10**11
"""A greater number is milliseconds by mistake."""

_FILTERS = {"start", "end", "where"}
_MAX_WHERE = 64 * 1024
"""Bytes of a condition: it is kept on the job, whose item holds 400 KB."""


_CONDITION_SCHEMA = WithJsonSchema(
    {"type": ["object", "null"], "examples": [{"price": {"$gt": 1}}]}
)


def _condition(where: Any) -> str | None:
    """Return the JSON text of a condition, which must come as an object."""
    if where is None:
        return None
    if not isinstance(where, dict):
        raise ValueError('must be an object, such as {"price": {"$gt": 100}}')  # noqa: TRY004 - pydantic reports ValueErrors alone
    try:
        text = json_text(where)
    except UnicodeEncodeError as error:
        raise ValueError("must be Unicode text; it holds half of a pair") from error
    if len(text.encode()) > _MAX_WHERE:
        raise ValueError(f"must be at most {_MAX_WHERE:,} bytes of JSON")
    return text


def _number(value: Any) -> Any:
    """Return a number of a body, which is read exactly, as pydantic takes numbers."""
    return float(value) if type(value) in {int, Decimal} else value


_FILE_TYPE_SCHEMA = WithJsonSchema({"type": "string", "enum": list(FORMATS)})


def _offered(file_type: str) -> str:
    """Return the name of a format."""
    if file_type in FORMATS:
        return file_type
    *others, last = FORMATS
    raise ValueError(f"{file_type} is not offered; use {', '.join(others)} or {last}")


class _Options(BaseModel):
    """The options of every export. `mode` all ignores the filters; part needs one of them."""

    model_config = ConfigDict(frozen=True)
    _part_needs: ClassVar[str] = "mode part needs start, end or both"

    mode: Literal["all", "part"]
    start: StrictInt | None = Field(None, ge=0, lt=_TIME_LIMIT)
    end: StrictInt | None = Field(None, ge=0, lt=_TIME_LIMIT)

    @model_validator(mode="before")
    @classmethod
    def _all_has_no_filters(cls, body: Any) -> Any:
        if isinstance(body, dict) and body.get("mode") == "all":
            return {name: value for name, value in body.items() if name not in _FILTERS}
        return body

    @model_validator(mode="after")
    def _part_has_bounds(self) -> Self:
        if self.mode == "part" and not self.model_dump(include=_FILTERS, exclude_none=True):
            raise ValueError(self._part_needs)
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("start must lie before end")
        return self


class ExportOptions(_Options):
    """A request of version 1."""

    file_type: Literal["csv", "json"]

    @property
    def request(self) -> ExportRequest:
        """The job's request."""
        return ExportRequest(file_type=self.file_type, start=self.start, end=self.end)


class ExportOptionsV15(_Options):
    """A request of version 1.5. Whether the table can serve it is for the plan to say."""

    _part_needs: ClassVar[str] = "mode part needs where, start or end"

    file_type: Annotated[StrictStr, AfterValidator(_offered), _FILE_TYPE_SCHEMA]
    where: Annotated[str | None, BeforeValidator(_condition), _CONDITION_SCHEMA] = None
    include_keys: list[StrictStr] | None = None
    exclude_keys: list[StrictStr] | None = None
    order_by: list[StrictStr] | None = None
    csv_customize_headers: dict[StrictStr, StrictStr] | None = None
    timestamp_convert_keys: list[StrictStr] | None = None
    time_zone: Annotated[StrictStr, Field(max_length=64)] = TIME_ZONE
    compress: Literal["gzip"] | None = None
    defuse_formulas: StrictBool = False
    column_order: Literal["table", "include_keys"] = "table"
    decimal_keys: dict[StrictStr, StrictInt] | None = None
    budget: Annotated[StrictFloat | None, Field(gt=0, le=1_000_000), BeforeValidator(_number)] = (
        None
    )
    budget_units: Annotated[StrictInt | None, Field(ge=1, le=10**12)] = None
    rate: Annotated[StrictInt | None, Field(ge=1, le=1_000_000)] = None

    @model_validator(mode="after")
    def _has_one_budget(self) -> Self:
        check_budget(self.budget, self.budget_units)
        return self

    @property
    def request(self) -> ExportRequest:
        """The job's request."""
        return ExportRequest(
            file_type=self.file_type,
            start=self.start,
            end=self.end,
            where=self.where or "",
            include_keys=tuple(self.include_keys or ()),
            exclude_keys=tuple(self.exclude_keys or ()),
            order_by=tuple(self.order_by or ()),
            heads=self.csv_customize_headers or {},
            timestamp_keys=tuple(self.timestamp_convert_keys or ()),
            time_zone=self.time_zone,
            gzip=self.compress == "gzip",
            defuse_formulas=self.defuse_formulas,
            as_listed=self.column_order == "include_keys",
            budget=self.budget,
            budget_units=self.budget_units,
            decimal_keys=self.decimal_keys or {},
            rate=self.rate,
        )
