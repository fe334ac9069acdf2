"""The arguments that `make` passes to the commands that work on an AWS account."""

import os
import re
import shlex
import subprocess

import pytest

from cloud.__main__ import order_of, parser
from cloud.plan import plan
from cloud.stages import stage
from tests.declared import ROOT

GIVEN = {
    "STAGE": "prod",
    "REGION": "ap-east-1",
    "STACK": "mine",
    "MAIL_FROM": "ferry@example.com",
    "MAIL_TO": "you@example.com",
    "ARCH": "x86_64",
    "PARAMETERS": 'LinkDays=14 UploadOrigins="https://a.test, https://b.test"',
    "CONFIRM": "no",
}


def _handed(target, **variables):
    """Return the arguments of the command that a target ends in, without running it."""
    given = [f"{name}={value}" for name, value in variables.items()]
    # The variables of a `make test` around this one would change what it prints.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "-n", "--no-print-directory", target, *given]
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=True)
    last = done.stdout.replace("\\\n", " ").strip().splitlines()[-1]
    _, *words = shlex.split(last)
    assert words[:4] == [".venv/bin/python", "-m", "cloud", target]
    return dict(zip(words[4::2], words[5::2], strict=True))


@pytest.mark.parametrize("target", ["build", "deploy", "doctor", "smoke"])
def test_every_variable_arrives_as_it_was_given(target):
    assert _handed(target, **GIVEN) == {
        "--stage": "prod",
        "--region": "ap-east-1",
        "--stack": "mine",
        "--mail-from": "ferry@example.com",
        "--mail-to": "you@example.com",
        "--architecture": "x86_64",
        "--parameters": 'LinkDays=14 UploadOrigins="https://a.test, https://b.test"',
        "--confirm": "no",
    }


def test_what_is_left_out_is_empty_and_the_stage_is_for_development():
    handed = _handed("deploy")

    assert handed.pop("--stage") == "dev"
    assert set(handed.values()) == {""}


_COMMAND = re.compile(
    r"^ *(make (?:build|deploy|doctor|smoke) (?:.*\\\n)*.+?)(?: +#.*)?$"  # in a block of its own
    r"|`(make (?:build|deploy|doctor|smoke) [^`]+)`",
    re.MULTILINE,
)
DOCUMENTED = sorted(
    {
        block or inline
        for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
        for block, inline in _COMMAND.findall(path.read_text("utf-8"))
    }
)


@pytest.mark.parametrize("command", DOCUMENTED)
def test_a_documented_command_is_understood(command):
    _, target, *given = shlex.split(command.replace("\\\n", " "))

    handed = _handed(target, **dict(pair.split("=", 1) for pair in given))

    order = parser().parse_args([target, *(word for pair in handed.items() for word in pair)])
    made = plan(order_of(order), stage(order.stage), order.region)
    assert made.stack.startswith("ferry")
    assert made.region or target == "build"


def test_the_first_deployment_is_documented_step_by_step():
    page = (ROOT / "docs" / "first-deployment.md").read_text("utf-8")
    steps = [page.index(f"\nmake {target} ") for target in ("doctor", "deploy", "smoke", "admin")]

    assert steps == sorted(steps)
