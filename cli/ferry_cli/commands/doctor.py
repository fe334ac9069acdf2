"""Whether everything is in order between this machine and the service, and what to do."""

import typer

from ferry_cli import accounts
from ferry_cli.exits import Stop
from ferry_cli.output import AsJson, record
from ferry_cli.session import world_of
from ferry_cli.wording import t


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check profile, address, clock, token and uploads, and say what to do."""
    from ferry_cli.health import Finding, examine

    world = world_of(context)
    try:
        account = accounts.current(world)
    except Stop as stop:
        found = {"profile": Finding(str(stop), advice=stop.advice)}
    else:
        found = {"profile": Finding(f"{account.name}, {account.url}"), **examine(world, account)}
    bad = [name for name, each in found.items() if not each.good]
    if as_json:
        record(world, {name: each.as_json for name, each in found.items()}, as_json=True)
    else:
        record(world, {name: each.shown for name, each in found.items()}, as_json=False)
    if bad:
        raise Stop(t("not in order: {names}").format(names=", ".join(bad)))
