"""The files of revisions: a small document whole, a large one in parts that revisions share.

A part holds some items of one section. Where a part ends depends on its items alone, not on what
stands before it, so a change makes one or two new parts and the others are those of the revision
before. The users of a part are therefore revisions that follow one another without a gap, and a
part is needed for as long as the next older or the next newer revision has it.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from ferry.aws.bucket import Files
from ferry.aws.threads import in_threads
from ferry.errors import NotFound
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document, Texts, encode_texts
from ferry.kuiper.document.sections import Section

PART_BYTES = 32_768
"""About the size of a part, and the most that a document has which is stored whole."""

_LEAST_BYTES = PART_BYTES // 4
_THREADS = 16
_IN_PARTS = ".parts.json"
_MEDIA_TYPE = "application/json"


class StoredPart(msgspec.Struct, frozen=True, array_like=True):
    """A part of a document: the SHA-256 of its bytes, in hex, and the file that holds them."""

    sha256: str
    key: str


class RevisionFiles:
    """The documents of one app's revisions."""

    def __init__(self, app_id: str, files: Files) -> None:
        self._folder = f"configs/{app_id}/revisions"
        self._files = files

    def store(self, document: Document, number: int, before_key: str) -> tuple[str, int]:
        """Store a document; return the key of its file, and the size of the document in bytes.

        Args:
            document: of the revision.
            number: of the revision. Its files' names hold it and the document's hash, so that of
                two writers who race for a number neither touches the other's.
            before_key: the file of the revision before, which must be in force when the new one is
                committed, "" for none: what is in force is never erased.

        """
        content = document.encoded()
        name = f"{self._folder}/{number:09d}-{hashlib.sha256(content).hexdigest()[:32]}"
        if len(content) <= PART_BYTES:
            self._files.put(f"{name}.json", content, _MEDIA_TYPE)
            return f"{name}.json", len(content)
        there = {part.sha256: part for part in self._parts(before_key)}
        parts: list[StoredPart] = []
        new: list[tuple[str, bytes]] = []
        for encoded in _encoded_parts(document):
            digest = hashlib.sha256(encoded).hexdigest()
            part = there.setdefault(digest, StoredPart(digest, f"{name}/{len(parts):06d}.json"))
            if part.key == f"{name}/{len(parts):06d}.json":
                new.append((part.key, encoded))
            parts.append(part)
        for _ in in_threads(self._put, new, threads=_THREADS):
            pass
        # Last: whoever finds the list of parts finds the parts.
        self._put((f"{name}{_IN_PARTS}", msgspec.json.encode(parts)))
        return f"{name}{_IN_PARTS}", len(content)

    def read(self, key: str) -> Document:
        """Return the document of a file.

        Raises:
            NotFound: it has been erased.

        """
        if not key.endswith(_IN_PARTS):
            return decode(self._content(key))
        sections: dict[Section, dict[str, str]] = {}
        keys = [part.key for part in self._parts(key)]
        for part in in_threads(self._content, keys, threads=_THREADS):
            for section, texts in decode(part).texts().items():
                sections.setdefault(section, {}).update(texts)
        return Document(sections)

    def erase(self, number: int, key: str, neighbours: Iterable[str]) -> None:
        """Delete the files of a revision, but for parts that its neighbours share.

        Args:
            number: of the revision, which is known to be erased: no neighbour of another.
            key: its file.
            neighbours: the files of the next older and the next newer revision that there are.

        """
        kept = {part.key for neighbour in neighbours for part in self._parts(neighbour)}
        # Also what writers have left that lost the race for this number.
        prefix = f"{self._folder}/{number:09d}-"
        own = {f"{prefix}{name}" for name in self._files.names(prefix)}
        found = own | {part.key for part in self._parts(key)}
        # The list of parts last: killed before it, the erasure can be done again.
        self._files.delete(sorted(found - kept - {key}))
        self._files.delete([key])

    def _parts(self, key: str) -> list[StoredPart]:
        if not key.endswith(_IN_PARTS):
            return []
        try:
            return msgspec.json.decode(self._content(key), type=list[StoredPart])
        except NotFound:
            return []

    def _content(self, key: str) -> bytes:
        return b"".join(self._files.blocks(key))

    def _put(self, file: tuple[str, bytes]) -> None:
        self._files.put(*file, _MEDIA_TYPE)


def _encoded_parts(document: Document) -> Iterator[bytes]:
    for section, texts in document.texts().items():
        for items in _cut(sorted(texts.items())):
            part: Texts = {section: dict(items)}
            yield encode_texts(part, [section])


def _cut(items: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Cut items into parts: after an item of n characters by a chance of n to PART_BYTES.

    The chance is a hash of the item's key, so a cut stays where it is whatever changes
    elsewhere. No part but a section's last is so short that crafted keys could make a file of each
    item.
    """
    part: list[tuple[str, str]] = []
    size = 0
    for key, text in items:
        part.append((key, text))
        length = len(key) + len(text)
        size += length
        # No CRC: those of keys that count up lie side by side, and so would the cuts.
        digest = hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=8).digest()
        chance = int.from_bytes(digest) % PART_BYTES
        if size >= _LEAST_BYTES and chance < length:
            yield part
            part, size = [], 0
    if part:
        yield part
