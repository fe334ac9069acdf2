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


def start(carrier, table, rows, query="id_as_key=1"):
    return carrier.start_import(table, csv_of(rows), query=query)


def run(carrier, table, rows, query="id_as_key=1"):
    job_id = start(carrier, table, rows, query)
    carrier.service.run_jobs()
    return carrier.job(job_id)


def stored(carrier, table):
    return {row.id: (row.fields["name"], row.fields.get("amount")) for row in carrier.rows(table)}


def seeded(carrier):
    table = carrier.table()
    run(carrier, table, [(IDS[1], "old", 7)])
    return table


def test_a_taken_id_fails_its_row(carrier):
    table = seeded(carrier)

    job = run(carrier, table, [(IDS[0], "a", 1), (IDS[1], "b", 2), ("", "c", 3)])

    assert job.counts == Counts(3, 2, 1)
    assert b"3,id,is taken" in carrier.report(job.id)
    after = stored(carrier, table)
    assert (after[IDS[0]], after[IDS[1]]) == (("a", 1), ("old", 7))
    assert len(after) == 3


def test_a_taken_id_is_left_alone(carrier):
    table = seeded(carrier)

    job = run(carrier, table, [(IDS[0], "a", 1), (IDS[1], "b", 2)], "id_as_key=1&conflict=skip")

    assert job.counts == Counts(2, 2, 0, skipped=1)
    assert stored(carrier, table) == {IDS[0]: ("a", 1), IDS[1]: ("old", 7)}


def test_a_taken_id_is_brought_up_to_date(carrier):
    table = seeded(carrier)
    before = {row.id: row for row in carrier.rows(table)}[IDS[1]]
    carrier.wait(3600)

    job = run(carrier, table, [(IDS[0], "a", 1), (IDS[1], "b", "")], "id_as_key=1&conflict=upsert")

    after = {row.id: row for row in carrier.rows(table)}[IDS[1]]
    assert job.counts == Counts(2, 2, 0)
    assert after.fields == {"name": "b"}
    assert (after.created_at, after.created_by) == (before.created_at, before.created_by)
    assert after.updated_at == before.updated_at + 3600


def test_columns_that_the_file_does_not_give_stay(carrier):
    table = seeded(carrier)
    content = f"id,amount,created_at\n{IDS[1]},8,1600000000\n{IDS[2]},9,\n".encode()
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    answer = carrier.service.upload(path, "goods.csv", content)
    carrier.service.run_jobs()

    job = carrier.job(answer.headers["X-Job-Id"])
    assert job.counts == Counts(2, 1, 1)
    assert b"3,name,must have a value" in carrier.report(job.id)
    (row,) = carrier.rows(table)
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
def test_an_id_that_stands_twice_in_the_file(carrier, query, counts, last, apart):
    table = carrier.table()
    others = [(IDS[10 + n], "x", n) for n in range(apart)]
    rows = [(IDS[0], "a", 1), *others, (IDS[0], "b", 2), (IDS[0], "c", 3)]

    job = run(carrier, table, rows, query)

    assert (job.counts.total, job.counts.failed) == (counts.total + apart, counts.failed)
    assert job.counts.skipped == counts.skipped
    assert stored(carrier, table)[IDS[0]] == last


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("at", [2, 5, 14])
def test_a_worker_that_dies_meets_its_own_rows_again(carrier, conflict, at):
    table = seeded(carrier)
    rows = [(IDS[n % 9], f"row {n}", n) for n in range(11)]
    query = f"id_as_key=1&conflict={conflict}"
    job_id = start(carrier, table, rows, query)
    message = carrier.take(job_id)

    only = "PutItem" if at < 10 else ""
    with dying(at, only=only):
        carrier.deliver(job_id, message)
    carrier.recover(job_id)

    counts = carrier.job(job_id).counts
    expected = {
        "fail": Counts(11, 8, 3),
        "skip": Counts(11, 11, 0, skipped=3),
        "upsert": Counts(11, 11, 0),
    }
    assert counts == expected[conflict]
    after = stored(carrier, table)
    assert len(after) == 9
    old = {"fail": ("row 0", 0), "skip": ("row 0", 0), "upsert": ("row 9", 9)}
    assert after[IDS[0]] == old[conflict]


