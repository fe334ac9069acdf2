"""Signing in by mail: from the question to the profile, and out again."""

import re
from pathlib import Path

import pytest

from tests.over_http import URL, OverHttp
from tests.service import Service, new_app
from tests.unit.cli.terminal import Terminal

MAIL = "owner@a.test"


@pytest.fixture
def terminal(service: Service, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, OverHttp(service))


def _typed(service: Service, more: bytes = b"") -> bytes:
    """Read the mail that has come, and type its code."""
    service.run_jobs()
    return _code(service, -1) + b"\n" + more


def test_a_person_signs_in_by_mail_and_out_again(terminal: Terminal, service: Service):
    login = f"ferry login --url {URL} --mail {MAIL}"
    signed_in = terminal.run(login, lambda: _typed(service), interactive=True)

    assert (signed_in.code, service.token in signed_in.err) == (0, False)
    told = terminal.run("ferry whoami")
    assert (told.code, MAIL in told.out, "owner" in told.out) == (0, True, True)
    assert terminal.run("ferry tables list").code == 0
    assert terminal.run("ferry logout").code == 0
    assert terminal.run("ferry whoami").code == 4


def test_a_code_of_another_terminal_does_not_serve(terminal: Terminal, service: Service):
    login = f"ferry login --url {URL} --mail {MAIL}"
    terminal.run(login, b"")

    refused = terminal.run(login, lambda: _typed_first(service))

    assert refused.code == 4
    assert "another terminal" in refused.err


def _typed_first(service: Service) -> bytes:
    service.run_jobs()
    return _code(service, 0)


def _code(service: Service, number: int) -> bytes:
    found = re.search(r">(\w{40})<", service.mails()[number].html)
    assert found
    return found[1].encode()


def test_an_address_of_several_apps_is_asked_about(terminal: Terminal, service: Service):
    new_app(service.stack, "B", MAIL)
    login = f"ferry login --url {URL} --mail {MAIL}"

    asked = terminal.run(login, lambda: _typed(service, b"B\n"), interactive=True)

    assert asked.code == 0, asked.err
    assert re.search(r"app_name +B\n", terminal.run("ferry whoami").out)
    assert terminal.run(f"{login} --app A", lambda: _typed(service)).code == 0
    assert re.search(r"app_name +A\n", terminal.run("ferry whoami").out)
    assert terminal.run(f"{login} --app C", lambda: _typed(service)).code == 4
