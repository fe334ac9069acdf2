"""Options of imports, as the two kinds of request want them."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

type ImportOptions = Mapping[str, Any]
"""Members as docs/api-import.md has them, such as ``{"match": ["sku"], "mode": "upsert"}``."""

REQUEST_BYTES = 4_000_000
"""Larger files are uploaded to the store. A request takes 4,400,000 bytes with its wrapping; a
deployment that takes less answers 413, and the file is uploaded then."""


def fields(options: ImportOptions) -> dict[str, str]:
    """Return options as fields of a form: text as it is, all else as JSON."""
    return {
        name: value if isinstance(value, str) else _text(value) for name, value in options.items()
    }


def _text(value: Any) -> str:
    if value is True:
        return "1"
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return ",".join(value) if not any("," in each for each in value) else json.dumps(value)
    return json.dumps(value, ensure_ascii=False)


def new_key() -> dict[str, str]:
    """Return the header that lets a request which starts a job be sent again."""
    return {"Idempotency-Key": uuid.uuid4().hex}
