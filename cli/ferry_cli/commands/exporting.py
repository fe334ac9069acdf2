"""Exports: rows into a file or a pipe."""

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ferry_cli.commands.tables import TableName
from ferry_cli.estimates import Estimate, tell_estimate
from ferry_cli.exits import Exit, Stop
from ferry_cli.limits import Budget, BudgetUnits, Rate, limits
from ferry_cli.output import AsJson, from_json, note, record
from ferry_cli.pipes import STDOUT, Pipe
from ferry_cli.session import signed_in, world_of
from ferry_cli.watching import ended, fetching, transferring
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client import JobHandle
    from ferry_client.types import ExportOptionsV15

FORMATS = ("csv", "tsv", "json", "jsonl", "xlsx", "dynamodb", "parquet")

To = Annotated[
    str,
    typer.Option(
        "-o", "--output", help=t("The file; - is standard output. Otherwise its own name.")
    ),
]


def export(
    context: typer.Context,
    table: TableName,
    to: To = "",
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            help=t("csv, tsv, json, jsonl, xlsx, dynamodb or parquet; otherwise as -o ends."),
        ),
    ] = "",
    where: Annotated[str, typer.Option(help=t("Which rows, as JSON."))] = "",
    columns: Annotated[str, typer.Option(help=t("Columns, with commas."))] = "",
    order: Annotated[
        str, typer.Option(help=t("Columns, with commas; -price for descending."))
    ] = "",
    since: Annotated[
        str, typer.Option(help=t("Created from then on: ISO 8601, or Unix seconds."))
    ] = "",
    until: Annotated[str, typer.Option(help=t("Created before then."))] = "",
    gzip: Annotated[bool, typer.Option("--gzip", help=t("Compress the file."))] = False,
    budget: Budget = None,
    budget_units: BudgetUnits = None,
    decimals: Annotated[
        str,
        typer.Option(help=t("Decimals of a Parquet file, with their places: price=2,rate=6.")),
    ] = "",
    rate: Rate = None,
    estimate: Estimate = False,
    as_json: AsJson = False,
) -> None:
    """Export a table's rows."""
    asked: dict[str, Any] = {
        "where": from_json(where, "--where") if where else None,
        "start": _seconds(since),
        "end": _seconds(until),
        "include_keys": columns.split(",") if columns else None,
        "order_by": order.split(",") if order else None,
        "compress": "gzip" if gzip or to.endswith(".gz") else None,
        "decimal_keys": _decimals(decimals) if decimals else None,
    }
    options = {name: value for name, value in asked.items() if value is not None}
    options |= limits(budget, budget_units, rate)
    options["file_type"] = file_format or _format_of(to)
    options["mode"] = "part" if {"where", "start", "end"} & options.keys() else "all"
    world = world_of(context)
    with signed_in(world) as client:
        found = client.table(table)
        if estimate:
            told = client.estimate_export(found["id"], cast("ExportOptionsV15", options))
            tell_estimate(world, told, as_json=as_json)
            return
        handle = client.start_export(found["id"], cast("ExportOptionsV15", options))
        fetch(world, handle, to, as_json=as_json)


def fetch(
    world: World, handle: "JobHandle", to: str, *, start: int = 0, as_json: bool = False
) -> None:
    """Wait for a job's end and download its file, to where `to` says.

    Args:
        world: where it is told.
        handle: the job.
        to: a file, "" for the file's own name, or ``-`` for standard output.
        start: the first byte that standard output gets.
        as_json: tell it as JSON.

    """
    again = f"ferry jobs download {handle.id}{f' -o {shlex.quote(to)}' if to else ''}"
    job = ended(world, handle, again)
    target = to or job.get("file_name") or handle.id
    if to == STDOUT:
        pipe = Pipe(world.bytes_out, start)
        with fetching(lambda: f"{again} --from {pipe.at}"), transferring(world) as watch:
            handle.copy(pipe.write, watch, start=start)
        return
    with fetching(lambda: again), transferring(world) as watch:
        size = handle.download(Path(target), watch)
    rows = job["progress"]["rows_done"]
    if as_json:
        record(world, {**job, "file": target, "size": size}, as_json=True)
        return
    note(
        world,
        t("{file}; rows: {rows}, bytes: {size}").format(
            file=target, rows=f"{rows:,}", size=f"{size:,}"
        ),
    )


def _format_of(to: str) -> str:
    name = to.lower().removesuffix(".gz")
    if name.endswith(".dynamodb.json"):
        return "dynamodb"
    suffix = name.rpartition(".")[2]
    return suffix if suffix in FORMATS else "csv"


def _decimals(text: str) -> dict[str, int]:
    """Return the digits behind the point, by column; raises Stop."""
    pairs = [part.rpartition("=") for part in text.split(",")]
    if not all(name and places.isdecimal() for name, _, places in pairs):
        raise Stop(
            t("{text} names no decimals").format(text=text),
            advice=t("Write them as --decimals price=2,rate=6"),
        )
    return {name: int(places) for name, _, places in pairs}


def _seconds(text: str) -> int | None:
    if not text or text.isdecimal():
        return int(text) if text else None
    try:
        return int(datetime.fromisoformat(text).astimezone().timestamp())
    except ValueError:
        raise Stop(
            t("{text} is no time").format(text=text),
            code=Exit.WRONG_USE,
            advice="2026-11-29T08:00:00+01:00",
        ) from None
