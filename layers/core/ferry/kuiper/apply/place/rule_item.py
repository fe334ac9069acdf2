"""Rules placed into a draft (contract configurations#full; cases 30, 31, 70-77)."""

from ferry.errors import InvalidItem
from ferry.kuiper.apply.draft import Draft, Skipped
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.legacy import renew_rule
from ferry.kuiper.document.sections import SOURCE_SECTIONS, Section, Wire
from ferry.kuiper.identities import may_replace
from ferry.kuiper.rules.planning import plan
from ferry.kuiper.rules.rule import Rule, parse_rule, read_rule


def place_rule(draft: Draft, section: Section, key: str, text: str) -> None:
    """Put a rule into the draft; a partial import also plans it and minds its version.

    Raises:
        InvalidItem: the first reason against it; what stood under its id stays in force.

    """
    if draft.mode is Mode.FULL:
        rule = read_rule(key, text, draft.wire)
        _note_obstacle(draft, section, key, rule)
    else:
        rule = _read_for_update(key, text, draft.wire)
        _check_version(draft, rule)
        plan(rule, _Sources(draft))
        if draft.wire is Wire.V2:
            text = renew_rule(text)
    if rule.temp:
        draft.skip(section, key, Skipped.TEMPORARY)
    else:
        draft.put(section, key, text)


class _Sources:
    """The names that a rule may select from: streams and tables as they will be."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def __contains__(self, name: object) -> bool:
        return any(name in self._draft.sections[section] for section in SOURCE_SECTIONS)


def _note_obstacle(draft: Draft, section: Section, key: str, rule: Rule) -> None:
    """Note why the rule cannot start; a full import takes it all the same (case 30)."""
    try:
        plan(rule, _Sources(draft))
    except InvalidItem as fault:
        draft.note_obstacle(section, key, fault)


def _read_for_update(key: str, text: str, wire: Wire) -> Rule:
    try:
        return read_rule(key, text, wire)
    except InvalidItem as fault:
        raise InvalidItem(f"Invalid rule json: {fault}") from fault


def _check_version(draft: Draft, rule: Rule) -> None:
    before = draft.base[Section.RULES].get(rule.id)
    if before is None:
        return
    try:
        old = parse_rule(rule.id, before).version
    except InvalidItem:
        # what cannot be read cannot forbid its own replacement
        return
    if not may_replace(old, rule.version):
        raise InvalidItem(
            f"rule {rule.id} already exists with version ({old}), "
            f"new version ({rule.version}) is lower"
        )
