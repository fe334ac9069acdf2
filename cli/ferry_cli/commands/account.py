"""Signing in, and whether everything is in order."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import typer

from ferry_cli import accounts
from ferry_cli.exits import Exit, Stop
from ferry_cli.output import AsJson, moment, note, record
from ferry_cli.questions import answered
from ferry_cli.session import signed_in, world_of
from ferry_cli.signing_in import by_mail
from ferry_cli.wording import t
from ferry_cli.world import World

_FROM_INPUT = "-"


def login(
    context: typer.Context,
    url: Annotated[str, typer.Option(help=t("The service's address."))] = "",
    mail: Annotated[
        str, typer.Option(help=t("Your mail address: a code is mailed to you, then asked for."))
    ] = "",
    token: Annotated[
        str, typer.Option(help=t("A token in place of the mail; - reads it from standard input."))
    ] = "",
    app: Annotated[
        str, typer.Option(help=t("Which app, by name or id, if several know the address."))
    ] = "",
    stack: Annotated[
        Path | None, typer.Option(help=t("Take both from a file such as .local/stack.json."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign in, and keep what the service is shown from now on."""
    from ferry_client import Client

    world = world_of(context)
    if stack:
        facts: dict[str, Any] = json.loads(stack.read_text("utf-8"))
        url, token = facts["api_url"], token or ("" if mail else facts["token"])
    url = url or _asked(world, t("Address of the service: "))
    if not (mail or token) and world.interactive:
        mail = answered(world, t("Your mail address; leave it empty to give a token: "))
    if mail:
        with Client(url, "", language=world.language, through=world.through) as client:
            token = by_mail(world, client, mail, app)["session"]
    token = _token(world, token)
    with Client(url, token, language=world.language, through=world.through) as client:
        tables = client.tables()
    name = world.account or accounts.USUAL
    where = accounts.keep(world, name, url, token)
    note(world, t("Signed in to {url}; tables: {n}.").format(url=url, n=len(tables)))
    note(world, t("Profile {name}; the token is kept in {where}.").format(name=name, where=where))
    if as_json:
        shown = {"profile": name, "url": url, "token_kept_in": where, "tables": len(tables)}
        record(world, shown, as_json=True)


def logout(context: typer.Context) -> None:
    """End the session of a sign-in by mail, and forget the profile."""
    from ferry_client import Refused

    world = world_of(context)
    account = accounts.current(world)
    if account.by_session:
        try:
            with signed_in(world) as client:
                client.transport.call("DELETE", "/console/session/")
        except Refused as error:
            if error.status != HTTPStatus.UNAUTHORIZED:  # it has ended already
                raise
    accounts.forget(world, account)
    note(world, t("Signed out of {url}.").format(url=account.url))


def whoami(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the profile, who is signed in by it, and whether its token still serves."""
    world = world_of(context)
    account = accounts.current(world)
    shown: dict[str, Any] = {
        "profile": account.name,
        "url": account.url,
        "token_kept_in": account.kept_in,
    }
    with signed_in(world) as client:
        if account.by_session:
            told = client.transport.call("GET", "/console/session/").json()
            shown |= {name: told[name] for name in ("name", "email", "app_name", "role")}
            until = told["expires_at"]
            shown["expires_at"] = until if as_json else moment(until)
        shown["tables"] = len(client.tables())
    record(world, shown, as_json=as_json)


def _token(world: World, token: str) -> str:
    if token == _FROM_INPUT:
        return world.given.readline().strip()
    if token:
        return token
    if not world.interactive:
        raise Stop(
            t("no token was given"),
            code=Exit.WRONG_USE,
            advice="ferry login --mail … / --token -",
        )
    from getpass import getpass

    return getpass(t("Token: "), stream=world.err).strip()


def _asked(world: World, question: str) -> str:
    if not world.interactive:
        raise Stop(t("no address was given"), code=Exit.WRONG_USE, advice="ferry login --url …")
    return answered(world, question)
