"""Profiles: at which service one is signed in as whom, and where the token is kept."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from ferry_cli.exits import Exit, Stop
from ferry_cli.wording import t
from ferry_cli.world import World

USUAL = "default"
_SERVICE = "ferry-cli"


@dataclass(frozen=True)
class Account:
    """A profile.

    Attributes:
        url: of the service.
        token: an access token, or the session of who signed in by mail.
        kept_in: where the token is: ``keyring``, ``file`` or ``environment``.

    """

    name: str
    url: str
    token: str
    kept_in: str

    @property
    def by_session(self) -> bool:
        """Whether the service has a session to tell of; tokens have no dots."""
        return "." in self.token


class Keyring(Protocol):
    """What we use of the package keyring."""

    def get_password(self, service: str, name: str) -> str | None:
        """Return a secret."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        """Keep a secret."""

    def delete_password(self, service: str, name: str) -> None:
        """Forget a secret."""


def current(world: World) -> Account:
    """Return the profile that `--as`, or the environment, or else `default` names.

    `FERRY_URL` and `FERRY_TOKEN` together are a profile of their own, for pipelines.

    Raises:
        Stop: there is none.

    """
    url, token = (world.environment.get(name, "") for name in ("FERRY_URL", "FERRY_TOKEN"))
    if url and token and not world.account:
        return Account("environment", url, token, "environment")
    name = world.account or world.environment.get("FERRY_PROFILE") or USUAL
    kept = _read(world).get(name)
    if kept is None:
        raise Stop(
            t("you are not signed in (profile {name})").format(name=name),
            code=Exit.NOT_SIGNED_IN,
            advice=t("Sign in: ferry login"),
        )
    if "token" in kept:
        return Account(name, kept["url"], kept["token"], "file")
    keyring = _keyring()
    token = (keyring and keyring.get_password(_SERVICE, name)) or ""
    return Account(name, kept["url"], token, "keyring")


def keep(world: World, name: str, url: str, token: str) -> str:
    """Keep a profile, its token in the keyring where there is one; return where it is."""
    in_keyring = not world.environment.get("FERRY_NO_KEYRING") and _put_into_keyring(name, token)
    profile = {"url": url} if in_keyring else {"url": url, "token": token}
    file = _write(world, _read(world) | {name: profile})
    return "keyring" if in_keyring else str(file)


def forget(world: World, account: Account) -> None:
    """Forget a profile and its token; that of the environment stays there."""
    kept = _read(world)
    if kept.pop(account.name, None) is None:
        return
    keyring = _keyring() if account.kept_in == "keyring" else None
    if keyring:
        keyring.delete_password(_SERVICE, account.name)
    _write(world, kept)


def _write(world: World, kept: dict[str, dict[str, str]]) -> Path:
    world.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = world.folder / "profiles.json"
    text = json.dumps(kept, indent=2) + "\n"
    # Others must not read it for a moment either, hence the mode at creation.
    made = os.open(file.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w", encoding="utf-8") as stream:
        stream.write(text)
    file.with_suffix(".new").replace(file)
    return file


def _read(world: World) -> dict[str, dict[str, str]]:
    file = world.folder / "profiles.json"
    found: dict[str, dict[str, str]] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return found


def _put_into_keyring(name: str, token: str) -> bool:
    """Return whether there is a keyring, and it keeps the token: one may be locked."""
    keyring = _keyring()
    if keyring is None:
        return False
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, name, token)
    except KeyringError:
        return False
    return True


def _keyring() -> Keyring | None:
    """Return the system's keyring, None where there is none that keeps anything."""
    try:
        import keyring
        import keyring.backends.fail
    except ImportError:
        return None
    used: Any = keyring.get_keyring()
    return None if isinstance(used, keyring.backends.fail.Keyring) else cast(Keyring, used)
