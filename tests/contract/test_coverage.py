"""README.md says which cases there are; here it is held to its word."""

import re
from pathlib import Path
from typing import Any

from tests.contract.cases import FOLDER, load

README = Path(__file__).with_name("README.md").read_text("utf-8")


def test_readme_lists_the_cases_of_each_file():
    listed = {file: set(_numbers(cases)) for cases, file in _rows()}

    assert listed == {file: found for file, found in _files().items() if found}


def test_each_case_has_a_name_of_its_own():
    names = [case["case"] for path in FOLDER.glob("*.yaml") for case in _cases(load(path.stem))]

    assert len(names) == len(set(names))


def _files() -> dict[str, set[str]]:
    return {
        path.stem: {case["case"].partition(" ")[0] for case in _cases(load(path.stem))}
        for path in FOLDER.glob("*.yaml")
    }


def _cases(found: Any) -> list[dict[str, Any]]:
    """Return every mapping with a key `case`, however deep."""
    if isinstance(found, dict):
        return [found] if "case" in found else _cases(list(found.values()))
    return [case for part in found for case in _cases(part)] if isinstance(found, list) else []


def _rows() -> list[tuple[str, str]]:
    return re.findall(r"^\| ([A-M]\d.*?) \| (.*) \|$", README, re.MULTILINE)


def _numbers(cases: str) -> list[str]:
    """Return the numbers that such a text as "A6, B1-B3" stands for."""
    found = re.findall(r"([A-M])(\d+)(?:-\1(\d+))?", cases)
    return [
        f"{letter}{number}"
        for letter, first, last in found
        for number in range(int(first), int(last or first) + 1)
    ]
