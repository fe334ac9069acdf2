"""Text that a spreadsheet would run as a formula, and the apostrophe that keeps it from that. Pure.

A spreadsheet opens a file by the delimiter of its own country, whatever the file has. So a formula
may begin a cell, or stand within one behind a delimiter or a newline, with quotes before it.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import re

_NUMBER = r"\.?[0-9][0-9.]*+(?:[eE][+-]?[0-9]++)?(?:[\n\r\t,;|\"\]}]|\Z)"
_BEGINS = rf"[=@＝＠]|[+＋\-－](?!{_NUMBER})"
"""Spreadsheets take full-width signs, too. A number with its sign is no formula."""

_SIGNS = ("+", "-", "＋", "－")

_DROPPED = r"[\t\r\n]"
"""A spreadsheet may drop these where they begin a cell, and run what is behind them."""

_PLACE = r"(?:\A|[\n\r\t,;|])\"*+"
_DEFUSABLE = re.compile(rf"\A(?='*+{_DROPPED})|{_PLACE}(?='*+(?:{_BEGINS}))")
_DEFUSED = re.compile(rf"(\A(?='++{_DROPPED})|{_PLACE}(?='++(?:{_BEGINS})))'")


def defused(text: str) -> str:
    """Return text that no spreadsheet runs: ``'`` before what could begin a formula.

    >>> defused("=1+1"), defused("x;=1"), defused("-5"), defused("'=1")
    ("'=1+1", "x;'=1", '-5', "''=1")
    """
    return _DEFUSABLE.sub(r"\g<0>'", text)


def defused_value(text: str) -> str:
    """Return text that is no number as `defused` does, and with a sign at its beginning defused.

    >>> defused_value("+1")
    "'+1"
    """
    safe = defused(text)
    return f"'{safe}" if safe.startswith(_SIGNS) else safe


def undefused(text: str) -> str:
    """Return the text that `defused` has made this one of; each text is made of one alone."""
    return _DEFUSED.sub(r"\1", text) if "'" in text else text
