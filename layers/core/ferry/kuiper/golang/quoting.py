"""Quoted text: as Go's `%q` writes it, and as the engine's double-quoted strings spell it."""

import re

_SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
    '"': '\\"',
}
_LONG = {escape[1]: char for char, escape in _SHORT.items()}
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9A-Fa-f]{2})|([0-7]{3})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|)",
)
_LAST_CODE_POINT = 0x10FFFF


def quote(text: str) -> str:
    r"""Return `text` as `strconv.Quote` does.

    >>> quote('a"\n温')
    '"a\\"\\n温"'
    """
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return f'"{"".join(_quoted(char) for char in text)}"'


def quote_byte(char: str) -> str:
    """Return the first UTF-8 byte of `char` as `encoding/json` names an unexpected one.

    `char` may be a lone surrogate that stands for an undecodable byte (PEP 383).
    """
    code = ord(char)
    byte = chr(code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else char.encode("utf-8", "replace")[0])
    if byte in {"'", '"'}:
        return "'\\''" if byte == "'" else "'\"'"
    return f"'{_quoted(byte)}'"


def unquote(body: str) -> str | None:
    """Unquote the text between two double quotes; return None where Go refuses it.

    Source: contract configurations#tokens, STRING. A raw newline and an unknown escape are refused.
    """
    if "\n" in body:
        return None
    if "\\" not in body:
        return body
    try:
        # \xNN and octal escapes name bytes, which may form a character only together
        named = _ESCAPE.sub(_meaning, body).encode("utf-8", "surrogateescape")
    except ValueError:
        return None
    return named.decode("utf-8", "replace")


def _quoted(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _meaning(escape: re.Match[str]) -> str:
    short, hexadecimal, octal, *wide = escape.groups()
    if short:
        return _LONG[short]
    if hexadecimal or octal:
        byte = int(hexadecimal, 16) if hexadecimal else int(octal, 8)
        return bytes([byte]).decode("utf-8", "surrogateescape")
    code = int(wide[0] or wide[1] or "", 16)
    if code > _LAST_CODE_POINT or 0xD800 <= code <= 0xDFFF:
        raise ValueError(code)
    return chr(code)
