"""Signing in to the console: mailed links, sessions, and what pages of other sites cannot do."""

import base64
import hashlib
import re
from argparse import Namespace

import boto3
import pytest

from admin import commands
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import create_app, create_user, sha256
from ferry.accounts.mail_addresses import Addresses
from ferry.accounts.session_store import Sessions
from ferry.accounts.sessions import MOST_SESSIONS, find_session, note_use, open_session
from ferry.errors import Unauthenticated
from tests.service import new_app, new_user

HERE = "https://ferry.test"
MAIL = "owner@a.test"


@pytest.fixture
def browser(service, clock):
    """A browser at the console; `cookie` and `csrf` are of the session that it keeps."""
    return Browser(service)


class Browser:
    def __init__(self, service):
        self.service = service
        self.cookie = self.csrf = ""

    def send(self, method, path, body=None, **headers):
        sent = {"origin": HERE, "x-ferry-csrf": self.csrf, "user-agent": "Firefox/140.0"}
        sent |= {"cookie": self.cookie} if self.cookie else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in sent.items() if value is not None}
        return self.service.call(method, path, body, token="", headers=sent)

    def ask(self, mail=MAIL, **headers):
        return self.send("POST", "/console/session/link/", {"email": mail}, **headers)

    def code(self, mail=MAIL):
        """Ask for a link and return the code in the mail."""
        assert self.ask(mail).status == 202
        self.service.run_jobs()
        (found,) = self.service.mails()
        assert found.to == [mail]
        return re.search(rf'href="{HERE}/console/#/sign-in\?code=(\w+)"', found.html)[1]

    def sign_in(self, **body):
        answer = self.send("POST", "/console/session/", body)
        if answer.status == 201:
            self.cookie = answer.cookies[0].partition(";")[0]
            self.csrf = answer.json()["csrf"]
        return answer

    def who(self):
        return self.send("GET", "/console/session/")


