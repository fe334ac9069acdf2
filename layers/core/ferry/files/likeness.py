"""Detect the encodings that a text may have, by reading it in each. Pure.

A suggestion for a person to judge, never applied. Short files are the rule, and libraries that
count letters need long ones (decision 152 has the figures); here, evidence is that most characters
beyond ASCII are common ones of the script for which the encoding is made.
"""

import re

from ferry.files.transcoding import ENCODINGS

_LATIN_1 = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœÄÅÆÇÉÈÖØÜ’‘“”–—…•€©®°²³µ½«»¿¡ºª"
_LATIN_2 = "áäąčćďéěęëíľĺłňńóôöőŕřśšťúůüűýźžżșțşţăâîČŘŠŽŁŚŻÁÉÍÖÜ’„“”–—…"
_TURKISH = "çğıöşüâîûÇĞİÖŞÜ’“”–…"
_COMMON = {
    "gb18030": "\u3001-\u3003\u300a-\u3011\uff01-\uff5e",
    "shift_jis": "\u3041-\u30fe\uff01-\uff5e",
    "big5": "\u3001-\u3003\uff01-\uff5e",
    "euc-kr": "\uac00-\ud7a3",
    "windows-1252": _LATIN_1,
    "windows-1250": _LATIN_2,
    "windows-1251": "\u0410-\u044f\u0401\u0451\u0404\u0454\u0406\u0456\u0407\u0457№«»–—",
    "windows-1253": "\u0386-\u03ce–—’",
    "windows-1254": _TURKISH,
    "windows-1255": "\u05d0-\u05ea",
    "windows-1256": "\u0621-\u064a\u060c\u061f",
    "macroman": _LATIN_1,
}
"""By encoding, the likelier first: characters that texts in it mostly consist of."""

_FREQUENT = {"gb18030": ("gb2312", range(0xB0, 0xD8)), "big5": ("big5", range(0xA4, 0xC7))}
"""Where characters are ordered by how frequent they are: the first bytes of the frequent ones."""

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_RUN = re.compile(r"[^\x00-\x7f]++")
_EMBEDDED = re.compile(
    r"(?<=[A-Za-z])[^\x00-\x7f]{1,3}+(?![^\x00-\x7f])|(?<![^\x00-\x7f])[^\x00-\x7f]{1,3}+(?=[A-Za-z])"
)
_ENOUGH = 0.8
_FEW = 3
_LATIN = {"windows-1252", "windows-1250", "windows-1254", "macroman"}
"""Their characters beyond ASCII stand within words of Latin letters; those of others do not."""

_WIDE = ("gb18030", "shift_jis", "big5", "euc-kr")


def likely(sample: bytes) -> list[str]:
    """Return the encodings that the text may have, the likeliest first."""
    scores = {name: _score(sample, name) for name in _COMMON}
    found = [name for name, score in scores.items() if score >= _ENOUGH]
    return sorted(found, key=lambda name: -scores[name])


def misread(text: str, encoding: str) -> bool:
    """Return whether text read in an East Asian encoding belongs to another, as “M黮ler” does.

    Its characters then stand within words of Latin letters, and are rare ones.
    """
    if encoding not in _WIDE:
        return False
    return _mostly_embedded(text) and _share(_BEYOND_ASCII.findall(text), encoding) < 1 / 2


def _mostly_embedded(text: str) -> bool:
    """Return whether most runs of characters beyond ASCII are within words of Latin letters."""
    return len(_EMBEDDED.findall(text)) * 2 > len(_RUN.findall(text))


def _score(sample: bytes, encoding: str) -> float:
    try:
        text = sample.decode(ENCODINGS[encoding])
    except UnicodeDecodeError as error:
        if error.end < len(sample):  # a sample may end in the middle of a character
            return 0
        text = sample[: error.start].decode(ENCODINGS[encoding])
    beyond = _BEYOND_ASCII.findall(text)
    embedded = _mostly_embedded(text)
    if embedded != (encoding in _LATIN) and (embedded or len(beyond) > _FEW):
        return 0
    return _share(beyond, encoding)


def _share(characters: list[str], encoding: str) -> float:
    """Return the share of common characters."""
    common = re.compile(f"[{_COMMON[encoding]}]").match
    number = sum(bool(common(one)) or _is_frequent(one, encoding) for one in characters)
    return number / len(characters) if characters else 0


def _is_frequent(character: str, encoding: str) -> bool:
    if encoding == "shift_jis":
        return "\u4e00" <= character <= "\u9fff"
    if encoding not in _FREQUENT:
        return False
    codec, first_bytes = _FREQUENT[encoding]
    encoded = character.encode(codec, "ignore")
    return bool(encoded) and encoded[0] in first_bytes
