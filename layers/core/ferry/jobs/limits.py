"""Limits of a job's spending and pace: members of its request (contract tables#spending)."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

type Dollars = Annotated[float, Meta(gt=0, le=1_000_000)]
type Units = Annotated[int, Meta(ge=1, le=1_000_000_000_000)]
type UnitsASecond = Annotated[int, Meta(ge=1, le=1_000_000)]


class JobLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of a job, None for none; units are read and write units together.

    Attributes:
        budget: US dollars.
        budget_units: in place of `budget`.
        rate: units a second.

    """

    budget: float | None = None
    budget_units: int | None = None
    rate: int | None = None


def limits_of(request: object) -> JobLimits:
    """Return the limits that are among a request's members."""
    return msgspec.convert(request, JobLimits, from_attributes=True)


def limits_view(request: object) -> dict[str, Any]:
    """Return the limits as the API shows them; those that there are not are left out."""
    limits = msgspec.structs.asdict(limits_of(request))
    return {name: value for name, value in limits.items() if value is not None}


def has_budget(limits: JobLimits) -> bool:
    """Return whether there is a limit to what the job may spend."""
    return limits.budget is not None or limits.budget_units is not None


def dollars_text(amount: float) -> str:
    """Return a sum, of which most are fractions of a cent, with its dollar sign."""
    return f"${amount:,.9f}".rstrip("0").rstrip(".")


def check_budget(budget: float | None, budget_units: int | None) -> None:
    """Raise ValueError if both budgets are given."""
    if budget is not None and budget_units is not None:
        raise ValueError("budget, budget_units: give one of the two")
