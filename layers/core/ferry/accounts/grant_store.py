"""Authorization codes and refresh tokens, each under the hex SHA-256 of its text."""

import msgspec
from botocore.exceptions import ClientError

from ferry.accounts.account_store import Token
from ferry.aws import clients, entities
from ferry.aws.attributes import encode_item
from ferry.aws.entities import CONDITION_FAILED, from_item, key


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an authorization code stands for; it serves once, before `expires_at`, Unix seconds."""

    app_id: str
    user_id: int
    expires_at: int


class Grants:
    """Codes and refresh tokens in the control table; DynamoDB drops them when they expire."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add_code(self, sha256: str, code: Code) -> None:
        """Store a new code."""
        entities.put(self._table_name, *_code_key(sha256), code)

    def take_code(self, sha256: str, *, app_id: str, now: int) -> Code | None:
        """Remove a code of the app that still serves and return it, or None if there is none.

        Of two who take the same code at once, one gets it. Another app's code stays.
        """
        try:
            answer = clients.dynamodb().delete_item(
                TableName=self._table_name,
                Key=key(*_code_key(sha256)),
                ConditionExpression="app_id = :app AND expires_at > :now",
                ExpressionAttributeValues=encode_item({":app": app_id, ":now": now}),
                # One conditional delete both checks and uses up: a read first would let two
                # requests pass.
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                return None
            raise
        return from_item(answer["Attributes"], Code)

    def add_refresh_token(self, sha256: str, token: Token) -> None:
        """Store a new refresh token."""
        entities.put(self._table_name, *_refresh_key(sha256), token)

    def refresh_token(self, sha256: str) -> Token | None:
        """Return the refresh token whose text has that hex SHA-256, or None."""
        return entities.get(self._table_name, *_refresh_key(sha256), Token)


def _code_key(sha256: str) -> tuple[str, str]:
    return f"CODE#{sha256}", "CODE"


def _refresh_key(sha256: str) -> tuple[str, str]:
    return f"REFRESH#{sha256}", "REFRESH"
