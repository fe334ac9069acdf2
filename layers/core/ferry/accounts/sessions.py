"""Sessions: what a browser, or a person's terminal, shows instead of a token.

A session's text is the app, the user and 160 random bits, ``<app>.<user>.<secret>``; only the
SHA-256 of the secret is kept. It ends after 12 hours, a terminal's after 30 days, when it is signed
out or revoked, and when an operator revokes the user's tokens. An app's refresh of its tokens does
not end it. A browser shows it as a cookie, a terminal as ``Authorization: Bearer``.
"""

import hmac
from typing import NamedTuple

from ferry.accounts.account_store import Accounts, User
from ferry.accounts.identity import Caller, new_secret, sha256
from ferry.accounts.session_store import Session, Sessions
from ferry.errors import NotFound, Unauthenticated

SESSION_LIFE_S = 43_200
TERMINAL_LIFE_S = 30 * 86_400
_NOTE_USE_EVERY_S = 60
_MOST_AGENT = 120
MOST_SESSIONS = 100
"""Of a user; DynamoDB may keep an expired one for two days."""


class SignedIn(NamedTuple):
    """A session that serves: its id, and whose it is."""

    id: str
    session: Session
    user: User

    @property
    def caller(self) -> Caller:
        """Whom its requests come from."""
        return Caller(self.user.app_id, self.user.id, self.user.access)


def open_session(
    user: User,
    *,
    agent: str,
    now: int,
    life_s: int = SESSION_LIFE_S,
    sessions: Sessions,
) -> str:
    """Open a session of a user and return its text.

    One that is opened beyond `MOST_SESSIONS` ends the one that was not used for longest.

    Args:
        user: an enabled one.
        agent: the browser's User-Agent.
        now: Unix seconds.
        life_s: for so many seconds it serves.
        sessions: where it is kept.

    """
    _make_room(user, sessions=sessions)
    secret = new_secret()
    sessions.add(
        sha256(secret),
        Session(
            app_id=user.app_id,
            user_id=user.id,
            revocations=user.revocations,
            agent="".join(filter(str.isprintable, agent))[:_MOST_AGENT],
            created_at=now,
            used_at=now,
            expires_at=now + life_s,
        ),
    )
    return f"{user.app_id}.{user.id}.{secret}"


def bearer_session(authorization: str) -> str:
    """Return the session's text in the header Authorization, "" where it has a token, or nothing.

    A session's text has dots, a token has none.
    """
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" and "." in text else ""


def find_session(text: str, *, now: int, accounts: Accounts, sessions: Sessions) -> SignedIn:
    """Return the session that a cookie, or a terminal's header, names.

    Raises:
        Unauthenticated: there is none that serves.

    """
    app_id, _, rest = text.partition(".")
    number, _, secret = rest.partition(".")
    # A cookie may hold any text; a key of DynamoDB has a length, and a number of a user 18 digits.
    if not (app_id and secret and number.isascii() and number.isdigit() and len(text) < 200):
        raise Unauthenticated("the session is unknown; sign in again")
    user_id, session_id = int(number), sha256(secret)
    session = sessions.get(app_id, user_id, session_id)
    if session is None or session.expires_at <= now:
        raise Unauthenticated("the session has ended; sign in again")
    user = accounts.user(app_id, user_id)
    if user is None or user.disabled or user.revocations != session.revocations:
        raise Unauthenticated("the session has been revoked; sign in again")
    return SignedIn(session_id, session, user)


def note_use(signed_in: SignedIn, *, now: int, sessions: Sessions) -> None:
    """Note, once a minute at most, that the console was opened with a session."""
    if now - signed_in.session.used_at >= _NOTE_USE_EVERY_S:
        sessions.note_use(signed_in.id, signed_in.session, now=now)


def live_sessions(
    caller: Caller, *, now: int, accounts: Accounts, sessions: Sessions
) -> list[tuple[str, Session]]:
    """Return the caller's sessions that serve, the one last used first, each with its id."""
    user = accounts.user(caller.app_id, caller.user_id)
    found = [
        (session_id, session)
        for session_id, session in sessions.of_user(caller.app_id, caller.user_id)
        if session.expires_at > now and user and session.revocations == user.revocations
    ]
    return sorted(found, key=lambda each: each[1].used_at, reverse=True)


def revoke_session(caller: Caller, session_id: str, *, sessions: Sessions) -> None:
    """End one of the caller's sessions.

    Raises:
        NotFound: the caller has no such session.

    """
    if sessions.get(caller.app_id, caller.user_id, session_id) is None:
        raise NotFound("you have no such session")
    sessions.delete(caller.app_id, caller.user_id, session_id)


def _make_room(user: User, *, sessions: Sessions) -> None:
    found = sessions.of_user(user.app_id, user.id)
    surplus = max(0, len(found) + 1 - MOST_SESSIONS)
    for session_id, _ in sorted(found, key=lambda each: each[1].used_at)[:surplus]:
        sessions.delete(user.app_id, user.id, session_id)


def csrf_of(text: str) -> str:
    """Return the token that a page sends with a session's cookie to change anything.

    It derives from the cookie's value, which no page can read: nothing more is stored.
    """
    return sha256(f"csrf {text}")[:40]


def csrf_matches(text: str, sent: str) -> bool:
    """Whether `sent` is the session's, in a time that says nothing."""
    return hmac.compare_digest(csrf_of(text).encode(), sent.encode())
