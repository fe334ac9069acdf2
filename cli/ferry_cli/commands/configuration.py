"""Configurations of rule engines: in, out, compared, rolled back."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ferry_cli.exits import Exit, Stop
from ferry_cli.output import AsJson, AsLines, from_json, moment, note, record, rows
from ferry_cli.questions import YES, sure
from ferry_cli.session import signed_in, world_of
from ferry_cli.wording import t
from ferry_cli.world import World

app = typer.Typer(help=t("A rule engine's configuration, kept by Ferry."), no_args_is_help=True)


@app.command("export", help=t("Print the configuration, or write it into a file."))
def export_configuration(
    context: typer.Context,
    to: Annotated[str, typer.Option("-o", "--output", help=t("The file."))] = "-",
    revision: Annotated[int, typer.Option(help=t("An earlier revision."))] = 0,
) -> None:
    """Print the configuration, or write it into a file."""
    world = world_of(context)
    with signed_in(world) as client:
        kept = client.configuration
        document = kept.revision(revision) if revision else kept.export()
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    if to == "-":
        world.out.write(text)
    else:
        Path(to).write_text(text, "utf-8")


@app.command("import", help=t("Import a document: add its items, or replace everything."))
def import_configuration(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help=t("A JSON file, or - for standard input."))],
    full: Annotated[bool, typer.Option("--full", help=t("Replace everything."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("Check, and store nothing."))
    ] = False,
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Import a document: add its items, or replace everything."""
    world = world_of(context)
    text = world.given.read() if file == "-" else Path(file).read_text("utf-8")
    document = from_json(text, file)
    if full and not dry_run:
        sure(world, t("Replace the whole configuration?"), yes=yes)
    with signed_in(world) as client:
        failed = client.configuration.import_(document, partial=not full, dry_run=dry_run)
    told = {"items": sum(map(len, document.values())), "failed": _flat(failed)}
    if as_json:
        record(world, {**told, "failed": failed}, as_json=True)
    _check(world, failed)
    if not as_json:
        note(world, t("items imported: {n}").format(n=told["items"]))


@app.command(
    "diff", help=t("Show what leads from one revision to another; exits 2 if they differ.")
)
def diff_configuration(
    context: typer.Context,
    first: Annotated[int | None, typer.Argument(help=t("From which; the one before."))] = None,
    second: Annotated[int | None, typer.Argument(help=t("To which; the one in force."))] = None,
) -> None:
    """Show what leads from one revision to another."""
    world = world_of(context)
    with signed_in(world) as client:
        told = client.configuration.difference(first, second)
    world.out.write(told)
    if told.strip():
        raise typer.Exit(Exit.DIFFERS)


@app.command("status", help=t("Show what failed in the last import."))
def show_status(context: typer.Context, as_json: AsJson = False) -> None:
    """Show what failed in the last import."""
    world = world_of(context)
    with signed_in(world) as client:
        failed = client.configuration.status()
    if as_json:
        record(world, failed, as_json=True)
        return
    _check(world, failed)
    note(world, t("Every item of the last import serves."))


@app.command("history", help=t("List the revisions, the newest first."))
def list_history(
    context: typer.Context, as_json: AsJson = False, as_lines: AsLines = False
) -> None:
    """List the revisions, the newest first."""
    world = world_of(context)
    with signed_in(world) as client:
        found: list[Any] = list(client.configuration.revisions()["revisions"])
    if not (as_json or as_lines):
        found = [{**each, "made": moment(each["made_at"])} for each in found]
    columns = ("number", "made", "cause", "mode", "failed", "size")
    rows(world, found, columns, as_json=as_json, as_lines=as_lines)


@app.command("rollback", help=t("Put an earlier revision in force again."))
def roll_back(
    context: typer.Context,
    revision: Annotated[int, typer.Argument(help=t("Its number."))],
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Put an earlier revision in force again."""
    world = world_of(context)
    sure(world, t("Go back to revision {n}?").format(n=revision), yes=yes)
    with signed_in(world) as client:
        made = client.configuration.roll_back(revision)
    record(world, made, as_json=as_json)


def _flat(failed: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    return [
        (section, name, why) for section, items in failed.items() for name, why in items.items()
    ]


def _check(world: World, failed: dict[str, dict[str, str]]) -> None:
    for section, name, why in _flat(failed):
        note(world, f"{section} {name}: {why}")
    if failed:
        raise Stop(t("items that failed: {n}").format(n=len(_flat(failed))))
