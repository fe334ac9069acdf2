"""Who may call which route: the template's routes by the identities that a caller may have.

A route without a row in `ROWS` fails: whoever adds one says here who may call it.
"""

import time
from string import Formatter
from types import SimpleNamespace

import pytest

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import create_user, issue_token, sha256
from ferry.accounts.roles import Role
from ferry.accounts.session_store import Sessions
from ferry.accounts.sessions import csrf_of, open_session
from ferry.http.route_roles import NEEDED
from ferry.http.route_roles import OPEN as OPEN_FUNCTIONS
from tests.declared import routes
from tests.oauth import Client
from tests.service import new_app, new_user

TOKEN, OPEN = "token", "open"
"""What a route asks for: a token; or nothing, for what is sent proves itself or is public."""

ROWS = {
    "POST /api/oauth2/access_token": OPEN,
    "POST /api/oauth2/hydrogen/openapi/authorize": OPEN,
    "POST /oserve/api/oauth2/access_token": OPEN,
    "POST /oserve/api/oauth2/hydrogen/openapi/authorize": OPEN,
    "GET /download/{token}": OPEN,
    "GET /upload/{token}": OPEN,
    "GET /openapi.json": OPEN,
    "POST /console/session/link": OPEN,
    "POST /console/session": OPEN,
    "GET /console": OPEN,
    "GET /console/{file}": OPEN,
    "GET /console/assets/{asset}": OPEN,
}
PREFIXES = {
    "/oserve/{version}/table": TOKEN,
    "/oserve/{version}/job": TOKEN,
    "/data": TOKEN,
    "/v2/data": TOKEN,
    "/async": TOKEN,
    "/config": TOKEN,
    "/metadata": TOKEN,
    "/rules": TOKEN,
    "/ruleset": TOKEN,
    "/streams": TOKEN,
    "/tables": TOKEN,
    "/console/session": TOKEN,
    "/console/sessions": TOKEN,
    "/console/users": TOKEN,
}
NOW = int(time.time())
ROUTES = [(method, path) for method, path, _ in routes() if path != "$default"]
REFUSED = ["none", "empty", "malformed", "basic", "unknown", "expired", "revoked", "refreshed away",
           "disabled", "of a deleted user's app", "an unknown session", "an expired session",
           "a revoked session", "a session signed out"]  # fmt: skip


def _asks_for(method: str, path: str) -> str | None:
    row = ROWS.get(f"{method} {path}")
    under = (kind for prefix, kind in PREFIXES.items() if f"{path}/".startswith(f"{prefix}/"))
    return row or next(under, None)


@pytest.fixture
def world(service, stack, monkeypatch):
    """A table with a row and jobs, and headers of everybody who might ask for them."""
    accounts = Accounts(stack.ControlTable)
    owner = accounts.token(sha256(service.token))
    table = service.create_table("goods", [{"name": "name", "type": "string"}])
    path = f"/oserve/v1/table/{table}"
    imported = service.upload(f"{path}/import/", "a.csv", b"name\nmilk\n").headers["X-Job-Id"]
    body = {"file_type": "csv", "mode": "all"}
    exported = service.call("POST", f"{path}/export/", body).headers["X-Job-Id"]
    row = service.call("POST", f"{path}/record/", {"name": "eggs"}).json()["id"]
    service.run_jobs()
    known = {
        "table_id": str(table), "job_id": imported, "record_id": row, "version": "v1", "name": "x",
        "number": "1", "type": "mqtt", "rule_id": "r", "task_id": exported, "token": "x",
        "session_id": "0" * 64, "user_id": "1000000",
    }  # fmt: skip
    return SimpleNamespace(service=service, accounts=accounts, known=known, headers=_headers(
        service, stack, accounts, accounts.user(owner.app_id, owner.user_id), table
    ))  # fmt: skip


