"""Jobs of many tables as one list, the newest first, read from a cursor on.

Each list is asked for as many keys as the page may need, so that a page costs one query a list,
however many jobs there are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ferry.aws import clients
from ferry.aws.attributes import Item, encode_item
from ferry.aws.batches import get_batch
from ferry.aws.threads import in_threads
from ferry.errors import Unreadable
from ferry.jobs.job import Job, JobHeader, Operation, Status
from ferry.jobs.job_items import job_id_of, job_key, read_far, read_header
from ferry.jobs.job_kind import JobKind
from ferry.jobs.job_lists import (
    app_list,
    configuration_list,
    scope,
    table_scope,
    user_list,
)
from ferry.telemetry import logger

_THREADS = 16
_AT_ONCE = 100
_ROUNDS = 5
"""Of reading jobs of which a filter wants few: 500 of them take about a second."""

type Kinds = Mapping[str, JobKind[Any, Any, Any]]
type ListedJob = Job[Any, Any, Any] | JobHeader


class KeyList(NamedTuple):
    """Where jobs are listed: the items whose attribute `key` has the value.

    Attributes:
        index_name: of the index, "" for the table itself, whose sort key is the job's id.

    """

    index_name: str
    key: str
    value: str

    def query(self, before: str) -> dict[str, Any]:
        """Return the parameters of a Query for jobs of ids smaller than `before`, "" for all."""
        sort = "pk" if self.index_name else "sk"
        condition, values = "#key = :value", {":value": self.value}
        if before:
            condition += " AND #sort < :before"
            values[":before"] = job_key(before)["pk"]["S"] if self.index_name else before
        return {
            # Only a table is read consistently:
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
            **({"IndexName": self.index_name} if self.index_name else {"ConsistentRead": True}),
            "KeyConditionExpression": condition,
            "ProjectionExpression": "#sort",
            "ExpressionAttributeNames": {"#key": self.key, "#sort": sort},
            "ExpressionAttributeValues": encode_item(values),
        }

    def job_id(self, item: Mapping[str, Any]) -> str:
        """Return the id of the job that an item of the list is about."""
        return job_id_of(item) if self.index_name else str(item["sk"]["S"])


def jobs_of_app(app_id: str) -> list[KeyList]:
    """Return where everyone's jobs on all tables of an app are listed."""
    return [KeyList("", "pk", app_list(app_id))]


def jobs_of_user(app_id: str, user_id: int) -> list[KeyList]:
    """Return where a user's jobs on all tables are listed."""
    return [KeyList("", "pk", user_list(app_id, user_id))]


def configuration_jobs(app_id: str) -> list[KeyList]:
    """Return where everyone's imports of an app's configuration are listed."""
    return [KeyList("", "pk", configuration_list(app_id))]


def jobs_on(table_id: int) -> list[KeyList]:
    """Return where everyone's jobs on a table are listed."""
    return [KeyList("by_table", "of_table", table_scope(table_id))]


def jobs_by(user_id: int, table_id: int) -> list[KeyList]:
    """Return where a user's jobs on a table are listed."""
    return [
        KeyList("by_scope", "scope", scope(table_id, operation, user_id))
        for operation in (Operation.EXPORT, Operation.IMPORT)
    ]


class JobFeed:
    """Jobs in the control table; a new one is in the feed soon after its acceptance."""

    def __init__(self, table_name: str, kinds: Kinds) -> None:
        self._table_name = table_name
        self._kinds = kinds

    def page(
        self,
        lists: Sequence[KeyList],
        *,
        before: str,
        limit: int,
        statuses: Collection[Status] = (),
        sees: Callable[[int], bool] | None = None,
    ) -> tuple[list[ListedJob], str]:
        """Return at most `limit` jobs, and the id before which the next page begins.

        Args:
            lists: where the jobs are listed.
            before: only jobs of smaller ids, which are older; "" for all.
            limit: a page has fewer where most of the jobs that were read are not wanted.
            statuses: only jobs of these; empty for any.
            sees: tells by its id of which tables jobs are wanted; None for any.

        Returns:
            The id is "" where no older jobs are.

        """
        # One more than fits tells whether there are more.
        at_once = max(limit + 1, _AT_ONCE if statuses or sees else 0)
        found: list[ListedJob] = []
        for _ in range(_ROUNDS):
            ids = self._newest(lists, before, at_once)
            read = self._read(ids, statuses)
            found += [job for job in read if sees is None or sees(job.table_id)]
            if len(found) > limit:
                return found[:limit], found[limit - 1].id
            if len(ids) < at_once:
                return found, ""
            before = ids[-1]
        return found, before

    def _newest(self, lists: Sequence[KeyList], before: str, most: int) -> list[str]:
        """Return the ids of the newest jobs of all lists, the newest first."""

        def some(of: KeyList) -> list[str]:
            return self._some(of, before, most)

        ids = {job_id for found in in_threads(some, lists, threads=_THREADS) for job_id in found}
        # The newest of all lists are among the newest of each.
        return list(islice(sorted(ids, reverse=True), most))

    def _some(self, of: KeyList, before: str, most: int) -> list[str]:
        answer = clients.dynamodb().query(
            TableName=self._table_name,
            ScanIndexForward=False,  # a job's id begins with the time of its acceptance
            Limit=most,
            **of.query(before),
        )
        return [of.job_id(item) for item in answer["Items"]]

    def _read(self, ids: Sequence[str], statuses: Collection[Status]) -> list[ListedJob]:
        items = get_batch(clients.dynamodb(), self._table_name, map(job_key, ids))
        jobs = [job for item in items if (job := self._wanted(item, statuses))]
        return sorted(jobs, key=lambda job: job.id, reverse=True)

    def _wanted(self, item: Item, statuses: Collection[Status]) -> ListedJob | None:
        try:
            header = read_header(item)
            if header.deleted or (statuses and header.status not in statuses):
                return None
            kind = self._kinds.get(header.operation)
            return read_far(item, kind) if kind else None
        except Unreadable as error:
            logger.error("job unreadable", job_id=error.job_id)
            return None
