"""Signing in by mail: a code that is mailed to the user, and serves in this terminal alone."""

from typing import TYPE_CHECKING, Any

from ferry_cli import VERSION
from ferry_cli.exits import Exit, Stop
from ferry_cli.output import note
from ferry_cli.questions import answered
from ferry_cli.wording import t
from ferry_cli.world import World

if TYPE_CHECKING:
    from ferry_client import Client, Refused

_LINK = "/console/session/link/"
_SESSION = "/console/session/"


def by_mail(world: World, client: "Client", mail: str, app: str) -> dict[str, Any]:
    """Have a code mailed, ask for it, and return the session that it opens.

    Only a hash of the verifier leaves this process before the code is here: who reads the mail, but
    did not ask for it, cannot sign in with the code (RFC 7636).

    Args:
        world: where the person is.
        client: of the service, without a token.
        mail: the user's address.
        app: name or id of the app to sign in to, "" to be asked where there are several.

    Raises:
        Stop: the code does not serve.

    """
    import base64  # not before it is needed: --help is to be quick
    import hashlib
    import secrets

    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    client.transport.call("POST", _LINK, json={"email": mail, "challenge": challenge})
    note(world, t("If {mail} is a user's address, a code is on its way.").format(mail=mail))
    code = answered(world, t("The code in the mail: "))
    if not code:
        raise Stop(t("no code was given"), code=Exit.NOT_SIGNED_IN, advice="ferry login --mail …")
    return _opened(world, client, {"code": code, "verifier": verifier}, app)


def _opened(world: World, client: "Client", shown: dict[str, Any], app: str) -> dict[str, Any]:
    import platform

    from ferry_client import Refused

    agent = {"User-Agent": f"ferry {VERSION} on {platform.node()}"}
    try:
        answer = client.transport.call("POST", _SESSION, json=shown, headers=agent)
    except Refused as error:
        if error.status == 409 and "app_id" not in shown:
            return _opened(world, client, shown | _chosen(world, error, app), "")
        if error.status == 410:
            raise Stop(
                t("this code does not serve: it was for another terminal, or its time is over"),
                code=Exit.NOT_SIGNED_IN,
                advice="ferry login --mail",
            ) from error
        raise
    session: dict[str, Any] = answer.json()
    return session


def _chosen(world: World, error: "Refused", app: str) -> dict[str, Any]:
    """Return which of several users of an address is meant."""
    users = error.body["apps"]
    if not app:
        for each in users:
            note(world, f"  {each['app_id']}  {each['name']}  {each['user_name']}")
        app = answered(world, t("The address is known to several apps. Which one? "))
    for each in users:
        if app in {each["app_id"], each["name"]}:
            return {"app_id": each["app_id"], "user_id": each["user_id"]}
    raise Stop(
        t("the address has no user in {app}").format(app=app),
        code=Exit.NOT_SIGNED_IN,
        advice="ferry login --mail --app",
    )
