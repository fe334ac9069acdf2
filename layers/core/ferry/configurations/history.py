"""An app's configuration as an immutable series of documents, one of them in force.

The files are written first, then the control table says whose count.
"""

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ferry.accounts.identity import Caller
from ferry.aws.bucket import Files
from ferry.aws.retry import Backoff
from ferry.configurations.outcomes import read_provided, store_provided
from ferry.configurations.pointer_store import Cause, Configs, Pointer, Revision
from ferry.configurations.revision_erasure import RevisionErasure
from ferry.configurations.revision_files import RevisionFiles
from ferry.errors import Conflict, NotFound
from ferry.kuiper.document.document import Document
from ferry.kuiper.items.archive import Provided

_BACKOFF = Backoff()
_MOST_LISTED = 100


class NextRevision(msgspec.Struct, frozen=True):
    """A revision whose document is stored, and that is not in force yet."""

    revision: Revision
    pointer: Pointer
    writes: list[Any]


class History:
    """The configuration of one app."""

    def __init__(
        self, app_id: str, *, configs: Configs, files: Files, keep: int | None = None
    ) -> None:
        """Open it; a change of it keeps that many revisions, None for all."""
        self.app_id = app_id
        self._configs = configs
        self._files = files
        self._documents = RevisionFiles(app_id, files)
        self._keep = keep

    def pointer(self) -> Pointer:
        """Return the pointer to the revision in force."""
        return self._configs.pointer(self.app_id)

    def current(self) -> Document:
        """Return the document in force."""
        return self.latest()[1]

    def latest(self) -> tuple[Pointer, Document]:
        """Return the document in force, and the pointer that leads to it."""
        pointer = self.pointer()
        while True:
            try:
                return pointer, self._documents.read(pointer.key) if pointer.key else Document()
            except NotFound:
                # Another may have come into force and this one been erased; else it is lost.
                if (newer := self.pointer()) == pointer:
                    raise
                pointer = newer

    def provided(self, pointer: Pointer) -> Provided:
        """Return the plugins and services that the archives of that document provide."""
        return read_provided(pointer.provided_key, self._files)

    def document(self, number: int) -> Document:
        """Return the document of a revision; that of number 0 is empty.

        Raises:
            NotFound: there is no such revision, or it has been erased.

        """
        if number == 0:
            return Document()
        return self._documents.read(self._configs.revision(self.app_id, number).key)

    def revision(self, number: int) -> Revision:
        """Return the facts of a revision.

        Raises:
            NotFound: there is none of that number, or it has been erased.

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
        number = before.revision + 1
        key, size = self._documents.store(document, number, before.key)
        if provided is not None:
            facts["provided_key"] = store_provided(provided, self.app_id, self._files)
        facts.setdefault("provided_key", before.provided_key)
        revision = Revision(number=number, key=key, size=size, outcome_key=outcome_key, **facts)
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
            before, document = self.latest()
            draft = self.draft(before, make(document), **facts)
            if self._configs.commit(draft.writes):
                self.trim(now=facts["made_at"])
                return draft.revision
        raise Conflict("the configuration is being changed by others; try again")

    def trim(self, *, now: int) -> None:
        """Drop revisions beyond those that are kept, the oldest first."""
        if self._keep is None:
            return
        erasure = RevisionErasure(self.app_id, configs=self._configs, files=self._files)
        # The change is made and must not fail any more; the next one drops what is left.
        with suppress(BotoCoreError, ClientError, NotFound):
            erasure.trim(self._keep, now=now)
