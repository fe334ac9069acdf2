"""Imports into tables with unique indexes: which rows are refused, and that no entry is wrong."""

from random import Random

import boto3
import pytest

from ferry.jobs.job import Counts
from ferry.tables.indexes import UniqueIndexes
from tests.faults import dying, meanwhile
from tests.integration.killing import EVERY

IDS = [f"5{n:023x}" for n in range(40)]
FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "code", "type": "string"},
    {"name": "size", "type": "number"},
]
INDEXES = [{"name": "code_1", "fields": ["code"]}, {"name": "model", "fields": ["name", "size"]}]
pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def table(driver):
    return new_table(driver, "goods")


def new_table(driver, name):
    return driver.service.create_table(name, FIELDS, shards=2, indexes=INDEXES)


def start(driver, table, rows, query="id_as_key=1"):
    lines = ["id,name,code,size", *(",".join(map(str, row)) for row in rows)]
    return driver.start_import(table, "\n".join(lines).encode(), query=query)


def run(driver, table, rows, query="id_as_key=1"):
    job_id = start(driver, table, rows, query)
    driver.service.run_jobs()
    return driver.job(job_id)


def stored(driver, table):
    """Return the rows by id, having checked that the entries are exactly theirs."""
    rows = driver.rows(table)
    indexes = UniqueIndexes(driver.schema(table))
    due = sorted((entry.key, row.id) for row in rows for entry in indexes.entries(row.columns))
    items = boto3.client("dynamodb").scan(TableName=driver.service.stack.RecordsTable)["Items"]
    there = [
        (item["_sk"]["S"], item["_row"]["S"])
        for item in items
        if item["_pk"]["S"].startswith(f"{table}#") and "_row" in item
    ]
    assert sorted(there) == due
    return {row.id: tuple(row.fields.get(name, "") for name in ("name", "code")) for row in rows}


def failures(driver, job):
    lines = driver.report(job.id).decode("utf-8-sig").splitlines()[1:]
    return [line.split(",")[0] for line in lines]


def test_a_row_whose_value_another_has_fails_alone(driver, table):
    run(driver, table, [(IDS[0], "old", "a", 1)])

    job = run(
        driver, table, [(IDS[1], "b", "b", ""), (IDS[2], "c", "a", ""), ("", "d", "b", ""),
                         (IDS[3], "old", "c", "1.0"), (IDS[4], "e", "", "")]
    )  # fmt: skip

    assert job.counts == Counts(5, 2, 3)
    report = driver.report(job.id).decode()
    assert '3,,"E11000 duplicate key: the unique index code_1 has code = ""a"" already"' in report
    assert "unique index model has name" in report
    assert failures(driver, job) == ["3", "4", "5"]
    after = stored(driver, table)
    assert after == {IDS[0]: ("old", "a"), IDS[1]: ("b", "b"), IDS[4]: ("e", "")}


def test_a_change_frees_the_old_value_and_takes_the_new_one(driver, table):
    run(driver, table, [(IDS[n], f"row {n}", f"c{n}", n) for n in range(6)])

    job = run(
        driver,
        table,
        [
            (IDS[0], "row 0", "free", 0),  # leaves c0
            (IDS[1], "row 1", "c0", 1),  # takes it
            (IDS[2], "row 2", "c3", 2),  # is too early
            (IDS[3], "row 3", "", 3),  # leaves c3
            (IDS[9], "row 9", "c3", 9),  # takes it
            (IDS[4], "row 5", "c4", 5),  # would be another model
            (IDS[5], "row 5", "c5", 50),
            (IDS[5], "row 5", "c6", 50),
        ],
        "id_as_key=1&conflict=upsert",
    )

    assert job.counts == Counts(8, 6, 2)
    assert failures(driver, job) == ["4", "7"]
    after = stored(driver, table)
    codes = {row_id: code for row_id, (_, code) in after.items()}
    assert [codes[IDS[n]] for n in (0, 1, 2, 3, 4, 5, 9)] == [
        "free", "c0", "c2", "", "c4", "c6", "c3",
    ]  # fmt: skip


def test_a_change_of_one_field_of_an_index_goes_with_the_others_that_are_stored(driver, table):
    run(driver, table, [(IDS[0], "a", "", 1), (IDS[1], "a", "", 2)])
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    content = f"id,size\n{IDS[0]},2\n{IDS[1]},3\n{IDS[0]},2\n".encode()
    job_id = driver.service.upload(path, "a.csv", content).headers["X-Job-Id"]
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.counts, failures(driver, job)) == (Counts(3, 2, 1), ["2"])
    stored(driver, table)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("seed", range(3))
def test_rows_land_as_if_one_after_the_other(driver, conflict, seed):
    random = Random(seed)
    rows = [
        (random.choice(IDS[:8]), f"row {n}", random.choice(["", *"abcdefgh"]), "")
        for n in range(24)
    ]
    table, query = new_table(driver, f"goods{seed}"), f"id_as_key=1&conflict={conflict}"
    expected, refused = one_after_the_other(rows, conflict)

    rehearsed = run(driver, table, rows, f"{query}&dry_run=1")
    assert stored(driver, table) == {}
    done = run(driver, table, rows, query)

    assert stored(driver, table) == expected
    assert failures(driver, done) == [str(place + 2) for place in refused]
    assert rehearsed.counts == done.counts
    assert driver.report(rehearsed.id) == driver.report(done.id)


