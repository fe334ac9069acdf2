"""What Ferry says is wrong has words in each language that mails are written in."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from ferry.translations import catalogue
from ferry.translations.catalogue import translated

FERRY = Path(catalogue.__file__).parents[1]
TEXTS = tomllib.loads(Path(catalogue.__file__).with_name("zh-CN.toml").read_text("utf-8"))
SLICES = ("attached", "aws", "exports", "fetch", "files", "imports", "jobs", "records", "tables")
RAISED = {
    "DoesNotFit", "Duplicate", "InvalidCell", "InvalidFile", "InvalidRow",
    "InvalidValue", "NotFound", "TooManyJobs", "TooManyRows", "Unfetchable", "Unreachable",
    "because",
}  # fmt: skip
TOLD_TO_CALLERS_ALONE = {
    "imports/bodies.py", "imports/corrected.py", "imports/correction_form.py",
    "imports/import_options.py", "imports/multipart.py",
    "imports/uploads.py", "jobs/downloads.py", "jobs/job_store.py", "jobs/links.py", "jobs/view.py",
    "records/profile_store.py", "records/row_store.py", "tables/operators.py",
}  # fmt: skip
"""Modules whose errors are answers to requests, and reach neither a job nor a mail."""


def _module(path: Path) -> tuple[ast.Module, dict[str, ast.expr]]:
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return tree, constants


def _text(node: ast.expr, constants: dict[str, ast.expr]) -> str | None:
    """Return the text that an expression makes, with 7 where something is filled in."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.Name(name) if name in constants:
            return _text(constants[name], constants)
        case ast.JoinedStr(parts):
            return "".join(_text(part, constants) or "7" for part in parts)
        case ast.FormattedValue(value) if isinstance(value, ast.Name):
            return _text(value, constants)
    return None


def _said() -> Iterator[tuple[str, str]]:
    for path in sorted(path for name in SLICES for path in (FERRY / name).rglob("*.py")):
        where = path.relative_to(FERRY).as_posix()
        if where in TOLD_TO_CALLERS_ALONE:
            continue
        tree, constants = _module(path)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                place = 0 if called in {"InvalidCell"} else min(1, len(node.args) - 1)
                text = _text(node.args[place], constants) if called in RAISED else None
                if text:
                    yield where, text


SAID = sorted(set(_said()))


def test_the_search_finds_what_is_said():
    assert len(SAID) > 100


@pytest.mark.parametrize(("where", "text"), SAID)
def test_whatever_a_mail_may_quote_has_chinese_words(where, text):
    assert translated(text, "zh-CN") != text, f"add it to translations/zh-CN.toml ({where})"


@pytest.mark.parametrize("english", TEXTS)
def test_a_translation_is_found_and_fills_in_the_same(english):
    names = [name for _, name, _, _ in Formatter().parse(english) if name is not None]
    values = {name: f"<{number}>" for number, name in enumerate(names)}

    told = translated(english.format_map(values), "zh-CN")

    assert told == TEXTS[english].format_map(values)
    assert all(value in told for value in values.values())


def test_what_is_filled_in_is_translated_too():
    assert translated('element 2 must be true or false; it is "x"', "zh-CN") == (
        '第 2 个元素必须是 true 或 false；现在是 "x"'
    )


def test_what_is_not_in_the_catalogue_stays_english():
    assert translated("whatever a server says", "zh-CN") == "whatever a server says"
    assert translated("must be true or false; it is 7", "en") == "must be true or false; it is 7"


@pytest.mark.parametrize("value", ["", "; it is ", "must be true or false; it is", "{x}", "\n"])
def test_any_value_is_kept(value):
    assert translated(f"must be a number, such as 19.5; it is {value}", "zh-CN").endswith(
        f"现在是 {value}"
    )
