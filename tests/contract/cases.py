"""The cases as data: tables/*.yaml, each case named by its number in docs/contract/tables.md."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parent / "tables"


def load(name: str) -> Any:
    """Load a file of the tables folder."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


def parametrize(name: str, part: str = "") -> pytest.MarkDecorator:
    """Run a test with each case of a file, or of one part of it, as its argument `case`."""
    found = load(name)[part] if part else load(name)
    return pytest.mark.parametrize("case", found, ids=[case["case"] for case in found])


def filled(text: str, ids: dict[str, str]) -> str:
    """Return the text with what its placeholders stand for: <id:r1> an id, <x*9> a run of x."""
    text = re.sub(r"<id:(\w+)>", lambda found: ids[found[1]], text)
    return re.sub(r"<(\w)\*(\d+)>", lambda found: found[1] * int(found[2]), text)
