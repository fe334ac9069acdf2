"""Tables: what there is, and new ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ferry_cli.exits import Exit, Stop
from ferry_cli.limits import TableRate, limits
from ferry_cli.output import AsJson, AsLines, from_json, note, record, rows
from ferry_cli.questions import YES, sure
from ferry_cli.session import signed_in, world_of
from ferry_cli.sources import opened
from ferry_cli.watching import ended
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client.types import Table

app = typer.Typer(
    help=t("List, show, create, attach, change and delete tables."), no_args_is_help=True
)

_BUILT_IN = {"id", "created_by", "created_at", "updated_at", "read_perm", "write_perm"}

TableName = Annotated[str, typer.Argument(metavar="TABLE", help=t("The table's name or id."))]


@app.command("list", help=t("List the tables."))
def list_tables(context: typer.Context, as_json: AsJson = False, as_lines: AsLines = False) -> None:
    """List the tables."""
    world = world_of(context)
    with signed_in(world) as client:
        tables = client.tables()
    shown = tables if as_json or as_lines else [_short(dict(table)) for table in tables]
    rows(world, cast(Any, shown), ("id", "name", "fields"), as_json=as_json, as_lines=as_lines)


@app.command("show", help=t("Show a table and its columns."))
def show_table(context: typer.Context, table: TableName, as_json: AsJson = False) -> None:
    """Show a table and its columns."""
    world = world_of(context)
    with signed_in(world) as client:
        found = client.table(table)
    if as_json:
        record(world, found, as_json=True)
        return
    rows(world, [_field(dict(field)) for field in found["schema"]["fields"]], _FIELD)
    _tell_rate(world, found)


@app.command("change", help=t("Change a table's name, or the rate of its jobs."))
def change_table(
    context: typer.Context,
    table: TableName,
    name: Annotated[str, typer.Option(help=t("Its new name."))] = "",
    rate: TableRate = None,
    as_json: AsJson = False,
) -> None:
    """Change a table's name, or the rate of its jobs."""
    changes: Any = limits(rate=rate) | ({"name": name} if name else {})
    if not changes:
        raise Stop(t("nothing to change was given"), code=Exit.WRONG_USE, advice="--name, --rate")
    world = world_of(context)
    with signed_in(world) as client:
        changed = client.update_table(client.table(table)["id"], changes)
    record(world, changed if as_json else _short(dict(changed)), as_json=as_json)
    _tell_rate(world, changed)


def _tell_rate(world: World, table: "Table") -> None:
    if rate := table.get("rate"):
        note(world, t("units a second, of all jobs together: {n}").format(n=f"{rate:,}"))


_FIELD = ("name", "type", "required", "default")


@app.command("create", help=t("Create a table of a definition in JSON."))
def create_table(
    context: typer.Context,
    definition: Annotated[Path, typer.Argument(help=t("A file, or - for standard input."))],
    rate: TableRate = None,
    as_json: AsJson = False,
) -> None:
    """Create a table of a definition in JSON."""
    world = world_of(context)
    text = world.given.read() if str(definition) == "-" else definition.read_text("utf-8")
    wanted = from_json(text, str(definition))
    if not isinstance(wanted, dict):
        raise Stop(t("a table's definition is a JSON object"), code=Exit.WRONG_USE)
    with signed_in(world) as client:
        made = client.create_table(cast(Any, wanted | limits(rate=rate)))
    record(world, made if as_json else _short(dict(made)), as_json=as_json)


