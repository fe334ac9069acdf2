"""What is written by `make openapi` is what stands in cli/."""

import json

import pytest

from openapi import client_calls, client_types
from openapi.document import TARGET


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
