"""What commands print: for people, or as JSON for programs. Results go out, all else to errors."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t
from ferry_cli.world import World

_WHOLE = {"job_id", "kind", "status", "created", "made"}
"""Columns that are not broken: their values are copied, or short."""

AsJson = Annotated[bool, typer.Option("--json", help=t("Print JSON."))]
AsLines = Annotated[bool, typer.Option("--jsonl", help=t("Print one JSON object a line."))]


def record(world: World, shown: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one object: as JSON, or a line for each member that says something."""
    if as_json:
        _line(world, shown, indent=2)
        return
    lines = [(name, cell(value)) for name, value in shown.items() if value not in (None, "", [])]
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        world.out.write(f"{name:<{width}}  {value}\n")


def rows(
    world: World,
    objects: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool = False,
    as_lines: bool = False,
) -> None:
    """Print a list: as JSON, as a JSON object a line, or these columns of it as a table."""
    if as_lines:
        for each in objects:
            _line(world, each)
    elif as_json:
        _line(world, list(objects), indent=2)
    else:
        _table(world, objects, columns)


def from_json(text: str, named: str) -> Any:
    """Return the value of a JSON text; `named` is the place that it was given in.

    Raises:
        Stop: it is no JSON.

    """
    try:
        return json.loads(text)
    except ValueError as error:
        told = t("{name} is no JSON: {error}").format(name=named, error=error)
        raise Stop(told, code=Exit.WRONG_USE) from error


def note(world: World, text: str) -> None:
    """Tell whoever watches; programs that read the output do not get it."""
    world.err.write(f"{text}\n")
    world.err.flush()


def cell(value: Any) -> str:
    """Return a value for people."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return t("yes") if value else t("no")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def moment(seconds: int) -> str:
    """Return a time as ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(world: World, shown: Any, indent: int | None = None) -> None:
    world.out.write(json.dumps(shown, ensure_ascii=False, indent=indent) + "\n")


def _table(world: World, objects: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold" if world.coloured else "")
    for column in columns:
        table.add_column(column.upper(), overflow="fold", no_wrap=column in _WHOLE)
    for each in objects:
        table.add_row(*(Text(cell(each.get(column))) for column in columns))
    console = Console(
        file=world.out,
        width=world.width,
        no_color=not world.coloured,
        force_terminal=world.coloured,
        highlight=False,
        legacy_windows=False,
    )
    console.print(table)
