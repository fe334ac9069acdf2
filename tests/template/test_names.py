"""One name for one thing: no two modules, and no two classes, of the package share a name."""

import ast
from collections import Counter

from tests.declared import ROOT

MODULES = [path for path in (ROOT / "layers/core/ferry").rglob("*.py") if path.stem != "__init__"]


def test_every_module_has_a_name_of_its_own():
    assert [
        name for name, number in Counter(path.stem for path in MODULES).items() if number > 1
    ] == []


def test_every_class_has_a_name_of_its_own():
    classes = Counter(
        node.name
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )

    assert [name for name, number in classes.items() if number > 1] == []
