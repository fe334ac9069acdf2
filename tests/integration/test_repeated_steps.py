"""Steps that are done again, and workers that come late, while users edit and delete the rows."""

from contextlib import ExitStack

import boto3
import pytest

from ferry.errors import Superseded
from ferry.imports.import_job import IMPORTS
from ferry.jobs.job import Counts, Status
from ferry.jobs.run import LEASE_S, UNSENT_S, Run
from tests.faults import dying, meanwhile

IDS = [f"5{n:023x}" for n in range(12)]
FIELDS = [{"name": "name", "type": "string"}, {"name": "amount", "type": "integer"}]
INDEXES = [{"name": "name_1", "fields": ["name"]}]
KINDS = {
    "new rows": ({}, ""),
    "new rows, unique": ({"indexes": INDEXES}, ""),
    "kept ids": ({}, "id_as_key=1"),
    "kept ids, unique": ({"indexes": INDEXES}, "id_as_key=1"),
    "upsert": ({}, "id_as_key=1&conflict=upsert"),
    "upsert, unique": ({"indexes": INDEXES}, "id_as_key=1&conflict=upsert"),
    "skip": ({}, "id_as_key=1&conflict=skip"),
}
CSV = "\n".join(["id,name,amount", *(f"{IDS[n]},row {n},{n}" for n in range(11))]).encode()

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def import_of_eleven(request, driver):
    settings, query = request.param
    table = driver.service.create_table("goods", FIELDS, shards=2, **settings)
    return table, driver.start_import(table, CSV, query=query)


class User:
    """Edits the first row that there is and deletes the second, once."""

    def __init__(self, driver, table):
        self._driver = driver
        self._table = table
        self.edited = self.deleted = None

    def __call__(self):
        rows = sorted(self._driver.rows(self._table), key=lambda row: row.fields["amount"])
        if len(rows) < 2 or self.edited:
            return
        self.edited, self.deleted = rows[0].id, rows[1].id
        path = f"/oserve/v1/table/{self._table}/record"
        call = self._driver.service.call
        assert call("PUT", f"{path}/{self.edited}/", {"name": "mine"}).status == 200
        assert call("DELETE", f"{path}/{self.deleted}/").status == 204

    def check(self):
        rows = {row.id: row.fields["name"] for row in self._driver.rows(self._table)}
        assert rows[self.edited] == "mine"
        assert self.deleted not in rows
        assert len(rows) == 10


def assert_entries_are_the_rows(driver, table):
    items = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    entries = [item["_row"]["S"] for item in items if item["_pk"]["S"].endswith("#unique")]
    indexed = driver.schema(table).indexes
    assert sorted(entries) == sorted(row.id for row in driver.rows(table)) * bool(indexed)


@pytest.mark.parametrize("at", [8, 18])
def test_a_step_that_is_done_again_leaves_edits_and_deletions_alone(driver, import_of_eleven, at):
    table, job_id = import_of_eleven
    user = User(driver, table)

    with dying(at):
        driver.deliver(job_id, driver.take(job_id))
    user()
    driver.recover(job_id)
    user()

    assert driver.job(job_id).status is Status.FINISHED
    assert driver.job(job_id).counts == Counts(11, 11, 0)
    user.check()
    assert_entries_are_the_rows(driver, table)


@pytest.mark.parametrize("nth", [1, 3])
def test_a_worker_that_was_stopped_past_its_lease_writes_nothing(driver, import_of_eleven, nth):
    table, job_id = import_of_eleven
    message = driver.take(job_id)
    user = User(driver, table)

    once = iter([True])

    def stopped():
        if next(once, False):
            driver.wait(LEASE_S + 1)
            assert driver.deliver(job_id, message)
            user()

    with ExitStack() as hooks:
        for operation in ("BatchWriteItem", "PutItem", "TransactWriteItems"):
            hooks.enter_context(meanwhile(operation, stopped, nth=nth))
        driver.deliver(job_id, message)
    assert not next(once, False)
    driver.recover(job_id)
    user()

    assert driver.job(job_id).counts == Counts(11, 11, 0)
    user.check()
    assert_entries_are_the_rows(driver, table)


def test_deletions_leave_nothing_where_no_import_is_open(driver):
    table = driver.table([{"name": "a"}, {"name": "b"}])
    job_id = driver.start_import(table, b"name\nc\n")
    driver.service.run_jobs()
    assert driver.job(job_id).status is Status.FINISHED

    for row in driver.rows(table):
        path = f"/oserve/v1/table/{table}/record/{row.id}/"
        assert driver.service.call("DELETE", path).status == 204

    items = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    assert items == []


def test_a_row_that_was_deleted_before_the_import_is_put(driver):
    table = driver.table()
    first = driver.start_import(table, CSV, query="id_as_key=1")
    with dying(12):
        driver.deliver(first, driver.take(first))
    assert driver.rows(table)
    for row in driver.rows(table):
        driver.service.call("DELETE", f"/oserve/v1/table/{table}/record/{row.id}/")

    second = driver.start_import(table, CSV, query="id_as_key=1")
    message = driver.take(second)
    with dying(8):
        driver.deliver(second, message)
    # Not by the sweeper: it may send the first import again before this one.
    driver.wait(LEASE_S + 1)
    driver.deliver(second, message)

    assert driver.job(second).counts == Counts(11, 11, 0)
    assert {row.id for row in driver.rows(table)} >= set(IDS[:11])


def test_a_lease_ages_by_a_clock_that_nobody_sets(driver):
    now = [0.0]
    job_id = driver.start_import(driver.table(), CSV)
    job = driver.job(job_id)
    run = Run(
        job,
        jobs=driver.jobs,
        clock=lambda: 5.0,
        time_left=lambda: 900.0,
        monotonic=lambda: now[0],
    )
    run.require_lease()

    now[0] = LEASE_S - UNSENT_S + 1

    with pytest.raises(Superseded):
        run.require_lease()
    run.beat()  # nobody else has claimed the job
    run.require_lease()


@pytest.mark.parametrize("jump_s", [86_400, -86_400])
def test_a_jump_of_the_wall_clock_lets_nobody_write_under_a_lease_that_others_see_ended(
    driver, jump_s
):
    wall = [driver.clock.now]
    job_id = driver.start_import(driver.table(), CSV)
    job = driver.jobs.claim(job_id, "w1", IMPORTS, now=int(wall[0]), lease_s=LEASE_S)
    run = Run(
        job,
        jobs=driver.jobs,
        clock=lambda: wall[0],
        time_left=lambda: 900.0,
        monotonic=lambda: 7.0,
    )
    run.require_lease()

    wall[0] += jump_s

    def claim():
        driver.jobs.claim(job_id, "w2", IMPORTS, now=int(wall[0]), lease_s=LEASE_S)

    if jump_s > 0:
        with pytest.raises(Superseded):  # for somebody by that clock may claim the job
            run.require_lease()
        run.beat()
    run.require_lease()
    with pytest.raises(Superseded):
        claim()
