"""Deleting tables: at once for everybody, and their rows, jobs and files after that."""

from collections.abc import Callable

from ferry.accounts.account_store import Accounts
from ferry.aws.queues import Queue
from ferry.jobs.job_erasure import JobErasure
from ferry.records.partitions import Partitions
from ferry.records.purges import Purge, Purges
from ferry.records.registry import Tables
from ferry.tables.indexes import entry_partition
from ferry.tables.records import deletion_shard, shard_partition
from ferry.tables.schema import Table

_LAST_LOOK_S = 1800
"""By then, whatever was writing to the table when it was deleted has ended: 15 minutes at most."""

NOBODY = 0
"""Stands for the user of jobs that nobody known has started."""

_HAND_OVER_S = 60.0
"""With so much of the function's time left, the purge goes on in another delivery."""


def delete_table(
    table: Table, *, now: int, tables: Tables, accounts: Accounts, queue: Queue
) -> None:
    """Delete the table: nobody finds it any more, its name is free, links to its files end.

    Its rows are purged soon, and its jobs with their files. The rows of an attached table are not
    ours: they stay where they are.

    Raises:
        NotFound: it has been deleted already.
        Malformed: it has been renamed since it was read.

    """
    purge = purge_of(table, now=now, due_at=now + _LAST_LOOK_S, accounts=accounts)
    tables.delete(table, purge)
    queue.send(purge.id, group="")


def purge_of(table: Table, *, now: int, due_at: int, accounts: Accounts) -> Purge:
    """Return the purge of a table that is being deleted; the sweeper sends it at `due_at`."""
    users = (user.id for user in accounts.users(table.app_id))
    return Purge(table=table, deleted_at=now, due_at=due_at, user_ids=(NOBODY, *users))


def purge_table(
    purge_id: str,
    *,
    clock: Callable[[], float],
    time_left: Callable[[], float],
    purges: Purges,
    partitions: Partitions,
    erasure: JobErasure,
    queue: Queue,
) -> int:
    """Delete what is left of a deleted table, as far as the time allows; return how many items.

    What is gone is gone: another delivery, at whatever time, finds only the rest. The sweeper
    sends the purge again until the last writers and jobs have ended; only then it is done.
    """
    purge = purges.get(purge_id)
    if purge is None:
        return 0
    deleted = 0
    for partition in _partitions(purge.table):
        for count in partitions.clear(partition):
            deleted += count
            if time_left() < _HAND_OVER_S:
                queue.send(purge_id, group="")
                return deleted
    is_last = clock() >= purge.deleted_at + _LAST_LOOK_S
    left = erasure.erase(
        purge.table.app_id,
        purge.table.id,
        purge.user_ids,
        # Jobs that the deletion has stopped can be asked for their reason until the last look.
        ended_before=None if is_last else purge.deleted_at,
        go_on=lambda: time_left() >= _HAND_OVER_S,
    )
    if is_last and not left:
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
    if table.attached:
        return []
    shards = range(table.shards)
    entries = [entry_partition(table, shard) for shard in shards]
    deletions = [deletion_shard(table, shard) for shard in shards]
    return [shard_partition(table, shard) for shard in shards] + entries + deletions
