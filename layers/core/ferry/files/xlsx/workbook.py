"""Reads the first sheet of an Excel workbook (ECMA-376) as lines, row by row.

Our own reader, on zipfile and expat. Those that can be had hold the sheet or its texts in memory,
and a sheet of a few kilobytes can claim sixteen billion cells. Here the texts lie on disk and a
row at a time is held; document types, and with them entities, are refused.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from posixpath import dirname, join, normpath
from typing import BinaryIO
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is an exception

import msgspec

from ferry.errors import InvalidFile
from ferry.files.unpacking import Allowance
from ferry.files.xlsx.cell_texts import CellTexts, date_styles
from ferry.files.xlsx.rows import SharedTexts, SheetRows
from ferry.files.xlsx.workbook_xml import Relations, Styles, Workbook, parse

_BLOCK_BYTES = 64 * 1024
_END_BYTES = 22 + 65_535
_MOST_DIRECTORY_BYTES = 1024 * 1024
_MOST_TEXTS = 4_000_000
_BROKEN = (BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, KeyError, ExpatError)
"""What zipfile and expat raise over a file that is not as it must be, or is encrypted."""


def row_lines(
    blocks: Iterable[bytes], scratch: Callable[[], BinaryIO], allowance: Allowance
) -> Iterator[bytes]:
    """Yield each row of the first sheet that is not empty as a line: ``[number,[cells]]``.

    Cells are as a CSV file has them: dates in ISO 8601, whole numbers without a point, the values
    of formulas.

    Raises:
        InvalidFile: it is no workbook, damaged, or exceeds the allowance.

    """
    with scratch() as packed, scratch() as texts:
        size = sum(packed.write(block) for block in blocks)
        try:
            for row in _rows(_Parts(packed, size, allowance), texts):
                line = _ENCODER.encode(row) + b"\n"
                # A text that many cells share comes out as often.
                allowance.spend(len(line), packed=size)
                yield line
        except _BROKEN as error:
            raise InvalidFile(f"the workbook is damaged, or no .xlsx file ({error})") from error


class _Parts:
    """The files inside the workbook."""

    def __init__(self, packed: BinaryIO, size: int, allowance: Allowance) -> None:
        _check_directory(packed, size)
        self._archive = ZipFile(packed)
        self._size = size
        self._allowance = allowance

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield what a part holds; KeyError if there is none of that name."""
        with self._archive.open(name) as part:
            while block := part.read(_BLOCK_BYTES):
                self._allowance.spend(len(block), packed=self._size)
                yield block

    def optional(self, name: str) -> Iterator[bytes]:
        """Yield what a part holds, nothing if there is none."""
        return self.blocks(name) if name in self._archive.namelist() else iter(())

    def related(self, name: str) -> Relations:
        """Return where the part points to."""
        relations = Relations()
        folder = dirname(name)
        for _ in parse(self.optional(f"{folder}/_rels/{name[len(folder) + 1 :]}.rels"), relations):
            pass
        relations.targets = {
            key: normpath(join("/", folder, target)).lstrip("/")
            for key, target in relations.targets.items()
        }
        return relations


class _Texts:
    """The texts that cells share: on disk, but for where each begins."""

    def __init__(self, file: BinaryIO, texts: Iterable[str]) -> None:
        self._file = file
        self._ends = array("Q", [0])
        for text in texts:
            self._ends.append(self._ends[-1] + file.write(text.encode(errors="replace")))
            if len(self._ends) > _MOST_TEXTS:
                raise InvalidFile(f"it holds more than {_MOST_TEXTS:,} texts; save it as CSV")
        self.text = lru_cache(4096)(self._read)

    def _read(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()


def _rows(parts: _Parts, scratch: BinaryIO) -> Iterator[tuple[int, list[str | None]]]:
    book, styles = Workbook(), Styles()
    for _ in parse(parts.blocks("xl/workbook.xml"), book):
        pass
    related = parts.related("xl/workbook.xml")
    for _ in parse(parts.optional(related.of_type("styles") or "xl/styles.xml"), styles):
        pass
    shared = SharedTexts()
    found = parts.optional(related.of_type("sharedStrings") or "xl/sharedStrings.xml")
    texts = _Texts(scratch, (text for _ in parse(found, shared) for text in shared.taken()))
    if book.sheet not in related.targets:
        raise InvalidFile("the workbook has no sheet with cells")
    sheet = SheetRows(CellTexts(texts.text, date_styles(styles), since_1904=book.since_1904))
    for _ in parse(parts.blocks(related.targets[book.sheet]), sheet):
        yield from sheet.taken()


def _check_directory(packed: BinaryIO, size: int) -> None:
    """Refuse what is no zip file, or whose list of parts alone would fill the memory."""
    packed.seek(max(0, size - _END_BYTES))
    tail = packed.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        raise InvalidFile("the file is no .xlsx workbook, or is cut off")
    if int.from_bytes(tail[end + 12 : end + 16], "little") > _MOST_DIRECTORY_BYTES:
        raise InvalidFile("the workbook is a zip archive of too many parts")


_ENCODER = msgspec.json.Encoder()
