"""What `make` hands to the commands that work on an AWS account."""

import shlex
import subprocess

import pytest

from tests.declared import ROOT

GIVEN = {
    "STAGE": "prod",
    "REGION": "ap-east-1",
    "STACK": "mine",
    "MAIL_FROM": "ferry@example.com",
    "ARCH": "x86_64",
    "PARAMETERS": 'LinkDays=14 UploadOrigins="https://a.test, https://b.test"',
    "CONFIRM": "no",
}


def _handed(target, **variables):
    """Return the arguments of the command that a target ends in, without running it."""
    given = [f"{name}={value}" for name, value in variables.items()]
    done = subprocess.run(
        ["make", "-n", target, *given], cwd=ROOT, capture_output=True, text=True, check=True
    )
    last = done.stdout.replace("\\\n", " ").strip().splitlines()[-1]
    words = shlex.split(last)
    assert words[:4] == [".venv/bin/python", "-m", "cloud", target]
    return dict(zip(words[4::2], words[5::2], strict=True))


@pytest.mark.parametrize("target", ["build", "deploy", "doctor"])
def test_every_variable_arrives_as_it_was_given(target):
    assert _handed(target, **GIVEN) == {
        "--stage": "prod",
        "--region": "ap-east-1",
        "--stack": "mine",
        "--mail-from": "ferry@example.com",
        "--architecture": "x86_64",
        "--parameters": 'LinkDays=14 UploadOrigins="https://a.test, https://b.test"',
        "--confirm": "no",
    }


def test_what_is_left_out_is_empty_and_the_stage_is_for_development():
    handed = _handed("deploy")

    assert handed.pop("--stage") == "dev"
    assert set(handed.values()) == {""}
