"""All commands, as one program."""

from typing import Annotated

import typer

from ferry_cli import VERSION
from ferry_cli.commands import (
    account,
    configuration,
    doctor,
    engines,
    exporting,
    importing,
    jobs,
    operators,
    tables,
)
from ferry_cli.examples import add_examples
from ferry_cli.session import world_of
from ferry_cli.wording import t

app = typer.Typer(
    help=t("Tables and rule engines' configurations, in and out."),
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich takes a third of the time to --help
    pretty_exceptions_enable=False,
    context_settings={"max_content_width": 120},
    epilog=t("Example: ferry export goods -o goods.csv"),
)


@app.callback(invoke_without_command=True)
def _profile(
    context: typer.Context,
    account_name: Annotated[
        str, typer.Option("--as", metavar="PROFILE", help=t("As whom: a profile of ferry login."))
    ] = "",
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, help=t("Print the version."))
    ] = False,
) -> None:
    world = world_of(context)
    world.account = account_name
    if version:
        world.out.write(f"ferry {VERSION}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("Missing command.")  # Typer says so of its groups


app.command("login", help=t("Sign in by mail, or by a token."))(account.login)
app.command("logout", help=t("Sign out, and forget the profile."))(account.logout)
app.command("whoami", help=t("Show the profile, and whether its token serves."))(account.whoami)
app.command("export", help=t("Export a table's rows into a file or a pipe."))(exporting.export)
app.command("import", help=t("Import a file into a table."))(importing.import_)
app.command("preview", help=t("Say what is in a file, before it is imported."))(importing.preview)
app.command("failed", help=t("Download the rows that failed, or correct them."))(importing.failed)
app.command("undo", help=t("Undo an import of --keep-before."))(importing.undo)
app.command("doctor", help=t("Check profile, address, clock, token and uploads."))(doctor.doctor)
app.command(
    "admin",
    help=t("Make apps, users and secrets, look after jobs: for operators."),
    context_settings=operators.PASSED_ON,
)(operators.admin)
app.add_typer(tables.app, name="tables")
app.add_typer(jobs.app, name="jobs")
app.add_typer(configuration.app, name="config")

configuration.app.command("plan", help=t("Show what apply would change; exits 2 if it would."))(
    engines.plan
)
configuration.app.command("apply", help=t("Bring running engines to what the source says."))(
    engines.apply
)
configuration.app.command("drift", help=t("Show in what engines differ; exits 2 if they do."))(
    engines.drift
)
configuration.app.command("pull", help=t("Write what an engine has into a folder."))(engines.pull)

add_examples(app)
