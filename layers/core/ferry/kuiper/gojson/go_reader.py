"""JSON texts as Python values, with Go's rules for what is odd and Go's words for what is wrong."""

import json
import re
from typing import Any, NoReturn

import msgspec

from ferry.errors import InvalidJson
from ferry.kuiper.gojson.go_scanner import check
from ferry.kuiper.golang.numbers import go_number

MAX_VALUE_DEPTH = 500
"""How deep a value that is taken apart may nest; Go allows 10,000, no configuration needs 20."""

REPLACEMENT = "\ufffd"
_SURROGATES = re.compile("[\ud800-\udfff]++")
_UNICODE_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<alone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_EXACT_DIGITS = 18


class Members(dict[str, Any]):
    """An object, and its members as they were written: in order, none dropped for its twin."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def read(text: str) -> Any:
    """Return the JSON value `text`; objects as Members, numbers as int or float.

    Raises:
        InvalidJson: in the words of `json.Unmarshal`.

    """
    return _decoded(text, _reader)


def read_for_writing(text: str) -> Any:
    """Return the JSON value `text` with every number as the text Go would write for it.

    Objects are plain dicts (of two members of one name the later stands), so the value can be
    merged and handed to `writing.write`, but not computed with.
    """
    return _decoded(text, _rewriter)


def read_plain(text: str) -> Any:
    """Return the JSON value `text` as plain dicts and lists, for other writers than ours."""
    return _decoded(text, _plain_reader)


def replace_surrogates(text: str) -> str:
    """Return `text` with lone surrogates replaced, as Go does with invalid UTF-8."""
    return text if text.isascii() else _SURROGATES.sub(_replacements, text)


def kind_of(value: Any) -> str:
    """Return the name that Go's errors have for a decoded JSON value."""
    match value:
        case dict():
            return "object"
        case list():
            return "array"
        case str():
            return "string"
        case bool():
            return "bool"
        case _:
            return "number"


def _decoded(text: str, decoder: json.JSONDecoder) -> Any:
    if "\\ud" in text or "\\uD" in text:
        text = _UNICODE_ESCAPE.sub(_paired, text)
    if text.count("[") + text.count("{") > MAX_VALUE_DEPTH:
        check(text, MAX_VALUE_DEPTH)
    try:
        return decoder.decode(replace_surrogates(text))
    except (ValueError, InvalidJson) as fault:
        check(text)
        raise InvalidJson(str(fault), 0) from fault


def _replacements(run: re.Match[str]) -> str:
    return REPLACEMENT * len(run[0])


def _paired(escape: re.Match[str]) -> str:
    # same length, so that places in the text stay what they are
    return "\\ufffd" if escape["alone"] else escape[0]


def _integer(literal: str) -> int | float:
    return int(literal) if len(literal) <= _EXACT_DIGITS else float(literal)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _rewritten(literal: str) -> msgspec.Raw:
    return msgspec.Raw(go_number(literal).encode())


_reader = json.JSONDecoder(
    object_pairs_hook=Members, parse_int=_integer, parse_constant=_refuse_constant
)
_plain_reader = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse_constant)
_rewriter = json.JSONDecoder(
    parse_int=_rewritten, parse_float=_rewritten, parse_constant=_refuse_constant
)
