"""Users and their roles, as owners manage them in the console and operators by the command."""

import json
import re

import pytest

from admin.__main__ import main
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.accounts.users import MOST_USERS
from ferry.http import MOST_ANSWER_BYTES
from tests.service import new_app

USERS = "/console/users/"


@pytest.fixture
def app_id(service, stack):
    return Accounts(stack.ControlTable).token(sha256(service.token)).app_id


def _invite(service, **body):
    return service.call("POST", USERS, {"email": "wang@a.test", "role": "reader", **body})


def _sign_in(service):
    """Follow the invitation in the mailbox; return it, who signed in, and the headers to send."""
    service.run_jobs()
    (mail,) = service.mails()
    code = re.search(r"#/sign-in\?code=(\w+)", mail.html)[1]
    answer = service.call("POST", "/console/session/", {"code": code}, token="")
    assert answer.status == 201, answer
    cookie = answer.cookies[0].partition(";")[0]
    return mail, answer.json(), {"cookie": cookie, "x-ferry-csrf": answer.json()["csrf"]}


def test_an_invited_user_signs_in_with_their_role_which_counts_at_once(service):
    table = service.create_table("goods", [{"name": "name", "type": "string"}])
    rows = f"/oserve/v1/table/{table}/record/"
    made = _invite(service, name="王", language="zh-CN")
    mail, told, session = _sign_in(service)

    assert made.status == 201
    assert "邀请" in mail.subject
    assert (told["user_id"], told["role"]) == (made.json()["user_id"], "reader")
    assert service.call("GET", rows, token="", headers=session).status == 200
    refused = service.call("POST", rows, {"name": "milk"}, token="", headers=session)
    assert refused.status == 403
    assert refused.json()["error_msg"] == "this needs the role editor, and yours is reader"

    role = {"role": "reader", "tables": {str(table): "editor"}}
    assert service.call("PUT", f"{USERS}{told['user_id']}/role/", role).status == 200
    assert service.call("POST", rows, {"name": "milk"}, token="", headers=session).status == 201
    assert service.call("DELETE", f"{USERS}{told['user_id']}/").status == 204
    assert service.call("GET", rows, token="", headers=session).status == 401


def test_an_invitation_reaches_one_user_although_the_address_has_others(service, stack):
    new_app(stack, "B", "wang@a.test")
    made = _invite(service)
    _, told, _ = _sign_in(service)

    assert told["user_id"] == made.json()["user_id"]


def test_an_address_has_one_user_of_an_app(service):
    assert _invite(service).status == 201
    assert _invite(service, email="WANG@a.test").status == 409


def test_an_app_keeps_an_owner(service, stack, app_id):
    owner_id = Accounts(stack.ControlTable).token(sha256(service.token)).user_id
    _invite(service, role="owner")
    _, told, session = _sign_in(service)

    for method, path in (("PUT", f"{USERS}{owner_id}/role/"), ("DELETE", f"{USERS}{owner_id}/")):
        got = service.call(method, path, {"role": "reader"}, token="", headers=session)
        assert got.status == 400, method
    own = service.call("DELETE", f"{USERS}{told['user_id']}/", token="", headers=session)
    assert own.status == 400
    assert [user.role for user in Accounts(stack.ControlTable).users(app_id)] == ["owner"] * 2


def test_another_apps_users_are_not_there(service, stack):
    foreign = new_app(stack, "B", "b@b.test")
    user_id = _invite(service).json()["user_id"]

    role = service.call("PUT", f"{USERS}{user_id}/role/", {"role": "owner"}, token=foreign)
    gone = service.call("DELETE", f"{USERS}{user_id}/", token=foreign)

    assert (role.status, gone.status) == (404, 404)
    listed = service.call("GET", USERS, token=foreign).json()["users"]
    assert [user["email"] for user in listed] == ["b@b.test"]


def test_a_body_that_is_not_as_it_must_be_is_refused(service):
    for wrong in (
        {"role": "king"}, {"email": "x"}, {"tables": {"goods": "reader"}}, {"language": "xx"},
        {"tables": {"1": "owner"}}, {"tables": {"01": "reader"}}, {"tables": []}, {"email": None},
        {"tables": {str(number): "reader" for number in range(1, 102)}},
    ):  # fmt: skip
        assert _invite(service, **wrong).status == 400, wrong


def test_an_app_has_so_many_users_and_no_more(service, monkeypatch):
    monkeypatch.setattr("ferry.accounts.users.MOST_USERS", 2)

    assert _invite(service).status == 201
    refused = _invite(service, email="li@a.test")

    assert refused.status == 400
    assert refused.json()["error_msg"] == "the app has 2 users, and may have no more"
    assert _invite(service, name="x" * 201).status == 400
    assert _invite(service, email=f"{'x' * 250}@a.test").status == 400


def test_the_list_of_all_users_fits_into_an_answer():
    name, tables = "\U0001f600" * 200, {"9" * 12: "editor"}
    told = json.dumps(
        {"name": name, "email": name, "role": "reader", "tables": tables, "user_id": 9**19,
         "language": "zh-CN", "disabled": False, "created_at": 9**10},
        ensure_ascii=False,
    )  # fmt: skip
    more_tables = len(json.dumps(json.dumps(tables))) * 100

    size = len(json.dumps(told, ensure_ascii=False).encode()) + more_tables
    assert size * MOST_USERS < MOST_ANSWER_BYTES


def test_operators_do_the_same_by_the_command(service, stack, app_id, monkeypatch):
    monkeypatch.setattr("admin.__main__.local_outputs", lambda _: vars(stack))
    accounts = Accounts(stack.ControlTable)
    made = ["create-user", app_id, "--mail", "w@a.test", "--role", "none", "--on", "7=editor"]

    assert main(made) == 0
    (user,) = [user for user in accounts.users(app_id) if user.mail == "w@a.test"]
    assert (user.role, user.tables) == ("none", {"7": "editor"})
    assert main(["set-role", app_id, str(user.id), "editor"]) == 0
    assert accounts.user(app_id, user.id).access.on("8") == "editor"
    assert main(["remove-user", app_id, str(user.id)]) == 0
    assert accounts.user(app_id, user.id) is None
