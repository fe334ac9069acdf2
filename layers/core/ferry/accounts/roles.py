"""Roles of users in an app, or for named tables of it."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Role(StrEnum):
    """A role includes those before it.

    Attributes:
        NONE: nothing, but to be signed in.
        READER: see tables and rows, export, see configurations.
        EDITOR: import, edit rows, import configurations, as well.
        OWNER: make, change and delete tables, and manage users, as well.

    """

    NONE = "none"
    READER = "reader"
    EDITOR = "editor"
    OWNER = "owner"

    def includes(self, other: "Role") -> bool:
        """Whether who has this role may do what `other` may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class Access(msgspec.Struct, frozen=True):
    """The roles of a user.

    Attributes:
        role: in the whole app.
        tables: in named tables, by their ids as text; what is more counts.

    """

    role: Role = Role.OWNER
    tables: Mapping[str, Role] = {}

    def on(self, table_id: str) -> Role:
        """Return the role on a table."""
        named = self.tables.get(table_id, Role.NONE)
        return self.role if self.role.includes(named) else named

    def sees(self, table_id: int) -> bool:
        """Whether the table is there for the user."""
        return self.on(str(table_id)) is not Role.NONE

    def oversees(self, table_id: int) -> bool:
        """Whether the user is shown others' jobs on the table."""
        return self.on(str(table_id)) is Role.OWNER