def test_a_mailed_link_signs_in_once(browser):
    code = browser.code()
    answer = browser.sign_in(code=code)

    told = answer.json()
    assert (answer.status, told["email"], told["role"]) == (201, MAIL, "owner")
    assert told["expires_at"] == browser.who().json()["expires_at"]
    (cookie,) = answer.cookies
    assert cookie.startswith("__Host-ferry_session=")
    attributes = set(cookie.split("; ")[1:])
    assert attributes == {"Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=Strict"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.sign_in(code=code).status == 410


def test_a_link_serves_for_ten_minutes(browser, clock):
    code = browser.code()
    clock.now += 601

    assert browser.sign_in(code=code).status == 410


def test_the_mail_is_in_the_users_language(browser, stack):
    app = Accounts(stack.ControlTable).token(sha256(browser.service.token)).app_id
    new_user(stack, app, "wang@a.test", "zh-CN")
    browser.ask("WANG@a.test ")
    browser.service.run_jobs()

    (mail,) = browser.service.mails()
    assert mail.to == ["wang@a.test"]
    assert "登录" in mail.subject


def test_an_address_that_nobody_has_gets_the_same_answer_and_no_mail(browser):
    known, unknown = browser.ask(), browser.ask("nobody@a.test")

    assert (known.status, known.body, known.headers) == (
        unknown.status,
        unknown.body,
        unknown.headers,
    )
    browser.service.run_jobs()
    assert [mail.to for mail in browser.service.mails()] == [[MAIL]]


def test_a_revocation_ends_links_and_sessions(browser, stack):
    code = browser.code()
    other = Browser(browser.service)
    assert other.sign_in(code=other.code()).status == 201
    accounts = Accounts(stack.ControlTable)
    token = accounts.token(sha256(browser.service.token))

    accounts.renew(accounts.user(token.app_id, token.user_id))

    assert browser.sign_in(code=code).status == 410
    assert other.who().status == 401


def test_an_apps_refresh_of_its_tokens_ends_no_session(browser, stack):
    browser.sign_in(code=browser.code())
    accounts = Accounts(stack.ControlTable)
    token = accounts.token(sha256(browser.service.token))

    accounts.renew(accounts.user(token.app_id, token.user_id), revoke_codes=False)

    assert browser.who().status == 200


def test_a_token_signs_in_and_the_session_ends_with_it(browser, clock):
    assert browser.sign_in(token="0" * 40).status == 401
    answer = browser.sign_in(token=browser.service.token)
    assert answer.status == 201
    assert browser.who().status == 200
    clock.now += 43_201

    assert browser.who().status == 401


def test_what_is_neither_a_code_nor_a_token_is_refused(browser):
    for body in ({}, {"code": "a", "token": "b"}, {"code": 1}, []):
        assert browser.send("POST", "/console/session/", body).status == 400, body


def test_an_address_of_several_apps_chooses_and_the_code_goes_on_serving(browser, stack):
    new_app(stack, "B", MAIL)
    code = browser.code()

    asked = browser.sign_in(code=code)
    apps = {app["name"]: app["app_id"] for app in asked.json()["apps"]}
    assert (asked.status, set(apps)) == (409, {"A", "B"})
    assert browser.sign_in(code=code, app_id=apps["B"]).json()["app_id"] == apps["B"]
    assert browser.sign_in(code=code, app_id=apps["A"]).status == 410


def test_links_are_limited_by_address_and_by_source(browser, clock):
    assert [browser.ask().status for _ in range(6)] == [202] * 5 + [429]
    assert int(browser.ask().headers["Retry-After"]) <= 3600
    assert browser.ask("other@a.test").status == 202
    statuses = [browser.ask(f"u{number}@a.test").status for number in range(40)]
    assert statuses[0] == 202
    assert statuses[-1] == 429
    clock.now += 3600
    assert browser.ask().status == 202


def test_addresses_of_one_ipv6_network_are_one_source(browser):
    sources = [f"2001:db8:0:7::{number:x}" for number in range(1, 32)]
    asked = [browser.ask(f"u{n}@a.test", x_forwarded_for=s) for n, s in enumerate(sources)]

    assert [answer.status for answer in asked] == [202] * 30 + [429]
    assert browser.ask("u@a.test", x_forwarded_for="2001:db8:0:8::1").status == 202


def test_what_is_no_address_is_refused(browser):
    for mail in ("", "a", "a@b\r\nBcc: c@d", f"{'a' * 250}@b.test", None):
        assert browser.ask(mail).status == 400, mail


def test_the_session_serves_every_route_in_place_of_a_token(service):
    browser = Browser(service)
    browser.sign_in(code=browser.code())
    body = {"name": "goods", "schema": {"fields": [{"name": "name", "type": "string"}]}}

    made = browser.send("POST", "/oserve/v1/table/", body)

    assert made.status == 201
    assert browser.send("GET", "/oserve/v1/table/").json()["meta"]["total_count"] == 1
    assert browser.send("GET", "/rules").status == 200


def test_what_is_no_get_needs_the_csrf_and_the_own_origin(browser):
    browser.sign_in(code=browser.code())
    body = {"name": "goods", "schema": {"fields": []}}

    for wrong in (
        {"x_ferry_csrf": None},
        {"x_ferry_csrf": "0" * 40},
        {"x_ferry_csrf": "é"},
        {"origin": "https://evil.test"},
        {"origin": "http://ferry.test"},
        {"origin": "null"},
        {"origin": "https://["},
    ):
        refused = browser.send("POST", "/oserve/v1/table/", body, **wrong)
        assert refused.status == 403, wrong
    assert browser.send("GET", "/oserve/v1/table/", x_ferry_csrf=None).status == 200
    assert browser.send("POST", "/oserve/v1/table/", body, origin=None).status == 201


def test_a_page_of_another_site_cannot_sign_in(browser):
    body = {"email": MAIL, "token": browser.service.token}

    for path in ("/console/session/link/", "/console/session/"):
        assert browser.send("POST", path, body, origin="https://evil.test").status == 403


def test_signing_out_ends_the_session_and_drops_the_cookie(browser):
    browser.sign_in(code=browser.code())
    assert browser.send("DELETE", "/console/session/", x_ferry_csrf="").status == 403

    answer = browser.send("DELETE", "/console/session/")

    assert answer.status == 200
    assert "Max-Age=0" in answer.cookies[0].split("; ")
    assert browser.who().status == 401


def test_sessions_are_listed_and_ended_one_by_one(browser, clock):
    other = Browser(browser.service)
    other.sign_in(code=other.code())
    clock.now += 120
    browser.sign_in(code=browser.code())

    found = browser.send("GET", "/console/sessions/").json()["sessions"]
    assert [session["current"] for session in found] == [True, False]
    assert {session["user_agent"] for session in found} == {"Firefox/140.0"}
    clock.now += 120
    assert other.who().status == 200  # which is noted
    found = browser.send("GET", "/console/sessions/").json()["sessions"]
    assert [session["current"] for session in found] == [False, True]
    ended = browser.send("DELETE", f"/console/sessions/{found[0]['id']}/")

    assert ended.status == 204
    assert other.who().status == 401
    assert browser.send("DELETE", f"/console/sessions/{found[0]['id']}/").status == 404


def test_one_session_too_many_ends_the_one_that_was_not_used_for_longest(stack, service):
    accounts, kept = Accounts(stack.ControlTable), Sessions(stack.ControlTable)
    token = accounts.token(sha256(service.token))
    user = accounts.user(token.app_id, token.user_id)
    texts = [open_session(user, agent="", now=now, sessions=kept) for now in range(MOST_SESSIONS)]
    first = find_session(texts[0], now=200, accounts=accounts, sessions=kept)
    note_use(first, now=200, sessions=kept)

    open_session(user, agent="", now=201, sessions=kept)

    assert len(kept.of_user(user.app_id, user.id)) == MOST_SESSIONS
    assert find_session(texts[0], now=201, accounts=accounts, sessions=kept)
    with pytest.raises(Unauthenticated):
        find_session(texts[1], now=201, accounts=accounts, sessions=kept)


def test_nobody_ends_a_session_of_another_user(browser, stack):
    browser.sign_in(code=browser.code())
    (session,) = browser.send("GET", "/console/sessions/").json()["sessions"]
    foreign = new_app(stack, "B", "b@b.test")

    answer = browser.service.call("DELETE", f"/console/sessions/{session['id']}/", token=foreign)

    assert answer.status == 404
    assert browser.who().status == 200


def test_a_cookie_that_is_no_session_is_no_caller(browser):
    for value in (
        "", "x", "a.b.c", "a.1.", ".1.a", f"a.².{'0' * 40}", f"a.{'9' * 300}.x", "é.1.x",
    ):  # fmt: skip
        browser.cookie = f"__Host-ferry_session={value}"
        assert browser.who().status == 401, value


def test_only_the_cookie_of_the_own_host_counts(browser):
    browser.sign_in(code=browser.code())
    browser.cookie = browser.cookie.removeprefix("__Host-")

    assert browser.who().status == 401


def test_only_the_hash_of_a_session_is_stored(browser, stack):
    browser.sign_in(code=browser.code())
    secret = browser.cookie.rpartition(".")[2]
    stored = str(boto3.client("dynamodb").scan(TableName=stack.ControlTable)["Items"])

    assert sha256(secret) in stored
    assert secret not in stored


def test_a_user_whom_an_earlier_release_has_stored_is_found_once_indexed(stack):
    accounts = Accounts(stack.ControlTable)
    addresses = Addresses(accounts.table_name)
    app = create_app("C", now=1, accounts=accounts)
    user = create_user(
        app.client_id, name="c", mail="C@c.test", language="en", now=1, accounts=accounts
    )
    boto3.client("dynamodb").update_item(
        TableName=stack.ControlTable,
        Key={"pk": {"S": f"APP#{user.app_id}"}, "sk": {"S": f"USER#{user.id}"}},
        UpdateExpression="REMOVE #scope",
        ExpressionAttributeNames={"#scope": "scope"},
    )
    assert addresses.users_of("c@c.test") == []

    commands.index_users(Namespace(), accounts)

    assert addresses.users_of("c@C.test") == [user]


VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]


