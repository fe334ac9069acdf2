"""Tokens of the engine's SQL (contract configurations#tokens).

One compiled expression, every repetition possessive or bounded by a fixed end: linear in the
text. No text is refused here; what is no token becomes one of kind ILLEGAL.
"""

import re
from collections.abc import Iterator

from ferry.kuiper.golang.quoting import unquote

_RESERVED = (
    "SELECT AS FROM WHERE AND OR GROUP HAVING ORDER BY DESC ASC FILTER INNER LEFT RIGHT FULL CROSS "
    "JOIN ON CASE WHEN THEN DEFAULT ELSE END IN NOT BETWEEN LIKE OVER PARTITION REPLACE EXCEPT "
    "INVISIBLE TRUE FALSE DD HH MI SS MS LIMIT"
)
RESERVED = frozenset(_RESERVED.split())
"""Words that name nothing unless they stand in backquotes."""

_TOKEN = re.compile(
    r"""
    (?: [ \t\r\n]++ | --[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z) )*+
    (?:
      ([A-Za-z][A-Za-z0-9_]*+)                   # 1 word
    | (->|!=|<=|>=|[-+*/%&|^=<>.,()\[\]:;\#])    # 2 symbol
    | "([^"\\]*+(?:\\.[^"\\]*+)*+)("?)          # 3 string, 4 whether it ends
    | `([^`]*+)`?                                # 5 quoted name
    | ([0-9]++)(\.[0-9]*+)?+                     # 6 integer, 7 fraction
    | '([^']*+)'?                                # 8 single-quoted text
    | (.)                                        # 9 no token
    | \Z                                         # so that every place matches, and none is retried
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORD, _SYMBOL, _STRING, _STRING_END, _NAME, _INTEGER, _FRACTION, _SINGLE, _ILLEGAL = range(1, 10)


type Token = tuple[str, str, int]
"""Kind, literal, offset.

The kind is IDENT, STRING, SINGLE, INTEGER, NUMBER, ILLEGAL or EOF; of a reserved word, the word in
capitals; of a symbol, the symbol. The literal is what error texts show; the offset counts
characters.
"""


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of `text` as they are asked for, EOF last and once."""
    for match in _TOKEN.finditer(text):
        last = match.lastindex
        if last == _WORD:
            word = match[_WORD]
            upper = word.upper()
            if upper in RESERVED:
                yield upper, upper, match.start(_WORD)
            else:
                yield "IDENT", word, match.start(_WORD)
        elif last == _SYMBOL:
            symbol = match[_SYMBOL]
            yield symbol, symbol, match.start(_SYMBOL)
        elif last is not None:
            yield _literal(match, last)
    yield "EOF", "EOF", len(text)


def is_plain_name(name: str) -> bool:
    """Return whether `name` can stand in a statement without backquotes."""
    match = _TOKEN.fullmatch(name)
    return bool(match and match[_WORD] == name and name.upper() not in RESERVED)


def _literal(match: re.Match[str], last: int) -> Token:
    if last == _STRING_END:
        return _string(match)
    if last == _NAME:
        return "IDENT", match[_NAME], match.start(_NAME) - 1
    if last in {_INTEGER, _FRACTION}:
        kind = "INTEGER" if last == _INTEGER else "NUMBER"
        return kind, match[_INTEGER] + (match[_FRACTION] or ""), match.start(_INTEGER)
    if last == _SINGLE:
        return "SINGLE", match[_SINGLE], match.start(_SINGLE) - 1
    return "ILLEGAL", "", match.start(_ILLEGAL)


def _string(match: re.Match[str]) -> Token:
    offset = match.start(_STRING) - 1
    value = unquote(match[_STRING]) if match[_STRING_END] else None
    if value is None:
        raw = match.string[offset : match.end()]
        return "ILLEGAL", f"invalid string: {raw}", offset
    return "STRING", value, offset
