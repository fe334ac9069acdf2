"""The languages that mails and pages are written in."""

import re
from typing import Literal

type Language = Literal["en", "zh-CN"]

BETWEEN: dict[Language, str] = {"en": "; ", "zh-CN": "；"}
"""The separator of one row's faults."""


def closest(tag: str) -> Language:
    """Choose the language to write in for someone who asked for `tag`.

    `tag` may be spelled as in BCP 47, as a POSIX locale, or be a whole Accept-Language header, of
    which the first entry counts. Every kind of Chinese is answered in zh-CN; all else in English.

    >>> closest("zh_Hans"), closest("en-GB,en;q=0.9"), closest("")
    ('zh-CN', 'en', 'en')
    """
    primary = re.split(r"[-_,;.]", tag.strip(), maxsplit=1)[0]
    return "zh-CN" if primary.strip().casefold() == "zh" else "en"
