"""Rows that keep the ids of their file: taken, free, twice, and written before by this very job."""

import pytest

from ferry.jobs.job import Counts
from tests.faults import dying, meanwhile

IDS = [f"{1_760_000_000:08x}{n:016x}" for n in range(40)]
"""Of the second in which the imports are accepted: these rows are in place, and put one by one."""

pytestmark = pytest.mark.usefixtures("small_steps")


def csv_of(rows):
    lines = [f"{row_id},{name},{amount}" for row_id, name, amount in rows]
    return "\n".join(["id,name,amount", *lines]).encode()


def start(driver, table, rows, query="id_as_key=1"):
    return driver.start_import(table, csv_of(rows), query=query)


def run(driver, table, rows, query="id_as_key=1"):
    job_id = start(driver, table, rows, query)
    driver.service.run_jobs()
    return driver.job(job_id)


def stored(driver, table):
    return {row.id: (row.fields["name"], row.fields.get("amount")) for row in driver.rows(table)}


def seeded(driver):
    table = driver.table()
    run(driver, table, [(IDS[1], "old", 7)])
    return table


def test_a_taken_id_fails_its_row(driver):
    table = seeded(driver)

    job = run(driver, table, [(IDS[0], "a", 1), (IDS[1], "b", 2), ("", "c", 3)])

    assert job.counts == Counts(3, 2, 1)
    assert b"3,id,is taken" in driver.report(job.id)
    after = stored(driver, table)
    assert (after[IDS[0]], after[IDS[1]]) == (("a", 1), ("old", 7))
    assert len(after) == 3


def test_a_taken_id_is_left_alone(driver):
    table = seeded(driver)

    job = run(driver, table, [(IDS[0], "a", 1), (IDS[1], "b", 2)], "id_as_key=1&conflict=skip")

    assert job.counts == Counts(2, 2, 0, skipped=1)
    assert stored(driver, table) == {IDS[0]: ("a", 1), IDS[1]: ("old", 7)}


def test_a_taken_id_is_brought_up_to_date(driver):
    table = seeded(driver)
    before = {row.id: row for row in driver.rows(table)}[IDS[1]]
    driver.wait(3600)

    job = run(driver, table, [(IDS[0], "a", 1), (IDS[1], "b", "")], "id_as_key=1&conflict=upsert")

    after = {row.id: row for row in driver.rows(table)}[IDS[1]]
    assert job.counts == Counts(2, 2, 0)
    assert after.fields == {"name": "b"}
    assert (after.created_at, after.created_by) == (before.created_at, before.created_by)
    assert after.updated_at == before.updated_at + 3600


def test_columns_that_the_file_does_not_give_stay(driver):
    table = seeded(driver)
    content = f"id,amount,created_at\n{IDS[1]},8,1600000000\n{IDS[2]},9,\n".encode()
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    answer = driver.service.upload(path, "goods.csv", content)
    driver.service.run_jobs()

    job = driver.job(answer.headers["X-Job-Id"])
    assert job.counts == Counts(2, 1, 1)
    assert b"3,name,must have a value" in driver.report(job.id)
    (row,) = driver.rows(table)
    assert (row.fields, row.created_at) == ({"name": "old", "amount": 8}, 1_600_000_000)


@pytest.mark.parametrize(
    ("query", "counts", "last"),
    [
        ("id_as_key=1", Counts(3, 1, 2), ("a", 1)),
        ("id_as_key=1&conflict=skip", Counts(3, 3, 0, skipped=2), ("a", 1)),
        ("id_as_key=1&conflict=upsert", Counts(3, 3, 0), ("c", 3)),
    ],
)
@pytest.mark.parametrize("apart", [0, 9])
def test_an_id_that_stands_twice_in_the_file(driver, query, counts, last, apart):
    table = driver.table()
    others = [(IDS[10 + n], "x", n) for n in range(apart)]
    rows = [(IDS[0], "a", 1), *others, (IDS[0], "b", 2), (IDS[0], "c", 3)]

    job = run(driver, table, rows, query)

    assert (job.counts.total, job.counts.failed) == (counts.total + apart, counts.failed)
    assert job.counts.skipped == counts.skipped
    assert stored(driver, table)[IDS[0]] == last


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("at", [2, 5, 14])
def test_a_worker_that_dies_meets_its_own_rows_again(driver, conflict, at):
    table = seeded(driver)
    rows = [(IDS[n % 9], f"row {n}", n) for n in range(11)]
    query = f"id_as_key=1&conflict={conflict}"
    job_id = start(driver, table, rows, query)
    message = driver.take(job_id)

    only = "PutItem" if at < 10 else ""
    with dying(at, only=only):
        driver.deliver(job_id, message)
    driver.recover(job_id)

    counts = driver.job(job_id).counts
    expected = {
        "fail": Counts(11, 8, 3),
        "skip": Counts(11, 11, 0, skipped=3),
        "upsert": Counts(11, 11, 0),
    }
    assert counts == expected[conflict]
    after = stored(driver, table)
    assert len(after) == 9
    old = {"fail": ("row 0", 0), "skip": ("row 0", 0), "upsert": ("row 9", 9)}
    assert after[IDS[0]] == old[conflict]


