"""Citations of the contracts lead somewhere, and their cases are tested."""

import json
import re
from pathlib import Path

import pytest

from tests.declared import ROOT

CONTRACTS = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs/contract").glob("*.md")}
CODE = sorted(
    path
    for folder in ("functions", "layers/core/ferry", "local", "admin", "openapi", "tests", "docs")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".md", ".yaml"} and "__pycache__" not in path.parts
)

_CITED = re.compile(r"\bcontract (\w+)#([\w-]+)")
_CASES = re.compile(r"\bcases? ((?:[A-H]?\d+(?:, | and | to |-)?)+)")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| ([A-H]?\d+) \|", re.MULTILINE)
_OUTSIDE = re.compile(r"\b(?:contract \d|config\.md [AB]\b|[Vv]ectors? \d|vectors-\w+\.md)")

HEADINGS = {
    name: {heading.lower().replace(" ", "-") for heading in _HEADING.findall(text)}
    for name, text in CONTRACTS.items()
}
CASES = {case for text in CONTRACTS.values() for case in _ROW.findall(text)}


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_cites_a_contract_cites_what_is_there(path):
    text = path.read_text("utf-8")

    for name, heading in _CITED.findall(text):
        assert name in CONTRACTS
        assert heading in HEADINGS[name]
    if path.suffix == ".py":
        for cited in _CASES.findall(text):
            assert set(re.findall(r"[A-H]?\d+", cited)) <= CASES, cited
    assert path == Path(__file__) or not _OUTSIDE.search(text)


def test_each_case_of_a_configuration_is_in_the_contract():
    files = (ROOT / "tests/contract/config").glob("*.json")

    tested = {str(json.loads(path.read_text())["case"]) for path in files}

    assert tested <= {case for case in CASES if case.isdigit()}


def test_each_case_of_a_table_is_in_the_contract():
    files = (ROOT / "tests/contract/tables").glob("*.yaml")

    tested = {case for path in files for case in re.findall(r"case: ([A-H]\d+)", path.read_text())}

    assert tested == {case for case in CASES if not case.isdigit()}
