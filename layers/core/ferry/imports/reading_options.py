"""Parse and check the caller's options for reading a file."""

from collections.abc import Mapping
from typing import Any

from ferry.errors import Malformed
from ferry.files.csv.dialect import NO_QUOTE
from ferry.files.options import ReadingOptions
from ferry.files.transcoding import ENCODINGS
from ferry.imports.mapping_request import with_mapping
from ferry.imports.transform_request import check_date_format
from ferry.tables.values import InvalidValue, parse_json, shown

_LISTS = ("columns", "true_words", "false_words", "null_words")
_MARKS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "pipe": "|",
    "point": ".",
    "space": " ",
    "apostrophe": "'",
    "single": "'",
    "double": '"',
}
"""Words for characters that are hard to write in a query."""

_ALIASES = {
    "utf8": "utf-8",
    "utf16": "utf-16",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift-jis": "shift_jis",
    "sjis": "shift_jis",
    "latin1": "iso-8859-1",
    "mac-roman": "macroman",
    **{f"cp{number}": f"windows-{number}" for number in range(1250, 1259)},
}
_QUOTES = {'"': '"', "'": "'", "none": NO_QUOTE}
_GROUPING = ("", ",", ".", " ", "'", "’")
_MOST_LINES = 1_000


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as their struct has them: lists as lists, words as the characters meant."""
    made: dict[str, Any] = with_mapping(values)
    for name in _LISTS:
        if isinstance(given := made.get(name), str):
            made[name] = _listed(name, given)
    for name in ("delimiter", "quote", "decimal", "thousands"):
        if isinstance(made.get(name), str):
            made[name] = _MARKS.get(made[name].lower(), made[name])
    if isinstance(made.get("encoding"), str):
        name = made["encoding"].lower()
        made["encoding"] = _ALIASES.get(name, name)
    if isinstance(made.get("quote"), str):
        made["quote"] = _QUOTES.get(made["quote"], made["quote"])
    if isinstance(made.get("thousands"), str):
        made["thousands"] = "" if made["thousands"] == "none" else made["thousands"]
    return made


def _listed(name: str, text: str) -> Any:
    """Return the words of a list, which are between commas or, where some have commas, in JSON."""
    if not text.startswith("["):
        return text.split(",")
    try:
        return parse_json(text)
    except InvalidValue as error:
        raise Malformed(f"{name}: {error}") from error


def check_reading(options: ReadingOptions) -> None:
    """Raise Malformed if an option has a value that it does not take, or needs another."""
    _one_of("encoding", options.encoding, ENCODINGS)
    _one_of("quote", options.quote, _QUOTES.values(), '"\\"", "\'" or none')
    _one_of("thousands", options.thousands, _GROUPING, "none, or one of , . ' and a blank")
    if (mark := options.delimiter) is not None and not _is_delimiter(mark):
        raise Malformed(
            "delimiter: must be one character, such as ; or the words tab and pipe; it is "
            f"{shown(mark)}"
        )
    if options.comment and (len(options.comment) > 8 or not options.comment.isprintable()):
        raise Malformed("comment: must be what comment lines begin with, such as #")
    if options.header_row is not None and not 1 <= options.header_row <= _MOST_LINES:
        raise Malformed(f"header_row: must be the number of a line, 1 to {_MOST_LINES:,}")
    if (options.header == "none") != bool(options.columns):
        raise Malformed("header=none and columns= go together: a file without names needs some")
    if options.thousands is not None and not options.decimal:
        raise Malformed("thousands needs decimal, the decimal mark of the same numbers")
    if options.decimal and options.thousands == options.decimal:
        raise Malformed("thousands and decimal cannot be the same")
    if options.date_format:
        check_date_format(options.date_format)


def _is_delimiter(mark: str) -> bool:
    return mark == "\t" or (
        len(mark) == 1
        and mark.isascii()
        and mark.isprintable()
        and not mark.isalnum()
        and mark not in "\"' "
    )


def _one_of(name: str, value: str | None, known: Any, told: str = "") -> None:
    if value is not None and value not in known:
        raise Malformed(
            f"{name}: must be {told or 'one of ' + ', '.join(known)}; it is {shown(value)}"
        )
