"""The identities of items, and the order of their versions."""

import re

from ferry.errors import InvalidItem

_ID = re.compile(r"[a-zA-Z0-9_\-]++")


def check_id(id_: str) -> None:
    """Raise InvalidItem unless `id_` may identify a rule or a service (case 72)."""
    if not _ID.fullmatch(id_):
        raise InvalidItem(
            f"id '{id_}' contains invalid characters: "
            "only alphanumeric, hyphens and underscores are allowed"
        )


def may_replace(old: str, new: str) -> bool:
    """Return whether version `new` may follow `old`: none after none, or greater as text.

    Source: contract configurations#partial, of streams, tables and rules.
    """
    return new > old or not (old or new)
