"""The role that each route needs, by the function that serves it: the one place that says so.

A route of one table needs the role on that table, any other the role in the app.
"""

from collections.abc import Mapping

from ferry.accounts.identity import Caller
from ferry.accounts.roles import Role
from ferry.errors import NotFound, RoleTooLow
from ferry.http.routes import all_routes

OPEN = frozenset({
    "authorize_app", "download_file", "get_openapi", "issue_token", "request_sign_in",
    "serve_console", "show_upload_page",
})  # fmt: skip
"""Functions that ask for no caller: what is sent proves itself, or the answer is public."""

NEEDED: Mapping[str, Role] = {
    "end_session": Role.NONE,
    "keep_session": Role.NONE,
    "list_sessions": Role.NONE,
    "list_app_jobs": Role.NONE,  # which shows the caller's, and others' where `Access.oversees`
    "list_tables": Role.NONE,  # which shows those that the caller sees
    "cancel_job": Role.READER,  # a job is its creator's, and by another path the owners', too
    "create_export": Role.READER,
    "delete_job": Role.READER,
    "diff_revisions": Role.READER,
    "estimate_export": Role.READER,
    "export_configuration": Role.READER,
    "get_import_status": Role.READER,
    "get_job": Role.READER,
    "get_record": Role.READER,
    "get_table": Role.READER,
    "get_task": Role.READER,
    "list_items": Role.READER,
    "list_jobs": Role.READER,
    "list_profiles": Role.READER,
    "list_records": Role.READER,
    "list_revisions": Role.READER,
    "list_tasks": Role.READER,
    "list_uploads": Role.READER,
    "resume_export": Role.READER,
    "add_upload": Role.EDITOR,
    "cancel_task": Role.EDITOR,
    "continue_upload": Role.EDITOR,
    "create_import": Role.EDITOR,
    "create_records": Role.EDITOR,
    "create_upload": Role.EDITOR,
    "delete_profile": Role.EDITOR,
    "delete_record": Role.EDITOR,
    "delete_upload": Role.EDITOR,
    "estimate_import": Role.EDITOR,
    "import_configuration": Role.EDITOR,
    "preview_import": Role.EDITOR,
    "replay_import": Role.EDITOR,
    "resume_import": Role.EDITOR,
    "roll_back_configuration": Role.EDITOR,
    "save_profile": Role.EDITOR,
    "update_record": Role.EDITOR,
    "create_table": Role.OWNER,
    "delete_revision": Role.OWNER,
    "delete_table": Role.OWNER,
    "list_users": Role.OWNER,
    "remove_user": Role.OWNER,
    "save_user": Role.OWNER,
    "update_table": Role.OWNER,
}


def admit(caller: Caller, route_key: str, parameters: Mapping[str, str]) -> None:
    """Refuse a request that the caller's role does not allow.

    Args:
        caller: whom the request comes from.
        route_key: of the route that it took.
        parameters: the variables in its path.

    Raises:
        RoleTooLow: another role is needed.
        NotFound: the caller has no role on the table, which is then not there for them.

    """
    needed = _needed(route_key)
    table_id = parameters.get("table_id")
    held = caller.access.role if table_id is None else caller.access.on(table_id)
    if held.includes(needed):
        return
    if table_id is not None and held is Role.NONE:
        raise NotFound(f"table {table_id} does not exist")
    raise RoleTooLow(f"this needs the role {needed}, and yours is {held}")


def _needed(route_key: str) -> Role:
    # A route that nobody has thought of is for owners; a test says so before.
    functions = {route.key: route.function for route in all_routes()}
    return NEEDED.get(functions.get(route_key, ""), Role.OWNER)
