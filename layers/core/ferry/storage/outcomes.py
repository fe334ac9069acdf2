"""What became of the import of a configuration, item by item: a file beside the revisions.

It can be far larger than what a job or a pointer can hold, so those hold its key.
"""

import hashlib

import msgspec

from ferry.kuiper.document.sections import Section
from ferry.storage.files import Files

type ByItem = dict[Section, dict[str, str]]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The items of an import that did not apply.

    Attributes:
        errors: why items failed, in the engine's words.
        skipped: why items were left out on purpose.
        files: of the files that items hold, the SHA-256 under which each is kept, by URI.
        diff: what the import changed, as people read it; shortened.

    """

    errors: ByItem = {}
    skipped: ByItem = {}
    files: dict[str, str] = {}
    diff: str = ""


def store_outcome(outcome: Outcome, app_id: str, files: Files) -> str:
    """Write an outcome and return its key, which depends on nothing but what it says."""
    content = msgspec.json.encode(outcome)
    key = f"configs/{app_id}/outcomes/{hashlib.sha256(content).hexdigest()[:32]}.json"
    files.put(key, content, "application/json")
    return key


def read_outcome(key: str, files: Files) -> Outcome:
    """Return the outcome under that key, an empty one for none."""
    if not key:
        return Outcome()
    return msgspec.json.decode(b"".join(files.blocks(key)), type=Outcome)
