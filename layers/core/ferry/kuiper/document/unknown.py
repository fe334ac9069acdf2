"""Members of a document that are no sections.

The engine ignores them, after it has wiped what was there: `{"stream": …}` empties it. What holds
items is refused here, the rest is ignored and named (decision 191).
"""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from ferry.errors import Malformed
from ferry.kuiper.excerpts import excerpt

_LONGEST_NAME = 64
_MOST_NAMED = 20


def check_unknown(
    unknown: Mapping[str, bool], sections: Collection[str], *, known: bool
) -> tuple[str, ...]:
    """Return warnings about members that are no sections.

    Args:
        unknown: the members' names, each with whether it holds items.
        sections: names that a section can have.
        known: whether the document has a section, too.

    Raises:
        Malformed: one of them holds items, or there is nothing else.

    """
    names = [_named(name, sections) for name in list(unknown)[:_MOST_NAMED]]
    more = len(unknown) - len(names)
    if any(unknown.values()) or (unknown and not known):
        also = f" and {more:,} more" if more else ""
        raise Malformed(
            f"unknown section {', '.join(names)}{also}; sections are {', '.join(sections)}; "
            "nothing was changed"
        )
    ignored = [f"{name} is no section and was ignored" for name in names]
    if more:
        ignored.append(f"{more:,} more members are no sections and were ignored")
    return tuple(ignored)


def _named(name: str, sections: Collection[str]) -> str:
    short = excerpt(name, _LONGEST_NAME)
    by_fold = {section.casefold(): section for section in sections}
    close = get_close_matches(short.casefold(), by_fold, n=1)
    return f'"{short}"' + (f' (did you mean "{by_fold[close[0]]}"?)' if close else "")
