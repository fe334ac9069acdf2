"""The OAuth flow: an app's credentials for a code, a code or a refresh token for tokens.

The refusals are RFC 6749's, section 5.2, and say no more than it does.
"""

import hmac

import msgspec

from ferry.accounts.account_store import Accounts, App, User
from ferry.accounts.grant_store import Code, Grants, RefreshToken
from ferry.accounts.identity import TOKEN_LIFE_S, Credentials, issue_token, new_secret, sha256
from ferry.errors import GrantRefused, Superseded

CODE_LIFE_S = 600
REFRESH_LIFE_S = 2 * TOKEN_LIFE_S
"""A refresh token must outlive the access token that it is to replace."""

INVALID_CLIENT, INVALID_GRANT = "invalid_client", "invalid_grant"

_NO_SECRET = "0" * 64
"""No text's SHA-256, as far as anybody knows."""


class CodeGrant(msgspec.Struct, frozen=True):
    """An authorization code, to be exchanged for tokens."""

    code: str


class RefreshGrant(msgspec.Struct, frozen=True):
    """A refresh token, to be exchanged for new tokens."""

    refresh_token: str


class Tokens(msgspec.Struct, frozen=True):
    """New tokens in plain text; only their hashes are stored."""

    access_token: str
    refresh_token: str


def authorize_app(credentials: Credentials, *, now: int, accounts: Accounts, grants: Grants) -> str:
    """Return a code that stands for the app's owner, serves once, and for ten minutes.

    Raises:
        GrantRefused: invalid_client: the credentials are wrong, or the app has no active owner.

    """
    app = _authenticated(credentials, accounts)
    owner = accounts.user(app.id, app.owner_id) if app.owner_id else None
    if owner is None or owner.disabled:
        raise GrantRefused(INVALID_CLIENT)
    text = new_secret()
    grants.add_code(
        sha256(text),
        Code(
            app_id=app.id,
            user_id=owner.id,
            revocations=owner.revocations,
            expires_at=now + CODE_LIFE_S,
        ),
    )
    return text


def issue_tokens(
    credentials: Credentials,
    grant: CodeGrant | RefreshGrant,
    *,
    now: int,
    accounts: Accounts,
    grants: Grants,
) -> Tokens:
    """Return new tokens of the user whom the grant stands for, and use the grant up.

    A code leaves the user's other tokens alone; a refresh kills every one of them. A grant that has
    served and comes back is in two hands: the tokens that it led to die (RFC 6749 section 4.1.2,
    RFC 9700 section 4.14.2).

    Raises:
        GrantRefused: invalid_client: the credentials are wrong.
            invalid_grant: the grant is not this app's, has served, has expired or was revoked.

    """
    app = _authenticated(credentials, accounts)
    match grant:
        case CodeGrant():
            user = _user_of_code(app, grant.code, now, accounts, grants)
        case RefreshGrant():
            user = _renewed_user(app, grant.refresh_token, now, accounts, grants)
    access, refresh = issue_token(user, now=now, accounts=accounts), new_secret()
    grants.add_refresh_token(
        sha256(refresh),
        RefreshToken(
            app_id=app.id,
            user_id=user.id,
            generation=user.generation,
            expires_at=now + REFRESH_LIFE_S,
        ),
    )
    if isinstance(grant, CodeGrant):
        grants.note_issued(sha256(grant.code), sha256(access), sha256(refresh))
    return Tokens(access, refresh)


def _authenticated(credentials: Credentials, accounts: Accounts) -> App:
    # An unknown client costs the same work as a wrong secret, so that timing reveals nothing.
    app = accounts.app(credentials.client_id)
    kept = app.secret_sha256 if app else _NO_SECRET
    same = hmac.compare_digest(sha256(credentials.client_secret), kept)
    if app is None or not same:
        raise GrantRefused(INVALID_CLIENT)
    return app


def _user_of_code(app: App, text: str, now: int, accounts: Accounts, grants: Grants) -> User:
    code = grants.take_code(sha256(text), app_id=app.id, now=now)
    user = accounts.user(app.id, code.user_id) if code else None
    if code is None or user is None or user.disabled or code.revocations != user.revocations:
        raise GrantRefused(INVALID_GRANT)
    if code.spent:
        _revoke_issued(code, user, accounts, grants)
        raise GrantRefused(INVALID_GRANT)
    return user


def _revoke_issued(code: Code, user: User, accounts: Accounts, grants: Grants) -> None:
    if not code.issued:  # whoever spent it got no answer
        return
    access, refresh = code.issued
    issued = grants.refresh_token(refresh)
    accounts.delete_token(access)
    grants.delete_refresh_token(refresh)
    if issued and issued.spent:
        _revoke(user, accounts)


def _revoke(user: User, accounts: Accounts) -> None:
    try:
        accounts.renew(user, revoke_codes=False)
    except Superseded as error:  # another has done it
        raise GrantRefused(INVALID_GRANT) from error


def _renewed_user(app: App, text: str, now: int, accounts: Accounts, grants: Grants) -> User:
    token = grants.refresh_token(sha256(text))
    if token is None or token.app_id != app.id or token.expires_at <= now:
        raise GrantRefused(INVALID_GRANT)
    user = accounts.user(app.id, token.user_id)
    if user is not None and token.spent:
        _revoke(user, accounts)
        raise GrantRefused(INVALID_GRANT)
    if user is None or user.disabled or user.generation != token.generation:
        raise GrantRefused(INVALID_GRANT)
    try:
        renewed = accounts.renew(user, revoke_codes=False)
    # Two requests used one refresh token at once: one of them wins, as RFC 6749, 10.4 advises.
    except Superseded as error:
        raise GrantRefused(INVALID_GRANT) from error
    grants.spend_refresh_token(sha256(text))
    return renewed
