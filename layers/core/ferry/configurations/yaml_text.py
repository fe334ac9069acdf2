"""YAML in and out, for /v2/data: plain values only, of bounded size and depth.

The engine reads it by gopkg.in/yaml.v3: the core schema of YAML 1.2 with the octals of 1.1. A time
and a number in base 60 are texts, `on`, `off`, `yes` and `no` too (decision 192). Aliases are
refused: with them a small text can stand for an endless value.
"""

import math
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import yaml

from ferry.errors import Malformed
from ferry.kuiper.excerpts import excerpt

_MAX_BYTES = 8_388_608
_MAX_DEPTH = 100
_MAX_DIGITS = 400
"""More than any float64 has before its point."""

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_WHOLE = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]++|0[bB][01]++|0[oO]?[0-7]++|[1-9][0-9]*+|0)")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]++|[0-9]++(?:\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?")
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BASES = {"x": 16, "b": 2, "o": 8}
_PREFIX = "tag:yaml.org,2002:"


def read_yaml(text: str | bytes) -> Any:
    """Return the value of a YAML text. Names of members are texts, as they are written.

    Raises:
        Malformed: `import failed: …`; it is no YAML, or too large, too deep, with aliases, with a
            name twice, or with a value that JSON does not have.

    """
    if len(text) > _MAX_BYTES:
        raise Malformed(f"import failed: the YAML is larger than {_MAX_BYTES:,} bytes")
    try:
        return _Reader(yaml.parse(text, Loader=yaml.CSafeLoader)).document()
    except (yaml.YAMLError, UnicodeError, ValueError) as fault:
        reason = " ".join(str(fault).split())
        raise Malformed(f"import failed: {reason}") from fault


def write_yaml(value: Any) -> bytes:
    """Return a value as YAML in UTF-8, its keys in their order."""
    file = BytesIO()
    dumper = yaml.CSafeDumper(file, encoding="utf-8", allow_unicode=True, sort_keys=False)
    dumper.yaml_representers = {**dumper.yaml_representers, str: _text_node}
    dumper.open()
    dumper.represent(value)
    dumper.close()
    return file.getvalue()


def _text_node(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    """Quote a text that a reader of the core schema takes for something else."""
    style = None if isinstance(_plain(text), str) else "'"
    return dumper.represent_scalar(f"{_PREFIX}str", text, style=style)


class _Reader:
    """Makes values of the parser's events, in one pass."""

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._depth = 0

    def document(self) -> Any:
        value, documents = None, 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refused("a second document is not accepted", event)
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event)
        return value

    def _value(self, event: yaml.Event) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.AliasEvent):
            raise _refused("aliases are not accepted", event)
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _refused(f"nested deeper than {_MAX_DEPTH} levels", event)
        kind = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
        if event.tag not in {None, "!", _PREFIX + kind}:
            raise _refused(f"the tag {excerpt(event.tag, 64)} is not accepted", event)
        value = self._members() if kind == "map" else self._elements()
        self._depth -= 1
        return value

    def _elements(self) -> list[Any]:
        elements = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            elements.append(self._value(event))
        return elements

    def _members(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            name = self._name(event)
            if name in members:
                raise _refused(f"{excerpt(name, 64)} is there twice", event)
            members[name] = self._value(next(self._events))
        return members

    def _name(self, event: yaml.Event) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused("a name must be a text", event)
        if event.value == "<<" and event.implicit[0]:
            raise _refused("merges (<<) are not accepted", event)
        text: str = event.value
        return text


def _scalar(event: yaml.ScalarEvent) -> Any:
    if event.tag in {None, "!"}:
        value = _plain(event.value) if event.implicit[0] else event.value
    elif convert := _TAGS.get(event.tag.removeprefix(_PREFIX)):
        value = convert(event.value)
    else:
        raise _refused(f"the tag {excerpt(event.tag, 64)} is not accepted", event)
    if isinstance(value, float) and not math.isfinite(value):
        raise _refused(f"{excerpt(event.value, 64)} is no number that JSON has", event)
    return value


def _plain(text: str) -> Any:
    """Return the value of a scalar without quotes and tag.

    >>> [_plain(text) for text in ("on", "12:30", "2024-01-02", "0o17", "017", "1e3", "~")]
    ['on', '12:30', '2024-01-02', 15, 15, 1000, None]
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    digits = text.replace("_", "")
    if _WHOLE.fullmatch(digits):
        return _whole(digits)
    if _NUMBER.fullmatch(digits):
        return _number(digits)
    return math.nan if _INFINITE.fullmatch(text) else text


def _whole(digits: str) -> int | float:
    """Return a whole number; one that 64 bits do not hold as a float, as the engine has it."""
    if len(digits) > _MAX_DIGITS:
        return math.inf
    sign, magnitude = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    if base := _BASES.get(magnitude[1:2].lower()):
        value = sign * int(magnitude[2:], base)
    else:
        value = sign * int(magnitude, 8 if magnitude[0] == "0" else 10)
    return value if -(2**63) <= value < 2**64 else float(value)


def _number(digits: str) -> int | float:
    """Return a number; JSON of the engine has no point where nothing follows it."""
    value = float(digits) if len(digits) <= _MAX_DIGITS else math.inf
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def _of(kind: type | tuple[type, ...]) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        value = _plain(text)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{excerpt(text, 64)} is not of the type that its tag names")
        return value

    return convert


_TAGS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": _of(int),
    "float": _of((int, float)),
    "bool": _of(bool),
    "null": _of(type(None)),
}


def _refused(reason: str, event: yaml.Event) -> Malformed:
    line = event.start_mark.line + 1
    return Malformed(f"import failed: line {line}: {reason}")