def _headers(service, stack, accounts, owner, table):
    def bearer(token):
        return {"authorization": f"Bearer {token}"}

    def renewed(**change):
        token = new_user(stack, owner.app_id, "other@a.test")
        known = accounts.token(sha256(token))
        accounts.renew(accounts.user(owner.app_id, known.user_id), **change)
        return bearer(token)

    def cookie(text):
        return {"cookie": f"__Host-ferry_session={text}", "x-ferry-csrf": csrf_of(text)}

    def session(user, now=NOW):
        return open_session(user, agent="", now=now, sessions=Sessions(stack.ControlTable))

    revoked = accounts.user(owner.app_id, accounts.token(sha256(
        new_user(stack, owner.app_id, "fourth@a.test")
    )).user_id)  # fmt: skip
    of_revoked, signed_out = session(revoked), session(owner)
    accounts.renew(revoked)
    secret = sha256(signed_out.rpartition(".")[2])
    Sessions(stack.ControlTable).delete(owner.app_id, owner.id, secret)

    def of_role(role, tables=None):
        user = create_user(
            owner.app_id, name="x", mail="x@a.test", language="en", now=1, accounts=accounts,
            role=role, tables=tables,
        )  # fmt: skip
        return issue_token(user, now=4_000_000_000, accounts=accounts)

    gone = new_app(stack, "gone", "gone@b.test")
    accounts.delete_app(accounts.token(sha256(gone)).app_id)
    client = Client.create(service, stack)
    tokens = client.tokens()
    assert client.refresh(tokens["refresh_token"]).status == 200
    return {
        "none": {},
        "empty": {"authorization": "Bearer "},
        "malformed": bearer("€ 1"),
        "basic": {"authorization": "Basic eDp5"},
        "unknown": bearer("0" * 40),
        "expired": bearer(issue_token(owner, now=1_000_000_000, accounts=accounts)),
        "revoked": renewed(),
        "refreshed away": bearer(tokens["access_token"]),
        "disabled": renewed(disabled=True),
        "of a deleted user's app": bearer(gone),
        "an unknown session": cookie(f"{owner.app_id}.{owner.id}.{'0' * 40}"),
        "an expired session": cookie(session(owner, now=1_000_000_000)),
        "a revoked session": cookie(of_revoked),
        "a session signed out": cookie(signed_out),
        "a session": cookie(session(owner)),
        **{f"of a {role}": bearer(of_role(role)) for role in list(Role)[:-1]},
        "of another table": bearer(of_role(Role.NONE, {"999": Role.EDITOR})),
        "of the table": bearer(of_role(Role.NONE, {str(table): Role.EDITOR})),
        "of another app": bearer(new_app(stack, "B", "b@b.test")),
        "of another user": bearer(new_user(stack, owner.app_id, "third@a.test")),
    }


def _path(path, known):
    version = "v1.5" if path.endswith(("/export", "/export/estimate")) else "v1"
    names = {name: known.get(name, "x") for _, name, _, _ in Formatter().parse(path) if name}
    return path.format(**{**names, "version": version})


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_has_a_row(method, path):
    assert _asks_for(method, path), f"say in {__file__} who may call {method} {path}"


def test_no_row_is_of_a_route_that_is_gone():
    assert ROWS.keys() <= {f"{method} {path}" for method, path in ROUTES}


def test_who_shows_no_valid_token_gets_nothing_and_changes_nothing(world):
    for method, path in ROUTES:
        if _asks_for(method, path) == TOKEN:
            for who in REFUSED:
                sent = world.headers[who]
                got = world.service.call(
                    method, _path(path, world.known), {}, token="", headers=sent
                )
                assert got.status == 401, (method, path, who)
                assert got.headers["WWW-Authenticate"] == "Bearer"


def test_a_session_serves_wherever_a_token_does_and_changes_nothing_without_its_csrf(world):
    service, cookie = world.service, world.headers["a session"]
    for method, path in ROUTES:
        if _asks_for(method, path) == TOKEN and method != "GET":
            for lacking in (
                {"cookie": cookie["cookie"]},
                {**cookie, "x-ferry-csrf": "0" * 40},
                {**cookie, "origin": "https://evil.test"},
            ):
                got = service.call(method, _path(path, world.known), {}, token="", headers=lacking)
                assert got.status == 403, (method, path)
    for method, path in ROUTES:
        if _asks_for(method, path) == TOKEN and method == "GET":
            got = service.call(method, _path(path, world.known), {}, token="", headers=cookie)
            assert got.status not in {401, 403}, (method, path)


