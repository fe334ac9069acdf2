"""Streams and tables placed into a draft.

Source: contract configurations#partial; cases 27, 28, 39, 67.
"""

from ferry.errors import InvalidItem, InvalidStatement
from ferry.kuiper.apply.draft import Draft
from ferry.kuiper.document.sections import SOURCE_SECTIONS, Section
from ferry.kuiper.excerpts import excerpt
from ferry.kuiper.identities import may_replace
from ferry.kuiper.sql.ddl.create import is_create, parse_source
from ferry.kuiper.sql.statements import CreateSource, SourceKind

_KINDS = {Section.STREAMS: SourceKind.STREAM, Section.TABLES: SourceKind.TABLE}


def place_source(draft: Draft, section: Section, key: str, text: str) -> None:
    """Put a stream or table into the draft.

    Raises:
        InvalidItem: the first reason against it, in the engine's order.

    """
    kind = _KINDS[section]
    if not is_create(text):
        raise InvalidItem(f"Invalid {kind} statement: {excerpt(text)}")
    source = parse_source(text)
    _check_identity(source, kind, key)
    if source.temporary:
        raise InvalidItem(f"Replace {key} fails: cannot replace with temp option.")
    _check_other_kind(draft, section, key)
    _check_predecessor(draft, section, key, source)
    draft.put(section, key, text)


def _check_identity(source: CreateSource, kind: SourceKind, key: str) -> None:
    if source.kind is not kind:
        raise InvalidItem(f"{kind} {source.name} is not found")
    if source.name != key:
        raise InvalidItem(f"Replace {key} fails: the sql statement must update the {key} source.")


def _check_other_kind(draft: Draft, section: Section, key: str) -> None:
    """Refuse a table named as a stream or the reverse; FROM could not tell them apart."""
    for other in SOURCE_SECTIONS:
        if other is not section and key in draft.sections[other]:
            raise InvalidItem(f"Replace {key} fails: a {_KINDS[other]} of this name exists.")


def _check_predecessor(draft: Draft, section: Section, key: str, source: CreateSource) -> None:
    before = draft.base[section].get(key)
    if before is None:
        return
    try:
        old = parse_source(before)
    except InvalidStatement:
        # what cannot be read cannot forbid its own replacement
        return
    if old.shared is not source.shared:
        raise InvalidItem(f"Replace {key} fails: do not support to change stream SHARED option.")
    if not may_replace(old.version, source.version):
        raise InvalidItem(
            f"source {key} already exists with version ({old.version}), "
            f"new version ({source.version}) is lower"
        )
