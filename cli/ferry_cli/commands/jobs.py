"""Jobs: how far they are, and how to end them."""

from typing import Annotated, Any, cast

import typer

from ferry_cli.commands.exporting import To, fetch
from ferry_cli.exits import Exit, Stop
from ferry_cli.limits import Budget, BudgetUnits, Rate, limits
from ferry_cli.output import AsJson, AsLines, moment, note, record, rows
from ferry_cli.pipes import STDOUT
from ferry_cli.session import signed_in, world_of
from ferry_cli.watching import ended
from ferry_cli.wording import t
from ferry_cli.world import World

app = typer.Typer(
    help=t("List, show, watch, download, cancel, resume and delete jobs."), no_args_is_help=True
)

JobId = Annotated[str, typer.Argument(metavar="JOB", help=t("The job's id."))]
_COLUMNS = ("job_id", "table", "kind", "status", "rows", "created")


@app.command("list", help=t("List your jobs, the newest first."))
def list_jobs(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help=t("Of one table only."))] = "",
    limit: Annotated[int, typer.Option(min=1, help=t("At most so many."))] = 20,
    status: Annotated[
        str, typer.Option(help=t("pending, ready, finish, failed or cancelled, with commas."))
    ] = "",
    everyone: Annotated[
        bool, typer.Option("--all", help=t("Others' too, on tables whose owner you are."))
    ] = False,
    as_json: AsJson = False,
    as_lines: AsLines = False,
) -> None:
    """List your jobs, the newest first."""
    world = world_of(context)
    with signed_in(world) as client:
        only = client.table(table)["id"] if table else None
        found = client.latest_jobs(limit, table=only, status=status, anyone=everyone)
    shown = found if as_json or as_lines else [_short(dict(job)) for job in found]
    rows(world, cast(Any, shown), _COLUMNS, as_json=as_json, as_lines=as_lines)


@app.command("show", help=t("Show a job."))
def show_job(context: typer.Context, job_id: JobId, as_json: AsJson = False) -> None:
    """Show a job."""
    world = world_of(context)
    with signed_in(world) as client:
        job = client.find_job(job_id).show()
    if as_json:
        record(world, job, as_json=True)
        return
    shown = dict(job)
    failed = shown.pop("first_failed", [])
    for name in ("created_at", "updated_at", "undo_until", "resume_until"):
        if name in shown:
            shown[name] = moment(job[name])
    spent = job["spent"]
    shown["spent"] = t("{reads} read units, {writes} write units, ${dollars}").format(
        reads=f"{spent['read_units']:,.10g}",
        writes=f"{spent['write_units']:,.10g}",
        dollars=f"{spent['dollars']:.9f}".rstrip("0").rstrip("."),
    )
    record(world, shown, as_json=False)
    for row in failed if isinstance(failed, list) else []:
        for error in row["errors"]:
            told = {"line": row["line"], "field": error["field"] or "-", "reason": error["reason"]}
            world.out.write(t("line {line}, {field}: {reason}").format(**told) + "\n")


@app.command("watch", help=t("Wait for a job's end."))
def watch_job(context: typer.Context, job_id: JobId, as_json: AsJson = False) -> None:
    """Wait for a job's end."""
    world = world_of(context)
    with signed_in(world) as client:
        job = ended(world, client.find_job(job_id))
    record(world, job, as_json=as_json)


@app.command("download", help=t("Download a job's file; goes on with what is here."))
def download_job(
    context: typer.Context,
    job_id: JobId,
    to: To = "",
    start: Annotated[
        int, typer.Option("--from", min=0, help=t("With -o -: leave so many bytes out."))
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Download a job's file; goes on with what is here."""
    world = world_of(context)
    if start and to != STDOUT:
        raise Stop(
            t("--from is for -o - alone: a file is gone on with by itself"), code=Exit.WRONG_USE
        )
    with signed_in(world) as client:
        fetch(world, client.find_job(job_id), to, start=start, as_json=as_json)


@app.command("cancel", help=t("Cancel a job. Rows that an import wrote stay."))
def cancel_job(context: typer.Context, job_id: JobId, as_json: AsJson = False) -> None:
    """Cancel a job."""
    world = world_of(context)
    with signed_in(world) as client:
        _tell_status(world, job_id, client.find_job(job_id).cancel(), as_json=as_json)


@app.command("resume", help=t("Let a job go on that stopped at its budget."))
def resume_job(
    context: typer.Context,
    job_id: JobId,
    budget: Budget = None,
    budget_units: BudgetUnits = None,
    rate: Rate = None,
    as_json: AsJson = False,
) -> None:
    """Let a job go on that stopped at its budget; what it has spent counts."""
    world = world_of(context)
    with signed_in(world) as client:
        status = client.find_job(job_id).resume(**limits(budget, budget_units, rate))
    if as_json:
        record(world, {"job_id": job_id, "status": status}, as_json=True)
        return
    note(
        world,
        t("{status}; wait for its end: {command}").format(
            status=status, command=f"ferry jobs watch {job_id}"
        ),
    )


@app.command("delete", help=t("Delete a job that has ended, with its files."))
def delete_job(context: typer.Context, job_id: JobId, as_json: AsJson = False) -> None:
    """Delete a job that has ended; one that has not is cancelled."""
    world = world_of(context)
    with signed_in(world) as client:
        _tell_status(world, job_id, client.find_job(job_id).delete(), as_json=as_json)


def _tell_status(world: World, job_id: str, status: str, *, as_json: bool) -> None:
    if as_json:
        record(world, {"job_id": job_id, "status": status}, as_json=True)
    else:
        note(world, status)


def _short(job: dict[str, Any]) -> dict[str, Any]:
    created = moment(job["created_at"])[:16].replace("T", " ")
    rows_done = job["progress"]["rows_done"]
    return {
        **job,
        "table": job["table_name"],
        "kind": job["operation"],
        "rows": rows_done,
        "created": created,
    }
