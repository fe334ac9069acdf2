"""The commands: each reads its arguments, calls a use case and returns the answer."""

import shlex
import time
from argparse import Namespace
from typing import Any

import msgspec

from admin.answer import Answer
from admin.removal import remove_app
from ferry.accounts import identity as accounts
from ferry.accounts import users
from ferry.accounts.account_store import Accounts, User
from ferry.accounts.identity import TOKEN_LIFE_S, Credentials, find_app, find_user
from ferry.accounts.mail_addresses import Addresses
from ferry.accounts.roles import Role
from ferry.accounts.session_store import Sessions
from ferry.aws.bucket import Files
from ferry.catalog.attaching import forget_attached
from ferry.errors import Malformed
from ferry.records import index_repair
from ferry.records.registry import Tables

_SUPPRESSED_BY_SES = (
    "SES keeps a list of its own. If the address is on it, mails bounce until you run this:\n"
    "    aws sesv2 delete-suppressed-destination --email-address {}"
)
_ONCE = "Keep it: it is shown this once, only its hash is stored."


def create_app(given: Namespace, storage: Accounts) -> Answer:
    """Make an app and show its credentials."""
    made = accounts.create_app(given.name, now=_now(), accounts=storage)
    return _credentials(made)


def rotate_secret(given: Namespace, storage: Accounts) -> Answer:
    """Give an app a new secret; the old one ends at once, tokens stay."""
    return _credentials(accounts.rotate_secret(given.app, accounts=storage))


def create_user(given: Namespace, storage: Accounts) -> Answer:
    """Make a user of an app; the first one becomes its owner."""
    name = given.name or given.mail
    users.check_room(given.app, given.mail, name, accounts=storage)
    made = accounts.create_user(
        given.app,
        name=name,
        mail=given.mail,
        language=given.language,
        now=_now(),
        accounts=storage,
        owner=given.owner,
        role=Role.OWNER if given.owner else Role(given.role),
        tables=_tables(given),
    )
    return Answer(_user(made, find_app(given.app, accounts=storage).owner_id))


def set_role(given: Namespace, storage: Accounts) -> Answer:
    """Give a user another role: in the app, and with --on in named tables."""
    tables = _tables(given)
    user = users.set_role(given.app, given.user, Role(given.role), tables, accounts=storage)
    return Answer(_user(user, find_app(given.app, accounts=storage).owner_id))


def remove_user(given: Namespace, storage: Accounts) -> Answer:
    """Delete a user, with their tokens and sessions; their jobs go on."""
    user = find_user(given.app, given.user, accounts=storage)
    users.remove(given.app, user.id, accounts=storage, sessions=Sessions(storage.table_name))
    return Answer(_user(user, None), "Deleted, with all tokens and sessions.")


def index_users(_: Namespace, storage: Accounts) -> Answer:
    """Let sign-in links reach users whom a release before the console has stored."""
    addresses = Addresses(storage.table_name)
    users = [user for app in storage.apps() for user in storage.users(app.id)]
    for user in users:
        addresses.add(user)
    return Answer({"users": len(users)})


def issue_token(given: Namespace, storage: Accounts) -> Answer:
    """Issue an access token of a user, or of the app's owner when no user is named."""
    user_id = given.user or find_app(given.app, accounts=storage).owner_id
    if user_id is None:
        raise Malformed(f"app {given.app} has no user yet: run create-user first")
    user, now = find_user(given.app, user_id, accounts=storage), _now()
    token = accounts.issue_token(user, now=now, accounts=storage)
    facts = {"access_token": token, "user_id": user.id, "expires_at": now + TOKEN_LIFE_S}
    return Answer(facts, _ONCE)


def list_apps(_: Namespace, storage: Accounts) -> Answer:
    """List the apps."""
    apps = sorted(storage.apps(), key=lambda app: app.created_at)
    return Answer(
        [
            {"client_id": a.id, "name": a.name, "owner_id": a.owner_id, "created_at": a.created_at}
            for a in apps
        ]
    )


def list_users(given: Namespace, storage: Accounts) -> Answer:
    """List an app's users."""
    owner_id = find_app(given.app, accounts=storage).owner_id
    return Answer([_user(user, owner_id) for user in storage.users(given.app)])


