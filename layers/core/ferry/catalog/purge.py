"""Deleting tables: at once for everybody, and their rows after that."""

from collections.abc import Callable

from ferry.aws.queues import Queue
from ferry.records.partitions import Partitions
from ferry.records.purges import Purge, Purges
from ferry.records.registry import Tables
from ferry.tables.indexes import entry_partition
from ferry.tables.records import deletion_shard, shard_partition
from ferry.tables.schema import Table

_LAST_LOOK_S = 1800
"""By then, whatever was writing to the table when it was deleted has ended: 15 minutes at most."""

_HAND_OVER_S = 60.0
"""With so much of the function's time left, the purge goes on in another delivery."""


def delete_table(table: Table, *, now: int, tables: Tables, queue: Queue) -> None:
    """Delete the table: nobody finds it any more, and its name is free. Its rows are purged soon.

    Those of an attached table are not ours: they stay where they are.

    Raises:
        NotFound: it has been deleted already.
        Malformed: it has been renamed since it was read.

    """
    if table.attached:
        tables.delete(table)
        return
    purge = Purge(table=table, deleted_at=now, due_at=now + _LAST_LOOK_S)
    tables.delete(table, purge)
    queue.send(purge.id, group="")


def purge_table(
    purge_id: str,
    *,
    clock: Callable[[], float],
    time_left: Callable[[], float],
    purges: Purges,
    partitions: Partitions,
    queue: Queue,
) -> int:
    """Delete what is left of a deleted table, as far as the time allows; return how many items.

    What is gone is gone: another delivery, at whatever time, finds only the rest. The sweeper
    sends the purge once more after the last writers have ended; only then it is done.
    """
    purge = purges.get(purge_id)
    deleted = 0
    for partition in _partitions(purge.table) if purge else []:
        for count in partitions.clear(partition):
            deleted += count
            if time_left() < _HAND_OVER_S:
                queue.send(purge_id, group="")
                return deleted
    if purge and clock() >= purge.deleted_at + _LAST_LOOK_S:
        purges.remove(purge)
    return deleted


def remind(now: int, *, purges: Purges, queue: Queue) -> int:
    """Send every purge that is due at `now`, Unix seconds; return how many there were."""
    due = purges.due(now)
    for purge_id in due:
        purges.postpone(purge_id, now + _LAST_LOOK_S)
        queue.send(purge_id, group="")
    return len(due)


def _partitions(table: Table) -> list[str]:
    shards = range(table.shards)
    entries = [entry_partition(table, shard) for shard in shards]
    deletions = [deletion_shard(table, shard) for shard in shards]
    return [shard_partition(table, shard) for shard in shards] + entries + deletions
