"""Apps, their users and the users' access tokens."""

from collections.abc import Iterator
from typing import Any

import msgspec
from botocore.exceptions import ClientError

from ferry.accounts.roles import Access, Role
from ferry.accounts.suppression import Suppression
from ferry.aws import clients, entities
from ferry.aws.attributes import encode_item
from ferry.aws.entities import CONDITION_FAILED, from_item, key
from ferry.errors import NotFound, Superseded


class App(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tenant. Only the SHA-256 of its secret is kept, in hex.

    Attributes:
        owner_id: the user whom the app's own credentials stand for.
        attachable: the DynamoDB tables that the app may attach, by name.

    """

    id: str
    name: str
    secret_sha256: str
    owner_id: int | None = None
    attachable: tuple[str, ...] = ()
    created_at: int


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user of an app, who receives the mails of the jobs they start.

    Attributes:
        language: of their mails, a BCP 47 tag such as ``zh-CN`` or ``en``.
        generation: tokens of an earlier generation do not serve any more.
        revocations: how often an operator has ended all tokens; codes of before do not serve.
        disabled: no token serves, and none is issued.
        suppression: why they are sent no mails, until an operator clears it.
        cleared_at: when that was last done, Unix seconds; what came back before does not count.
        role: in the whole app; users of before there were roles are owners.
        tables: the role in named tables, by their ids as text.

    """

    id: int
    app_id: str
    name: str
    mail: str
    language: str = "en"
    generation: int = 0
    revocations: int = 0
    disabled: bool = False
    suppression: Suppression | None = None
    cleared_at: int = 0
    role: Role = Role.OWNER
    tables: dict[str, Role] = {}
    created_at: int

    @property
    def access(self) -> Access:
        """The user's roles, in the app and for named tables."""
        return Access(self.role, self.tables)

    @property
    def suppressed(self) -> bool:
        """Whether no more mails go to the user's present address."""
        return self.suppression is not None and self.suppression.address == self.mail


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """The caller behind a token; valid until `expires_at`, Unix seconds."""

    app_id: str
    user_id: int
    generation: int
    expires_at: int


def mail_scope(mail: str) -> str:
    """Return where the index ``by_scope`` has the users of an address, whatever its case."""
    return f"MAIL#{mail.strip().lower()}"


class Accounts:
    """Apps, users and access tokens in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    @property
    def table_name(self) -> str:
        """The name of the control table."""
        return self._table_name

    def add_app(self, app: App) -> None:
        """Store a new app."""
        entities.put(self._table_name, _app_key(app.id), "APP", app)

    def app(self, app_id: str) -> App | None:
        """Return the app of that id, or None."""
        return entities.get(self._table_name, _app_key(app_id), "APP", App)

    def apps(self) -> Iterator[App]:
        """Yield every app, in no order. It reads the whole table: not for a request."""
        pages = (
            clients.dynamodb()
            .get_paginator("scan")
            .paginate(
                TableName=self._table_name,
                ConsistentRead=True,
                FilterExpression="sk = :app",
                ExpressionAttributeValues=encode_item({":app": "APP"}),
            )
        )
        for page in pages:
            yield from (from_item(item, App) for item in page["Items"])

    def delete_app(self, app_id: str) -> None:
        """Delete the app after its users and all else that is filed under it."""
        entities.delete_partition(self._table_name, _app_key(app_id), last="APP")

    def set_secret(self, app_id: str, sha256: str) -> None:
        """Replace the app's secret.

        Raises:
            NotFound: there is no such app.

        """
        change = ("SET secret_sha256 = :new", "attribute_exists(pk)", {":new": sha256})
        if not self._changed(_app_key(app_id), "APP", *change):
            raise NotFound(f"app {app_id} does not exist")

    def set_owner(self, app_id: str, user_id: int, *, replace: bool) -> None:
        """Let the app's credentials stand for the user; unless `replace`, only the first time."""
        condition = "attribute_exists(pk)"
        if not replace:
            condition += " AND attribute_not_exists(owner_id)"
        change = ("SET owner_id = :new", condition, {":new": user_id})
        self._changed(_app_key(app_id), "APP", *change)

    def allow_table(self, app_id: str, name: str) -> None:
        """Let the app attach the DynamoDB table of that name.

        Raises:
            NotFound: there is no such app.

        """
        self._change_attachable("ADD", app_id, name)

    def deny_table(self, app_id: str, name: str) -> None:
        """Let the app attach it no longer; raise NotFound as `allow_table`."""
        self._change_attachable("DELETE", app_id, name)

    def _change_attachable(self, verb: str, app_id: str, name: str) -> None:
        names = {":names": frozenset({name})}
        change = (f"{verb} attachable :names", "attribute_exists(pk)", names)
        if not self._changed(_app_key(app_id), "APP", *change):
            raise NotFound(f"app {app_id} does not exist")

    def new_user_id(self) -> int:
        """Return an id that no user has."""
        return entities.next_number(self._table_name, "USER")

    def add_user(self, user: User) -> None:
        """Store a new user."""
        pk, sk, scope = _app_key(user.app_id), _user_key(user.id), mail_scope(user.mail)
        entities.put(self._table_name, pk, sk, user, scope=scope)

    def delete_user(self, app_id: str, user_id: int) -> None:
        """Delete the user; tokens and codes of theirs stand for nobody from then on."""
        entities.delete(self._table_name, _app_key(app_id), _user_key(user_id))

    def user(self, app_id: str, user_id: int) -> User | None:
        """Return the app's user of that id, or None."""
        return entities.get(self._table_name, _app_key(app_id), _user_key(user_id), User)

    def language(self, app_id: str, user_id: int) -> str:
        """Return the tag of a user's language; English for one who has been deleted."""
        user = self.user(app_id, user_id)
        return user.language if user else "en"

    def users(self, app_id: str) -> list[User]:
        """Return the app's users by id."""
        items = entities.query(self._table_name, _app_key(app_id), _user_key(""))
        return sorted((from_item(item, User) for item in items), key=lambda user: user.id)

    def renew(self, user: User, *, disabled: bool | None = None, revoke_codes: bool = True) -> User:
        """Begin the user's next generation, by which every token of theirs dies.

        Args:
            user: as last read.
            disabled: whether the user is so from now on; None for as they are.
            revoke_codes: codes that have not served die, too.

        Raises:
            Superseded: another has begun it since `user` was read. Of two at once, one succeeds.

        """
        renewed = msgspec.structs.replace(
            user,
            generation=user.generation + 1,
            disabled=user.disabled if disabled is None else disabled,
            revocations=user.revocations + revoke_codes,
        )
        change = (
            "SET generation = :next, disabled = :disabled, revocations = :revocations",
            "generation = :seen",
            {
                ":next": renewed.generation,
                ":disabled": renewed.disabled,
                ":revocations": renewed.revocations,
                ":seen": user.generation,
            },
        )
        if not self._changed(_app_key(user.app_id), _user_key(user.id), *change):
            raise Superseded(f"user {user.id} has changed meanwhile; try again")
        return renewed

    def suppress(self, user: User, suppression: Suppression) -> None:
        """Send no mails to the user's address any more.

        Nothing happens if the address has changed since `user` was read, or if an operator has
        cleared what came back at that time.
        """
        self._changed(
            _app_key(user.app_id),
            _user_key(user.id),
            "SET suppression = :suppression",
            # EventBridge delivers late and more than once: an old event must not undo the
            # operator's step.
            "mail = :address AND (attribute_not_exists(cleared_at) OR cleared_at < :at)",
            {
                ":suppression": msgspec.to_builtins(suppression),
                ":address": suppression.address,
                ":at": suppression.at,
            },
        )

    def clear_suppression(self, user: User, *, now: int) -> None:
        """Send mails to the user again; what came back until `now`, Unix seconds, is forgotten."""
        self._changed(
            _app_key(user.app_id),
            _user_key(user.id),
            "SET cleared_at = :now REMOVE suppression",
            "attribute_exists(pk)",
            {":now": now},
        )

    def add_token(self, sha256: str, token: Token) -> None:
        """Store a token under the hex SHA-256 of its text; DynamoDB drops it when it expires."""
        entities.put(self._table_name, f"TOKEN#{sha256}", "TOKEN", token)

    def token(self, sha256: str) -> Token | None:
        """Return the token whose text has that hex SHA-256, or None."""
        return entities.get(self._table_name, f"TOKEN#{sha256}", "TOKEN", Token)

    def delete_token(self, sha256: str) -> None:
        """Delete the token whose text has that hex SHA-256, if there is one."""
        entities.delete_partition(self._table_name, f"TOKEN#{sha256}", last="TOKEN")

    def _changed(
        self, pk: str, sk: str, update: str, condition: str, values: dict[str, Any]
    ) -> bool:
        """Update an item if it fulfils the condition; return whether it did."""
        try:
            clients.dynamodb().update_item(
                TableName=self._table_name,
                Key=key(pk, sk),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=encode_item(values),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                return False
            raise
        return True


def _app_key(app_id: str) -> str:
    return f"APP#{app_id}"


def _user_key(user_id: object) -> str:
    return f"USER#{user_id}"
