"""The three sections of /ruleset/* (contract configurations#rulesets, case 86)."""

from ferry.kuiper.apply.draft import Applied
from ferry.kuiper.document.document import Document, encode_texts
from ferry.kuiper.document.sections import RULESET_SECTIONS, Section


def encode_ruleset(document: Document) -> bytes:
    """Return the body of POST /ruleset/export."""
    return encode_texts({s: document[s] for s in RULESET_SECTIONS}, RULESET_SECTIONS)


def ruleset_of(document: Document) -> Document:
    """Return the part of an imported document that POST /ruleset/import reads."""
    return Document({section: document[section] for section in RULESET_SECTIONS})


def import_summary(imported: Document, applied: Applied) -> str:
    """Return the reply to a ruleset's import; what failed or was skipped is not counted."""
    streams, tables, rules = (
        len(imported[section]) - _left_out(applied, section) for section in RULESET_SECTIONS
    )
    return f"imported {streams} streams, {tables} tables and {rules} rules"


def _left_out(applied: Applied, section: Section) -> int:
    return len(applied.errors.get(section, {})) + len(applied.skipped.get(section, {}))
