"""Parts of a file, as a Range header asks for them."""

import msgspec


class ByteRange(msgspec.Struct, frozen=True):
    """A part of a file, or the whole: bytes from `start` on, of `total` in all."""

    content: bytes
    start: int
    total: int

    @property
    def partial(self) -> bool:
        """Whether the range is less than the complete file."""
        return len(self.content) < self.total


def part_of(content: bytes, wanted: str) -> ByteRange | None:
    """Return the range that a Range header asks for, None if it lies outside (RFC 9110, 14.2).

    A header that is none, or asks for several ranges, gets the whole, as the RFC allows.
    """
    unit, _, ranges = wanted.partition("=")
    first, dash, last = ranges.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or not _numbers(first, last):
        return ByteRange(content, 0, len(content))
    total = len(content)
    start, end = int(first or 0), min(int(last or total), total - 1)
    if not first:
        start, end = max(total - int(last), 0), total - 1
    if start > end and first and last and int(last) < int(first):
        return ByteRange(content, 0, total)
    return ByteRange(content[start : end + 1], start, total) if start <= end else None


def _numbers(first: str, last: str) -> bool:
    texts = [text for text in (first, last) if text]
    return bool(texts) and all(t.isascii() and t.isdigit() and len(t) < 19 for t in texts)
