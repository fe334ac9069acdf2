"""Imports into tables with unique indexes: which rows are refused, and that no entry is wrong."""

from random import Random

import boto3
import pytest

from ferry.jobs.job import Counts
from ferry.tables.indexes import UniqueIndexes
from tests.faults import dying, meanwhile

IDS = [f"5{n:023x}" for n in range(40)]
FIELDS = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "code", "type": "string"},
    {"name": "size", "type": "number"},
]
INDEXES = [{"name": "code_1", "fields": ["code"]}, {"name": "model", "fields": ["name", "size"]}]
pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def table(carrier):
    return new_table(carrier, "goods")


def new_table(carrier, name):
    return carrier.service.create_table(name, FIELDS, shards=2, indexes=INDEXES)


def start(carrier, table, rows, query="id_as_key=1"):
    lines = ["id,name,code,size", *(",".join(map(str, row)) for row in rows)]
    return carrier.start_import(table, "\n".join(lines).encode(), query=query)


def run(carrier, table, rows, query="id_as_key=1"):
    job_id = start(carrier, table, rows, query)
    carrier.service.run_jobs()
    return carrier.job(job_id)


def stored(carrier, table):
    """Return the rows by id, having checked that the entries are exactly theirs."""
    rows = carrier.rows(table)
    indexes = UniqueIndexes(carrier.schema(table))
    due = sorted((entry.key, row.id) for row in rows for entry in indexes.entries(row.columns))
    items = boto3.client("dynamodb").scan(TableName=carrier.service.stack.RecordsTable)["Items"]
    there = [
        (item["_sk"]["S"], item["_row"]["S"])
        for item in items
        if item["_pk"]["S"].startswith(f"{table}#") and "_row" in item
    ]
    assert sorted(there) == due
    return {row.id: tuple(row.fields.get(name, "") for name in ("name", "code")) for row in rows}


def failures(carrier, job):
    lines = carrier.report(job.id).decode("utf-8-sig").splitlines()[1:]
    return [line.split(",")[0] for line in lines]


def test_a_row_whose_value_another_has_fails_alone(carrier, table):
    run(carrier, table, [(IDS[0], "old", "a", 1)])

    job = run(
        carrier, table, [(IDS[1], "b", "b", ""), (IDS[2], "c", "a", ""), ("", "d", "b", ""),
                         (IDS[3], "old", "c", "1.0"), (IDS[4], "e", "", "")]
    )  # fmt: skip

    assert job.counts == Counts(5, 2, 3)
    report = carrier.report(job.id).decode()
    assert '3,,"E11000 duplicate key: the unique index code_1 has code = ""a"" already"' in report
    assert "unique index model has name" in report
    assert failures(carrier, job) == ["3", "4", "5"]
    after = stored(carrier, table)
    assert after == {IDS[0]: ("old", "a"), IDS[1]: ("b", "b"), IDS[4]: ("e", "")}


