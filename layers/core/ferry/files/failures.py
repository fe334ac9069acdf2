"""The columns that a failed-rows file adds, in writing and in reading. Pure."""

from collections.abc import Callable, Container, Iterable, Iterator

import msgspec

ADDED = ("line", "field", "reason")


class FailedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of file that is made of the text of failed rows once it is whole.

    Attributes:
        suffix: of its name, with the dot.
        made_of: yields the file of the blocks of the text; raises DoesNotFit.
        text_of: yields the text as it is given back where it does not fit.
        text_suffix: of the name that it then has.

    """

    suffix: str
    media_type: str
    made_of: Callable[[Iterable[bytes]], Iterator[bytes]]
    text_of: Callable[[Iterable[bytes]], Iterator[bytes]]
    text_suffix: str
    text_media_type: str


def added_names(taken: Container[str]) -> list[str]:
    """Return the names of what is added, with underscores in front until none is `taken`.

    `taken` holds the table's own fields too: what is added must not be imported as data.
    """
    return [_free(name, taken) for name in ADDED]


def _free(name: str, taken: Container[str]) -> str:
    while name in taken:
        name = f"_{name}"
    return name
