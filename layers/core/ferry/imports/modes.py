"""How a caller says which rows of a table a file's rows are matched with, and what then happens."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import structs

from ferry.errors import InvalidFile, Malformed
from ferry.files.entries import Layout
from ferry.imports.import_job import ImportOptions
from ferry.tables.schema import Table
from ferry.tables.values import InvalidValue, parse_json

_MODES = {"insert": "fail"}
"""Names of modes that are stored by another name."""

_NUMBER = re.compile(r"[0-9]{1,12}")
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")


def with_mode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with `mode` as `conflict`, and `match` as a list.

    Raises:
        Malformed: both are given, and differ.

    """
    made = dict(values)
    if "mode" in made:
        mode = made.pop("mode")
        named = _MODES.get(mode, mode) if isinstance(mode, str) else mode
        if made.get("conflict", named) != named:
            raise Malformed("mode and conflict are two names of one option; give one of them")
        made["conflict"] = named
    if isinstance(match := made.get("match"), str):
        made["match"] = _listed(match)
    if isinstance(most := made.get("most_deleted"), int) and not isinstance(most, bool):
        made["most_deleted"] = str(most)
    return made


def _listed(text: str) -> Any:
    if not text.startswith("["):
        return [name.strip() for name in text.split(",") if name.strip()]
    try:
        return parse_json(text)
    except InvalidValue as error:
        raise Malformed(f"match: {error}") from error


def check_mode(options: ImportOptions, values: Any) -> None:
    """Raise Malformed where options of matching lack one another."""
    if options.match and not {"mode", "conflict"} & dict(values).keys():
        raise Malformed(
            "match needs mode=: insert, skip, upsert, merge, update, replace, delete, mirror or "
            "changes"
        )
    if "most_deleted" in dict(values) and options.conflict != "mirror":
        raise Malformed("most_deleted is for mode=mirror")
    if not (_NUMBER.fullmatch(options.most_deleted) or share_of(options.most_deleted) is not None):
        raise Malformed("most_deleted: must be a number of rows, or a share such as 10%")
    if options.conflict == "changes" and not (options.dry_run or options.keep_before):
        raise Malformed(
            "mode=changes deletes rows and replaces them: look first what it would do, with "
            "dry_run=1, and apply that; or keep what it changes, with keep_before=1"
        )
    if options.differences and not options.dry_run:
        raise Malformed("differences is for dry_run=1")


def check_changes(options: ImportOptions, *, are_changes: bool) -> None:
    """Raise InvalidFile where the rows of a file are changes, or are none, against its mode."""
    if are_changes and options.conflict != "changes":
        raise InvalidFile(
            "it is an incremental export of DynamoDB's: its rows are puts and deletes; import it "
            "with mode=changes, first with dry_run=1"
        )
    if options.conflict == "changes" and not are_changes:
        raise InvalidFile(
            "mode=changes is for incremental exports of DynamoDB's, whose rows are puts and deletes"
        )


def refuse_changes(layout: Layout) -> None:
    """Raise InvalidFile where the rows of a file that is not imported yet are changes."""
    if layout.changes:
        raise InvalidFile(
            "it is an incremental export of DynamoDB's; what it would do is told by an import with "
            "mode=changes and dry_run=1"
        )


def settled[T: ImportOptions](options: T) -> T:
    """Return the options with a match by `id` as what it is: rows that keep their ids."""
    if options.match == ("id",):
        return structs.replace(options, match=(), id_as_key=True)
    return options


def check_match(match: tuple[str, ...], table: Table) -> None:
    """Raise Malformed unless the table has a key of those columns."""
    if table.attached:
        keys = [table.attached.keys]
    else:
        keys = [("id",), *(index.fields for index in table.indexes)]
    if len(set(match)) != len(match) or {*match} not in [{*key} for key in keys]:
        known = "; ".join(", ".join(key) for key in keys)
        raise Malformed(
            f"match: rows are matched by the columns of a unique index; this table has: {known}"
        )


def share_of(most: str) -> float | None:
    """Return the share that a text such as ``10%`` names, from 0 to 1; None if it is none."""
    found = _SHARE.fullmatch(most)
    return float(found[1]) / 100 if found and float(found[1]) <= 100 else None
