"""Texts that are too long to be answered by a function.

Lambda takes answers of 6 MB, written as JSON, in which the quotes of a text are escaped.
"""

from ferry.aws.bucket import Files
from ferry.errors import Malformed
from ferry.kuiper.document.document import Texts
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.responses import status_body

DIRECT_TEXT_BYTES = 2_400_000
"""The longest answer in text: escaping doubles it at worst."""


def too_long(size: int) -> Malformed:
    """Return the error of a difference of so many bytes."""
    return Malformed(
        f"the difference has {size:,} bytes, more than an answer can hold; "
        "compare the two documents that GET /data/revisions/<number> sends"
    )


def store_long_status(errors: Texts, outcome_key: str, files: Files) -> None:
    """Store what the status will be if it is too long to be answered: reading stores nothing."""
    for wire in Wire:
        status = status_body(errors, wire)
        if len(status) > DIRECT_TEXT_BYTES:
            files.put(long_status_key(outcome_key, wire), status, "application/json")


def long_status_key(outcome_key: str, wire: Wire) -> str:
    """Return the key of an outcome's status file; only a status too long to answer has one."""
    return f"{outcome_key.removesuffix('.json')}-status-{wire.value}.json"
