"""Imports: a file into a table, its difference first, what failed, and the way back."""

import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ferry_cli.commands.jobs import JobId
from ferry_cli.commands.tables import TableName
from ferry_cli.estimates import Estimate, tell_estimate
from ferry_cli.exits import Exit, Stop
from ferry_cli.limits import Budget, BudgetUnits, Rate, limits
from ferry_cli.output import AsJson, note, record, rows
from ferry_cli.questions import YES, sure
from ferry_cli.session import signed_in, world_of
from ferry_cli.sources import opened, upload_note
from ferry_cli.watching import ended, transferring
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client import Client, JobHandle
    from ferry_client.types import Job

_SHOWN = 20
_COUNTS = ("total", "succeeded", "failed", "new", "changed", "same", "deleted", "skipped")

Match = Annotated[
    str, typer.Option(help=t("Columns of a unique index, with commas, that rows are matched by."))
]
Mode = Annotated[
    str,
    typer.Option(
        help=t("insert, skip, upsert, merge, update, replace, delete, mirror or changes.")
    ),
]
Profile = Annotated[str, typer.Option(help=t("Options that are saved with the table."))]
Format = Annotated[str, typer.Option("--format", help=t("Of a file whose name does not tell."))]
Encoding = Annotated[str, typer.Option(help=t("Of a text file that is not UTF-8."))]
Delimiter = Annotated[str, typer.Option(help=t("Between cells: comma, semicolon, tab, pipe, …"))]


def import_(
    context: typer.Context,
    table: TableName,
    file: Annotated[str, typer.Argument(help=t("A file, - for standard input, or a URL."))],
    match: Match = "",
    mode: Mode = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="A=b", help=t("A column of the file and of the table: A=b. Repeat it.")
        ),
    ] = None,
    profile: Profile = "",
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    file_format: Format = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=t("Check, and write nothing."))
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help=t("Show what would change, ask, then do it."))
    ] = False,
    keep_before: Annotated[
        bool, typer.Option("--keep-before", help=t("Keep what changes, for ferry undo."))
    ] = False,
    budget: Budget = None,
    budget_units: BudgetUnits = None,
    rate: Rate = None,
    estimate: Estimate = False,
    yes: YES = False,
    as_json: AsJson = False,
) -> None:
    """Import a file into a table."""
    options = _options(match, mode, profile, encoding, delimiter, columns)
    options |= limits(budget, budget_units, rate)
    if dry_run or diff:
        options |= {"dry_run": True, "differences": "jsonl"}
    if keep_before:
        options["keep_before"] = True
    world = world_of(context)
    with signed_in(world) as client:
        if estimate:
            with opened(world, file, file_format) as (stream, name):
                found = client.table(table)["id"]
                told = client.estimate_import(found, stream, name=name, options=options)
            tell_estimate(world, told, as_json=as_json)
            return
        handle = _start(world, client, table, file, file_format, options)
        job = ended(world, handle)
        if diff and not as_json:
            _show_differences(world, handle, job)
        tried = handle, job
        if diff and not dry_run and _changes(job):
            sure(world, t("Apply this?"), yes=yes)
            handle = handle.apply(keep_before=keep_before)
            job = ended(world, handle)
        _tell(world, job, as_json=as_json)
        for each in ((handle, job), tried):  # what is applied are the rows that had not failed
            _check_failed(*each)


def preview(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help=t("A file, or - for standard input."))],
    table: Annotated[str, typer.Option(help=t("As an import into this table."))] = "",
    profile: Profile = "",
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    file_format: Format = "",
    as_json: AsJson = False,
) -> None:
    """Say what is in a file, and what an import would make of it."""
    options = _options("", "", profile, encoding, delimiter, None)
    world = world_of(context)
    with signed_in(world) as client, opened(world, file, file_format) as (stream, name):
        known = client.table(table)["id"] if table else None
        told = client.preview(stream, table=known, name=name, options=options)
    if as_json:
        record(world, told, as_json=True)
        return
    note(world, " ".join(f"{key}={value}" for key, value in told["detected"].items()))
    shown = [
        {**column, "example": (column.get("examples") or [""])[0]} for column in told["columns"]
    ]
    rows(world, shown, ("name", "column", "type", "empty", "example"))
    for problem in told["problems"][:_SHOWN]:
        note(world, " ".join(str(part) for part in problem.values() if part))
    read, failing = told["rows_read"], told["rows_failing"]
    note(
        world,
        t("rows read: {n}; would fail: {failing}").format(n=f"{read:,}", failing=f"{failing:,}"),
    )


