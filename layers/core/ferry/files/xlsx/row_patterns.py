"""Reads the XML of most workbooks by patterns, four times as fast as by its events.

Rows (and shared texts) are read so only as far as a pattern matches every byte of them, in the few
forms in which spreadsheets write them. The rest of a stretch of rows is parsed, and so is all of a
part that has what might hide rows (a comment, CDATA). So what comes out is the same.
"""

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Protocol

from ferry.files.xlsx.row_building import Found, RowBuilder, column_number
from ferry.files.xlsx.sheet_lines import SheetRow
from ferry.files.xlsx.workbook_xml import Handlers, Parser

_STRETCH_BYTES = 64 * 1024

# What XML 1.0 allows in text, without markup; CR, which a parser would change, is left to one.
_CHARACTERS = r"[^<\x00-\x08\x0b-\x1f\ufffe\uffff]"
_ATTRIBUTES = r'(?: (?!r=)[A-Za-z:]++="[^"<&\x00-\x1f]*+")*+'
_FORMULA = rf"(?:<f{_ATTRIBUTES}(?:/>|>{_CHARACTERS}++</f>))?+"
_PRESERVE = r'(?: xml:space="preserve")?+'
_CELL = (
    r'<c(?: r="([A-Z]{1,3}+)[0-9]{1,7}+")?+(?: s="([0-9]{1,6}+)")?+(?: t="([A-Za-z]{1,9}+)")?+'
    rf"(?:/>|>{_FORMULA}(?:<v{_PRESERVE}>({_CHARACTERS}++)</v>"
    rf"|<is><t{_PRESERVE}>({_CHARACTERS}++)</t></is>)</c>|></c>)"
)
_UNGROUPED_CELL = re.sub(r"(?<!\\)\((?!\?)", "(?:", _CELL)
_ROWS = re.compile(
    rf'\s*+<row(?: r="([0-9]{{1,7}}+)")?+{_ATTRIBUTES}(?:/>|>((?:{_UNGROUPED_CELL})*+)</row>)'
)
_CELLS = re.compile(_CELL)
_TEXTS = re.compile(rf"\s*+<si><t{_PRESERVE}>({_CHARACTERS}*+)</t></si>")
# By their numbers only characters that XML 1.0 allows for certain: no surrogates, no controls.
_REFERENCE = re.compile(
    r"&(?:#(9|1[03]|3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3}+)|#x([1-9A-Fa-f][0-9A-Fa-f]{1,2}+)"
    r"|(amp|lt|gt|quot|apos));"
)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_OTHER_ENCODING = re.compile(rb'encoding=["\'](?!utf-?8["\'])', re.IGNORECASE)
_DECLARATION_BYTES = 200


class Collecting[T](Handlers, Protocol):
    """Collects items while a part is parsed; `resting` is True where one has just ended."""

    resting: bool

    def taken(self) -> Iterator[T]:
        """Yield the items since the last call."""


type Quick[T] = Callable[[str], Generator[T, None, int]]
"""Yields the items at the beginning of a stretch, and returns where those that it can read end."""


def items[T](
    blocks: Iterable[bytes], end: bytes, handlers: Collecting[T], quick: Quick[T]
) -> Iterator[T]:
    """Yield the items of a part.

    Args:
        blocks: of the part.
        end: the tag that ends an item.
        handlers: collects items as they are parsed.
        quick: reads items by patterns.

    Raises:
        InvalidFile: the part is damaged.
        ExpatError: it is not well formed.

    """
    parser = Parser(handlers)
    plain, fed, settled = True, False, False
    for stretch, whole in _stretches(blocks, end):
        rest = stretch
        # Once a comment or CDATA has been met, the whole rest is parsed: it may hide the end of a
        # row.
        plain = plain and _is_plain(stretch, first=not fed)
        # The parser is never in the middle of a row here, so what it is not fed leaves its state
        # right.
        if plain and whole and settled and handlers.resting and (text := _decoded(stretch)):
            rest = text[(yield from quick(text)) :].encode()
        if rest:
            parser.feed(rest)
            yield from handlers.taken()
        fed, settled = True, whole
    if fed:
        parser.feed(b"", last=True)


def sheet_rows(builder: RowBuilder) -> Quick[SheetRow]:
    """Return a function that reads a run of plain rows by one pattern."""

    def read(text: str) -> Generator[SheetRow, None, int]:
        at = 0
        # Matched where the last one ended, never searched for: a search would begin again at each
        # of many blanks, and so grow by their square.
        while (found := _ROWS.match(text, at)) and _is_right(found[2]):
            at = found.end()
            builder.begin(int(found[1]) if found[1] else builder.number + 1)
            if found[2]:
                row = _row(builder, found[2])
                if not row.empty:
                    yield row
        return at

    return read


def shared_texts(text: str) -> Generator[str, None, int]:
    """Yield the texts of a stretch of them; see `Quick`."""
    at = 0
    while (found := _TEXTS.match(text, at)) and _is_right(found[1]):
        at = found.end()
        yield _characters(found[1])
    return at


def _row(builder: RowBuilder, text: str) -> SheetRow:
    cells: list[Found] = _CELLS.findall(text)
    if "&" in text:
        cells = [(*cell[:3], _characters(cell[3]), _characters(cell[4])) for cell in cells]
    row = builder.quick_row(cells, len(text))
    # Something in the row is out of the ordinary, such as a cell with an error: cell by cell, the
    # other cells are kept and the fault is named.
    if row is None:
        column = 0
        for letters, style, kind, value, inline in cells:
            column = column_number(letters) if letters else column + 1
            if value or inline:
                builder.put(column, kind or "n", style, value or inline)
        row = builder.row()
    return row


def _is_right(text: str | None) -> bool:
    """Return whether all that begins as a reference is one that XML 1.0 allows."""
    return not text or "&" not in text or text.count("&") == len(_REFERENCE.findall(text))


def _characters(text: str) -> str:
    return _REFERENCE.sub(_referred, text) if "&" in text else text


def _referred(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _decoded(stretch: bytes) -> str:
    try:
        return stretch.decode()
    except UnicodeDecodeError:
        return ""


def _is_plain(stretch: bytes, *, first: bool) -> bool:
    """Return whether it is UTF-8, and nothing in it can hide what looks like items."""
    if first:  # which begins with the XML declaration
        return b"<!" not in stretch and not _OTHER_ENCODING.search(stretch[:_DECLARATION_BYTES])
    return b"<!" not in stretch and b"<?" not in stretch


def _stretches(blocks: Iterable[bytes], end: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes anew, cut behind `end` where there is one, and whether it is so cut."""
    held = b""
    for block in blocks:
        held += block
        stop = held.rfind(end) + len(end)
        if stop >= len(end):
            yield held[:stop], True
            held = held[stop:]
        # A row without an end in sight goes to the parser in pieces, which bounds the memory.
        elif len(held) > _STRETCH_BYTES:
            yield held, False
            held = b""
    if held:
        yield held, False