def test_a_change_frees_the_old_value_and_takes_the_new_one(carrier, table):
    run(carrier, table, [(IDS[n], f"row {n}", f"c{n}", n) for n in range(6)])

    job = run(
        carrier,
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
    assert failures(carrier, job) == ["4", "7"]
    after = stored(carrier, table)
    codes = {row_id: code for row_id, (_, code) in after.items()}
    assert [codes[IDS[n]] for n in (0, 1, 2, 3, 4, 5, 9)] == [
        "free", "c0", "c2", "", "c4", "c6", "c3",
    ]  # fmt: skip


def test_a_change_of_one_field_of_an_index_goes_with_the_others_that_are_stored(carrier, table):
    run(carrier, table, [(IDS[0], "a", "", 1), (IDS[1], "a", "", 2)])
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    content = f"id,size\n{IDS[0]},2\n{IDS[1]},3\n{IDS[0]},2\n".encode()
    job_id = carrier.service.upload(path, "a.csv", content).headers["X-Job-Id"]
    carrier.service.run_jobs()

    job = carrier.job(job_id)
    assert (job.counts, failures(carrier, job)) == (Counts(3, 2, 1), ["2"])
    stored(carrier, table)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("seed", range(3))
def test_rows_land_as_if_one_after_the_other(carrier, conflict, seed):
    random = Random(seed)
    rows = [
        (random.choice(IDS[:8]), f"row {n}", random.choice(["", *"abcdefgh"]), "")
        for n in range(24)
    ]
    table, query = new_table(carrier, f"goods{seed}"), f"id_as_key=1&conflict={conflict}"
    expected, refused = one_after_the_other(rows, conflict)

    rehearsed = run(carrier, table, rows, f"{query}&dry_run=1")
    assert stored(carrier, table) == {}
    done = run(carrier, table, rows, query)

    assert stored(carrier, table) == expected
    assert failures(carrier, done) == [str(place + 2) for place in refused]
    assert rehearsed.counts == done.counts
    assert carrier.report(rehearsed.id) == carrier.report(done.id)


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
def test_a_dry_run_sees_clashes_with_rows_that_are_there_and_within_the_file(carrier, table, query):
    run(carrier, table, [(IDS[30], "old", "b", 1)])
    rows = [("", f"row {n}", "abcabcdefghij"[n], "") for n in range(13)]
    left = iter([900_000, 0] * 100)
    carrier.service.context.get_remaining_time_in_millis = lambda: next(left)

    rehearsed = run(carrier, table, rows, query)

    assert rehearsed.counts == Counts(13, 9, 4)
    assert failures(carrier, rehearsed) == ["3", "5", "6", "7"]
    assert len(stored(carrier, table)) == 1
    carrier.service.context.get_remaining_time_in_millis = lambda: 900_000
    done = run(carrier, table, rows, query.replace("&dry_run=1", "").replace("dry_run=1", ""))
    assert carrier.report(rehearsed.id) == carrier.report(done.id)


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
@pytest.mark.parametrize("query", ["", "&dry_run=1"])
def test_a_worker_killed_at_any_call_goes_on(carrier, conflict, query):
    rows = [(IDS[n % 5], f"row {n}", "abcdef"[n % 6], "") for n in range(9)]
    expected, refused = one_after_the_other(rows, conflict)
    at = 0
    while True:
        at += 5
        table = new_table(carrier, f"goods{at}")
        job_id = start(carrier, table, rows, f"id_as_key=1&conflict={conflict}{query}")
        message = carrier.take(job_id)
        with dying(at) as death:
            carrier.deliver(job_id, message)
        carrier.recover(job_id)

        assert stored(carrier, table) == ({} if query else expected)
        assert failures(carrier, carrier.job(job_id)) == [str(place + 2) for place in refused]
        assert len(carrier.mails()) == 1
        if not death.happened:
            break


def test_a_value_that_is_taken_between_look_and_write_stays_with_its_row(carrier, table):
    def take():
        run(carrier, table, [(IDS[1], "first", "a", 1)])

    job_id = start(carrier, table, [(IDS[0], "second", "a", 2)])
    message = carrier.take(job_id)
    with meanwhile("TransactWriteItems", take):
        carrier.deliver(job_id, message)

    assert stored(carrier, table) == {IDS[1]: ("first", "a")}
    assert carrier.job(job_id).counts == Counts(1, 0, 1)


def test_a_row_that_changes_between_read_and_write_is_read_again(carrier, table):
    run(carrier, table, [(IDS[0], "old", "a", 1)])

    def change():
        path = f"/oserve/v1/table/{table}/record/{IDS[0]}/"
        assert carrier.service.call("PUT", path, {"code": "b"}).status == 200

    job_id = start(carrier, table, [(IDS[0], "new", "c", 1)], "id_as_key=1&conflict=upsert")
    message = carrier.take(job_id)
    with meanwhile("TransactWriteItems", change):
        carrier.deliver(job_id, message)

    assert stored(carrier, table) == {IDS[0]: ("new", "c")}
    assert carrier.job(job_id).counts == Counts(1, 1, 0)


def test_more_changes_than_one_update_can_say_go_with_the_entries(carrier):
    fields = [{"name": f"field_number_{n:03}", "type": "string"} for n in range(150)]
    table = carrier.service.create_table(
        "wide", [*fields, *FIELDS], shards=2, indexes=[{"fields": ["code"]}]
    )
    names = [field["name"] for field in fields]
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    for code in ("first", "second", ""):
        content = f"id,{','.join(names)},name,code\n{IDS[0]},{','.join([code] * 150)},n,{code}\n"
        assert carrier.service.upload(path, "a.csv", content.encode()).status == 201
        carrier.service.run_jobs()
        (row,) = carrier.rows(table)
        assert row.fields == {"name": "n"} | (dict.fromkeys([*names, "code"], code) if code else {})
        stored(carrier, table)


def test_a_row_that_grows_too_large_fails_alone(carrier, table):
    run(carrier, table, [(IDS[0], "a", "a", 1)])
    path = f"/oserve/v1/table/{table}/import/?id_as_key=1&conflict=upsert"

    content = f"id,name,code\n{IDS[0]},{'x' * 420_000},b\n{IDS[1]},b,c\n".encode()
    job_id = carrier.service.upload(path, "a.csv", content).headers["X-Job-Id"]
    carrier.service.run_jobs()

    assert carrier.job(job_id).counts == Counts(2, 1, 1)
    assert stored(carrier, table) == {IDS[0]: ("a", "a"), IDS[1]: ("b", "c")}
