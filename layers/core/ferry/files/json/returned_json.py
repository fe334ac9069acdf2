"""Records of a failed-rows file that comes in again: what was added goes, the row stays. Pure."""

import re

import msgspec

from ferry.errors import InvalidRow
from ferry.files.encoding import REPLACEMENT
from ferry.files.entries import MAX_CUT_BYTES, Layout

_STRING = rb'"((?:[^"\\]++|\\.)*+)"'
_OURS = re.compile(
    rb'\s*+\{\s*+"(?P<line>_*+line)"\s*+:\s*+[0-9]++\s*+,\s*+"(?P<field>_*+field)"\s*+:\s*+'
    + _STRING
    + rb'\s*+,\s*+"(?P<reason>_*+reason)"\s*+:\s*+'
    + rb'"(?P<why>(?:[^"\\]++|\\.)*+)"\s*+(?:,|(?=\}))'
)
_ORIGINAL = re.compile(rb'\{\s*+"original"\s*+:\s*+' + _STRING + rb"\s*+\}")


def added_members(original: bytes, layout: Layout) -> list[str]:
    """Return the names of what a failed-rows file has added to a record; none if it has not."""
    found = _OURS.match(original)
    names = _names(found) if found else []
    return names if layout.names.row.isdisjoint(names) else []


def returned_record(original: bytes, layout: Layout) -> bytes:
    """Return a record without what a failed-rows file has added to it, in any round.

    What could not be read stands as text; that text is returned, for it may have been corrected.

    Raises:
        InvalidRow: it is a text that cannot be what the row was.

    """
    reason = b""
    while (found := _OURS.match(original)) and layout.names.row.isdisjoint(_names(found)):
        reason = found["why"]
        original = b"{" + original[found.end() :].lstrip()
    if not reason:
        return original
    whole = _ORIGINAL.fullmatch(original)
    if whole is None or "original" in layout.names.row:
        return original
    text: str = msgspec.json.decode(b'"' + whole[1] + b'"')
    if len(text.encode()) >= MAX_CUT_BYTES:
        raise InvalidRow("", "was too long, and only its beginning is here; send the whole row")
    if reason.startswith(b"is not UTF-8") and REPLACEMENT in text:
        raise InvalidRow("", f"is not UTF-8 text: {REPLACEMENT} stands for some of it; correct it")
    return text.encode()


def _names(found: re.Match[bytes]) -> list[str]:
    return [found[name].decode() for name in ("line", "field", "reason")]
