"""Signing in, and whether everything is in order."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ferry_cli import accounts
from ferry_cli.exits import Exit, Stop
from ferry_cli.output import AsJson, note, record
from ferry_cli.session import signed_in, world_of
from ferry_cli.wording import t
from ferry_cli.world import World

_CLOCK_S = 300
_FROM_INPUT = "-"


def login(
    context: typer.Context,
    url: Annotated[str, typer.Option(help=t("The service's address."))] = "",
    token: Annotated[
        str, typer.Option(help=t("The token; - reads it from standard input. Asked for if absent."))
    ] = "",
    stack: Annotated[
        Path | None, typer.Option(help=t("Take both from a file such as .local/stack.json."))
    ] = None,
) -> None:
    """Sign in: check the token and keep it."""
    from ferry_client import Client

    world = world_of(context)
    if stack:
        facts: dict[str, Any] = json.loads(stack.read_text("utf-8"))
        url, token = facts["api_url"], facts["token"]
    url = url or _asked(world, t("Address of the service: "))
    token = _token(world, token)
    with Client(url, token, through=world.through) as client:
        tables = client.tables()
    name = world.account or accounts.USUAL
    where = accounts.keep(world, name, url, token)
    note(world, t("Signed in to {url}; tables: {n}.").format(url=url, n=len(tables)))
    note(world, t("Profile {name}; the token is kept in {where}.").format(name=name, where=where))


def whoami(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the profile, and whether its token still serves."""
    world = world_of(context)
    account = accounts.current(world)
    with signed_in(world) as client:
        tables = client.tables()
    shown = {
        "profile": account.name,
        "url": account.url,
        "token_kept_in": account.kept_in,
        "tables": len(tables),
    }
    record(world, shown, as_json=as_json)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check profile, address, clock and token, and say what to do."""
    world = world_of(context)
    account = accounts.current(world)
    checks = {"profile": f"{account.name}, {account.url}", **_answers(world, account)}
    record(world, checks, as_json=as_json)
    if bad := [name for name, found in checks.items() if found.startswith("✗")]:
        raise Stop(t("not in order: {names}").format(names=", ".join(bad)))


def _answers(world: World, account: accounts.Account) -> dict[str, str]:
    from ferry_client import Client, FerryError, Refused, Retries

    found = {}
    with Client(
        account.url, account.token, through=world.through, retries=Retries(attempts=1)
    ) as client:
        try:
            answer = client.transport.call("GET", "/openapi.json")
        except FerryError as error:
            return {"service": f"✗ {error}"}
        found["service"] = f"{answer.json()['info']['title']} {answer.json()['info']['version']}"
        found["clock"] = _clock(answer.headers.get("Date", ""))
        try:
            found["token"] = t("serves; tables: {n}").format(n=len(client.tables()))
        except Refused as error:
            found["token"] = f"✗ {error.message}; ferry login"
    return {name: text for name, text in found.items() if text}


def _clock(date: str) -> str:
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    if not date:
        return ""
    away = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
    if away > _CLOCK_S:
        return "✗ " + t("{n} s away from the service's; signed links will fail").format(n=int(away))
    return t("right")


def _token(world: World, token: str) -> str:
    if token == _FROM_INPUT:
        return world.given.readline().strip()
    if token:
        return token
    if not world.interactive:
        raise Stop(t("no token was given"), code=Exit.WRONG_USE, advice="ferry login --token -")
    from getpass import getpass

    return getpass(t("Token: "), stream=world.err).strip()


def _asked(world: World, question: str) -> str:
    if not world.interactive:
        raise Stop(t("no address was given"), code=Exit.WRONG_USE, advice="ferry login --url …")
    world.err.write(question)
    world.err.flush()
    return world.given.readline().strip()
