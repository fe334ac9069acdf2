"""Pages of a list (contract tables#conventions)."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from ferry.errors import Malformed

DEFAULT_LIMIT, MAX_LIMIT = 20, 1000
_encoder = msgspec.json.Encoder(decimal_format="number")
_MOST_BYTES = 5_000_000
"""Of a page's objects: Lambda takes answers of 6 MB, headers included."""


class ListPage(msgspec.Struct, frozen=True):
    """The requested part of a list; ``others`` are the query string's other parameters."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    others: dict[str, str] = {}

    @property
    def end(self) -> int:
        """The offset of the next page."""
        return self.offset + self.limit


def page_asked_for(query: Mapping[str, str]) -> ListPage:
    """Return the page that a query string's ``limit`` and ``offset`` name.

    Raises:
        Malformed: one is no whole number, or the limit is not between 1 and 1000.

    """
    limit = _whole_number(query, "limit", DEFAULT_LIMIT)
    offset = _whole_number(query, "offset", 0)
    if not 1 <= limit <= MAX_LIMIT:
        raise Malformed(f"limit: must lie between 1 and {MAX_LIMIT}")
    others = {name: query[name] for name in query if name not in {"limit", "offset"}}
    return ListPage(limit, offset, others)


def fitting_envelope(
    objects: Sequence[Any], page: ListPage, total: int, path: str
) -> dict[str, Any]:
    """Return the page as `envelope`, with no more objects than an answer can hold: one at least.

    An object comes from one item, of 400 KB at most. The next page begins where this one was cut.
    """
    shown = fitting(objects)
    if len(shown) == len(objects):
        return envelope(objects, page, total, path)
    cut = envelope(shown, page, total, path)
    cut["meta"]["next"] = _link(path, page, page.offset + len(shown))
    return cut


def fitting(objects: Sequence[Any]) -> Sequence[Any]:
    """Return as many of the first objects as an answer can hold: one at least."""
    size = 0
    for count, each in enumerate(objects):
        text = _encoder.encode(each)
        # Lambda wraps the body as a JSON string, in which each of these takes two bytes.
        size += len(text) + text.count(b'"') + text.count(b"\\") + 1
        if count and size > _MOST_BYTES:
            return objects[:count]
    return objects


def envelope(objects: Sequence[Any], page: ListPage, total: int, path: str) -> dict[str, Any]:
    """Return the list's page with its ``meta``; `path` is the list's own path."""
    before = max(0, page.offset - page.limit)
    return {
        "meta": {
            "limit": page.limit,
            "next": _link(path, page, page.end) if page.end < total else None,
            "offset": page.offset,
            "previous": _link(path, page, before) if page.offset else None,
            "total_count": total,
        },
        "objects": list(objects),
    }


def _whole_number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Malformed(f"{name}: {text[:20]!r} is not a whole number")
    return int(text)


def _link(path: str, page: ListPage, offset: int) -> str:
    return f"{path}?{urlencode({**page.others, 'limit': page.limit, 'offset': offset})}"
