"""Removing apps and users for good."""

from ferry.accounts.account_store import Accounts, App
from ferry.accounts.identity import find_app, find_user
from ferry.aws.bucket import Files
from ferry.errors import Malformed
from ferry.jobs.job_erasure import JobErasure
from ferry.records.registry import Tables


def remove_app(app_id: str, *, accounts: Accounts, configurations: Files) -> App:
    """Delete an app with its users and its configuration, and return what it was.

    Done twice, or begun anew after it was interrupted, it comes to the same: the app itself goes
    last.

    Args:
        app_id: of an app without tables; only the API deletes a table with its rows.
        accounts: where it is.
        configurations: the files of all apps' configurations.

    Raises:
        NotFound: there is no such app.
        Malformed: it has tables.

    """
    app = find_app(app_id, accounts=accounts)
    tables = Tables(accounts.table_name).of_app(app_id)
    if tables:
        names = ", ".join(table.name for table in tables)
        raise Malformed(f"app {app_id} has tables ({names}): delete them by the API first")
    configurations.delete_under(f"configs/{app_id}/")
    accounts.delete_app(app_id)
    return app


def remove_user(app_id: str, user_id: int, *, accounts: Accounts, jobs: JobErasure) -> int:
    """Delete a user with their jobs and files; return how many jobs are left, which keep the user.

    The user is disabled first, so that no job is added meanwhile. Begun anew after it was
    interrupted, it comes to the same: the user goes last.

    Args:
        app_id: the user's app.
        user_id: the user.
        accounts: where they are.
        jobs: erases jobs.

    Raises:
        NotFound: there is no such user.
        Malformed: the app's credentials stand for the user.
        Superseded: the user has changed meanwhile.

    """
    user = find_user(app_id, user_id, accounts=accounts)
    if find_app(app_id, accounts=accounts).owner_id == user_id:
        raise Malformed(
            f"user {user_id} owns app {app_id}: name another owner by set-owner first, or delete "
            "the app"
        )
    accounts.renew(user, disabled=True)
    tables = Tables(accounts.table_name).of_app(app_id)
    left = sum(jobs.erase(app_id, table.id, [user_id]) for table in tables)
    left += jobs.erase_configurations(user_id)
    if not left:
        accounts.delete_user(app_id, user_id)
    return left
