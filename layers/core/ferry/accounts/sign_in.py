"""Signing in to the console by a mailed link, or by a token; in a terminal by a mailed code.

A link is asked for by address and answered alike whether or not the address is a user's: only
whoever reads the mailbox learns more.

A terminal keeps a random verifier, and asks for its code with the verifier's SHA-256, the challenge
(as RFC 7636 does). The code serves only together with the verifier: whoever else reads it cannot
use it.
"""

import base64
import hashlib
import hmac
import ipaddress
import re

import msgspec

from ferry.accounts.account_store import Accounts, User
from ferry.accounts.attempts import Attempts
from ferry.accounts.identity import MAIL, new_secret, sha256
from ferry.accounts.sign_in_codes import Invited, SignInCode, SignInCodes
from ferry.errors import LinkExpired, Malformed, TooManyAttempts

LINK_LIFE_S = 600
INVITATION_LIFE_S = 7 * 86_400

MOST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3 allows a path of 256 characters, angle brackets included."""

_PER_ADDRESS, _PER_SOURCE = 5, 30
"""Links in an hour. Many people may share a source, such as an office."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
"""RFC 7636, 4.1."""

_MOST_USERS = 20
"""Users of one address that a link may sign in, so that its item stays small."""


class Choice(msgspec.Struct, frozen=True):
    """One of several users whom a code may sign in."""

    app_id: str
    name: str
    user_id: int
    user_name: str


def check_link_request(mail: str, source: str, *, now: int, attempts: Attempts) -> str:
    """Count a request for a link and return its address, as it is looked up.

    Args:
        mail: the address, as it was typed.
        source: the IP address that asks.
        now: Unix seconds.
        attempts: the counters.

    Raises:
        Malformed: the address is none.
        TooManyAttempts: the address, or the source, has asked too often in this hour.

    """
    address = mail.strip()
    if len(address) > MOST_ADDRESS or not MAIL.fullmatch(address):
        raise Malformed("email must be a mail address")
    for subject, most in ((f"source {_network(source)}", _PER_SOURCE),
                          (f"mail {address.lower()}", _PER_ADDRESS)):  # fmt: skip
        wait_s = attempts.count(sha256(subject), most=most, now=now)
        if wait_s:
            raise TooManyAttempts(
                f"too many sign-in links were asked for; try again in {-(-wait_s // 60)} minutes",
                retry_after_s=wait_s,
            )
    return address


def check_challenge(challenge: str) -> str:
    """Return a terminal's challenge, "" for a browser that has none.

    Raises:
        Malformed: it is no SHA-256 in base64url.

    """
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise Malformed("challenge must be a SHA-256 in base64url, 43 characters")
    return challenge


def issue_code(
    users: list[User], *, now: int, life_s: int, codes: SignInCodes, challenge: str = ""
) -> tuple[str, User] | None:
    """Return a new code for users of one address, and the first of them; None if there is none.

    Args:
        users: the disabled ones of them are left out.
        now: Unix seconds.
        life_s: for so many seconds it serves, once.
        codes: where it is kept.
        challenge: of the terminal that asks, "" for a browser.

    """
    served = [user for user in users if not user.disabled][:_MOST_USERS]
    if not served:
        return None
    text = new_secret()
    invited = tuple(Invited(user.app_id, user.id, user.revocations) for user in served)
    code = SignInCode(users=invited, expires_at=now + life_s, challenge=challenge)
    codes.add(sha256(text), code)
    return text, served[0]


def users_behind(
    text: str, *, now: int, accounts: Accounts, codes: SignInCodes, verifier: str = ""
) -> list[User]:
    """Return the users whom a code may sign in; it goes on serving.

    Args:
        text: the code.
        now: Unix seconds.
        accounts: where users are.
        codes: where codes are.
        verifier: of the terminal that asked for the code, "" from a browser.

    Raises:
        LinkExpired: it is unknown, has served or has expired, another one asked for it, or its
            users' tokens were revoked.

    """
    code = codes.get(sha256(text), now=now)
    users = []
    for invited in code.users if code and _asked_by(code, verifier) else ():
        user = accounts.user(invited.app_id, invited.user_id)
        if user and not user.disabled and user.revocations == invited.revocations:
            users.append(user)
    if not users:
        raise _served()
    return users


def redeem(text: str, *, codes: SignInCodes) -> None:
    """Use a code up.

    Raises:
        LinkExpired: another request has done so first.

    """
    if not codes.spend(sha256(text)):
        raise _served()


def choices(users: list[User], *, accounts: Accounts) -> list[Choice]:
    """List the users among whom a person chooses, each with its app."""
    apps = {app_id: accounts.app(app_id) for app_id in {user.app_id for user in users}}
    found = ((user, apps[user.app_id]) for user in users)
    return [Choice(app.id, app.name, user.id, user.name) for user, app in found if app]


def _asked_by(code: SignInCode, verifier: str) -> bool:
    """Whether whoever has the verifier asked for the code; a browser has none."""
    if not code.challenge or not _VERIFIER.fullmatch(verifier):
        return not code.challenge and not verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(challenge, code.challenge)


def _served() -> LinkExpired:
    return LinkExpired("this sign-in link has served already or has expired; ask for a new one")


def _network(source: str) -> str:
    """Return the network of one subscriber: an IPv4 address, or the 64 bits of an IPv6 network.

    RFC 6177: a site gets a /64 at least, and may take any address in it.
    """
    address = ipaddress.ip_address(source)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
