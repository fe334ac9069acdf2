"""What `ferry doctor` finds, and what it advises."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from tests.unit.cli.site import STORE, URL, Site
from tests.unit.cli.terminal import Terminal

TABLES = httpx.Response(200, json={"objects": [], "meta": {"next": None}})
PAGE = httpx.Response(200, headers={"Content-Security-Policy": f"connect-src 'self' {STORE}; x"})
ALLOWED = httpx.Response(200, headers={"Access-Control-Allow-Origin": "*"})


def service(ahead_s: int = 0) -> Callable[[httpx.Request], httpx.Response]:
    """Ferry's answer, by a clock that is so far ahead when it is asked."""

    def answer(_request: httpx.Request) -> httpx.Response:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead_s), usegmt=True)
        body = {"info": {"version": "0.1.0"}}
        return httpx.Response(200, json=body, headers={"Date": date})

    return answer


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def terminal(tmp_path: Path, site: Site) -> Terminal:
    signed_in = {"FERRY_URL": URL, "FERRY_TOKEN": "t0ken"}
    return Terminal(tmp_path, httpx.MockTransport(site.handle), signed_in)


def found(terminal: Terminal) -> tuple[int, dict[str, bool]]:
    printed = terminal.run("ferry doctor --json")
    return printed.code, {name: each["ok"] for name, each in json.loads(printed.out).items()}


def test_all_is_in_order(terminal: Terminal, site: Site):
    site.answers = [service(), TABLES, PAGE, ALLOWED]
    checks = ("profile", "service", "clock", "token", "uploads_from_pages")

    assert found(terminal) == (0, dict.fromkeys(checks, True))
    preflight = site.asked[-1]
    assert (preflight.method, preflight.headers["Origin"]) == ("OPTIONS", URL)
    assert "Authorization" not in preflight.headers


@pytest.mark.parametrize(
    ("answers", "bad", "advice"),
    [
        ([service(3600), TABLES, PAGE, ALLOWED], "clock", "NTP"),
        ([service(-3600), TABLES, PAGE, ALLOWED], "clock", "NTP"),
        ([service(), httpx.Response(401, json={"error_msg": "unknown"}), PAGE, ALLOWED], "token",
         "ferry login"),
        ([service(), TABLES, PAGE, httpx.Response(403)], "uploads_from_pages", "UploadOrigins"),
        ([httpx.ConnectError("refused")], "service", "Check the address"),
        ([httpx.Response(200, text="<html>")], "service", "ferry login --url"),
    ],
)  # fmt: skip
def test_what_is_not_in_order_has_an_advice(
    terminal: Terminal, site: Site, answers: list[object], bad: str, advice: str
):
    site.answers = answers

    printed = terminal.run("ferry doctor")

    assert printed.code == 1
    assert f"not in order: {bad}\n" in printed.err
    line = next(line for line in printed.out.splitlines() if line.startswith(bad))
    assert "✗" in line
    assert advice in printed.out


def test_a_local_service_that_is_down_is_started_by_make_up(terminal: Terminal, site: Site):
    terminal.environment["FERRY_URL"] = "http://127.0.0.1:8080"
    site.answers = [httpx.ConnectError("refused")]

    assert "make up" in terminal.run("ferry doctor").out


def test_who_is_not_signed_in_has_no_service_to_check(terminal: Terminal):
    terminal.environment.clear()

    assert found(terminal) == (1, {"profile": False})
