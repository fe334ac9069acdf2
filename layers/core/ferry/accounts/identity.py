"""Apps, users and tokens: who a caller is."""

import hashlib
import re
import secrets
from collections.abc import Mapping

import msgspec

from ferry.accounts.account_store import Accounts, App, Token, User
from ferry.accounts.roles import Access, Role
from ferry.errors import Malformed, NotFound, Unauthenticated
from ferry.tables.row_permissions import RowUser

TOKEN_LIFE_S = 31_535_999
"""As the public API's tokens: a year but a second."""

MAIL = re.compile(r"[^@\s]++@[^@\s]++")


class Caller(msgspec.Struct, frozen=True):
    """Whom a request comes from: the app it may touch, the user its mail goes to, their role."""

    app_id: str
    user_id: int
    access: Access = Access()

    def row_user(self, table_id: int) -> RowUser | None:
        """Return for whom permissions of the table's rows are checked; None for its owners."""
        return None if self.access.oversees(table_id) else RowUser(self.user_id)


class Credentials(msgspec.Struct, frozen=True):
    """An app's credentials. The secret is shown this once and kept only as a hash."""

    client_id: str
    client_secret: str


def create_app(name: str, *, now: int, accounts: Accounts) -> Credentials:
    """Store a new app and return its credentials."""
    credentials = Credentials(secrets.token_hex(10), new_secret())
    accounts.add_app(
        App(
            id=credentials.client_id,
            name=name,
            secret_sha256=sha256(credentials.client_secret),
            created_at=now,
        )
    )
    return credentials


def rotate_secret(app_id: str, *, accounts: Accounts) -> Credentials:
    """Give the app a new secret; the old one does not serve any more, tokens still do.

    Raises:
        NotFound: there is no such app.

    """
    credentials = Credentials(app_id, new_secret())
    accounts.set_secret(app_id, sha256(credentials.client_secret))
    return credentials


def create_user(
    app_id: str,
    *,
    name: str,
    mail: str,
    language: str,
    now: int,
    accounts: Accounts,
    owner: bool = False,
    role: Role = Role.OWNER,
    tables: Mapping[str, Role] | None = None,
) -> User:
    """Store a new user of an app and return it.

    The app's own credentials stand for its first user of the role owner; from then on, for one
    created as `owner`.

    Raises:
        NotFound: there is no such app.
        Malformed: the mail address is none.

    """
    if not MAIL.fullmatch(mail):
        raise Malformed(f"{mail!r} is no mail address")
    find_app(app_id, accounts=accounts)
    user = User(
        id=accounts.new_user_id(),
        app_id=app_id,
        name=name,
        mail=mail,
        language=language,
        role=role,
        tables=dict(tables or {}),
        created_at=now,
    )
    accounts.add_user(user)
    if role is Role.OWNER:
        accounts.set_owner(app_id, user.id, replace=owner)
    return user


def issue_token(user: User, *, now: int, accounts: Accounts) -> str:
    """Return a new access token of the user: 40 hex digits, kept only as a hash.

    Raises:
        Malformed: the user is disabled.

    """
    if user.disabled:
        raise Malformed(f"user {user.id} is disabled")
    text = new_secret()
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
    # A header may hold any byte; a token is ASCII (RFC 6750 section 2.1).
    if scheme.lower() != "bearer" or not text.strip() or not text.isascii():
        raise Unauthenticated("send the header Authorization: Bearer <token>")
    _, user = find_token(text.strip(), now=now, accounts=accounts)
    return Caller(user.app_id, user.id, user.access)


def find_token(text: str, *, now: int, accounts: Accounts) -> tuple[Token, User]:
    """Return the access token of that text, and whose it is.

    Raises:
        Unauthenticated: it is unknown, expired or of an earlier generation.

    """
    token = accounts.token(sha256(text))
    # DynamoDB deletes expired items within days, so the time is checked as well.
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
    if token is None or token.expires_at <= now:
        raise Unauthenticated("the token is unknown or has expired")
    user = accounts.user(token.app_id, token.user_id)
    # A revocation raises the user's generation: one write ends all tokens, with none to look up.
    if user is None or user.disabled or user.generation != token.generation:
        raise Unauthenticated("the token has been replaced")
    return token, user


def find_app(app_id: str, *, accounts: Accounts) -> App:
    """Return the app.

    Raises:
        NotFound: there is none of that id.

    """
    app = accounts.app(app_id)
    if app is None:
        raise NotFound(f"app {app_id} does not exist")
    return app


def find_user(app_id: str, user_id: int, *, accounts: Accounts) -> User:
    """Return the app's user.

    Raises:
        NotFound: the app has none of that id.

    """
    user = accounts.user(app_id, user_id)
    if user is None:
        raise NotFound(f"user {user_id} of app {app_id} does not exist")
    return user


def new_secret() -> str:
    """Return 160 random bits as 40 hex digits: a token, a code or an app's secret."""
    return secrets.token_hex(20)


def sha256(text: str) -> str:
    """Return the hex SHA-256 under which a secret text is kept and found.

    A plain hash does, because the texts are random: nobody can try 160 bits. And what looks a
    secret up by its hash learns nothing from how long that takes.
    """
    return hashlib.sha256(text.encode()).hexdigest()
