"""A workbook's XML parts (ECMA-376 part 1): how they are parsed, and what the small ones say."""

from collections.abc import Iterable, Iterator
from typing import NoReturn, Protocol
from xml.parsers import expat

from ferry.errors import InvalidFile

type Attributes = dict[str, str]

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships id"


class Handlers(Protocol):
    """Takes the events of a part; names come without their namespace."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text."""


def parse(blocks: Iterable[bytes], handlers: Handlers) -> Iterator[None]:
    """Parse a part, and pause after each block so that what was found can be used.

    Raises:
        InvalidFile: it declares a document type.
        expat.ExpatError: it is not well formed.

    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, found: handlers.start(name.rpartition(" ")[2], found)
    parser.EndElementHandler = lambda name: handlers.end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    empty = True
    for block in blocks:
        empty = False
        parser.Parse(block, False)
        yield
    if not empty:
        parser.Parse(b"", True)
        yield


def _refuse_doctype(*_: object) -> NoReturn:
    raise InvalidFile("the workbook's XML declares a document type, which no workbook needs")


class Ignoring:
    """Takes nothing; what a part's handlers do not need is left to it."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Pass over it."""

    def end(self, name: str) -> None:
        """Pass over it."""

    def text(self, text: str) -> None:
        """Pass over it."""


class Relations(Ignoring):
    """Where a part points to: targets by id, and types by id."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a relationship."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.targets[attributes["Id"]] = attributes["Target"]
            self._ids.setdefault(attributes["Type"].rpartition("/")[2], attributes["Id"])

    def of_type(self, kind: str) -> str:
        """Return the first target of a type, "" if there is none."""
        return self.targets.get(self._ids.get(kind, ""), "")


class Workbook(Ignoring):
    """The relation id of the first sheet that is not hidden, and from when days count."""

    def __init__(self) -> None:
        self.sheet = ""
        self.since_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a sheet, or the workbook's properties."""
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "sheet" and not self.sheet and attributes.get("state", "visible") == "visible":
            self.sheet = attributes.get(_RELATION) or attributes.get(_STRICT_RELATION, "")


class Styles(Ignoring):
    """Number formats by id, and the format id of each cell style."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.formats: list[int] = []
        self._of_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take a number format, or a style of cells."""
        if name == "numFmt":
            self.codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            self.formats.append(int(attributes.get("numFmtId", "0")))

    def end(self, name: str) -> None:
        """Take the end of the styles of cells."""
        self._of_cells = self._of_cells and name != "cellXfs"
