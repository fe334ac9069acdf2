"""Waiting for jobs: progress on a terminal, and Ctrl-C that asks what to do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ferry_cli.exits import Exit, Stop
from ferry_cli.output import note
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client import JobHandle
    from ferry_client.types import Job


def ended(world: World, handle: "JobHandle", go_on: str = "") -> "Job":
    """Wait for a job's end and return it.

    Args:
        world: where progress is shown.
        handle: the job.
        go_on: the command that goes on with what is interrupted; by default, that watches.

    Raises:
        Stop: the user stopped waiting.

    """
    note(world, t("Job {id}").format(id=handle.id))
    with interruptible(world, handle, go_on or f"ferry jobs watch {handle.id}"), _bar(world) as bar:
        return handle.wait(lambda job: bar(job["progress"]["rows_done"], _whole(job)))


@contextmanager
def interruptible(world: World, handle: "JobHandle", go_on: str) -> Iterator[None]:
    """Ask at Ctrl-C whether the job is to go on, and say how to take it up again."""
    from ferry_client import Unreachable

    try:
        yield
    except KeyboardInterrupt:
        told = t("stopped waiting; the job goes on")
        if world.interactive and _cancel_it(world):
            told = t("the job is {status}").format(status=handle.cancel())
        raise Stop(told, code=Exit.INTERRUPTED, advice=go_on) from None
    except Unreachable as error:
        raise Stop(str(error), advice=go_on) from error


@contextmanager
def fetching(go_on: Callable[[], str]) -> Iterator[None]:
    """Say how to go on with a download that was interrupted, or that the network broke off."""
    from ferry_client import Unreachable

    try:
        yield
    except KeyboardInterrupt:
        told = t("the download was interrupted")
        raise Stop(told, code=Exit.INTERRUPTED, advice=go_on()) from None
    except Unreachable as error:
        raise Stop(str(error), advice=go_on()) from error


@contextmanager
def transferring(world: World) -> Iterator[Any]:
    """Show the bytes of an upload or a download on a terminal."""
    with _bar(world, unit="B") as bar:
        yield bar


def _cancel_it(world: World) -> bool:
    world.err.write("\n" + t("Cancel the job? Otherwise it goes on. [y/N] "))
    world.err.flush()
    try:
        return world.given.readline().strip().lower() in {"y", "yes", "是"}
    except KeyboardInterrupt:
        return False


def _whole(job: "Job") -> int | None:
    return job["progress"]["rows_total"]


@contextmanager
def _bar(world: World, unit: str = "") -> Iterator[Any]:
    """Yield a function of what is done and, where known, of how much it is in all."""
    if not world.err.isatty():
        yield lambda _done, _whole: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    counted = DownloadColumn() if unit else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn())
    console = Console(file=world.err, no_color=bool(world.environment.get("NO_COLOR")))
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(t("bytes") if unit else t("rows"), total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
