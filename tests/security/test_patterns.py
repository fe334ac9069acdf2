"""No regular expression takes more than linear time on what a caller sends.

Python's `re` backtracks. A repeat without a bound is possessive (`*+`, `++`), or stands below with
the reason why it is harmless. One that begins a pattern is tried anew at every place of a search,
which is quadratic on a long run of what it repeats, possessive or not: such a pattern is matched
at a place, never searched for.
"""

import ast
import importlib
import re
from pathlib import Path
from re import _constants as sre
from re import _parser as parser
from typing import Any, NamedTuple

import pytest

import ferry.kuiper.sql.lexer
import ferry.tables.inference
from tests.declared import ROOT

PACKAGE = ROOT / "layers" / "core"
FUNCTIONS = {"compile", "match", "search", "sub", "findall", "finditer", "fullmatch", "split"}
SEARCHES = {"search", "sub", "findall", "finditer", "split"}
MANY = 1_000

HARMLESS = {
    r"(?=.{1,15}\Z)(?:0|-?+[1-9][0-9]*+|-?+[0-9]++\.[0-9]*[1-9])": "of 15 characters at most",
    r"(?:0|-?+[1-9][0-9]*+|-?+[0-9]++\.[0-9]*[1-9])": "gives back the zeros at the end, once",
    r"(?:x|x)(?:@.*)?\.so": "gives back to the last dot, once",
    ferry.tables.inference._CODES.__self__.pattern: "gives back to each word, of few characters",
    ferry.kuiper.sql.lexer._TOKEN.pattern: "a comment ends where the first */ is, or the text",
}
SEARCHED = {
    r"^[^\S\n]*+rpc\s++(\w++)\s*+\(": "tried once a line, and keeps to it",
    ferry.kuiper.sql.lexer._TOKEN.pattern: "matches at every place, so that none is tried twice",
}


class Pattern(NamedTuple):
    """A pattern in the source of the package.

    Attributes:
        name: of the global that holds it, "" for others.
        text: with an `x` for what only a caller of its function knows.

    """

    path: Path
    line: int
    name: str
    text: str | bytes
    flags: int

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE)}:{self.line}"


class _Evaluated(ast.NodeVisitor):
    """What an expression comes to, in a module and a function of it."""

    def __init__(self, module: Any, assigned: dict[str, ast.expr]) -> None:
        self._module = module
        self._assigned = assigned

    def of(self, node: ast.expr) -> Any:  # noqa: PLR0911 - a result for each kind of node
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in self._assigned:
                return self.of(self._assigned[name])
            case ast.Name(id=name):
                return getattr(self._module, name, "x")
            case ast.JoinedStr(values=parts):
                return "".join(_text(self.of(part)) for part in parts)
            case ast.FormattedValue(value=value):
                return self.of(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first = self.of(left)
                second = self.of(right)
                return first + (second if isinstance(second, type(first)) else type(first)(b"x"))
            case ast.BinOp(left=left, op=ast.Mod()):
                return self.of(left).replace(b"%b", b"x")
        return "x"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "x"


def _patterns() -> list[Pattern]:
    found = []
    for path in sorted(PACKAGE.glob("ferry/**/*.py")):
        source = path.read_text("utf-8")
        if "import re\n" in source:
            found += _patterns_of(path, source)
    return found


def _patterns_of(path: Path, source: str) -> list[Pattern]:
    name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    module, tree = importlib.import_module(name), ast.parse(source)
    names = {
        call: target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
        for call in ast.walk(node)
        if _is_pattern(call)
    }
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    found = []
    for call in filter(_is_pattern, ast.walk(tree)):
        inside = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
        assigned = {
            target.id: node.value
            for function in inside
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name)
        }
        text = _Evaluated(module, assigned).of(call.args[0])
        flags = 0
        for flag in ("MULTILINE", "VERBOSE", "DOTALL", "ASCII", "IGNORECASE"):
            if f"re.{flag}" in ast.unparse(call):
                flags |= getattr(re, flag)
        found.append(Pattern(path, call.lineno, names.get(call, ""), text, flags))
    return found


def _is_pattern(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


PATTERNS = _patterns()


def test_the_patterns_are_found():
    assert len(PATTERNS) > 70


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_repeats_without_a_bound_are_possessive(pattern):
    if _text(pattern.text) not in HARMLESS:
        assert _backtracking(parser.parse(pattern.text, pattern.flags)) == [], pattern.text


def test_no_reason_is_given_for_a_pattern_that_is_gone():
    assert HARMLESS.keys() | SEARCHED.keys() <= {pattern.text for pattern in PATTERNS}


@pytest.mark.parametrize("pattern", PATTERNS, ids=str)
def test_no_search_begins_with_a_repeat_without_a_bound(pattern):
    source = pattern.path.read_text("utf-8")
    line = "\n".join(source.splitlines()[pattern.line - 1 :][:12])
    uses = rf"\b{pattern.name}\.({'|'.join(SEARCHES)})\b" if pattern.name else r"\A(?!)"
    searched = re.search(uses, source) or line.startswith(tuple(f"re.{name}" for name in SEARCHES))

    if searched and pattern.text not in SEARCHED:
        assert not _begins_endless(parser.parse(pattern.text, pattern.flags)), pattern.text


@pytest.mark.parametrize("text", [r"(a+)+b", r"a*?b", r"(?:a|b*)c", r"x{2,}y"])
def test_backtracking_is_seen(text):
    assert _backtracking(parser.parse(text, 0))


@pytest.mark.parametrize("text", [r"\A a|\s++\Z", r"(?m:^\s*+x)", r"(?:a++|b)c"])
def test_searches_that_begin_with_a_repeat_are_seen(text):
    assert _begins_endless(parser.parse(text, 0))


def _backtracking(parsed: Any) -> list[Any]:
    """Return the repeats without a bound that may give back what they took."""
    found = []
    for operator, argument in parsed:
        if operator in {sre.MAX_REPEAT, sre.MIN_REPEAT} and argument[1] >= MANY:
            found.append(argument)
        for inner in _inner(argument):
            found += _backtracking(inner)
    return found


def _begins_endless(parsed: Any) -> bool:
    """Return whether a match may begin with a repeat without a bound that must not be the end."""
    for place, (operator, argument) in enumerate(parsed):
        if operator is sre.AT and argument is not sre.AT_BEGINNING:
            return False
        if operator in _REPEATS and argument[1] >= MANY:
            return place + 1 < len(parsed)
        if operator is sre.BRANCH:
            return any(_begins_endless([*one, *parsed[place + 1 :]]) for one in argument[1])
        if operator is sre.SUBPATTERN:
            return _begins_endless([*argument[-1], *parsed[place + 1 :]])
        if operator not in {sre.AT, sre.ASSERT, sre.ASSERT_NOT}:
            return False
    return False


_REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


def _inner(argument: Any) -> list[Any]:
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [inner for each in argument for inner in _inner(each)]
    return []