def one_after_the_other(rows, conflict):
    held, refused = {}, []
    for place, (row_id, name, code, _) in enumerate(rows):
        others = [other for found, (_, other) in held.items() if found != row_id]
        if row_id in held and conflict == "skip":
            continue
        if (row_id in held and conflict == "fail") or (code and code in others):
            refused.append(place)
        else:
            held[row_id] = (name, code)
    return held, refused


@pytest.mark.parametrize("query", ["dry_run=1", "id_as_key=1&dry_run=1"])
def test_a_dry_run_sees_clashes_with_rows_that_are_there_and_within_the_file(driver, table, query):
    run(driver, table, [(IDS[30], "old", "b", 1)])
    rows = [("", f"row {n}", "abcabcdefghij"[n], "") for n in range(13)]
    left = iter([900_000, 0] * 100)
    driver.service.context.get_remaining_time_in_millis = lambda: next(left)

    rehearsed = run(driver, table, rows, query)

    assert rehearsed.counts == Counts(13, 9, 4)
    assert failures(driver, rehearsed) == ["3", "5", "6", "7"]
    assert len(stored(driver, table)) == 1
    driver.service.context.get_remaining_time_in_millis = lambda: 900_000
    done = run(driver, table, rows, query.replace("&dry_run=1", "").replace("dry_run=1", ""))
    assert driver.report(rehearsed.id) == driver.report(done.id)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("query", ["", "&dry_run=1"])
def test_a_worker_killed_at_a_call_goes_on(driver, conflict, query):
    rows = [(IDS[n % 5], f"row {n}", "abcdef"[n % 6], "") for n in range(9)]
    expected, refused = one_after_the_other(rows, conflict)
    at = 5 - EVERY
    while True:
        at += EVERY
        table = new_table(driver, f"goods{at}")
        job_id = start(driver, table, rows, f"id_as_key=1&conflict={conflict}{query}")
        message = driver.take(job_id)
        with dying(at) as death:
            driver.deliver(job_id, message)
        driver.recover(job_id)

        assert stored(driver, table) == ({} if query else expected)
        assert failures(driver, driver.job(job_id)) == [str(place + 2) for place in refused]
        assert len(driver.mails()) == 1
        if not death.happened:
            break


def test_a_value_that_is_taken_between_look_and_write_stays_with_its_row(driver, table):
    def take():
        run(driver, table, [(IDS[1], "first", "a", 1)])

    job_id = start(driver, table, [(IDS[0], "second", "a", 2)])
    message = driver.take(job_id)
    with meanwhile("TransactWriteItems", take):
        driver.deliver(job_id, message)

    assert stored(driver, table) == {IDS[1]: ("first", "a")}
    assert driver.job(job_id).counts == Counts(1, 0, 1)


def test_a_row_that_changes_between_read_and_write_is_read_again(driver, table):
    run(driver, table, [(IDS[0], "old", "a", 1)])

    def change():
        path = f"/oserve/v1/table/{table}/record/{IDS[0]}/"
        assert driver.service.call("PUT", path, {"code": "b"}).status == 200

    job_id = start(driver, table, [(IDS[0], "new", "c", 1)], "id_as_key=1&conflict=upsert")
    message = driver.take(job_id)
    with meanwhile("TransactWriteItems", change):
        driver.deliver(job_id, message)

    assert stored(driver, table) == {IDS[0]: ("new", "c")}
    assert driver.job(job_id).counts == Counts(1, 1, 0)


def test_more_changes_than_one_update_can_say_go_with_the_entries(driver):
    fields = [{"name": f"field_number_{n:03}", "type": "string"} for n in range(150)]
    table = driver.service.create_table(
        "wide", [*fields, *FIELDS], shards=2, indexes=[{"fields": ["code"]}]
    )
    names = [field["name"] for field in fields]
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    for code in ("first", "second", ""):
        content = f"id,{','.join(names)},name,code\n{IDS[0]},{','.join([code] * 150)},n,{code}\n"
        assert driver.service.upload(path, "a.csv", content.encode()).status == 201
        driver.service.run_jobs()
        (row,) = driver.rows(table)
        assert row.fields == {"name": "n"} | (dict.fromkeys([*names, "code"], code) if code else {})
        stored(driver, table)


def test_a_row_that_grows_too_large_fails_alone(driver, table):
    run(driver, table, [(IDS[0], "a", "a", 1)])
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    content = f"id,name,code\n{IDS[0]},{'x' * 420_000},b\n{IDS[1]},b,c\n".encode()
    job_id = driver.service.upload(path, "a.csv", content).headers["X-Job-Id"]
    driver.service.run_jobs()

    assert driver.job(job_id).counts == Counts(2, 1, 1)
    assert stored(driver, table) == {IDS[0]: ("a", "a"), IDS[1]: ("b", "c")}


@pytest.mark.parametrize("query", ["id_as_key=1", "match=id&mode=insert&keep_before=1", ""])
def test_a_row_that_breaks_several_indexes_names_all(driver, table, query):
    run(driver, table, [(IDS[0], "a", "x", 1)])

    job = run(driver, table, [(IDS[1], "a", "x", 1), (IDS[2], "b", "y", 1)], query)

    assert job.counts == Counts(total=2, succeeded=1, failed=1)
    report = driver.report(job.id).decode("utf-8-sig")
    assert "unique index code_1 has" in report
    assert "unique index model has" in report
