"""The identities of items, and the order of their versions."""

import re

from ferry.errors import InvalidItem
from ferry.kuiper.document.sections import Wire

_ID = re.compile(r"[a-zA-Z0-9_\-]++")


def check_id(id_: str, wire: Wire) -> None:
    """Raise InvalidItem unless `id_` may identify a rule or a service (case 72).

    Version 2 introduced the check; an engine of 1.10 takes any id.
    """
    if wire is Wire.V2 and not _ID.fullmatch(id_):
        raise InvalidItem(
            f"id '{id_}' contains invalid characters: "
            "only alphanumeric, hyphens and underscores are allowed"
        )


def may_replace(old: str, new: str) -> bool:
    """Return whether version `new` may follow `old`: none after none, or greater as text.

    Source: contract configurations#partial, of streams, tables and rules.
    """
    return new > old or not (old or new)