def test_a_row_that_comes_between_look_and_write_is_not_written_over(driver):
    table = driver.table()

    def take():
        run(driver, table, [(IDS[0], "first", 1)])

    job_id = start(driver, table, [(IDS[0], "second", 2)])
    message = driver.take(job_id)
    with meanwhile("PutItem", take):
        driver.deliver(job_id, message)

    assert stored(driver, table) == {IDS[0]: ("first", 1)}
    assert driver.job(job_id).counts == Counts(1, 0, 1)


@pytest.mark.parametrize("row_id", ["x", "5" * 23, "6" * 25])
def test_an_id_that_is_none_fails_its_row(driver, row_id):
    table = driver.table()

    job = run(driver, table, [(row_id, "a", 1), (IDS[0], "b", 2)])

    assert job.counts == Counts(2, 1, 1)
    assert b"2,id," in driver.report(job.id)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
def test_a_dry_run_tells_the_same_and_writes_nothing(driver, conflict):
    table = seeded(driver)
    rows = [(IDS[0], "a", 1), (IDS[1], "b", "x"), (IDS[1], "b", 2), (IDS[0], "c", 3)]
    before = driver.rows(table)
    query = f"id_as_key=1&conflict={conflict}"

    rehearsed = run(driver, table, rows, f"{query}&dry_run=1")
    assert driver.rows(table) == before
    done = run(driver, table, rows, query)

    assert rehearsed.counts == done.counts
    assert driver.report(rehearsed.id) == driver.report(done.id)
    assert "Dry run" in [mail.subject[:7] for mail in driver.mails()]


def test_a_dry_run_of_new_rows_writes_nothing(driver):
    table = driver.table()

    job = run(driver, table, [("", "a", 1), ("", "b", "x")], "dry_run=1")

    assert job.counts == Counts(2, 1, 1)
    assert b"amount" in driver.report(job.id)
    assert driver.rows(table) == []
    shown = driver.service.call("GET", f"/oserve/v1/table/{table}/import/{job.id}/").json()
    assert shown["dry_run"] is True


def test_more_changes_than_one_update_can_say(driver):
    fields = [{"name": f"field_number_{n:03}", "type": "string"} for n in range(250)]
    table = driver.service.create_table("wide", fields, shards=2)
    names = [field["name"] for field in fields]
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    for value in ("first", "second", ""):
        content = f"id,{','.join(names)}\n{IDS[0]},{','.join([value] * 250)}\n".encode()
        assert driver.service.upload(path, "a.csv", content).status == 201
        driver.service.run_jobs()
        (row,) = driver.rows(table)
        assert row.fields == (dict.fromkeys(names, value) if value else {})


@pytest.mark.parametrize(
    "query",
    ["id_as_key=yes", "conflict=skip", "id_as_key=1&conflict=SKIP", "encoding=ebcdic", "dryrun=1"],
)
def test_other_options_are_refused(driver, query):
    table = driver.table()

    answer = driver.service.upload(f"/oserve/v1/table/{table}/import/?{query}", "a.csv", b"name\na")

    assert answer.status == 400
    assert driver.service.messages("ImportQueue") == []


def test_a_dry_run_goes_on_after_its_time_is_up(driver):
    table = seeded(driver)
    rows = [(IDS[n % 9], f"row {n}", n) for n in range(21)]
    left = iter([900_000, 0] * 100)
    driver.service.context.get_remaining_time_in_millis = lambda: next(left)

    rehearsed = run(driver, table, rows, "id_as_key=1&dry_run=1")
    driver.service.context.get_remaining_time_in_millis = lambda: 900_000
    done = run(driver, table, rows, "id_as_key=1")

    assert rehearsed.counts == done.counts == Counts(21, 8, 13)
    assert driver.report(rehearsed.id) == driver.report(done.id)
