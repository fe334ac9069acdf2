"""A workbook's XML parts (ECMA-376 part 1): how they are parsed, and what the small ones say."""

from collections.abc import Iterable, Iterator
from typing import NoReturn, Protocol
from xml.parsers import expat

import msgspec

from ferry.errors import InvalidFile
from ferry.files.xlsx.number_formats import NumberFormat, number_format

type Attributes = dict[str, str]

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"
_MOST_DEPTH = 100
_MOST_TAG_BYTES = 4 * 1024 * 1024


class Handlers(Protocol):
    """Takes the events of a part; names come without their namespace."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text."""


class Parser:
    """Parses a part, block by block, in memory that no part can make large.

    Args:
        handlers: take what is found.

    """

    def __init__(self, handlers: Handlers) -> None:
        self._handlers = handlers
        self._depth = self._fed = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = handlers.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser = parser

    def feed(self, block: bytes, *, last: bool = False) -> None:
        """Parse a block, the `last` of the part or one before.

        Raises:
            InvalidFile: it declares a document type, is nested too deep, or one tag is too long.
            expat.ExpatError: it is not well formed.

        """
        self._parser.Parse(block, last)
        self._fed += len(block)
        # What is not understood yet is held, and would be held on and on.
        if self._fed - self._parser.CurrentByteIndex > _MOST_TAG_BYTES:
            raise InvalidFile("the workbook is damaged: a tag of its XML does not end")

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise InvalidFile("the workbook is damaged: its XML is nested too deep")
        self._handlers.start(name.rpartition(" ")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._handlers.end(name.rpartition(" ")[2])


def parse(blocks: Iterable[bytes], handlers: Handlers) -> Iterator[None]:
    """Parse a part, and pause after each block so that what was found can be used.

    Raises:
        InvalidFile: see `Parser.feed`.
        expat.ExpatError: it is not well formed.

    """
    parser = Parser(handlers)
    empty = True
    for block in blocks:
        empty = False
        parser.feed(block)
        yield
    if not empty:
        parser.feed(b"", last=True)
        yield


def _refuse_doctype(*_: object) -> NoReturn:
    raise InvalidFile("the workbook's XML declares a document type, which no workbook needs")


class Ignoring:
    """Takes nothing; what a part's handlers do not need is left to it."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Ignore it."""

    def end(self, name: str) -> None:
        """Ignore it."""

    def text(self, text: str) -> None:
        """Ignore it."""


class Relations(Ignoring):
    """The relationships of a part: targets and types by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self._types: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a relationship."""
        # What an external relationship names is never opened: it may be any address.
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            found = attributes.get("Id", "")
            self.targets[found] = attributes.get("Target", "")
            self._types[found] = attributes.get("Type", "").rpartition("/")[2]

    def is_of(self, relation: str, kind: str) -> bool:
        """Return whether a relation is of a type."""
        return self._types.get(relation) == kind

    def of_type(self, kind: str) -> str:
        """Return the first target of a type, "" if there is none."""
        found = (relation for relation in self._types if self.is_of(relation, kind))
        return self.targets.get(next(found, ""), "")


class Tab(msgspec.Struct, frozen=True):
    """A sheet of any kind as the workbook lists it."""

    name: str
    relation: str
    visible: bool


class WorkbookPart(Ignoring):
    """The sheets, and from when days count."""

    def __init__(self) -> None:
        self.tabs: list[Tab] = []
        self.since_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a sheet, or the workbook's properties."""
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet":
            relation = attributes.get(_RELATION) or attributes.get(_STRICT_RELATION, "")
            visible = attributes.get("state", "visible") == "visible"
            self.tabs.append(Tab(attributes.get("name", ""), relation, visible))
            if len(self.tabs) > _MOST_TABS:
                raise InvalidFile(f"the workbook has more than {_MOST_TABS:,} sheets")


class Styles(Ignoring):
    """The number format of each style of cells."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._ids: list[int] = []
        self._of_cells = False

    @property
    def formats(self) -> list[NumberFormat]:
        """The formats, in the order of the styles."""
        known = {number: number_format(number, self._codes.get(number)) for number in self._ids}
        return [known[number] for number in self._ids]

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a number format, or a style of cells."""
        if name == "numFmt":
            self._codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self._ids.append(_number(attributes.get("numFmtId")))

    def end(self, name: str) -> None:
        """Take the end of the styles of cells."""
        self._of_cells = self._of_cells and name != "cellXfs"


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


_MOST_DIGITS = 9
_MOST_TABS = 1_000