def terminal_code(browser):
    """Ask for a code as a terminal does and return it; its mail has no link."""
    body = {"email": MAIL, "challenge": CHALLENGE}
    assert browser.send("POST", "/console/session/link/", body).status == 202
    browser.service.run_jobs()
    mail = browser.service.mails()[-1]
    assert "href" not in mail.html
    return re.search(r">(\w{40})<", mail.html)[1]


def redeem(browser, code, verifier=VERIFIER):
    return browser.send("POST", "/console/session/", {"code": code, "verifier": verifier})


def test_a_terminal_signs_in_by_its_code_once_and_gets_no_cookie(browser, clock):
    code = terminal_code(browser)
    answer = redeem(browser, code)
    told = answer.json()

    assert (answer.status, answer.cookies, told["email"]) == (201, [], MAIL)
    assert redeem(browser, code).status == 410
    bearer = {"authorization": f"Bearer {told['session']}"}
    body = {"name": "goods", "schema": {"fields": []}}
    made = browser.service.call("POST", "/oserve/v1/table/", body, token="", headers=bearer)
    assert made.status == 201  # no csrf: no page can have a browser send that header
    clock.now += 30 * 86_400 - 1
    who = browser.service.call("GET", "/console/session/", token="", headers=bearer)
    assert (who.status, who.json()["expires_at"]) == (200, told["expires_at"])
    assert "session" not in who.json()
    clock.now += 1
    assert browser.service.call("GET", "/oserve/v1/table/", token="", headers=bearer).status == 401


