"""Apps, their users and the users' tokens."""

import msgspec

from ferry import aws
from ferry.storage.control import entities
from ferry.storage.control.entities import key, to_item


class App(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant. Only the SHA-256 of its secret is kept, in hex."""

    id: str
    name: str
    secret_sha256: str
    created_at: int


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user of an app, who receives the mails of the jobs they start.

    Attributes:
        language: of their mails, a BCP 47 tag such as ``zh-CN`` or ``en``.
        generation: tokens of an earlier generation do not serve any more.

    """

    id: int
    app_id: str
    name: str
    mail: str
    language: str = "en"
    generation: int = 0
    created_at: int


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token stands for; it serves until `expires_at`, Unix seconds."""

    app_id: str
    user_id: int
    generation: int
    expires_at: int


class Accounts:
    """Apps, users and tokens in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add_app(self, app: App) -> None:
        """Store a new app."""
        self._put(f"APP#{app.id}", "APP", app)

    def app(self, app_id: str) -> App | None:
        """Return the app of that id, or None."""
        return entities.get(self._table_name, f"APP#{app_id}", "APP", App)

    def new_user_id(self) -> int:
        """Return an id that no user has."""
        return entities.next_number(self._table_name, "USER")

    def add_user(self, user: User) -> None:
        """Store a new user."""
        self._put(f"APP#{user.app_id}", f"USER#{user.id}", user)

    def user(self, app_id: str, user_id: int) -> User | None:
        """Return the app's user of that id, or None."""
        return entities.get(self._table_name, f"APP#{app_id}", f"USER#{user_id}", User)

    def add_token(self, sha256: str, token: Token) -> None:
        """Store a token under the hex SHA-256 of its text; DynamoDB drops it when it expires."""
        self._put(f"TOKEN#{sha256}", "TOKEN", token)

    def token(self, sha256: str) -> Token | None:
        """Return the token whose text has that hex SHA-256, or None."""
        return entities.get(self._table_name, f"TOKEN#{sha256}", "TOKEN", Token)

    def _put(self, pk: str, sk: str, entity: msgspec.Struct) -> None:
        aws.dynamodb().put_item(TableName=self._table_name, Item={**key(pk, sk), **to_item(entity)})
