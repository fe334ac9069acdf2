"""Authorization codes and refresh tokens, each under the hex SHA-256 of its text."""

import msgspec
from botocore.exceptions import ClientError

from ferry.accounts.account_store import Token
from ferry.aws import clients, entities
from ferry.aws.attributes import encode_item
from ferry.aws.entities import CONDITION_FAILED, from_item, key


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an authorization code stands for; it serves once, before `expires_at`, Unix seconds.

    Attributes:
        revocations: those of the user when it was issued.
        spent: it has served, and is kept to be known when it comes back.
        issued: the hex SHA-256 of the access and the refresh token that it was exchanged for.

    """

    app_id: str
    user_id: int
    revocations: int = 0
    spent: bool = False
    issued: tuple[str, ...] = ()
    expires_at: int


class RefreshToken(Token, frozen=True, kw_only=True):
    """A refresh token; one that is `spent` has been exchanged for new tokens."""

    spent: bool = False


class Grants:
    """Codes and refresh tokens in the control table; DynamoDB drops them when they expire."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add_code(self, sha256: str, code: Code) -> None:
        """Store a new code."""
        entities.put(self._table_name, *_code_key(sha256), code)

    def take_code(self, sha256: str, *, app_id: str, now: int) -> Code | None:
        """Spend a code of the app and return it as it was, or None if there is none that serves.

        Of two who take the same code at once, one gets it as not yet spent. Another app's code
        stays as it is.
        """
        try:
            answer = clients.dynamodb().update_item(
                TableName=self._table_name,
                Key=key(*_code_key(sha256)),
                UpdateExpression="SET spent = :yes",
                ConditionExpression="app_id = :app AND expires_at > :now",
                ExpressionAttributeValues=encode_item({":app": app_id, ":now": now, ":yes": True}),
                # One update both checks and uses up: a read first would let two requests pass.
                ReturnValues="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == CONDITION_FAILED:
                return None
            raise
        return from_item(answer["Attributes"], Code)

    def note_issued(self, code_sha256: str, *issued: str) -> None:
        """Note on a code the tokens that it was exchanged for, by their hex SHA-256."""
        self._set(_code_key(code_sha256), "issued", list(issued))

    def add_refresh_token(self, sha256: str, token: RefreshToken) -> None:
        """Store a new refresh token."""
        entities.put(self._table_name, *_refresh_key(sha256), token)

    def refresh_token(self, sha256: str) -> RefreshToken | None:
        """Return the refresh token whose text has that hex SHA-256, or None."""
        return entities.get(self._table_name, *_refresh_key(sha256), RefreshToken)

    def spend_refresh_token(self, sha256: str) -> None:
        """Note that a refresh token has been exchanged."""
        self._set(_refresh_key(sha256), "spent", value=True)

    def delete_refresh_token(self, sha256: str) -> None:
        """Delete a refresh token, if there is one."""
        pk, sk = _refresh_key(sha256)
        entities.delete_partition(self._table_name, pk, last=sk)

    def _set(self, item: tuple[str, str], name: str, value: object) -> None:
        clients.dynamodb().update_item(
            TableName=self._table_name,
            Key=key(*item),
            UpdateExpression=f"SET {name} = :value",
            # Not anew: DynamoDB may have dropped the item, which has expired.
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=encode_item({":value": value}),
        )


def _code_key(sha256: str) -> tuple[str, str]:
    return f"CODE#{sha256}", "CODE"


def _refresh_key(sha256: str) -> tuple[str, str]:
    return f"REFRESH#{sha256}", "REFRESH"
