"""What a job may spend, and how fast."""

from typing import Annotated

import typer

from ferry_cli.wording import t

Budget = Annotated[
    float | None,
    typer.Option(help=t("US dollars that the job may spend on DynamoDB; it stops there.")),
]
BudgetUnits = Annotated[
    int | None, typer.Option(help=t("The same in read and write units together."))
]
Rate = Annotated[
    int | None, typer.Option(help=t("Read and write units of DynamoDB a second, at most."))
]
TableRate = Annotated[
    int | None,
    typer.Option(
        "--rate",
        min=0,
        help=t(
            "Read and write units a second that all jobs of the table together may take; 0: any."
        ),
    ),
]


def limits(
    budget: float | None = None, budget_units: int | None = None, rate: int | None = None
) -> dict[str, float]:
    """Return the limits that are given, as the API has them."""
    given = {"budget": budget, "budget_units": budget_units, "rate": rate}
    return {name: value for name, value in given.items() if value is not None}
