"""Everything that the command line says can be said in Chinese."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from ferry_cli.typer_words import SAID
from tests.declared import ROOT

CODE = sorted((ROOT / "cli" / "ferry_cli").rglob("*.py"))
CHINESE = tomllib.loads((ROOT / "cli/ferry_cli/translations/zh-CN.toml").read_text("utf-8"))


def said() -> Iterator[str]:
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name("t"), args=[ast.Constant(str(text))]):
                    yield text


def test_each_text_has_its_line():
    assert sorted(set(said()) - set(CHINESE)) == []


@pytest.mark.parametrize("text", sorted(CHINESE))
def test_a_translation_names_what_the_text_names(text: str):
    assert sorted(re.findall(r"{\w+}", CHINESE[text])) == sorted(re.findall(r"{\w+}", text))


def test_each_text_of_typer_has_its_line():
    assert sorted(set(SAID) - set(CHINESE)) == []
