"""An app's configuration as an immutable series of documents, one of them in force.

A document is written under a name that holds its number and its content's hash, so that of two
writers who race for the same number neither touches the other's file; the control table then says
whose counts.
"""

import hashlib
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.aws.retry import Backoff
from ferry.configurations.outcomes import read_provided, store_provided
from ferry.configurations.pointer_store import Cause, Configs, Pointer, Revision
from ferry.errors import Conflict
from ferry.kuiper.document.decoding import decode
from ferry.kuiper.document.document import Document
from ferry.kuiper.items.archive import Provided

_MEDIA_TYPE = "application/json"
_BACKOFF = Backoff()
_MOST_LISTED = 100


class NextRevision(msgspec.Struct, frozen=True):
    """A revision whose document is stored, and that is not in force yet."""

    revision: Revision
    pointer: Pointer
    writes: list[Any]


class History:
    """The configuration of one app."""

    def __init__(self, app_id: str, *, configs: Configs, files: Files) -> None:
        self.app_id = app_id
        self._configs = configs
        self._files = files

    def pointer(self) -> Pointer:
        """Return the pointer to the revision in force."""
        return self._configs.pointer(self.app_id)

    def current(self) -> Document:
        """Return the document in force."""
        return self.at(self.pointer())

    def at(self, pointer: Pointer) -> Document:
        """Return the document that was in force when `pointer` was read."""
        return self._read(pointer.key) if pointer.key else Document()

    def provided(self, pointer: Pointer) -> Provided:
        """Return the plugins and services that the archives of that document provide."""
        return read_provided(pointer.provided_key, self._files)

    def document(self, number: int) -> Document:
        """Return the document of a revision; that of number 0 is empty.

        Raises:
            NotFound: there is no such revision.

        """
        if number == 0:
            return Document()
        return self._read(self._configs.revision(self.app_id, number).key)

    def revision(self, number: int) -> Revision:
        """Return the facts of a revision.

        Raises:
            NotFound: there is none of that number.

        """
        return self._configs.revision(self.app_id, number)

    def revisions(self) -> list[Revision]:
        """Return the last hundred revisions, the newest first."""
        return list(islice(self._configs.revisions(self.app_id), _MOST_LISTED))

    def draft(
        self,
        before: Pointer,
        document: Document,
        *,
        outcome_key: str = "",
        provided: Provided | None = None,
        **facts: Any,
    ) -> NextRevision:
        """Store a document as the revision that follows `before`, and return it.

        Args:
            before: the pointer as it was when the document was made of what was in force.
            document: the next one.
            outcome_key: of the import that made it; else the last import's stays the last.
            provided: what its archives provide; None for the same as before.
            facts: further fields of the revision.

        """
        content = document.encoded()
        number = before.revision + 1
        digest = hashlib.sha256(content).hexdigest()
        # The document first, the pointer later: a reader never follows a pointer to a missing
        # file.
        key = f"configs/{self.app_id}/revisions/{number:09d}-{digest[:32]}.json"
        self._files.put(key, content, _MEDIA_TYPE)
        if provided is not None:
            facts["provided_key"] = store_provided(provided, self.app_id, self._files)
        facts.setdefault("provided_key", before.provided_key)
        revision = Revision(number=number, key=key, size=len(content), **facts)
        pointer = Pointer(
            revision=number,
            key=key,
            outcome_key=outcome_key or before.outcome_key,
            provided_key=revision.provided_key,
            restart_revision=number if revision.restart else before.restart_revision,
        )
        return NextRevision(revision, pointer, self._configs.writes(self.app_id, revision, pointer))

    def roll_back(self, number: int, caller: Caller, *, now: int) -> Revision:
        """Put the document of an earlier revision in force again, as a new revision.

        Raises:
            NotFound: there is no such revision.
            Conflict: others change the configuration all the time.

        """
        document = self.document(number)
        return self.change(
            lambda _: document,
            provided_key=self.revision(number).provided_key if number else "",
            made_at=now,
            user_id=caller.user_id,
            cause=Cause.ROLLBACK,
            of=number,
        )

    def change(self, make: Callable[[Document], Document], **facts: Any) -> Revision:
        """Put in force what `make` makes of the document in force, however others change it.

        Raises:
            Conflict: they do so all the time.

        """
        for _ in _BACKOFF.attempts():
            before = self.pointer()
            draft = self.draft(before, make(self.at(before)), **facts)
            if self._configs.commit(draft.writes):
                return draft.revision
        raise Conflict("the configuration is being changed by others; try again")

    def _read(self, key: str) -> Document:
        return decode(b"".join(self._files.blocks(key)))
