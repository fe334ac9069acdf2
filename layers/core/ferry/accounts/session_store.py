"""Sessions of the console, each under its user and the hex SHA-256 of its secret."""

import msgspec

from ferry.aws import entities
from ferry.aws.attributes import encode_item
from ferry.aws.entities import from_item, key


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that a user is signed in with.

    Attributes:
        revocations: those of the user when it was opened; a later revocation ends it.
        agent: what the browser calls itself, shortened.
        created_at: Unix seconds.
        used_at: when the console was last opened with it, Unix seconds.
        expires_at: Unix seconds; DynamoDB drops the item some time after.

    """

    app_id: str
    user_id: int
    revocations: int
    agent: str
    created_at: int
    used_at: int
    expires_at: int


class Sessions:
    """Sessions in the control table, in their apps' partitions, so that an app's end is theirs."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add(self, sha256: str, session: Session) -> None:
        """Store a session under the hex SHA-256 of its secret, which is its id."""
        pk, sk = _session_key(session.app_id, session.user_id, sha256)
        entities.put(self._table_name, pk, sk, session)

    def get(self, app_id: str, user_id: int, sha256: str) -> Session | None:
        """Return the user's session of that id, or None."""
        return entities.get(self._table_name, *_session_key(app_id, user_id, sha256), Session)

    def of_user(self, app_id: str, user_id: int) -> list[tuple[str, Session]]:
        """Return a user's sessions, each with its id, expired ones that are still kept too."""
        pk, prefix = _session_key(app_id, user_id, "")
        items = entities.query(self._table_name, pk, prefix)
        return [(item["sk"]["S"].removeprefix(prefix), from_item(item, Session)) for item in items]

    def note_use(self, sha256: str, session: Session, *, now: int) -> None:
        """Note that a session was used at `now`, unless it has ended."""
        entities.update_if(
            self._table_name,
            key(*_session_key(session.app_id, session.user_id, sha256)),
            UpdateExpression="SET used_at = :now",
            # Not anew: it may have been ended since it was read.
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=encode_item({":now": now}),
        )

    def delete(self, app_id: str, user_id: int, sha256: str) -> None:
        """Delete a session, if there is such a one."""
        entities.delete(self._table_name, *_session_key(app_id, user_id, sha256))


def _session_key(app_id: str, user_id: int, sha256: str) -> tuple[str, str]:
    return f"APP#{app_id}", f"SESSION#{user_id}#{sha256}"
