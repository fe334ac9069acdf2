"""What leads from the document that an engine has to the one that it is to have."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ferry_cli.engines.documents import Sections, same
from ferry_cli.engines.references import References


@dataclass(frozen=True)
class Difference:
    """An item that differs.

    Attributes:
        before: what the engine has, None for nothing.
        after: what it is to have, None for nothing.

    """

    section: str
    name: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> Literal["add", "change", "remove"]:
        """What is to be done about it."""
        if self.before is None:
            return "add"
        return "change" if self.after is not None else "remove"


def differences(has: Sections, wanted: Sections, *, full: bool) -> list[Difference]:
    """Return the items that differ, by section and name.

    Args:
        has: what the engine has.
        wanted: what it is to have.
        full: whether items that are not wanted are to be removed.

    """
    return list(_differences(has, wanted, full=full))


def _differences(has: Sections, wanted: Sections, *, full: bool) -> Iterator[Difference]:
    for section in sorted(has.keys() | wanted.keys()):
        before, after = has.get(section, {}), wanted.get(section, {})
        for name in sorted(before.keys() | after.keys() if full else after.keys()):
            if not same(before.get(name), after.get(name)):
                yield Difference(section, name, before.get(name), after.get(name))


def lines(found: list[Difference], references: References) -> Iterator[str]:
    """Yield the differences as text, without secrets."""
    signs = {"add": "+", "change": "~", "remove": "-"}
    for each in found:
        yield f"  {signs[each.kind]} {each.section} {each.name}"
        if each.kind == "change":
            yield f"      - {references.hidden(each.before or '')}"
            yield f"      + {references.hidden(each.after or '')}"


def wanted_items(found: list[Difference]) -> Sections:
    """Return the items that are to be added or changed, as a document."""
    sections: Sections = {}
    for each in found:
        if each.after is not None:
            sections.setdefault(each.section, {})[each.name] = each.after
    return sections
