"""The decision on a row whose key the table may have already. Pure.

Every sink of rows with keys asks `decide`, so that a mode means the same for rows of Ferry's
tables and of attached ones. A new mode is a line in `_WHERE_FREE` and one in `_WHERE_TAKEN`,
beside its name in `Conflict`.
"""

from enum import Enum, auto
from typing import Literal

type Conflict = Literal[
    "fail", "skip", "upsert", "merge", "update", "replace", "delete", "mirror", "changes"
]


SIMPLE_MODES: frozenset[str] = frozenset({"fail", "skip", "upsert"})
"""Modes that can do without a journal."""


class Found(Enum):
    """Whether the table has a row of that key, and whose it is."""

    FREE = auto()
    """No row."""
    WRITTEN = auto()
    """The row itself: this import wrote it, in a step that is done again after a worker's death."""
    TAKEN = auto()
    """Another row."""


class RowAction(Enum):
    """The action for a row."""

    INSERT = auto()
    """Put it, on the condition that its key is still free."""
    CHANGE = auto()
    """Set the columns that it gives in the existing row, and leave the others alone."""
    MERGE = auto()
    """Set the columns in which it has a value, and leave the others alone."""
    REPLACE = auto()
    """Set all columns, and unset those that it does not give."""
    DELETE = auto()
    """Delete the existing row."""
    SKIP = auto()
    """Leave the existing row alone. The row succeeds and counts as skipped."""
    FAIL = auto()
    """Return it to the user among the failed rows."""
    NOTHING = auto()
    """It is as it should be."""


CHANGING: frozenset[str] = frozenset({"upsert", "merge", "update", "delete", "mirror", "changes"})
"""Modes in which a row may lack what a new row needs, for it may only change an existing one."""

_WHERE_FREE: dict[Conflict, RowAction] = {
    "fail": RowAction.INSERT,
    "skip": RowAction.INSERT,
    "upsert": RowAction.INSERT,
    "merge": RowAction.INSERT,
    "update": RowAction.FAIL,
    "replace": RowAction.INSERT,
    "delete": RowAction.FAIL,
    "mirror": RowAction.INSERT,
    "changes": RowAction.INSERT,
}
_WHERE_TAKEN: dict[Conflict, RowAction] = {
    "fail": RowAction.FAIL,
    "skip": RowAction.SKIP,
    "upsert": RowAction.CHANGE,
    "merge": RowAction.MERGE,
    "update": RowAction.CHANGE,
    "replace": RowAction.REPLACE,
    "delete": RowAction.DELETE,
    "mirror": RowAction.CHANGE,
    "changes": RowAction.REPLACE,
}


def inserts(conflict: Conflict) -> bool:
    """Return whether a mode adds rows to the table."""
    return _WHERE_FREE[conflict] is RowAction.INSERT


def decide(conflict: Conflict, found: Found, *, deleted: bool = False) -> RowAction:
    """Decide what an import does with a row, by its `conflict` mode.

    A row of `changes` may be `deleted`; one that is gone already is as it should be.

    A row that this import has written already is never an existing row to it: else a worker that
    takes over from a killed one would report the killed one's rows as conflicts.
    """
    if found is Found.WRITTEN:
        return RowAction.NOTHING
    if deleted:
        return RowAction.NOTHING if found is Found.FREE else RowAction.DELETE
    return (_WHERE_FREE if found is Found.FREE else _WHERE_TAKEN)[conflict]
