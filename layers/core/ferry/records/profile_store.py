"""Profiles of a table: named sets of options for imports, each version kept."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from ferry.aws import clients, entities
from ferry.aws.entities import key
from ferry.errors import Malformed, NotFound

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PREFIX = "PROFILE#"
_MOST_NAMES = 20


class Profile(msgspec.Struct, frozen=True):
    """A version of a profile.

    Attributes:
        options: as their writer sent them.
        created_by: a user's id.
        created_at: Unix seconds.

    """

    name: str
    version: int
    options: dict[str, Any]
    created_by: int
    created_at: int


class Profiles:
    """The profiles of a table, in the control table under the table they are for."""

    def __init__(self, table_name: str, table_id: int) -> None:
        self._table_name = table_name
        self._table_id = table_id

    def add(self, name: str, options: dict[str, Any], *, user_id: int, now: int) -> Profile:
        """Store the next version of a profile. A version is never given twice, nor changed.

        Raises:
            Malformed: nothing can be called so.

        """
        _check_name(name)
        counter = f"{self._pk}#{_PREFIX}{name}"
        version = entities.next_number(self._table_name, counter)
        profile = Profile(name, version, options, user_id, now)
        entities.put(self._table_name, self._pk, _sort_key(name, version), profile)
        return profile

    def get(self, named: str) -> Profile:
        """Return the latest version of the profile ``name``, or the one that ``name@3`` names.

        Raises:
            Malformed: the table has none such.

        """
        name, _, version = named.partition("@")
        versions = self.versions(name)
        for profile in versions:
            if not version or version == str(profile.version):
                return profile
        if versions:
            raise Malformed(
                f"profile: {name} has no version {version}; the latest is {versions[0].version}"
            )
        names = ", ".join(profile.name for profile in self.latest()[:_MOST_NAMES]) or "none"
        raise Malformed(f"profile: the table has no profile {named!r}; it has {names}")

    def latest(self) -> list[Profile]:
        """Return the latest version of each profile, by name."""
        latest = {profile.name: profile for profile in self._of(_PREFIX)}
        return list(latest.values())

    def versions(self, name: str) -> list[Profile]:
        """Return the versions of a profile, the latest first; none where there is none."""
        _check_name(name)
        return list(self._of(f"{_PREFIX}{name}#"))[::-1]

    def delete(self, name: str) -> None:
        """Delete a profile with its versions.

        Raises:
            NotFound: there is none.

        """
        versions = self.versions(name)
        if not versions:
            raise NotFound(f"profile {name} does not exist")
        self._drop(versions)

    def delete_all(self) -> None:
        """Delete every profile of the table."""
        self._drop(list(self._of(_PREFIX)))

    @property
    def _pk(self) -> str:
        return f"TABLE#{self._table_id}"

    def _of(self, prefix: str) -> Iterable[Profile]:
        items = entities.query(self._table_name, self._pk, prefix)
        return (entities.from_item(item, Profile) for item in items)

    def _drop(self, profiles: Iterable[Profile]) -> None:
        # The latest last: where a deletion is cut short, no older version is used in its place.
        for profile in sorted(profiles, key=lambda one: one.version):
            clients.dynamodb().delete_item(
                TableName=self._table_name,
                Key=key(self._pk, _sort_key(profile.name, profile.version)),
            )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Malformed(f"profile: {name!r} must match {_NAME.pattern}")


def _sort_key(name: str, version: int) -> str:
    return f"{_PREFIX}{name}#{version:09d}"
