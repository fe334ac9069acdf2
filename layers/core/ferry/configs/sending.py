"""What a function can answer by itself, and where the caller of a larger answer is sent.

Lambda takes answers of 6 MB, written as JSON: bytes in base64, and texts with their quotes escaped.
"""

import hashlib

from ferry.storage.files import Files

DIRECT_BYTES = 4_400_000
"""The longest answer in bytes: base64 makes 5.9 MB of it."""
DIRECT_TEXT_BYTES = 2_400_000
"""The longest answer in text: escaping doubles it at worst."""


def hand_over(content: bytes, app_id: str, files: Files, name: str = "ekuiper_export.json") -> str:
    """Store a file that is too large to be answered, and return a short-lived URL of it."""
    key = f"configs/{app_id}/{hashlib.sha256(content).hexdigest()[:32]}"
    files.put(key, content)
    return files.presigned_url(key, name)
