"""`ferry`: runs a command and ends with its exit code."""

import io
import os
import sys
from collections.abc import Sequence

from ferry_cli.exits import Exit, explained
from ferry_cli.wording import t
from ferry_cli.world import World


def main(arguments: Sequence[str] | None = None, world: World | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments), world or World())
    except KeyboardInterrupt:  # while modules are loaded, too
        return Exit.INTERRUPTED


def _run(arguments: list[str], world: World) -> int:
    import typer

    from ferry_cli.app import app
    from ferry_cli.typer_words import speak
    from ferry_cli.values import read_plainly

    read_plainly()
    command = typer.main.get_command(app)
    speak(command)
    try:
        code = command.main(arguments, prog_name="ferry", standalone_mode=False, obj=world)
    except typer.exceptions.TyperException as error:
        return _misused(world, error)
    except SystemExit as end:
        if not isinstance(end.__context__, BrokenPipeError):  # which Typer ends with 1
            raise
        _close_output()
        return Exit.PIPE_CLOSED
    except typer.Abort:
        return Exit.INTERRUPTED
    except Exception as error:
        return _told(world, error)
    return code if isinstance(code, int) else Exit.DONE


def _misused(world: World, error: Exception) -> int:
    """Say how the command is used: the text that Typer has for it."""
    from ferry_cli.typer_words import spoken

    said = io.StringIO()
    error.show(file=said)  # type: ignore[attr-defined]  # of Click alone
    world.err.write(spoken(said.getvalue()))
    return Exit.WRONG_USE


def _told(world: World, error: Exception) -> int:
    stop = explained(error)
    if stop is None:
        raise error
    world.err.write(t("error: {message}").format(message=stop) + "\n")
    if stop.advice:
        world.err.write(f"  → {stop.advice}\n")
    return stop.code


def _close_output() -> None:
    """Whoever read us is gone; the interpreter must not write what it still holds.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
