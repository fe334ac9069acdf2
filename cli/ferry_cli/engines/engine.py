"""A running engine: what it has, and how it is changed and changed back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ferry_cli.engines.differences import Difference, differences, wanted_items
from ferry_cli.engines.documents import Sections

if TYPE_CHECKING:
    from ferry_client.blocking.configuration import Configuration

type Failed = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Compared:
    """An engine as it was read.

    Attributes:
        has: its document.
        differences: from the one that it is to have.

    """

    url: str
    way: "Configuration"
    has: Sections
    differences: list[Difference]


@dataclass(frozen=True)
class Outcome:
    """What became of an engine.

    Attributes:
        failed: the items that failed; empty where all went well.
        rolled_back: whether the engine has again what it had, None where nothing had to be done.

    """

    failed: Failed
    rolled_back: bool | None = None


def apply(engine: Compared, wanted: Sections, *, full: bool) -> Outcome:
    """Import what differs, or everything, and wait for its end.

    Where one of its items fails, the engine is given back what it had, whole: an import of a part
    could not remove what is new.

    Args:
        engine: which.
        wanted: what it is to have.
        full: replace everything.

    """
    way, sent = engine.way, wanted if full else wanted_items(engine.differences)
    refused = way.import_(sent, partial=not full)
    failed = _of(sent, refused or way.status())
    if not failed:
        return Outcome({})
    way.import_(engine.has, partial=False)
    return Outcome(failed, not differences(way.export(), engine.has, full=True))


def _of(sent: Sections, failed: Failed) -> Failed:
    """Return the failures among the items that were sent; the status has earlier ones, too."""
    mine = {
        section: {name: why for name, why in items.items() if name in sent.get(section, {})}
        for section, items in failed.items()
    }
    return {section: items for section, items in mine.items() if items}
