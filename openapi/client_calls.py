"""The client's blocking modules, written from its asynchronous ones."""

import re
from collections.abc import Iterator
from pathlib import Path

from openapi.routes import ROOT

SOURCE = ROOT / "cli" / "ferry_client" / "aio"
TARGET = ROOT / "cli" / "ferry_client" / "blocking"

_NOTE = "# fmt: off\n# Written from ../aio by `make openapi`; do not edit.\n"
_WORDS = {
    "AsyncIterator": "Iterator",
    "aiter_raw": "iter_raw",
    "asynccontextmanager": "contextmanager",
    "by `await`": "by blocking",
    "`async with`": "`with`",
    "aclose": "close",
    "aread": "read",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "asyncio": "time",
    "ferry_client.aio": "ferry_client.blocking",
}
_OWN = r"\bAsync(?=[A-Z])"
_KEYWORDS = r"\b(?:async|await) "


def written() -> Iterator[tuple[Path, str]]:
    """Yield each blocking module: its file and its text."""
    for source in sorted(SOURCE.glob("*.py")):
        yield TARGET / source.name, _NOTE + blocking(source.read_text("utf-8"))


def blocking(text: str) -> str:
    """Return an asynchronous module's text without waiting: the same calls, in the same order."""
    for word, plain in _WORDS.items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", plain, text)
    return re.sub(_KEYWORDS, "", re.sub(_OWN, "", text))
