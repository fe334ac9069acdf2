"""What is written by `make openapi` is what stands in cli/."""

import json
import tomllib

import pytest

from ferry_cli import VERSION
from openapi import client_calls, client_types
from openapi.document import TARGET
from tests.declared import ROOT

PACKAGE = tomllib.loads((ROOT / "cli" / "pyproject.toml").read_text("utf-8"))


def test_the_types_are_those_of_the_document():
    document = json.loads(TARGET.read_text("utf-8"))

    assert client_types.TARGET.read_text("utf-8") == client_types.text(document)


@pytest.mark.parametrize(
    ("file", "text"),
    [pytest.param(file, text, id=file.name) for file, text in client_calls.written()],
)
def test_the_blocking_calls_are_the_asynchronous_ones(file, text):
    assert file.read_text("utf-8") == text
    assert not {"async", "await", "asyncio"} & set(text.replace("(", " ").split())


def test_no_blocking_module_is_left_without_a_source():
    assert {file.name for file in client_calls.TARGET.glob("*.py")} == {
        file.name for file, _ in client_calls.written()
    }


def test_the_package_has_the_services_version_and_all_its_folders():
    service = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    folders = {
        file.parent.relative_to(ROOT / "cli") for file in ROOT.glob("cli/ferry_*/**/__init__.py")
    }

    assert {PACKAGE["project"]["version"], VERSION} == {service["project"]["version"]}
    assert set(PACKAGE["tool"]["setuptools"]["packages"]) == {
        ".".join(folder.parts) for folder in folders
    }
