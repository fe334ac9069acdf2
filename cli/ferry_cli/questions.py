"""Questions to the person at the terminal."""

from typing import Annotated

import typer

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t
from ferry_cli.world import World

YES = Annotated[bool, typer.Option("--yes", "-y", help=t("Do not ask."))]


def answered(world: World, question: str) -> str:
    """Ask for a line of text; programs send it on standard input."""
    world.err.write(question)
    world.err.flush()
    return world.given.readline().strip()


def sure(world: World, question: str, *, yes: bool) -> None:
    """Go on only if the user says so, by `--yes` or now.

    Raises:
        Stop: they do not, or nobody can be asked.

    """
    if yes:
        return
    if not world.interactive:
        raise Stop(question, code=Exit.WRONG_USE, advice=t("Nobody can be asked here: send --yes"))
    world.err.write(f"{question} [y/N] ")
    world.err.flush()
    if world.given.readline().strip().lower() not in {"y", "yes", "是"}:
        raise Stop(t("nothing was changed"))
