"""Parse requests: the body of an import, the flags beside it, the rules of an export."""

import msgspec

from ferry.errors import InvalidJson, Malformed
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.gojson.go_reader import read
from ferry.kuiper.gojson.go_scanner import END_OF_INPUT, skip_space, value_end
from ferry.kuiper.gojson.shapes import STRING, read_struct, struct

_REQUEST = struct("server.configurationInfo", {"content": STRING, "file": STRING})


class ImportSource(msgspec.Struct, frozen=True):
    """The source of an import's document: `content`, or the URI `file`; one is empty."""

    content: str = ""
    file: str = ""


def read_source(body: bytes, wire: Wire = Wire.SEED) -> ImportSource:
    """Parse the request body `{"content"}` or `{"file"}` (cases 15-19).

    As a Go stream decoder: what follows the first JSON value is ignored.

    Raises:
        Malformed: `Invalid body: …`, in the words of the wire format.

    """
    try:
        source = ImportSource(**read_struct(_first_value(body), _REQUEST))
    except InvalidJson as fault:
        raise Malformed(f"Invalid body: Error decoding json: {fault}") from fault
    suffix = ": bad request" if wire is Wire.SEED else ""
    if source.content and source.file:
        raise Malformed(f"Invalid body: Cannot specify both content and file{suffix}")
    if not source.content and not source.file:
        raise Malformed(f"Invalid body: must specify content or file{suffix}")
    return source


def read_flag(name: str, value: str | None) -> bool:
    """Return whether the query parameter `partial`, `stop` or `dry_run` is set.

    Raises:
        Malformed: it is neither `1` nor off; the engine would wipe everything on
            `partial=true` (contract configurations#principles, case 26).

    """
    if value not in {None, "", "0", "1"}:
        raise Malformed(f"{name}: must be 1 or 0")
    return value == "1"


def read_rule_ids(body: bytes) -> list[str]:
    """Return the rules that a POST /data/export names; a body that cannot be read names none.

    Elements that are no strings count as "" (contract configurations#exports).
    """
    try:
        ids = read(_first_value(body))
    except InvalidJson:
        return []
    return [each if isinstance(each, str) else "" for each in ids] if isinstance(ids, list) else []


def _first_value(body: bytes) -> str:
    text = body.decode("utf-8", "surrogateescape")
    start = skip_space(text, 0)
    if start == len(text):
        raise InvalidJson("EOF", start)
    try:
        return text[start : value_end(text, start)]
    except InvalidJson as fault:
        # a stream that ends early has words of its own
        early = str(fault) == END_OF_INPUT
        raise InvalidJson("unexpected EOF" if early else str(fault), fault.offset) from fault
