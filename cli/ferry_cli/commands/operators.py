"""The operators' commands: of a package of its own, which works on AWS itself."""

import typer

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""Of the command `admin`, whose own parser reads all that follows."""

_ARGPARSE_WRONG_USE = 2


def admin(context: typer.Context) -> None:
    """Run a command of operators; it needs Ferry's own package, and AWS credentials."""
    from importlib.metadata import entry_points

    found = list(entry_points(group="ferry_cli.commands", name="admin"))
    if not found:
        raise Stop(
            t("the commands of operators are not installed"),
            advice=t("In a checkout of Ferry: pip install . (or pipx inject ferry-cli .)"),
        )
    try:
        code = found[0].load()(context.args or ["--help"], prog="ferry admin")
    except SystemExit as stop:  # argparse ends so, after its help as well
        code = Exit.WRONG_USE if stop.code == _ARGPARSE_WRONG_USE else Exit.DONE
    raise typer.Exit(code)