def failed(
    context: typer.Context,
    job_id: JobId,
    to: Annotated[str, typer.Option("-o", "--output", help=t("The file."))] = "",
    fix: Annotated[
        bool, typer.Option("--fix", help=t("Open them in $EDITOR, and import them again."))
    ] = False,
    match: Match = "",
    mode: Mode = "",
    as_json: AsJson = False,
) -> None:
    """Download the rows that an import could not write."""
    world = world_of(context)
    with signed_in(world) as client:
        handle = client.find_job(job_id)
        told = handle.show()
        name = _failed_name(told)
        if not fix:
            size = handle.failed_rows(Path(to or name))
            shown = {"file": to or name, "size": size}
            record(world, shown, as_json=as_json)
            return
        if name.endswith(".xlsx"):
            raise Stop(
                t("{file} is a workbook").format(file=name),
                advice=t("ferry failed {job} -o {file}; correct it in a spreadsheet, import it")
                .format(job=handle.id, file=name),
            )  # fmt: skip
        from tempfile import TemporaryDirectory

        options = _as_before(client, told) | _options(match, mode, "", "", "", None)
        with TemporaryDirectory() as folder:
            file = Path(to) if to else Path(folder) / name
            handle.failed_rows(file)
            _edit(world, file)
            again = client.start_import(_table_of(handle), file, options=options)
        job = ended(world, again)
        _tell(world, job, as_json=as_json)
        _check_failed(again, job)


def undo(context: typer.Context, job_id: JobId, yes: YES = False, as_json: AsJson = False) -> None:
    """Undo an import that was started with --keep-before."""
    world = world_of(context)
    with signed_in(world) as client:
        handle = client.find_job(job_id)
        counts = handle.show().get("counts")
        n = counts["succeeded"] if counts else 0
        told = t("Undo this import (rows: {n})?").format(n=f"{n:,}")
        sure(world, told, yes=yes)
        back = handle.undo()
        job = ended(world, back)
        _tell(world, job, as_json=as_json)
        _check_failed(back, job)


def _options(
    match: str, mode: str, profile: str, encoding: str, delimiter: str, columns: list[str] | None
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "match": match.split(",") if match else "",
        "mode": mode or ("upsert" if match else ""),
        "profile": profile,
        "encoding": encoding,
        "delimiter": delimiter,
        "columns": dict(_pair(each) for each in columns or ()),
    }
    return {name: value for name, value in given.items() if value}


def _pair(text: str) -> tuple[str, str]:
    name, mark, column = text.rpartition("=")
    if not mark:
        raise Stop(
            t("{text} maps no column").format(text=text),
            code=Exit.WRONG_USE,
            advice="--map Preis=price",
        )
    return name, column


def _start(
    world: World, client: "Client", table: str, file: str, file_format: str, options: dict[str, Any]
) -> "JobHandle":
    known = client.table(table)["id"]
    if file.startswith(("https://", "http://", "s3://")):
        name = f"file.{file_format}" if file_format else ""
        return client.start_import_of_url(known, file, name=name, options=options)
    note_path = upload_note(world, client.transport.url, known, file, options)
    source, progress = opened(world, file, file_format), transferring(world)
    with source as (stream, name), _resumable(note_path), progress as watch:
        return client.start_import(
            known, stream, name=name, options=options, note=note_path, watch=watch
        )