def test_a_code_serves_in_the_terminal_that_asked_alone(browser):
    code = terminal_code(browser)
    for shown in ({}, {"verifier": "w" * 43}, {"verifier": ""}, {"verifier": "v" * 42}):
        answer = browser.send("POST", "/console/session/", {"code": code, **shown})
        assert answer.status == 410, shown
    assert redeem(browser, code).status == 201


def test_a_browsers_link_opens_no_terminals_session(browser):
    assert redeem(browser, browser.code()).status == 410


def test_a_terminal_that_signs_out_or_is_revoked_is_nobody(browser, stack):
    bearer = []
    for _ in range(2):
        told = redeem(browser, terminal_code(browser)).json()
        bearer.append({"authorization": f"Bearer {told['session']}"})
    call = browser.service.call

    assert call("DELETE", "/console/session/", token="", headers=bearer[0]).status == 200
    assert call("GET", "/oserve/v1/table/", token="", headers=bearer[0]).status == 401
    assert call("GET", "/oserve/v1/table/", token="", headers=bearer[1]).status == 200
    accounts = Accounts(stack.ControlTable)
    token = accounts.token(sha256(browser.service.token))
    accounts.renew(accounts.user(token.app_id, token.user_id))
    assert call("GET", "/oserve/v1/table/", token="", headers=bearer[1]).status == 401


def test_a_challenge_is_a_sha_256(browser):
    for wrong in ("x", "é" * 43, "=" * 43, CHALLENGE + "x", 1):
        body = {"email": MAIL, "challenge": wrong}
        assert browser.send("POST", "/console/session/link/", body).status == 400, wrong
    both = {"token": browser.service.token, "verifier": VERIFIER}
    assert browser.send("POST", "/console/session/", both).status == 400
