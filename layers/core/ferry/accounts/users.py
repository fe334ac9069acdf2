"""An app's users, as its owners manage them."""

from collections.abc import Mapping

import msgspec

from ferry.accounts.account_store import Accounts, User
from ferry.accounts.attempts import Attempts
from ferry.accounts.identity import Caller, find_app, find_user, sha256
from ferry.accounts.member_store import MemberStore
from ferry.accounts.roles import Role
from ferry.accounts.session_store import Sessions
from ferry.accounts.sign_in import MOST_ADDRESS
from ferry.errors import Conflict, Malformed, TooManyAttempts

MOST_USERS = 1000
"""Of an app, so that the list of all of them, with their roles on tables, fits into an answer."""

_MOST_TABLES = 100
_MOST_NAME = 200
_DIGITS = 12


def check_new(app_id: str, mail: str, name: str, *, accounts: Accounts) -> None:
    """Refuse an address that a user of the app has, and what `check_room` refuses.

    Raises:
        Malformed: the address or the name is too long, or the app has too many users.
        Conflict: a user has the address.

    """
    there = check_room(app_id, mail, name, accounts=accounts)
    if any(user.mail.lower() == mail.lower() for user in there):
        raise Conflict("a user of this app has that address; change their role instead")


def check_room(app_id: str, mail: str, name: str, *, accounts: Accounts) -> list[User]:
    """Refuse a user for whom the list of the app's users has no room; return the list.

    Raises:
        Malformed: the address or the name is too long, or the app has `MOST_USERS`.

    """
    if len(mail) > MOST_ADDRESS:
        raise Malformed("email must be a mail address")
    if len(name) > _MOST_NAME:
        raise Malformed(f"name: at most {_MOST_NAME} characters")
    there = accounts.users(app_id)
    if len(there) >= MOST_USERS:
        raise Malformed(f"the app has {MOST_USERS:,} users, and may have no more")
    return there


def count_invitation(app_id: str, *, most: int, now: int, attempts: Attempts) -> None:
    """Count an invitation that an app has mailed in the hour of `now`, Unix seconds.

    Raises:
        TooManyAttempts: there were `most` of them.

    """
    wait_s = attempts.count(sha256(f"invitations of {app_id}"), most=most, now=now)
    if wait_s:
        raise TooManyAttempts(
            f"too many users were invited; try again in {-(-wait_s // 60)} minutes",
            retry_after_s=wait_s,
        )


def check_tables(tables: Mapping[str, Role]) -> None:
    """Refuse roles on what cannot be a table.

    Raises:
        Malformed: a key is no table's id, or there are too many.

    """
    if len(tables) > _MOST_TABLES:
        raise Malformed(f"tables: at most {_MOST_TABLES} can be named")
    for table_id, role in tables.items():
        if not (table_id.isascii() and table_id.isdigit() and len(table_id) <= _DIGITS):
            raise Malformed("tables: a key must be the id of a table, such as 36")
        if role is Role.OWNER or table_id.startswith("0"):
            raise Malformed("tables: the role on a table is reader or editor")


def change_role(
    caller: Caller, user_id: int, role: Role, tables: Mapping[str, Role], *, accounts: Accounts
) -> User:
    """Let the caller give another user of their app another role; as `set_role`."""
    _check_other(caller, user_id)
    return set_role(caller.app_id, user_id, role, tables, accounts=accounts)


def remove_other(caller: Caller, user_id: int, *, accounts: Accounts, sessions: Sessions) -> None:
    """Let the caller delete another user of their app; as `remove`."""
    _check_other(caller, user_id)
    remove(caller.app_id, user_id, accounts=accounts, sessions=sessions)


def set_role(
    app_id: str, user_id: int, role: Role, tables: Mapping[str, Role], *, accounts: Accounts
) -> User:
    """Give a user of an app another role, from the next request on.

    Raises:
        NotFound: there is no such user.
        Malformed: they must stay an owner, or `tables` is not as it must be.

    """
    check_tables(tables)
    user = find_user(app_id, user_id, accounts=accounts)
    if role is not Role.OWNER:
        _check_dispensable(user, accounts)
    MemberStore(accounts.table_name).set_role(user, role, tables)
    return msgspec.structs.replace(user, role=role, tables=dict(tables))


def remove(app_id: str, user_id: int, *, accounts: Accounts, sessions: Sessions) -> None:
    """Delete a user of an app; their tokens, sessions and links serve no longer.

    Their jobs go on, and mail nobody.

    Raises:
        NotFound: there is no such user.
        Malformed: the app needs them.

    """
    user = find_user(app_id, user_id, accounts=accounts)
    _check_dispensable(user, accounts)
    accounts.delete_user(app_id, user_id)
    for session_id, _ in sessions.of_user(user.app_id, user.id):
        sessions.delete(user.app_id, user.id, session_id)


def _check_other(caller: Caller, user_id: int) -> None:
    if user_id == caller.user_id:
        raise Malformed("you cannot do this to yourself; ask another owner")


def _check_dispensable(user: User, accounts: Accounts) -> None:
    """Keep an owner to the app: the one whom its credentials stand for stays one."""
    if user.id == find_app(user.app_id, accounts=accounts).owner_id:
        raise Malformed("the app's credentials stand for this user, who stays an owner")
