"""What a function can answer by itself, and where the caller of a larger answer is sent.

Lambda takes answers of 6 MB, written as JSON: bytes in base64, and texts with their quotes escaped.
"""

import hashlib

from ferry.kuiper.document.document import Texts
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.responses import status_body
from ferry.storage.files import Files

DIRECT_BYTES = 4_400_000
"""The longest answer in bytes: base64 makes 5.9 MB of it."""
DIRECT_TEXT_BYTES = 2_400_000
"""The longest answer in text: escaping doubles it at worst."""


def hand_over(content: bytes, app_id: str, files: Files) -> str:
    """Store a file that is too large to be answered, and return a short-lived URL of it."""
    key = f"configs/{app_id}/{hashlib.sha256(content).hexdigest()[:32]}"
    files.put(key, content)
    return files.presigned_url(key, "ekuiper_export.json")


def store_long_status(errors: Texts, outcome_key: str, files: Files) -> None:
    """Store what the status will be if it is too long to be answered: reading stores nothing."""
    for wire in Wire:
        status = status_body(errors, wire)
        if len(status) > DIRECT_TEXT_BYTES:
            files.put(long_status_key(outcome_key, wire), status, "application/json")


def long_status_key(outcome_key: str, wire: Wire) -> str:
    """Return where the status that belongs to an outcome is if it is long."""
    return f"{outcome_key.removesuffix('.json')}-status-{wire.value}.json"
