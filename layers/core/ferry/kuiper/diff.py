"""The differences between two documents, by section and item; secrets in them are masked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from ferry.errors import InvalidJson
from ferry.kuiper.document.configs import read_conf_keys
from ferry.kuiper.document.document import Document
from ferry.kuiper.document.sections import CONFIG_SECTIONS, Section
from ferry.kuiper.gojson.go_writer import write
from ferry.kuiper.masking import masked

type TextChange = tuple[str, str | None, str | None]
"""A key, its old text, its new one."""


class ChangeKind(StrEnum):
    """The kind of an item's change; the value is its mark in the text form."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


class Change(msgspec.Struct, frozen=True):
    """An item that is not the same in both documents.

    Attributes:
        item: its key; of a config section `<type>.<conf key>`.
        before: its text in the first document, None if it is not there.
        after: the same in the second.

    """

    section: Section
    item: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> ChangeKind:
        """The kind of the change."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED


def changes(before: Document, after: Document) -> list[Change]:
    """Return the changes that lead from one document to the other, in order."""
    return [
        Change(section, item, old, new)
        for section in Section
        for item, old, new in _item_changes(section, before, after)
    ]


def as_text(found: Iterable[Change]) -> str:
    """Return changes for people: a heading a section, a line an item, then its old and new text."""
    lines: list[str] = []
    heading = None
    for change in found:
        if change.section is not heading:
            heading = change.section
            lines.append(heading)
        lines.append(f"  {change.kind} {change.item}")
        if change.kind is ChangeKind.CHANGED:
            lines.extend(f"      - {line}" for line in _lines(change.before))
            lines.extend(f"      + {line}" for line in _lines(change.after))
    return "".join(f"{line}\n" for line in lines)


def as_data(found: Iterable[Change]) -> dict[str, dict[str, dict[str, str]]]:
    """Return changes for programs: by section and item, `change`, `before` and `after`."""
    data: dict[str, dict[str, dict[str, str]]] = {}
    for change in found:
        entry = {"change": change.kind.name.lower()}
        if change.before is not None:
            entry["before"] = masked(change.before)
        if change.after is not None:
            entry["after"] = masked(change.after)
        data.setdefault(change.section.value, {})[change.item] = entry
    return data


def masked_changes(found: Iterable[Change]) -> list[Change]:
    """Return changes whose texts show no secrets."""
    return [
        Change(
            change.section,
            change.item,
            None if change.before is None else masked(change.before),
            None if change.after is None else masked(change.after),
        )
        for change in found
    ]


def summary(found: Sequence[Change], most: int = 20) -> str:
    """Return a line a change, without texts; of many, the first and how many more there are."""
    lines = [f"{change.kind} {change.section} {change.item}" for change in found[:most]]
    if len(found) > most:
        lines.append(f"… {len(found) - most:,}")
    return "\n".join(lines)


def _item_changes(section: Section, before: Document, after: Document) -> Iterator[TextChange]:
    found = _text_changes(before[section], after[section])
    if section not in CONFIG_SECTIONS:
        yield from found
        return
    for type_, old, new in found:
        for conf_key, old_conf, new_conf in _text_changes(_conf_texts(old), _conf_texts(new)):
            yield f"{type_}.{conf_key}", old_conf, new_conf


def _text_changes(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[TextChange]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new:
            yield key, old, new


def _conf_texts(text: str | None) -> dict[str, str]:
    """Return a type's conf keys, each with its own text; one that is unreadable under "?"."""
    if text is None:
        return {}
    try:
        conf_keys = read_conf_keys(text)
    except InvalidJson:
        return {"?": text}
    return {key: write(properties).decode() for key, properties in conf_keys.items()}


def _lines(text: str | None) -> list[str]:
    return masked(text or "").splitlines() or [""]
