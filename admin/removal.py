"""Removing an app for good."""

from ferry.accounts.account_store import Accounts, App
from ferry.accounts.identity import find_app
from ferry.aws.bucket import Files
from ferry.errors import Malformed
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
