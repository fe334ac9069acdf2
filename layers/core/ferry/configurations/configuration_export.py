"""The configuration in force as a file: all of it, named rules, structured, or the rules alone."""

import hashlib
from collections.abc import Callable, Mapping

from ferry.aws.bucket import Files
from ferry.configurations.history import History
from ferry.configurations.viewing import revision_number
from ferry.configurations.yaml_text import write_yaml
from ferry.kuiper.document.sections import Wire
from ferry.kuiper.envelope import read_rule_ids
from ferry.kuiper.export.ruleset import encode_ruleset
from ferry.kuiper.export.selection import select_rules
from ferry.kuiper.export.structured import to_structured

type Export = Callable[[History, bytes, Wire], bytes]
"""(history, body of the request or number in its path, wire format) -> the file."""


def _export_all(history: History, _body: bytes, wire: Wire) -> bytes:
    """Return the whole configuration (GET /data/export)."""
    return history.current().encoded(wire)


def _export_revision(history: History, number: bytes, wire: Wire) -> bytes:
    """Return the configuration as it was (GET /data/revisions/:number)."""
    return history.document(revision_number(number.decode())).encoded(wire)


def _export_rules(history: History, body: bytes, wire: Wire) -> bytes:
    """Return the rules that the body names, with what they need (POST /data/export)."""
    pointer, document = history.latest()
    provided = history.provided(pointer)
    return select_rules(document, read_rule_ids(body), provided).encoded(wire)


def _export_structured(history: History, _body: bytes, _wire: Wire) -> bytes:
    """Return the configuration as YAML (GET /v2/data/export)."""
    return write_yaml(to_structured(history.current()))


def _export_ruleset(history: History, _body: bytes, _wire: Wire) -> bytes:
    """Return streams, tables and rules (POST /ruleset/export)."""
    return encode_ruleset(history.current())


EXPORTS: Mapping[str, Export] = {
    "GET /data/export": _export_all,
    "GET /data/revisions/{number}": _export_revision,
    "POST /data/export": _export_rules,
    "GET /v2/data/export": _export_structured,
    "POST /ruleset/export": _export_ruleset,
}
"""The part of a configuration that each route sends, by API Gateway's route key."""


def hand_over(content: bytes, app_id: str, files: Files) -> str:
    """Store a file that is too large to be answered, and return a short-lived URL of it."""
    key = f"configs/{app_id}/{hashlib.sha256(content).hexdigest()[:32]}"
    files.put(key, content)
    return files.presigned_url(key, "ekuiper_export.json")
