"""Apps, users and tokens: who a caller is."""

import hashlib
import secrets

import msgspec

from ferry.errors import Unauthenticated
from ferry.storage.control.accounts import Accounts, App, Token, User

TOKEN_LIFE_S = 31_536_000


class Caller(msgspec.Struct, frozen=True):
    """Whom a request comes from: the app it may touch, the user its mail goes to."""

    app_id: str
    user_id: int


class Credentials(msgspec.Struct, frozen=True):
    """An app's credentials. The secret is shown this once and kept only as a hash."""

    client_id: str
    client_secret: str


def create_app(name: str, *, now: int, accounts: Accounts) -> Credentials:
    """Store a new app and return its credentials."""
    credentials = Credentials(secrets.token_hex(10), secrets.token_hex(20))
    accounts.add_app(
        App(
            id=credentials.client_id,
            name=name,
            secret_sha256=sha256(credentials.client_secret),
            created_at=now,
        )
    )
    return credentials


def create_user(
    app_id: str, *, name: str, mail: str, language: str, now: int, accounts: Accounts
) -> User:
    """Store a new user of an app and return it."""
    user = User(
        id=accounts.new_user_id(),
        app_id=app_id,
        name=name,
        mail=mail,
        language=language,
        created_at=now,
    )
    accounts.add_user(user)
    return user


def issue_token(user: User, *, now: int, accounts: Accounts) -> str:
    """Return a new access token of the user: 40 hex digits, kept only as a hash."""
    text = secrets.token_hex(20)
    accounts.add_token(
        sha256(text),
        Token(
            app_id=user.app_id,
            user_id=user.id,
            generation=user.generation,
            expires_at=now + TOKEN_LIFE_S,
        ),
    )
    return text


def authenticate(authorization: str, *, now: int, accounts: Accounts) -> Caller:
    """Return whom an ``Authorization`` header stands for (RFC 6750).

    Raises:
        Unauthenticated: it is missing, malformed, unknown, expired or of an earlier generation.

    """
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Unauthenticated("send the header Authorization: Bearer <token>")
    token = accounts.token(sha256(text.strip()))
    if token is None or token.expires_at <= now:
        raise Unauthenticated("the token is unknown or has expired")
    user = accounts.user(token.app_id, token.user_id)
    if user is None or user.generation != token.generation:
        raise Unauthenticated("the token has been replaced")
    return Caller(token.app_id, token.user_id)


def sha256(text: str) -> str:
    """Return the hex SHA-256 under which a secret text is kept and found."""
    return hashlib.sha256(text.encode()).hexdigest()