def test_a_row_that_comes_between_look_and_write_is_not_written_over(carrier):
    table = carrier.table()

    def take():
        run(carrier, table, [(IDS[0], "first", 1)])

    job_id = start(carrier, table, [(IDS[0], "second", 2)])
    message = carrier.take(job_id)
    with meanwhile("PutItem", take):
        carrier.deliver(job_id, message)

    assert stored(carrier, table) == {IDS[0]: ("first", 1)}
    assert carrier.job(job_id).counts == Counts(1, 0, 1)


@pytest.mark.parametrize("row_id", ["x", "5" * 23, "6" * 25])
def test_an_id_that_is_none_fails_its_row(carrier, row_id):
    table = carrier.table()

    job = run(carrier, table, [(row_id, "a", 1), (IDS[0], "b", 2)])

    assert job.counts == Counts(2, 1, 1)
    assert b"2,id," in carrier.report(job.id)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
def test_a_dry_run_tells_the_same_and_writes_nothing(carrier, conflict):
    table = seeded(carrier)
    rows = [(IDS[0], "a", 1), (IDS[1], "b", "x"), (IDS[1], "b", 2), (IDS[0], "c", 3)]
    before = carrier.rows(table)
    query = f"id_as_key=1&conflict={conflict}"

    rehearsed = run(carrier, table, rows, f"{query}&dry_run=1")
    assert carrier.rows(table) == before
    done = run(carrier, table, rows, query)

    assert rehearsed.counts == done.counts
    assert carrier.report(rehearsed.id) == carrier.report(done.id)
    assert "Dry run" in [mail.subject[:7] for mail in carrier.mails()]


def test_a_dry_run_of_new_rows_writes_nothing(carrier):
    table = carrier.table()

    job = run(carrier, table, [("", "a", 1), ("", "b", "x")], "dry_run=1")

    assert job.counts == Counts(2, 1, 1)
    assert b"amount" in carrier.report(job.id)
    assert carrier.rows(table) == []
    shown = carrier.service.call("GET", f"/oserve/v1/table/{table}/import/{job.id}/").json()
    assert shown["dry_run"] is True


def test_more_changes_than_one_update_can_say(carrier):
    fields = [{"name": f"field_number_{n:03}", "type": "string"} for n in range(250)]
    table = carrier.service.create_table("wide", fields, shards=2)
    names = [field["name"] for field in fields]
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    for value in ("first", "second", ""):
        content = f"id,{','.join(names)}\n{IDS[0]},{','.join([value] * 250)}\n".encode()
        assert carrier.service.upload(path, "a.csv", content).status == 201
        carrier.service.run_jobs()
        (row,) = carrier.rows(table)
        assert row.fields == (dict.fromkeys(names, value) if value else {})


@pytest.mark.parametrize(
    "query",
    ["id_as_key=yes", "conflict=skip", "id_as_key=1&conflict=SKIP", "encoding=ebcdic", "dryrun=1"],
)
def test_other_options_are_refused(carrier, query):
    table = carrier.table()

    answer = carrier.service.upload(
        f"/oserve/v1/table/{table}/import/?{query}", "a.csv", b"name\na"
    )

    assert answer.status == 400
    assert carrier.service.messages("ImportQueue") == []


def test_a_dry_run_goes_on_after_its_time_is_up(carrier):
    table = seeded(carrier)
    rows = [(IDS[n % 9], f"row {n}", n) for n in range(21)]
    left = iter([900_000, 0] * 100)
    carrier.service.context.get_remaining_time_in_millis = lambda: next(left)

    rehearsed = run(carrier, table, rows, "id_as_key=1&dry_run=1")
    carrier.service.context.get_remaining_time_in_millis = lambda: 900_000
    done = run(carrier, table, rows, "id_as_key=1")

    assert rehearsed.counts == done.counts == Counts(21, 8, 13)
    assert carrier.report(rehearsed.id) == carrier.report(done.id)
