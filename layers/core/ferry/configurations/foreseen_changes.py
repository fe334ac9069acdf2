"""What an import of a configuration would change, kept from its dry run."""

from collections.abc import Sequence

import msgspec

from ferry.aws.bucket import Files
from ferry.configurations.sending import DIRECT_TEXT_BYTES, too_long
from ferry.errors import NotFound
from ferry.kuiper.diff import Change, masked_changes


def store_foreseen(found: Sequence[Change], job_id: str, uploads: Files) -> None:
    """Keep what a dry run has found, secrets masked; of too much, how long it is."""
    size = sum(len(change.before or "") + len(change.after or "") for change in found)
    kept = size if size > DIRECT_TEXT_BYTES else masked_changes(found)
    uploads.put(_key(job_id), msgspec.json.encode(kept), "application/json")


def read_foreseen(job_id: str, uploads: Files) -> list[Change]:
    """Return the changes that a dry run has found.

    Raises:
        Malformed: that is too much to be answered.
        NotFound: it is not kept any more.

    """
    try:
        content = b"".join(uploads.blocks(_key(job_id)))
    except NotFound as error:
        raise NotFound(f"what the dry run {job_id} has found is not kept any more") from error
    found = msgspec.json.decode(content, type=list[Change] | int)
    if isinstance(found, int):
        raise too_long(found)
    return found


def _key(job_id: str) -> str:
    # Beside the request's body, and kept as long as that.
    return f"configs/{job_id}-changes"
