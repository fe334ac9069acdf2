"""The HTTP edge of an app's users: bodies and answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response, content_types

from ferry import http
from ferry.accounts import users
from ferry.accounts.attempts import Attempts
from ferry.accounts.identity import create_user
from ferry.accounts.roles import Role
from ferry.aws.queues import LinkRequest
from ferry.http.console_sessions import body

if TYPE_CHECKING:
    from ferry.accounts.account_store import Accounts, User
    from ferry.aws.queues import Queue

type UserRole = Literal["none", "reader", "editor", "owner"]


class RoleIn(msgspec.Struct, frozen=True, kw_only=True):
    """A role in the whole app, and roles in named tables, by their ids."""

    role: UserRole = "none"
    tables: dict[str, UserRole] = {}


class UserIn(RoleIn, frozen=True, kw_only=True):
    """A new user, who is mailed an invitation."""

    email: str
    name: str = ""
    language: Literal["en", "zh-CN"] = "en"


def invited(
    app: APIGatewayHttpResolver,
    *,
    now: int,
    accounts: Accounts,
    queue: Queue,
    most_an_hour: int,
) -> Response[dict[str, Any]]:
    """Make a user of the caller's app and have an invitation mailed.

    Raises:
        Malformed: the body is not as it must be, or the app has too many users.
        Conflict: a user of the app has the address.
        TooManyAttempts: the app has had `most_an_hour` invitations mailed in this hour.

    """
    caller, asked = http.caller(app), body(app, UserIn)
    mail, tables = asked.email.strip(), _roles(asked)
    name = asked.name.strip() or mail
    users.check_tables(tables)
    users.check_new(caller.app_id, mail, name, accounts=accounts)
    attempts = Attempts(accounts.table_name)
    users.count_invitation(caller.app_id, most=most_an_hour, now=now, attempts=attempts)
    user = create_user(
        caller.app_id,
        name=name,
        mail=mail,
        language=asked.language,
        now=now,
        accounts=accounts,
        role=Role(asked.role),
        tables=tables,
    )
    queue.request_link(LinkRequest(mail, http.public_url(app), user.app_id, user.id))
    return _users_answer(HTTPStatus.CREATED, _shown(user))


def changed(
    app: APIGatewayHttpResolver, user_id: str, *, accounts: Accounts
) -> Response[dict[str, Any]]:
    """Give a user of the caller's app another role.

    Raises:
        Malformed: the body is not as it must be, or the user must stay an owner.
        NotFound: there is no such user.

    """
    asked, number = body(app, RoleIn), http.path_number(user_id, "user")
    user = users.change_role(
        http.caller(app), number, Role(asked.role), _roles(asked), accounts=accounts
    )
    return _users_answer(HTTPStatus.OK, _shown(user))


def listed(app: APIGatewayHttpResolver, *, accounts: Accounts) -> Response[dict[str, Any]]:
    """List the users of the caller's app by id."""
    found = accounts.users(http.caller(app).app_id)
    return _users_answer(HTTPStatus.OK, {"users": [_shown(user) for user in found]})


def _roles(asked: RoleIn) -> dict[str, Role]:
    return {table_id: Role(role) for table_id, role in asked.tables.items()}


def _shown(user: User) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "name": user.name,
        "email": user.mail,
        "language": user.language,
        "role": str(user.role),
        "tables": {table_id: str(role) for table_id, role in user.tables.items()},
        "disabled": user.disabled,
        "created_at": user.created_at,
    }


def _users_answer(status: int, told: dict[str, Any]) -> Response[dict[str, Any]]:
    headers = {"Cache-Control": "no-store"}
    return Response(status, content_types.APPLICATION_JSON, told, headers=headers)
