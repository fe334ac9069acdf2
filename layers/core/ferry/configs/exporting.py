"""The configuration in force as a file: all of it, named rules, structured, or the rules alone."""

import hashlib
from collections.abc import Callable, Mapping

import msgspec

from ferry.configs.history import History
from ferry.configs.yaml_text import write_yaml
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.envelope import read_rule_ids
from ferry.kuiper.export.ruleset import encode_ruleset
from ferry.kuiper.export.selection import select_rules
from ferry.kuiper.export.structured import to_structured
from ferry.storage.files import Files

DIRECT_BYTES = 4_400_000
"""What a function can answer by itself: Lambda takes 6 MB, base64 included."""

type Export = Callable[[History, bytes, Wire], bytes]
"""(history, body of the request, wire format) -> the file."""


class Part(msgspec.Struct, frozen=True):
    """A part of a file, or the whole: bytes from `start` on, of `total` in all."""

    content: bytes
    start: int
    total: int

    @property
    def partial(self) -> bool:
        """Whether it is less than the whole."""
        return len(self.content) < self.total


def _export_all(history: History, _body: bytes, wire: Wire) -> bytes:
    """Return the whole configuration (GET /data/export)."""
    return history.current().encoded(wire)


def _export_rules(history: History, body: bytes, wire: Wire) -> bytes:
    """Return the rules that the body names, with what they need (POST /data/export)."""
    return select_rules(history.current(), read_rule_ids(body)).encoded(wire)


def _export_structured(history: History, _body: bytes, _wire: Wire) -> bytes:
    """Return the configuration as YAML (GET /v2/data/export)."""
    return write_yaml(to_structured(history.current()))


def _export_ruleset(history: History, _body: bytes, _wire: Wire) -> bytes:
    """Return streams, tables and rules (POST /ruleset/export)."""
    return encode_ruleset(history.current())


EXPORTS: Mapping[str, Export] = {
    "GET /data/export": _export_all,
    "POST /data/export": _export_rules,
    "GET /v2/data/export": _export_structured,
    "POST /ruleset/export": _export_ruleset,
}
"""What each route sends, by API Gateway's route key."""


def hand_over(content: bytes, app_id: str, files: Files) -> str:
    """Store a file that is too large to be answered, and return a short-lived URL of it."""
    key = f"configs/{app_id}/{hashlib.sha256(content).hexdigest()[:32]}"
    files.put(key, content)
    return files.presigned_url(key, "ekuiper_export.json")


def part_of(content: bytes, wanted: str) -> Part | None:
    """Return what a Range header asks for, None if there is nothing of it (RFC 9110, 14.2).

    A header that is none, or asks for several ranges, gets the whole, as the RFC allows.
    """
    unit, _, ranges = wanted.partition("=")
    first, dash, last = ranges.strip().partition("-")
    if unit.strip().lower() != "bytes" or not dash or not _numbers(first, last):
        return Part(content, 0, len(content))
    total = len(content)
    start, end = int(first or 0), min(int(last or total), total - 1)
    if not first:
        start, end = max(total - int(last), 0), total - 1
    if start > end and first and last and int(last) < int(first):
        return Part(content, 0, total)
    return Part(content[start : end + 1], start, total) if start <= end else None


def _numbers(first: str, last: str) -> bool:
    texts = [text for text in (first, last) if text]
    return bool(texts) and all(t.isascii() and t.isdigit() and len(t) < 19 for t in texts)
