"""The HTTP edge of signing in: bodies, and answers with the session's cookie."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types

from ferry import http
from ferry.accounts import sessions, sign_in
from ferry.accounts.identity import find_token
from ferry.accounts.roles import Role
from ferry.accounts.session_store import Sessions
from ferry.accounts.sessions import SignedIn, csrf_of
from ferry.accounts.sign_in_codes import SignInCodes
from ferry.errors import Malformed, Unauthenticated
from ferry.http import session_cookie
from ferry.http.request_body import json_of_text

if TYPE_CHECKING:
    from aws_lambda_powertools.shared.cookies import Cookie

    from ferry.accounts.account_store import Accounts, User

_NO_STORE = {"Cache-Control": "no-store"}


class LinkIn(msgspec.Struct, frozen=True):
    """Asks for a link to sign in by; with a terminal's `challenge`, for a code instead."""

    email: str
    challenge: str = ""


class SessionIn(msgspec.Struct, frozen=True, kw_only=True):
    """A mailed code, a terminal's with its `verifier`, or a token; the others choose a user."""

    code: str = ""
    verifier: str = ""
    token: str = ""
    app_id: str = ""
    user_id: int | None = None


class SessionOut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who is signed in. Pages send `csrf` along, terminals `session` in place of a token."""

    app_id: str
    app_name: str
    user_id: int
    name: str
    email: str
    language: str
    role: Role
    tables: dict[str, Role]
    expires_at: int
    csrf: str
    session: str = ""


def body[S](app: APIGatewayHttpResolver, kind: type[S]) -> S:
    """Return the request's JSON object as a `kind`.

    Raises:
        Malformed: it is no JSON, or not as the kind wants it.

    """
    try:
        return msgspec.convert(json_of_text(app), kind)
    except msgspec.ValidationError as error:
        raise Malformed(f"the body: {error}") from error


def opened(
    app: APIGatewayHttpResolver, *, now: int, accounts: Accounts, kept: Sessions, codes: SignInCodes
) -> Response[dict[str, Any]]:
    """Open a session with what the body shows; answer with its cookie, a terminal with its text.

    Raises:
        Malformed: the body has neither a code nor a token, or both.
        LinkExpired: the code does not serve.
        Unauthenticated: the token does not serve.
        ForeignPage: a page of another site asks.

    """
    url = http.public_url(app)
    session_cookie.check_origin(app.current_event.headers, url)
    asked = body(app, SessionIn)
    if bool(asked.code) == bool(asked.token) or (asked.token and asked.verifier):
        raise Malformed("send the code of a sign-in link, or a token")
    life_s = sessions.TERMINAL_LIFE_S if asked.verifier else sessions.SESSION_LIFE_S
    if asked.token:
        token, user = find_token(asked.token.strip(), now=now, accounts=accounts)
        life_s = min(life_s, token.expires_at - now)
    else:
        users = sign_in.users_behind(
            asked.code, now=now, accounts=accounts, codes=codes, verifier=asked.verifier
        )
        found = [each for each in users if _meant(each, asked)]
        # The code is not spent yet: the person chooses, and sends it again.
        if len(found) != 1:
            return _which(found or users, accounts)
        user = found[0]
        sign_in.redeem(asked.code, codes=codes)
    agent = app.current_event.request_context.http.user_agent or ""
    text = sessions.open_session(user, agent=agent, now=now, life_s=life_s, sessions=kept)
    signed_in = sessions.find_session(text, now=now, accounts=accounts, sessions=kept)
    told = _told(signed_in, text, accounts)
    if asked.verifier:
        return _answer(HTTPStatus.CREATED, {**told, "session": text})
    return _answer(HTTPStatus.CREATED, told, session_cookie.made(text, url, life_s=life_s))


def shown(
    app: APIGatewayHttpResolver, *, now: int, accounts: Accounts, kept: Sessions
) -> Response[dict[str, Any]]:
    """Say who is signed in, and note that the console was opened.

    Raises:
        Unauthenticated: nobody is, by a session.

    """
    http.identify(app, now=now)
    signed_in = http.signed_in(app)
    if signed_in is None:
        raise Unauthenticated("there is no session, but a token; sign in with it")
    sessions.note_use(signed_in, now=now, sessions=kept)
    return _answer(HTTPStatus.OK, _told(signed_in, http.session_text(app), accounts))


def closed(app: APIGatewayHttpResolver, *, now: int, kept: Sessions) -> Response[dict[str, Any]]:
    """Sign out: end the session and drop its cookie.

    Raises:
        Unauthenticated: nobody is signed in.
        ForeignPage: it is not the console that asks.

    """
    http.identify(app, now=now)
    signed_in = http.signed_in(app)
    if signed_in is not None:
        sessions.revoke_session(signed_in.caller, signed_in.id, sessions=kept)
    cookie = session_cookie.made("", http.public_url(app), life_s=0)
    return _answer(HTTPStatus.OK, {"status": "ok"}, cookie)


def listed(
    app: APIGatewayHttpResolver, *, now: int, accounts: Accounts, kept: Sessions
) -> Response[dict[str, Any]]:
    """List the caller's sessions, the one last used first."""
    caller, signed_in = http.caller(app), http.signed_in(app)
    found = sessions.live_sessions(caller, now=now, accounts=accounts, sessions=kept)
    told = [
        {
            "id": session_id,
            "user_agent": session.agent,
            "created_at": session.created_at,
            "last_used_at": session.used_at,
            "expires_at": session.expires_at,
            "current": signed_in is not None and session_id == signed_in.id,
        }
        for session_id, session in found
    ]
    return _answer(HTTPStatus.OK, {"sessions": told})


def _told(signed_in: SignedIn, text: str, accounts: Accounts) -> dict[str, Any]:
    user = signed_in.user
    app = accounts.app(user.app_id)
    told = SessionOut(
        app_id=user.app_id,
        app_name=app.name if app else "",
        user_id=user.id,
        name=user.name,
        email=user.mail,
        language=user.language,
        role=user.role,
        tables=user.tables,
        expires_at=signed_in.session.expires_at,
        csrf=csrf_of(text),
    )
    built: dict[str, Any] = msgspec.to_builtins(told)
    return built


def _meant(user: User, asked: SessionIn) -> bool:
    return asked.app_id in {"", user.app_id} and asked.user_id in {None, user.id}


def _which(users: list[User], accounts: Accounts) -> Response[dict[str, Any]]:
    """Ask for the app, or the user, to sign in to; the code goes on serving."""
    return _answer(
        HTTPStatus.CONFLICT,
        {
            "status": "error",
            "error_msg": "the address is known to several apps; send the code again with app_id "
            "and, where an app has several users of it, user_id",
            "apps": msgspec.to_builtins(sign_in.choices(users, accounts=accounts)),
        },
    )


def _answer(
    status: int, told: dict[str, Any], cookie: Cookie | None = None
) -> Response[dict[str, Any]]:
    return Response(
        status,
        content_types.APPLICATION_JSON,
        told,
        headers=dict(_NO_STORE),
        cookies=[cookie] if cookie else [],
    )
