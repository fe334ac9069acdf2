"""A configuration as a value: twelve maps of texts, never changed once made."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.gojson.go_writer import write_in_order

type Texts = Mapping[Section, Mapping[str, str]]
"""Texts by section and item: the items of a document, or what is wrong with them."""


class Document:
    """One app's configuration; equal to another that holds the same items.

    Every value is text: a DDL statement, or JSON inside a string. All are verbatim as they were
    imported but for the three config sections, which are canonical (`configs.py`), and plugins,
    which are stored as the engine stores them (`items/plugins.py`).
    """

    __slots__ = ("_sections",)

    def __init__(self, sections: Texts | None = None) -> None:
        given = sections or {}
        self._sections = {
            section: MappingProxyType(dict(given.get(section, {}))) for section in Section
        }

    def __getitem__(self, section: Section) -> Mapping[str, str]:
        return self._sections[section]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self._sections == other._sections

    def __hash__(self) -> int:
        return hash(self.encoded())

    def __repr__(self) -> str:
        return f"Document({dict(self.texts())!r})"

    def items(self) -> Iterator[tuple[Section, str, str]]:
        """Yield every item as (section, key, text), sections in order."""
        for section, texts in self._sections.items():
            for key, text in texts.items():
                yield section, key, text

    def texts(self) -> Texts:
        """Return the sections that hold anything."""
        return {section: texts for section, texts in self._sections.items() if texts}

    def encoded(self, wire: Wire = Wire.V2) -> bytes:
        """Return the canonical bytes: an export's body, and what a revision stores.

        In the 1.10 format `uploads` and `scripts` are there only when they hold something.
        """
        filled = self.texts()
        shown = [s for s in Section if s in wire.sections or s in filled]
        return encode_texts(self._sections, shown)


def encode_texts(texts: Texts, sections: Iterable[Section]) -> bytes:
    """Return the `sections` of `texts` as Go writes them: compact, keys sorted bytewise.

    Python orders strings by code point, which is the order of their UTF-8 bytes.
    """
    return write_in_order(
        {section.value: dict(sorted(texts.get(section, {}).items())) for section in sections}
    )
