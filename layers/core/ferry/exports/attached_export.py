"""The rows of an attached table that an export selects."""

from collections.abc import Callable, Iterator

from ferry.attached.keys import Columns, created
from ferry.attached.reader import AttachedReader
from ferry.errors import Malformed
from ferry.exports.plan import ExportPlan
from ferry.tables.attachment import Attachment
from ferry.tables.schema import Schema
from ferry.tables.values import Value

_MICROSECONDS = 1_000_000


class AttachedSelection:
    """The rows of an attached table that an export's request selects.

    Args:
        attached: the table.
        schema: its fields: of other attributes nothing is said.
        plan: of the export.

    Raises:
        Malformed: rows are asked for by creation, which the table does not record.

    """

    def __init__(self, attached: Attachment, schema: Schema, plan: ExportPlan) -> None:
        self._attached = attached
        self._names = schema.names
        self._plan = plan
        self._window = plan.window()
        self._is_part = (self._window.start, self._window.end) != (None, None)
        if self._is_part and not attached.created_at:
            raise Malformed("start, end: the table was attached without created_at; use where")

    def count(self, *, limit: int, time_left: Callable[[], float], reserve: float) -> int | None:
        """Count the selected rows; stop counting past `limit`.

        None when less than `reserve` seconds are left before all are counted.
        """
        total = 0
        for found in self._counts():
            total += found
            if total > limit:
                break
            if time_left() < reserve:
                return None
        return total

    def rows(self, accepted_at: int | None = None) -> Iterator[dict[str, Value] | None]:
        """Yield the columns of each row that is read, None for one that is not wanted.

        Rows created after `accepted_at`, Unix milliseconds, are not.
        """
        stored = AttachedReader(self._attached).rows(self._window.start, self._window.end)
        for attributes in stored:
            columns = {name: attributes[name] for name in self._names if name in attributes}
            wanted = self._is_inside(columns, accepted_at) and self._plan.wants(columns)
            yield columns if wanted else None

    def _counts(self) -> Iterator[int]:
        if self._is_part or self._plan.condition:
            return (int(row is not None) for row in self.rows())
        return AttachedReader(self._attached).counts()

    def _is_inside(self, columns: Columns, accepted_at: int | None) -> bool:
        """Whether the row was created in the window; a row without a creation time is in none."""
        if not self._attached.created_at:
            return True
        moment, window = created(self._attached.created_at, columns), self._window
        # Without a creation time no window can be shown to hold it, but an export of all rows
        # does.
        if moment is None:
            return not self._is_part
        return (
            (accepted_at is None or moment <= accepted_at * 1000)
            and (window.start is None or moment >= window.start * _MICROSECONDS)
            and (window.end is None or moment < window.end * _MICROSECONDS)
        )
