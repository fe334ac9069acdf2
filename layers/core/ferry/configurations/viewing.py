"""Views of a configuration: its history, its differences, its items."""

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec

from ferry.aws.bucket import Files
from ferry.configurations.config_job import ConfigJob
from ferry.configurations.foreseen_changes import read_foreseen
from ferry.configurations.history import History
from ferry.configurations.outcomes import read_outcome
from ferry.configurations.pointer_store import Revision
from ferry.configurations.sending import DIRECT_TEXT_BYTES, long_status_key, too_long
from ferry.errors import InvalidItem, Malformed, NotFound
from ferry.kuiper.diff import Change, as_data, as_text, changes
from ferry.kuiper.document.sections import Section, Wire
from ferry.kuiper.identities import check_id
from ferry.kuiper.responses import status_body

_CONFIG_SECTIONS = {
    "sources": Section.SOURCE_CONFIG,
    "sinks": Section.SINK_CONFIG,
    "connections": Section.CONNECTION_CONFIG,
}


def status_of(history: History, files: Files, wire: Wire) -> tuple[bytes, str]:
    """Return the status of the last import; if it is too long, a URL of it, else ""."""
    key = history.pointer().outcome_key
    status = status_body(read_outcome(key, files).status, wire)
    if len(status) <= DIRECT_TEXT_BYTES:
        return status, ""
    return status, files.presigned_url(long_status_key(key, wire), "import_status.json")


def history_of(history: History) -> dict[str, Any]:
    """Return the revisions and which is in force (GET /data/revisions)."""
    pointer = history.pointer()
    return {
        "current": pointer.revision,
        "restart_requested": pointer.restart_revision or None,
        "revisions": [shown(revision) for revision in history.revisions()],
    }


def shown(revision: Revision) -> dict[str, Any]:
    """Return a revision as the API shows it."""
    fields = msgspec.to_builtins(revision)
    del fields["key"], fields["provided_key"], fields["outcome_key"]
    return {name: value for name, value in fields.items() if value not in ("", 0, False)}


def difference(history: History, first: str, second: str) -> list[Change]:
    """Compare two revisions; "" is the one before, or the one in force.

    Raises:
        Malformed: one of them is no number.
        NotFound: one of them does not exist.

    """
    to = revision_number(second) if second else history.pointer().revision
    before = revision_number(first) if first else max(to - 1, 0)
    return changes(history.document(before), history.document(to))


def task_difference(job: ConfigJob, history: History, uploads: Files) -> list[Change]:
    """Return the changes that an import has made, or would make if it is a dry run.

    Raises:
        Malformed: it has changed nothing, or more than can be answered.
        NotFound: a document that it takes is erased, or what a dry run has found is not kept.

    """
    applied = job.result.config
    if applied is None:
        raise Malformed(f"the import {job.id} has not been applied")
    if job.request.dry_run:
        return read_foreseen(job.id, uploads)
    before = history.document(applied.revision - 1)
    return changes(before, history.document(applied.revision))


def difference_text(found: list[Change]) -> bytes:
    """Return a difference for people.

    Raises:
        Malformed: it is too long to be answered.

    """
    return _answerable(as_text(found).encode())


def difference_data(found: list[Change]) -> bytes:
    """Return a difference for programs.

    Raises:
        Malformed: it is too long to be answered.

    """
    return _answerable(msgspec.json.encode(as_data(found)))


def _answerable(difference: bytes) -> bytes:
    if len(difference) > DIRECT_TEXT_BYTES:
        raise too_long(len(difference))
    return difference


def names(history: History, section: Section) -> list[str]:
    """Return the sorted names of a section's items."""
    return sorted(history.current()[section])


def rule_text(history: History, rule_id: str) -> bytes:
    """Return a rule as it was imported.

    Raises:
        Malformed: there is no such rule, and none of version 2 can have that id (case 94).
        NotFound: there is no such rule.

    """
    id_ = unquote(rule_id)
    text = history.current()[Section.RULES].get(id_)
    if text is None:
        try:
            check_id(id_, Wire.V2)
        except InvalidItem as fault:
            raise Malformed(str(fault)) from fault
        raise NotFound(f"describe rule error: Rule {id_} is not found.")
    return text.encode()


def conf_keys_text(history: History, kind: str, type_: str) -> bytes:
    """Return the conf keys of a source, sink or connection type (case 10).

    Raises:
        NotFound: the type has none.

    """
    name = unquote(type_)
    text = history.current()[_CONFIG_SECTIONS[kind]].get(name)
    if text is None:
        raise NotFound(f"{kind} {name} have no conf keys")
    return text.encode()


def revision_number(text: str) -> int:
    """Return the number of a revision.

    Raises:
        Malformed: it is none.

    """
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Malformed(f"{text} is no revision: they are numbered from 1")
    return int(text)


def wanted_revision(body: bytes) -> int:
    """Return the revision that the body of POST /data/rollback names: `{"revision": n}`.

    Raises:
        Malformed: it names none.

    """
    try:
        return msgspec.json.decode(body, type=_Rollback).revision
    except msgspec.DecodeError as fault:
        raise Malformed(f'Invalid body: send {{"revision": <number>}}: {fault}') from fault


class _Rollback(msgspec.Struct, forbid_unknown_fields=True):
    revision: Annotated[int, msgspec.Meta(ge=0)]