def delete_app(given: Namespace, storage: Accounts) -> Answer:
    """Delete an app that has no tables, with its users, tokens and configuration, for good."""
    configurations = Files(given.outputs["ConfigBucket"])
    app = remove_app(given.app, accounts=storage, configurations=configurations)
    return Answer({"client_id": app.id, "name": app.name}, "Deleted, with all tokens of its users.")


def set_owner(given: Namespace, storage: Accounts) -> Answer:
    """Let an app's credentials stand for another of its users."""
    user = find_user(given.app, given.user, accounts=storage)
    owner = users.set_role(given.app, user.id, Role.OWNER, {}, accounts=storage)
    storage.set_owner(given.app, user.id, replace=True)
    return Answer(_user(owner, user.id))


def revoke_tokens(given: Namespace, storage: Accounts) -> Answer:
    """End every access and refresh token of a user at once."""
    return _renewed(given, storage)


def disable_user(given: Namespace, storage: Accounts) -> Answer:
    """End a user's tokens, and let them get no others."""
    return _renewed(given, storage, disabled=True)


def enable_user(given: Namespace, storage: Accounts) -> Answer:
    """Let a disabled user get tokens again."""
    return _renewed(given, storage, disabled=False)


def clear_bounce(given: Namespace, storage: Accounts) -> Answer:
    """Send mails to a user again, of whom one bounced or who complained."""
    user = find_user(given.app, given.user, accounts=storage)
    storage.clear_suppression(user, now=_now())
    owner_id = find_app(given.app, accounts=storage).owner_id
    cleared = find_user(given.app, given.user, accounts=storage)
    note = _SUPPRESSED_BY_SES.format(shlex.quote(user.mail)) if user.suppressed else ""
    return Answer(_user(cleared, owner_id), note)


def allow_table(given: Namespace, storage: Accounts) -> Answer:
    """Let an app attach a DynamoDB table; the parameter AttachedTables must name it, too."""
    storage.allow_table(given.app, given.dynamodb_table)
    return _attachable(given, storage)


def deny_table(given: Namespace, storage: Accounts) -> Answer:
    """Let an app attach a DynamoDB table no longer, and forget those of its tables that are."""
    storage.deny_table(given.app, given.dynamodb_table)
    tables = Tables(storage.table_name)
    forgotten = forget_attached(
        given.app, given.dynamodb_table, now=_now(), tables=tables, accounts=storage
    )
    names = ", ".join(table.name for table in forgotten)
    note = f"Forgotten: {names}. The DynamoDB table stays as it is." if forgotten else ""
    return Answer(_attachable(given, storage).facts, note)


def repair_indexes(given: Namespace, storage: Accounts) -> Answer:
    """Delete entries of unique indexes that no row has, and put those that rows lack."""
    table = Tables(storage.table_name).get(given.app, given.table)
    found = index_repair.repair_indexes(given.outputs["RecordsTable"], table, dry_run=given.dry_run)
    facts = {**msgspec.to_builtins(found), "clashes": len(found.clashes)}
    return Answer(facts, "\n".join(found.clashes))


def _attachable(given: Namespace, storage: Accounts) -> Answer:
    app = find_app(given.app, accounts=storage)
    return Answer({"client_id": app.id, "attachable": ", ".join(app.attachable)})


def _tables(given: Namespace) -> dict[str, Role]:
    named = (each.partition("=") for each in given.on or ())
    tables = {table_id: Role(role or Role.READER) for table_id, _, role in named}
    users.check_tables(tables)
    return tables


def _renewed(given: Namespace, storage: Accounts, *, disabled: bool | None = None) -> Answer:
    user = find_user(given.app, given.user, accounts=storage)
    renewed = storage.renew(user, disabled=disabled)
    return Answer(_user(renewed, find_app(given.app, accounts=storage).owner_id))


def _credentials(made: Credentials) -> Answer:
    return Answer(msgspec.to_builtins(made), _ONCE)


def _user(user: User, owner_id: int | None) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "name": user.name,
        "mail": user.mail,
        "language": user.language,
        "owner": user.id == owner_id,
        "role": str(user.role),
        "tables": " ".join(f"{table_id}={role}" for table_id, role in user.tables.items()),
        "disabled": user.disabled,
        "suppressed": user.suppression.reason if user.suppression and user.suppressed else None,
        "created_at": user.created_at,
    }


def _now() -> int:
    return int(time.time())