def test_every_function_of_a_route_says_which_role_it_needs():
    served = [each for each in routes() if each[1] != "$default"]

    assert {folder for _, _, folder in served} == NEEDED.keys() | OPEN_FUNCTIONS
    for method, path, folder in served:
        of_a_session = folder == "keep_session"  # which signs in, too
        assert of_a_session or (_asks_for(method, path) == OPEN) == (folder in OPEN_FUNCTIONS), path


def test_a_role_that_is_too_low_is_refused_everywhere_and_changes_nothing(world):
    for who, in_app, on_table in (
        ("of a none", Role.NONE, Role.NONE),
        ("of a reader", Role.READER, Role.READER),
        ("of a editor", Role.EDITOR, Role.EDITOR),
        ("of another table", Role.NONE, Role.NONE),
        ("of the table", Role.NONE, Role.EDITOR),
    ):
        for method, path, folder in routes():
            if folder in OPEN_FUNCTIONS | {"keep_session"} or path == "$default":
                continue
            held = on_table if "{table_id}" in path else in_app
            enough = held.includes(NEEDED[folder])
            if enough and method != "GET":
                continue
            got = world.service.call(
                method, _path(path, world.known), {}, token="", headers=world.headers[who]
            )
            hidden = "{table_id}" in path and held is Role.NONE
            if enough:
                assert got.status != 403, (who, method, path)
            else:
                assert got.status == (404 if hidden else 403), (who, method, path)


def test_the_list_of_tables_has_those_that_the_caller_sees(world):
    def seen(who):
        got = world.service.call("GET", "/oserve/v1/table/", token="", headers=world.headers[who])
        return got.json()["meta"]["total_count"], len(got.json()["objects"])

    assert seen("of a reader") == seen("of the table") == (1, 1)
    assert seen("of a none") == seen("of another table") == (0, 0)


def test_the_list_of_jobs_has_those_of_others_for_owners_alone_and_without_their_files(world):
    def seen(who, query="?started_by=anyone"):
        sent = world.headers[who]
        return world.service.call("GET", f"/oserve/v1/job/{query}", token="", headers=sent).json()

    jobs = seen("of another user")["objects"]
    assert {job["operation"] for job in jobs} == {"export", "import"}
    assert {job.get("download_url") for job in jobs} == {None}
    assert seen("a session")["objects"][0]["download_url"]
    assert seen("of another user", "")["objects"] == []
    for who in ("of a editor", "of the table", "of another table", "of a none", "of another app"):
        assert seen(who)["objects"] == [], who
    hidden = seen("of another table", f"?table_id={world.known['table_id']}")
    assert hidden["error_msg"].endswith("does not exist")


def test_another_app_finds_nothing_and_changes_nothing(world):
    service, sent = world.service, world.headers["of another app"]
    for method, path in ROUTES:
        if {"{table_id}", "{task_id}", "{job_id}"} & {*path.split("/")}:
            got = service.call(method, _path(path, world.known), {}, token="", headers=sent)
            missing = 400 if "{task_id}" in path else 404  # as the rule engine answers
            assert got.status == missing, (method, path, got)
    listed = service.call("GET", "/oserve/v1/table/", token="", headers=sent).json()
    assert listed["objects"] == []


def test_another_user_of_the_app_sees_no_job_that_is_not_theirs(world):
    for method, path in ROUTES:
        if "{job_id}" in path:
            # Owners reach others' jobs by the path that names no table, and by no other.
            who = "of another user" if "{table_id}" in path else "of a editor"
            got = world.service.call(
                method, _path(path, world.known), {}, token="", headers=world.headers[who]
            )
            assert got.status in {401, 404}, (method, path, got)
