"""The next document while it is being put together."""

from collections.abc import Mapping
from enum import Enum

import msgspec

from ferry.errors import InvalidItem
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.document import Document, Texts
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.excerpts import LONGEST, excerpt
from ferry.kuiper.items.archive import Archive, Provided
from ferry.kuiper.items.installable import FileFaults


class Skipped(Enum):
    """Why an item that is not wrong was left out."""

    EXISTS = "already installed"
    TEMPORARY = "temporary, not stored"


class Fetched(msgspec.Struct, frozen=True):
    """The files that an import needs, by URI, fetched or failed.

    Attributes:
        faults: of those that cannot be had or used.
        archives: the archives among the others.

    """

    faults: FileFaults = {}
    archives: Mapping[str, Archive] = {}


class Applied(msgspec.Struct, frozen=True):
    """The result of applying an import.

    Attributes:
        document: the next configuration; equal to the current one if nothing applied.
        errors: of the items that failed, in the engine's words; sections without any are absent.
        skipped: items left out on purpose.
        files: URIs that items of this import hold and that were fetched, without repetition.
        provided: what the archives of its plugins and services provide.
        obstacles: why rules that a full import stored cannot start.

    """

    document: Document
    errors: Texts
    skipped: dict[Section, dict[str, Skipped]]
    files: tuple[str, ...]
    provided: Provided = {}
    obstacles: Texts = {}

    @property
    def succeeded(self) -> bool:
        """Whether every item applied or was skipped."""
        return not self.errors


class Draft:
    """A document under construction and what is known of the import that makes it.

    Attributes:
        base: what the import adds to: the current document, or, of a full one, an empty one.
        sections: the items so far, those of `base` among them.

    """

    def __init__(self, current: Document, mode: Mode, wire: Wire, fetched: Fetched) -> None:
        self.mode = mode
        self.wire = wire
        self.fetched = fetched
        self.base = current if mode is Mode.PARTIAL else Document()
        # Copies: the current document must stay as it is if the import is computed anew.
        self.sections = {section: dict(self.base[section]) for section in Section}
        self._errors: dict[Section, dict[str, str]] = {}
        self._obstacles: dict[Section, dict[str, str]] = {}
        self._skipped: dict[Section, dict[str, Skipped]] = {}
        self._files: dict[str, None] = {}
        self._provided: dict[Section, dict[str, frozenset[str]]] = {}

    def put(self, section: Section, key: str, text: str, files: tuple[str, ...] = ()) -> None:
        """Store an item, replacing the one of its key."""
        self.sections[section][key] = text
        self._files.update(dict.fromkeys(files))

    def provide(self, section: Section, key: str, symbols: frozenset[str]) -> None:
        """Record what the archive of an item provides."""
        self._provided.setdefault(section, {})[key] = symbols

    def fail(self, section: Section, key: str, fault: InvalidItem) -> None:
        """Record why an item cannot be applied; what stood under its key stays."""
        self._errors.setdefault(section, {})[key] = excerpt(str(fault), 2 * LONGEST)

    def note_obstacle(self, section: Section, key: str, fault: InvalidItem) -> None:
        """Record why an item that is stored cannot start."""
        self._obstacles.setdefault(section, {})[key] = excerpt(str(fault), 2 * LONGEST)

    def skip(self, section: Section, key: str, reason: Skipped) -> None:
        """Record that an item was left out on purpose."""
        self._skipped.setdefault(section, {})[key] = reason

    def applied(self) -> Applied:
        """Return the result."""
        document = Document(self.sections)
        return Applied(
            document,
            self._errors,
            self._skipped,
            tuple(self._files),
            self._provided,
            self._obstacles,
        )