@contextmanager
def _resumable(note_path: Path | None) -> Iterator[None]:
    """Say how to go on with an upload that was interrupted, or that the network broke off."""
    from ferry_client import Unreachable

    again = t("The same command sends only what has not arrived")
    try:
        yield
    except KeyboardInterrupt:
        begun = note_path is not None and note_path.exists()
        told = t("the upload was interrupted; nothing was imported")
        raise Stop(told, code=Exit.INTERRUPTED, advice=again if begun else "") from None
    except Unreachable as error:
        if note_path is None or not note_path.exists():
            raise
        raise Stop(str(error), advice=again) from error


def _as_before(client: "Client", job: "Job") -> dict[str, Any]:
    """Return the options with which corrected rows are imported as the others of a job were.

    Raises:
        Stop: the job is an undo.

    """
    if "undo_of" in job:
        raise Stop(
            t("these rows were kept because they have changed since: there is nothing to correct"),
            advice=f"ferry failed {job['job_id']}",
        )
    if dry_run := job.get("apply_of"):
        job = client.find_job(dry_run).show()
    return dict(job.get("report_options", {}))


def _tell(world: World, job: "Job", *, as_json: bool) -> None:
    """Print a job's counts."""
    counts: dict[str, Any] = dict(job.get("counts") or {})
    if as_json:
        record(world, job, as_json=True)
        return
    record(world, {name: counts[name] for name in _COUNTS if counts.get(name)}, as_json=False)
    for column in job.get("ignored_columns", []):
        note(world, t("column {name} was ignored: the table has none such").format(name=column))


def _check_failed(handle: "JobHandle", job: "Job") -> None:
    """End with an exit code of its own where rows have failed.

    Raises:
        Stop: some have.

    """
    counts: dict[str, Any] = dict(job.get("counts") or {})
    if counts.get("failed"):
        raise Stop(
            t("rows that failed: {n}").format(n=f"{counts['failed']:,}"),
            code=Exit.SOME_ROWS_FAILED,
            advice=f"ferry failed {handle.id}{'' if 'undo_of' in job else ' --fix'}",
        )


def _changes(job: "Job") -> bool:
    counts: dict[str, Any] = dict(job.get("counts") or {})
    return any(counts.get(name) for name in ("new", "changed", "deleted", "mirrored"))


def _show_differences(world: World, handle: "JobHandle", job: "Job") -> None:
    """Print the first differences of a dry run, how many there are, and how many rows failed."""
    if failing := dict(job.get("counts") or {}).get("failed"):
        note(world, t("rows that would fail: {n}").format(n=f"{failing:,}"))
    if not job.get("download_url"):
        note(world, t("Nothing would change."))
        return
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        handle.download(Path(folder) / "differences")
        lines = (Path(folder) / "differences").read_text("utf-8").splitlines()
    first = [json.loads(line) for line in lines[:_SHOWN]]
    rows(world, first, ("key", "change", "column", "before", "after"))
    if len(lines) > _SHOWN:
        note(world, t("… and {n} more").format(n=f"{len(lines) - _SHOWN:,}"))


def _failed_name(job: "Job") -> str:
    name = (job.get("file_name") or "rows.csv").removesuffix(".gz")
    stem, _, suffix = name.rpartition(".")
    return f"{stem}-failed.{_FAILED.get(suffix, suffix)}"


_FAILED = {"xlsm": "xlsx", "ods": "xlsx", "parquet": "jsonl"}
"""What rows that failed come back as, where not as what they came in."""


def _table_of(handle: "JobHandle") -> int:
    return int(handle.path.split("/table/")[1].split("/")[0])


def _edit(world: World, file: Path) -> None:
    """Open a file in the user's editor.

    Raises:
        Stop: there is no such editor, it failed, or the file was left as it was.

    """
    import subprocess

    before = file.read_bytes()
    editor = world.environment.get("VISUAL") or world.environment.get("EDITOR") or "vi"
    try:
        subprocess.run([*shlex.split(editor), os.fspath(file)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = t("the editor did not serve: {error}").format(error=error)
        raise Stop(told, advice=t("Set EDITOR, such as EDITOR=nano")) from error
    if file.read_bytes() == before:
        raise Stop(t("nothing was corrected, so nothing was sent"))
