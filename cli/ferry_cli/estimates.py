"""What a job would take, as the service reckons it."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from ferry_cli.output import note, record
from ferry_cli.wording import t
from ferry_cli.world import World

Estimate = Annotated[
    bool,
    typer.Option("--estimate", help=t("Only say what it would take: units, dollars, minutes.")),
]


def tell_estimate(world: World, told: Mapping[str, Any], *, as_json: bool) -> None:
    """Print an estimate: its figures on standard output, what they rest on beside."""
    if as_json:
        record(world, told, as_json=True)
        return
    shown = {name: value for name, value in told.items() if isinstance(value, int | float | str)}
    dollars = {"dollars": round(told["dollars"]["total"], 5)}
    record(world, {**shown, **dollars}, as_json=False)
    prices = told["prices"]
    note(
        world,
        t("An estimate, by the prices of {region} as of {as_of}.").format(
            region=prices["region"], as_of=prices["as_of"]
        ),
    )
