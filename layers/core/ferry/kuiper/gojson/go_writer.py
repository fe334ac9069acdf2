"""JSON as Go's `json.Marshal` writes it: compact, keys sorted bytewise, `<>&` escaped."""

from typing import Any

import msgspec

_ESCAPES = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
)


def write(value: Any) -> bytes:
    """Return `value` as Go's bytes, the keys of every object sorted.

    Source: contract configurations#exports.
    """
    return escape_html(msgspec.json.encode(value, order="deterministic"))


def write_in_order(value: Any) -> bytes:
    """Return `value` as Go writes a struct: keys in the order they have."""
    return escape_html(msgspec.json.encode(value))


def escape_html(encoded: bytes) -> bytes:
    """Return JSON bytes with Go's HTML escapes; these characters occur in strings alone."""
    for char, escape in _ESCAPES:
        encoded = encoded.replace(char, escape)
    return encoded


def write_message(text: str) -> bytes:
    r"""Return `text` as a JSON string that is Go's `%q` wherever that is JSON.

    Source: contract configurations#errors.

    No HTML escapes; what is not printable becomes `\uXXXX`, where `%q` may write `\x1b`.
    """
    encoded: bytes = msgspec.json.encode(text)
    if text.isprintable():
        return encoded
    return "".join(map(_printable, encoded.decode())).encode()


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
