"""Permissions of rows: who may read and who may change one. Pure.

A row's ``read_perm`` and ``write_perm`` name who may read it, and who may change and delete it:
``user:anonymous`` and ``user:*`` (here the same: nobody comes without a token), ``user:7``, and
``user:{created_by}`` for whoever created the row. ``gid:…`` names a group; Ferry has none, so that
it names nobody. A table's ``write_perm`` names in the same way who may add rows.

Source: contract tables#row-permissions; https://doc.minapp.com/dashboard/basic-services/acl.html.
"""

from collections.abc import Iterable, Mapping

import msgspec

from ferry.errors import NotFound, RoleTooLow
from ferry.tables.schema import Table
from ferry.tables.values import Value

PERMISSION_COLUMNS = ("created_by", "read_perm", "write_perm")
"""The columns of a row that tell what a user may do with it."""

CREATOR = "user:{created_by}"
_EVERYONE = ("user:anonymous", "user:*")


class RowUser(msgspec.Struct, frozen=True):
    """A user for whom the permissions of rows hold; they do not hold for owners.

    Attributes:
        id: the user's.

    """

    id: int

    @property
    def names(self) -> tuple[str, ...]:
        """The permissions that name the user, whatever the row."""
        return (*_EVERYONE, f"user:{self.id}")

    def reads(self, columns: Mapping[str, Value]) -> bool:
        """Return whether the user may read the row of these columns."""
        return self._is_named("read_perm", columns)

    def writes(self, columns: Mapping[str, Value]) -> bool:
        """Return whether the user may change the row, and delete it: one that they may read."""
        return self.reads(columns) and self._is_named("write_perm", columns)

    def adds_to(self, table: Table) -> bool:
        """Return whether the user may add rows to the table."""
        return self._names_user(table.write_perm)

    def require_readable(self, columns: Mapping[str, Value]) -> None:
        """Raise NotFound unless the user may read the row: else it is not there for them."""
        if not self.reads(columns):
            raise NotFound(f"record {columns['id']} does not exist")

    def require_writable(self, columns: Mapping[str, Value]) -> None:
        """Raise NotFound unless the user may read the row, RoleTooLow unless they may change it."""
        self.require_readable(columns)
        if not self.writes(columns):
            raise RoleTooLow(f"write_perm of record {columns['id']} does not let you change it")

    def _is_named(self, column: str, columns: Mapping[str, Value]) -> bool:
        permissions = columns.get(column)
        if not isinstance(permissions, list):
            return False
        is_creator = CREATOR in permissions and columns.get("created_by") == self.id
        return is_creator or self._names_user(permissions)

    def _names_user(self, permissions: Iterable[object]) -> bool:
        return any(name in self.names for name in permissions)


def require_adding(user: RowUser | None, table: Table) -> None:
    """Raise RoleTooLow unless the user may add rows to a table; None is an owner."""
    if user and not user.adds_to(table):
        raise RoleTooLow("write_perm of the table does not let you add rows")
