"""Codes of mailed sign-in links, each under the hex SHA-256 of its text."""

import msgspec

from ferry.aws import entities


class Invited(msgspec.Struct, frozen=True):
    """A user whom a code may sign in.

    Attributes:
        revocations: those of the user when the link was mailed; a later revocation ends it.

    """

    app_id: str
    user_id: int
    revocations: int


class SignInCode(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a code may sign in, once, before `expires_at`, Unix seconds: users of one address.

    Attributes:
        challenge: of the terminal that asked for it, "" for a browser; see `sign_in`.

    """

    users: tuple[Invited, ...]
    expires_at: int
    challenge: str = ""


class SignInCodes:
    """Codes in the control table; DynamoDB drops them some time after they expire."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add(self, sha256: str, code: SignInCode) -> None:
        """Store a new code."""
        entities.put(self._table_name, *_sign_in_key(sha256), code)

    def get(self, sha256: str, *, now: int) -> SignInCode | None:
        """Return the code if it serves at `now`, Unix seconds."""
        code = entities.get(self._table_name, *_sign_in_key(sha256), SignInCode)
        return code if code and code.expires_at > now else None

    def spend(self, sha256: str) -> bool:
        """Use a code up; of two who do so at once, one gets True."""
        condition = {"ConditionExpression": "attribute_exists(pk)"}
        return entities.delete(self._table_name, *_sign_in_key(sha256), **condition)


def _sign_in_key(sha256: str) -> tuple[str, str]:
    return f"SIGNIN#{sha256}", "SIGNIN"
