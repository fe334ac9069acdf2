"""Options of an import that are saved as a profile of its table, and those that overrule them."""

from collections.abc import Callable, Mapping
from typing import Any

from ferry.errors import InvalidFile, Malformed
from ferry.files.mapping import checked_mapping
from ferry.imports.import_options import from_query
from ferry.imports.modes import with_mode
from ferry.records.profile_store import Profile
from ferry.tables.schema import Table
from ferry.tables.values import json_text

_LONGEST = 100_000
"""Characters of a profile's options; a DynamoDB item holds 400 KB."""

type FindProfile = Callable[[str], Profile]


def checked_options(options: Any, table: Table) -> dict[str, Any]:
    """Return options that may be a profile of the table.

    Raises:
        Malformed: one is unknown or has a value that it does not take, or the table lacks a column.

    """
    if not isinstance(options, dict) or not options:
        raise Malformed("the body must be an object of options, such as an import takes")
    if "profile" in options:
        raise Malformed("profile: a profile names no other")
    if len(json_text(options)) > _LONGEST:
        raise Malformed(f"the options must be at most {_LONGEST:,} characters of JSON")
    try:
        checked_mapping(from_query(options).mapping, table.schema)
    except InvalidFile as error:
        raise Malformed(error.reason) from error
    return options


def with_profile(values: Any, find: FindProfile) -> Any:
    """Return options with those of the profile that they name; what is given overrules it.

    What is no object of options is returned as it is.

    Raises:
        Malformed: the table has no such profile.

    """
    if not isinstance(values, Mapping):
        return values
    given = _normal(values)
    if not given.get("profile"):
        return given
    profile = find(str(given["profile"]))
    return {**_normal(profile.options), **given, "profile": f"{profile.name}@{profile.version}"}


def no_profile(_: str) -> Profile:
    """Refuse a profile where there is no table that could have one."""
    raise Malformed("profile: profiles belong to a table; preview the import into it")


def _normal(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by one name each: `mapping` and `conflict`, however they were called."""
    made, columns = dict(values), values.get("columns")
    if isinstance(columns, Mapping) or (isinstance(columns, str) and columns.lstrip()[:1] == "{"):
        if "mapping" in made:
            raise Malformed("columns and mapping say the same: send one of them as an object")
        made["mapping"] = made.pop("columns")
    return with_mode(made)
