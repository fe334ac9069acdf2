"""Small rules of wording that hold in every language. Pure."""

import re

SUBJECT_LIMIT = 150

# Whatever a reader or a mail header could take for the end of a line, or for a command.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]++")
# Marks that turn the direction of writing make "gpj.exe" look like "exe.jpg"; a byte-order mark
# inside a text is not seen at all. Joiners stay: Persian words and family emoji need them.
_UNSEEN = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""Make `text` fit for a mail header: one line, no control characters, valid as UTF-8.

    >>> one_line("goods\r\nBcc: all@example.com")
    'goods Bcc: all@example.com'
    """
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)
    return _BREAKS.sub(" ", _UNSEEN.sub("", text)).strip()


def clip(text: str, limit: int) -> str:
    """Shorten `text` to at most `limit` characters, an ellipsis standing for the rest.

    >>> clip("a long name", 7)
    'a long…'
    """
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def thousands(number: int) -> str:
    """Write a number with thousands separators.

    >>> thousands(1000000)
    '1,000,000'
    """
    return f"{number:,}"


def units(number: float) -> str:
    """Write capacity units, which come in halves.

    >>> units(1234.0), units(0.5)
    ('1,234', '0.5')
    """
    return f"{number:,.1f}".removesuffix(".0")


def dollars(amount: float) -> str:
    """Write an amount to the cent, or, below a cent, to its first two digits.

    >>> dollars(12.345), dollars(0.05), dollars(0.0006251), dollars(0.0)
    ('12.35', '0.05', '0.00063', '0.00')
    """
    digits = 2
    while 0 < amount < 0.01 and digits < 9 and amount < 10 ** (1 - digits):
        digits += 1
    return f"{amount:,.{digits}f}"


def clock(seconds: float) -> tuple[int, int, int]:
    """Split a duration into whole hours, minutes and seconds, as exact as a reader wants it.

    Durations of an hour or more are given without seconds.

    >>> clock(71.6), clock(7379), clock(0.2)
    ((0, 1, 12), (2, 3, 0), (0, 0, 0))
    """
    whole = max(round(seconds), 0)
    if whole >= 3600:
        whole = round(whole / 60) * 60
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest
