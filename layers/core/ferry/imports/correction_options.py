"""The options by which rows that failed go in once they are corrected. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ferry.errors import InvalidFile
from ferry.files.csv.dialect import NO_QUOTE
from ferry.files.format import GZIP_SUFFIX
from ferry.files.mapping import MappedColumn, Transform
from ferry.files.options import AS_WRITTEN
from ferry.tables.values import parse_json

if TYPE_CHECKING:
    from ferry.imports.import_job import ImportOptions

_OF_THE_FIRST_FILE = {"encoding", "delimiter", "header_row", "sheet", "comment"}
"""Options that say where and how the table stood in the first file; failed rows stand otherwise."""

_OF_THE_FIRST_IMPORT = {
    "dry_run",
    "differences",
    "profile",
    "budget",
    "budget_units",
    "most_deleted",
}
"""Members that the request of the next one does not repeat. Its options hold a profile's."""


def of_failed_rows[T: ImportOptions](
    options: T, name: str, detected: Mapping[str, object] = {}
) -> T:
    """Return the options of an import that mean something for its failed rows.

    Args:
        options: of the import.
        name: of the file that they come back in.
        detected: how the first file was written. Few rows may not tell its decimal mark: 1.234.

    """
    unset: dict[str, Any] = dict.fromkeys(_OF_THE_FIRST_FILE)
    unset |= {"sheet": "", "comment": "", "budget": None, "budget_units": None}
    unset |= {"decimal": options.decimal or detected.get("decimal")}
    if options.records:  # the failed rows stand in a list of their own, in what was around each
        within = options.records.partition("[]")[2]
        unset["records"] = f"[]{within}" if within else ""
    if options.conflict == "mirror":
        # The failed rows are a part of the file: all others would be deleted.
        unset["conflict"] = "upsert"
    return msgspec.structs.replace(options, **unset | _not_for(name))


def correction_request(
    options: "ImportOptions", name: str, detected: Mapping[str, object] = {}
) -> dict[str, Any]:
    """Return the same as a request has them; those that are the default are left out."""
    from ferry.imports.import_job import ImportOptions

    usual, wanted = ImportOptions(), of_failed_rows(options, name, detected)
    names = set(usual.__struct_fields__) - _OF_THE_FIRST_IMPORT
    asked = {each: getattr(wanted, each) for each in sorted(names)}
    told = {
        each: _written(each, value)
        for each, value in asked.items()
        if value != getattr(usual, each)
    }
    mode = told.pop("conflict", "insert")
    # A request that matches rows has to say what becomes of those that are there.
    return {**told, "mode": mode} if mode != "insert" or wanted.match else told


def _written(name: str, value: Any) -> Any:
    if name == "mapping":
        return {column: _column(mapped) for column, mapped in value.items()}
    if name == "thousands":
        return value or "none"
    if name == "quote" and value == NO_QUOTE:
        return "none"
    return list(value) if isinstance(value, tuple) else value


def _column(column: MappedColumn) -> Any:
    if column.constant is not None:
        return {"to": column.to, "constant": parse_json(column.constant)}
    if not column.to:
        return None
    told: dict[str, Any] = {"to": column.to}
    if column.join:
        told |= {"join": list(column.join), "separator": column.separator}
    if column.transform:
        told["transform"] = [_transform(each) for each in column.transform]
    return told if len(told) > 1 else column.to


def _transform(step: Transform) -> Any:
    if step.units or step.decimal:
        decimal = {"decimal": step.decimal} if step.decimal else {}
        return {step.name: {"unit": list(step.units), **decimal}}
    return {step.name: step.by} if step.by else step.name


def _not_for(name: str) -> dict[str, Any]:
    """Return, unset, the options that the format of a file of that name does not take.

    A spreadsheet may have saved a CSV file as a workbook, and a workbook as a CSV file.
    """
    from ferry.files.formats import of_file  # functions that show jobs do without it

    try:
        form = of_file(name[: -len(GZIP_SUFFIX)] if name.lower().endswith(GZIP_SUFFIX) else name)
    except InvalidFile:
        return {}
    unknown = set(AS_WRITTEN.__struct_fields__) - form.takes
    return {each: getattr(AS_WRITTEN, each) for each in unknown}
