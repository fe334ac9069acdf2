"""A configuration read from its JSON text, as Go reads it into `server.Configuration`.

One pass, no tree: the text is 50 MB at worst, and what it skips costs no memory.
"""

import json

from ferry.errors import InvalidJson, Malformed
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import Section
from ferry.kuiper.document.unknown import check_unknown
from ferry.kuiper.gojson.go_reader import replace_surrogates
from ferry.kuiper.gojson.go_scanner import read_object, refuse, skip_space, value_end
from ferry.kuiper.gojson.shapes import fold

MAX_ITEMS = 250_000
"""The most items of a document. Each costs memory however short it is, and may get an error."""

_KINDS = {"{": "object", "[": "array", '"': "string", "t": "bool", "f": "bool"}
_BY_FOLDED_NAME = {fold(section): section for section in Section}
_SECTION_TYPE = "map[string]string"


def decode(content: str | bytes) -> Document:
    """Return the document in `content`, which has no members but sections."""
    return decode_import(content)[0]


def decode_import(content: str | bytes) -> tuple[Document, tuple[str, ...]]:
    """Return the document in `content`, and warnings about what in it is none.

    Bytes that are no UTF-8 become U+FFFD. Section names match case-insensitively and merge;
    null is an empty section, an empty text or an empty document.
    Source: contract configurations#documents, cases 21-25.

    Raises:
        Malformed: the content as a whole cannot be read, or has unknown sections; nothing of it
            may be applied.

    """
    decoding = _Decoding(_text(content))
    try:
        document = decoding.document()
    except InvalidJson as fault:
        raise Malformed(f"configuration unmarshal with error {fault}") from fault
    return document, check_unknown(decoding.unknown, tuple(Section), known=decoding.known)


def _text(content: str | bytes) -> str:
    if isinstance(content, str):
        return content
    # an undecodable byte stays recognisable until it is known whether it stands in a string
    return content.decode("utf-8", "surrogateescape")


class _Decoding:
    """The sections found so far, and the first value of a wrong type.

    Go checks the whole text before it checks types, so a type fault waits for the end.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.sections: dict[Section, dict[str, str]] = {section: {} for section in Section}
        self.unknown: dict[str, bool] = {}
        self.known = False
        self.count = 0
        self.type_fault: InvalidJson | None = None

    def document(self) -> Document:
        at = skip_space(self.text, 0)
        if self.text[at : at + 1] == "{":
            end = read_object(self.text, at, self._section)
        else:
            end = value_end(self.text, at)
            self._note(at, "value of type server.Configuration")
        end = skip_space(self.text, end)
        if end < len(self.text):
            refuse(self.text, end, "after top-level value")
        if self.type_fault:
            raise self.type_fault
        return Document(self.sections)

    def _section(self, key_start: int, key_end: int, at: int) -> int:
        # encoding/json matches field names without case; `Streams` and `streams` are one section.
        name = self._string(key_start, key_end)
        section = _BY_FOLDED_NAME.get(fold(name))
        if section is None:
            end = value_end(self.text, at)
            holds_items = self.text[at] in "{[" and skip_space(self.text, at + 1) < end - 1
            self.unknown[name] = self.unknown.get(name, False) or holds_items
            return end
        self.known = True
        if self.text[at : at + 1] == "{":
            return self._items(section, at)
        end = value_end(self.text, at)
        if self.text.startswith("null", at):
            self.sections[section] = {}
        self._note(at, f"struct field Configuration.{section} of type {_SECTION_TYPE}")
        return end

    def _items(self, section: Section, at: int) -> int:
        texts = self.sections[section]

        def item(key_start: int, key_end: int, at: int) -> int:
            self._count(at)
            end = value_end(self.text, at)
            key = self._string(key_start, key_end)
            if self.text[at] == '"':
                texts[key] = self._string(at, end)
            else:
                texts[key] = ""
                # Go stores the zero value of a misfit and goes on; the error comes once all is
                # read.
                self._note(at, f"struct field Configuration.{section} of type string")
            return end

        return read_object(self.text, at, item)

    def _count(self, at: int) -> None:
        self.count += 1
        if self.count > MAX_ITEMS:
            raise InvalidJson(f"more than {MAX_ITEMS:,} items; send the rest with partial=1", at)

    def _note(self, at: int, target: str) -> None:
        """Remember that the value at `at` does not fit, unless it is null, which always fits."""
        char = self.text[at]
        if self.type_fault is None and char != "n":
            kind = _KINDS.get(char, "number")
            self.type_fault = InvalidJson(f"json: cannot unmarshal {kind} into Go {target}", at)

    def _string(self, start: int, end: int) -> str:
        literal = self.text[start + 1 : end - 1]
        return replace_surrogates(json.loads(self.text[start:end]) if "\\" in literal else literal)
