"""The outcome of a configuration's import, item by item, stored beside the revisions.

They can be far larger than what a job or a pointer can hold, so those hold their keys.
"""

import hashlib

import msgspec

from ferry.aws.bucket import Files
from ferry.errors import NotFound
from ferry.kuiper.document.sections import Section
from ferry.kuiper.items.archive import Provided

type ByItem = dict[Section, dict[str, str]]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The items of an import that did not apply.

    Attributes:
        errors: why items failed, in the engine's words.
        skipped: why items were left out on purpose.
        obstacles: why rules that were stored cannot start.
        ignored: what of the document is no part of a configuration, as sentences.
        files: of the files that items hold, the SHA-256 under which each is kept, by URI.
        diff: what the import changed, as people read it; shortened.

    """

    errors: ByItem = {}
    skipped: ByItem = {}
    obstacles: ByItem = {}
    ignored: tuple[str, ...] = ()
    files: dict[str, str] = {}
    diff: str = ""

    @property
    def status(self) -> ByItem:
        """The import status: items that failed, and rules that cannot start."""
        return {
            section: {**self.obstacles.get(section, {}), **self.errors.get(section, {})}
            for section in Section
            if section in self.errors or section in self.obstacles
        }

    @property
    def warnings(self) -> list[str]:
        """Warnings about an import that succeeded."""
        return [
            *self.ignored,
            *(
                f"{section} {key} cannot start: {reason}"
                for section, items in self.obstacles.items()
                for key, reason in items.items()
            ),
        ]


def store_outcome(outcome: Outcome, app_id: str, files: Files) -> str:
    """Write an outcome and return its key, which depends on nothing but what it says."""
    content = msgspec.json.encode(outcome)
    key = f"configs/{app_id}/outcomes/{hashlib.sha256(content).hexdigest()[:32]}.json"
    files.put(key, content, "application/json")
    return key


def store_provided(provided: Provided, app_id: str, files: Files) -> str:
    """Write what archives provide and return its key; "" for nothing."""
    if not any(symbols for items in provided.values() for symbols in items.values()):
        return ""
    content = msgspec.json.encode(provided, order="deterministic")
    key = f"configs/{app_id}/provided/{hashlib.sha256(content).hexdigest()[:32]}.json"
    files.put(key, content, "application/json")
    return key


def read_provided(key: str, files: Files) -> Provided:
    """Return the outcome under that key, an empty one if there is none."""
    if not key:
        return {}
    content = b"".join(files.blocks(key))
    return msgspec.json.decode(content, type=dict[Section, dict[str, frozenset[str]]])


def read_outcome(key: str, files: Files) -> Outcome:
    """Return the outcome under that key, an empty one for none, or for one that is erased."""
    if not key:
        return Outcome()
    try:
        return msgspec.json.decode(b"".join(files.blocks(key)), type=Outcome)
    except NotFound:
        return Outcome()


def delete_outcome(key: str, files: Files) -> None:
    """Delete an outcome, and the status that was made of it."""
    files.delete_under(key.removesuffix(".json"))
