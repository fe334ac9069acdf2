"""Dry runs of imports into attached tables."""

import hashlib
from collections.abc import Mapping
from threading import Lock

from ferry.attached.conditional_writer import AttachedWriter, Columns, fitting
from ferry.imports.sinks.dry_run import DryRunRows
from ferry.imports.sinks.existing import ExistingRow
from ferry.tables.attachment import Attachment
from ferry.tables.comparing import canonical
from ferry.tables.values import Value


class DryRunWriter(AttachedWriter):
    """Tells what an AttachedWriter would do, and writes nothing.

    Args:
        attached: the table.
        dry_run: remembers the rows that it would have put, by digests of key and content.

    """

    def __init__(self, attached: Attachment, dry_run: DryRunRows) -> None:
        super().__init__(attached)
        self._dry_run = dry_run
        self._lock = Lock()

    def put_new(self, columns: Columns) -> Columns | None:
        """Return the row that there is of its key, or would be by now."""
        fitting(columns)
        key = {name: columns[name] for name in self._attached.keys}
        name, content = _digest(key), _digest(columns)
        with self._lock:
            before = self._dry_run.rows([name]).get(name)
        # The same content counts as written, as it does in the table; other content meets a
        # conflict.
        if before:
            return columns if before.source == content else key
        if stored := self.get(key):
            return stored
        with self._lock:
            self._dry_run.note(name, ExistingRow(content, {}), {})
        return None

    def change(self, *_: object) -> bool:
        """Do nothing."""
        return True


def _digest(columns: Mapping[str, Value]) -> str:
    return hashlib.blake2b(canonical(dict(columns)), digest_size=16).hexdigest()
