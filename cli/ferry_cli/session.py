"""A command's way to the service, and to the tables and jobs that its arguments name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ferry_cli import accounts
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client import Client


def world_of(context: typer.Context) -> World:
    """Return the surroundings of a command."""
    world: World = context.find_root().obj
    return world


@contextmanager
def signed_in(world: World) -> Iterator["Client"]:
    """Connect as the user of the current profile."""
    from ferry_client import Client

    account = accounts.current(world)
    language = world.language
    with Client(account.url, account.token, language=language, through=world.through) as client:
        yield client
