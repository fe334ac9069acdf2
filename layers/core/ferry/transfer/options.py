"""The body of an export request, as v1 of the public API has it (contract 4)."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from ferry.jobs.requests import ExportRequest

_TIME_LIMIT = 10**11
"""A greater number is milliseconds by mistake."""


class ExportOptions(BaseModel):
    """What to export. `mode` all passes over `start` and `end`; part wants one of them."""

    model_config = ConfigDict(frozen=True)

    file_type: Literal["csv", "json"]
    mode: Literal["all", "part"]
    start: StrictInt | None = Field(None, ge=0, lt=_TIME_LIMIT)
    end: StrictInt | None = Field(None, ge=0, lt=_TIME_LIMIT)

    @model_validator(mode="before")
    @classmethod
    def _all_has_no_bounds(cls, body: Any) -> Any:
        if isinstance(body, dict) and body.get("mode") == "all":
            return {name: value for name, value in body.items() if name not in {"start", "end"}}
        return body

    @model_validator(mode="after")
    def _part_has_bounds(self) -> Self:
        if self.mode == "part" and self.start is None and self.end is None:
            raise ValueError("mode part needs start, end or both")
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise ValueError("start must lie before end")
        return self

    @property
    def request(self) -> ExportRequest:
        """The job's request."""
        return ExportRequest(file_type=self.file_type, start=self.start, end=self.end)