@app.command("from-file", help=t("Make a table of a file, and import the file."))
def from_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=t("A spreadsheet, CSV or JSON file."))],
    name: Annotated[str, typer.Option(help=t("The table's name; otherwise the file's."))] = "",
    key: Annotated[
        str, typer.Option(help=t("Columns, with commas, that no two rows have the same values in."))
    ] = "",
    rate: TableRate = None,
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Make a table of a file, and import the file."""
    world = world_of(context)
    with signed_in(world) as client, opened(world, str(file), "") as (stream, file_name):
        told = client.preview(stream, name=file_name)
        note(world, t("Columns found in {file}:").format(file=file_name))
        for field in told["schema"]["fields"]:
            note(world, f"  {field['name']}: {field['type']}")
        sure(world, t("Make this table and import the file?"), yes=yes)
        definition: Any = {"name": name or _named_after(file), "schema": told["schema"]}
        if key:
            definition["indexes"] = [{"fields": key.split(",")}]
        made = client.create_table(definition | limits(rate=rate))
        handle = client.start_import(
            made["id"], stream, name=file_name, options=dict(told["suggested"])
        )
        job = ended(world, handle)
    shown = {"table": made["name"], "table_id": made["id"], "job_id": handle.id, **job["counts"]}
    record(world, shown, as_json=as_json)


@app.command("attach", help=t("Attach a DynamoDB table that is there already."))
def attach_table(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=t("The name that it is to have here."))],
    dynamodb_table: Annotated[str, typer.Argument(help=t("The DynamoDB table."))],
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME:TYPE",
            help=t("A column and its type, such as price:number; repeat it."),
        ),
    ] = None,
    propose: Annotated[
        bool, typer.Option(help=t("Only print the definition that the table's items suggest."))
    ] = False,
    rate: TableRate = None,
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Attach a DynamoDB table that is there already."""
    definition: Any = {
        "name": name,
        "attached": {"table": dynamodb_table},
        **limits(rate=rate),
    }
    world = world_of(context)
    with signed_in(world) as client:
        if field:
            definition["schema"] = {"fields": [_typed(each) for each in field]}
        else:
            proposed: Any = client.propose_table(name, dynamodb_table)
            sample = proposed.pop("sample")
            definition = proposed | limits(rate=rate)
            if propose:
                record(world, definition, as_json=True)
                return
            _show_sample(world, definition, sample)
            sure(world, t("Attach it with these columns?"), yes=yes)
        made = client.create_table(definition)
    record(world, made if as_json else _short(dict(made)), as_json=as_json)


def _show_sample(world: World, definition: dict[str, Any], sample: dict[str, Any]) -> None:
    """Say on standard error what was read, what it suggests, and what is left out."""
    read = t("Items read: {items}, for {units} read units; the table has about {all}.")
    note(world, read.format(items=sample["items"], units=sample["read_units"], all=_about(sample)))
    for each in sample["attributes"]:
        shares = ", ".join(f"{kind} {share:g} %" for kind, share in each["types"].items())
        why = f"; {each['why']}" if each.get("why") else ""
        note(world, f"  {each['name']}: {each['type']} ({shares or '-'}){why}")
    for name, reason in sample["left_out"].items():
        note(world, t("  {name} is left out: {reason}").format(name=name, reason=reason))
    if creation := definition["attached"].get("created_at"):
        note(world, t("Rows were created at: {attribute}").format(attribute=creation["attribute"]))
    if index := definition["attached"].get("index"):
        values = ", ".join(map(str, index["partitions"]))
        text = t("Windows are read by the index {name}, of these partitions only: {values}")
        note(world, text.format(name=index["name"], values=values))


def _about(sample: dict[str, Any]) -> int:
    return int(sample["items"] if sample["whole"] else max(sample["items"], sample["table_items"]))


@app.command("delete", help=t("Delete a table with its rows. There is no way back."))
def delete_table(context: typer.Context, table: TableName, yes: YES = False) -> None:
    """Delete a table with its rows."""
    world = world_of(context)
    with signed_in(world) as client:
        found = client.table(table)
        sure(world, t("Delete {name} with all its rows?").format(name=found["name"]), yes=yes)
        client.delete_table(found["id"])
    note(world, t("{name} is deleted.").format(name=found["name"]))


def _short(table: dict[str, Any]) -> dict[str, Any]:
    names = [field["name"] for field in table["schema"]["fields"]]
    own = [name for name in names if name not in _BUILT_IN or "attached" in table]
    return {"id": table["id"], "name": table["name"], "fields": ", ".join(own)}


def _field(field: dict[str, Any]) -> dict[str, Any]:
    required = field.get("constraints", {}).get("required") or None
    return {**field, "required": required, "default": field.get("default")}


def _named_after(file: Path) -> str:
    """A table's name has letters, digits and `_`, 32 at most, and begins with a letter."""
    stem = file.name.split(".")[0]
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in stem).lstrip("_0123456789")
    if not name:
        raise Stop(
            t("no table can be named after {file}").format(file=file.name),
            code=Exit.WRONG_USE,
            advice="--name",
        )
    return name[:32]


def _typed(text: str) -> dict[str, str]:
    name, _, kind = text.rpartition(":")
    if not name:
        raise Stop(
            t("{text} names no type").format(text=text),
            code=Exit.WRONG_USE,
            advice="--field sku:string",
        )
    return {"name": name, "type": kind}
