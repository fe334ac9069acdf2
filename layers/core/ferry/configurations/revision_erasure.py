"""Erasing revisions: what their documents held is gone, that they were there is known.

A revision is marked as erased first, then its files go. So of two erasures at once neither takes
the other for a neighbour that needs its parts, and one that was killed can be asked for again.
"""

from ferry.aws.bucket import Files
from ferry.configurations.config_job import body_key
from ferry.configurations.outcomes import delete_outcome
from ferry.configurations.pointer_store import Configs, Revision
from ferry.configurations.revision_files import RevisionFiles
from ferry.errors import Conflict

_MOST_TRIMMED = 10
"""How many revisions one change drops at most: what `keep` was lowered by goes in steps."""


class RevisionErasure:
    """Erases revisions of one app."""

    def __init__(
        self, app_id: str, *, configs: Configs, files: Files, requests: Files | None = None
    ) -> None:
        """Erase with these.

        Args:
            app_id: whose revisions.
            configs: where they are.
            files: the documents.
            requests: the bodies of imports, None to leave them until they expire.

        """
        self._app_id = app_id
        self._configs = configs
        self._files = files
        self._requests = requests

    def erase(self, number: int, *, now: int) -> Revision:
        """Erase a revision's document and outcome, and return it; doing so twice is harmless.

        Raises:
            NotFound: there is none of that number.
            Conflict: it is in force.

        """
        revision = self._configs.any_revision(self._app_id, number)
        if number == self._configs.pointer(self._app_id).revision:
            raise Conflict(
                f"revision {number} is in force; import or roll back first, then erase it"
            )
        if not revision.erased_at:
            revision = self._configs.mark_erased(self._app_id, number, now=now)
        self._erase_files(revision)
        if self._requests and revision.job_id:
            self._requests.delete([body_key(revision.job_id)])
        return revision

    def trim(self, keep: int, *, now: int) -> None:
        """Drop the oldest revisions until `keep` are left, ten at most."""
        newest = self._configs.pointer(self._app_id).revision
        for _ in range(_MOST_TRIMMED):
            oldest = self._configs.oldest(self._app_id)
            if oldest is None or oldest.number > newest - keep:
                return
            self.erase(oldest.number, now=now)
            self._configs.remove(self._app_id, oldest.number)

    def _erase_files(self, revision: Revision) -> None:
        older, newer = self._configs.neighbours(self._app_id, revision.number)
        keys = [neighbour.key for neighbour in (older, newer) if neighbour]
        RevisionFiles(self._app_id, self._files).erase(revision.number, revision.key, keys)
        if revision.outcome_key and not self._is_used(revision.outcome_key):
            delete_outcome(revision.outcome_key, self._files)

    def _is_used(self, outcome_key: str) -> bool:
        # Outcomes are named for what they say: those of two imports may be one file.
        return outcome_key == self._configs.pointer(self._app_id).outcome_key or any(
            revision.outcome_key == outcome_key and not revision.erased_at
            for revision in self._configs.revisions(self._app_id)
        )
