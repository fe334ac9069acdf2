"""A worker killed at any call it makes: no row lost, none doubled, counts exact, one mail."""

import json
from decimal import Decimal
from random import Random

import pytest

from ferry.jobs.job import Counts, Status
from ferry.tables.schema import Field, FieldType, Schema
from tests.faults import dying
from tests.integration.killing import kill_at_calls
from tests.parquet_files import parquet_file
from tests.site import Page
from tests.workbooks import workbook

ROWS = [{"name": f'row {n} \r\n"漢"', "amount": n} for n in range(11)]
GOOD = [("bread, rye", 3), ("eggs", 0), ("milk", 12), ("milk", 12), ('tea\r\n"green"', 7)]
CSV = (
    b"\xef\xbb\xbfname,amount,colour\r\n"
    b"milk,12,white\r\nbread,ten,\r\nmilk,12,white\r\n,1,\r\n"
    b'"bread, rye",3,brown\r\n"eggs\r\n",1.5,\r\neggs,,\r\nragged\r\n'
    b'"tea\r\n""green""",7,\r\nmilk,12,white,more\r\n,,\r\n'
)
JSON_ROWS = [
    {"name": "milk", "amount": 12},
    {"name": "bread", "amount": "ten"},
    {"name": "milk", "amount": 12},
    {"amount": 1},
    {"name": "bread, rye", "amount": 3},
    {"name": "eggs", "amount": 1.5},
    {"name": "eggs"},
    {"name": None},
    {"name": 'tea\r\n"green"', "amount": 7},
    {"name": ["milk"]},
    {},
]
SHEET_ROWS = [
    ["name", "amount"],
    ["milk", 12],
    ["bread", "ten"],
    ["milk", 12],
    [None, 1],
    ["bread, rye", 3],
    ["eggs", 1.5],
    ["eggs"],
    [None, "rag"],
    ['tea_x000D_\n"green"', 7],
    ["milk", "12 white"],
    [None, True],
]
PRICED = Schema(
    (
        Field(name="name", type=FieldType.STRING),
        Field(name="amount", type=FieldType.NUMBER),
    ),
    built_in=False,
)
PARQUET_ROWS = [
    *({"name": name, "amount": amount} for name, amount in GOOD),
    {"name": "bread", "amount": Decimal("1.5")},
    {"amount": 1},
]
FILES = {
    "goods.csv": CSV,
    "goods.json": json.dumps(JSON_ROWS, ensure_ascii=False).encode(),
    "goods.xlsx": workbook(SHEET_ROWS),
    "goods.jsonl": b"\n".join(json.dumps(row).encode() for row in JSON_ROWS),
    "goods.parquet": parquet_file(PRICED, PARQUET_ROWS, each=2),
}
COUNTS = {
    "goods.csv": Counts(total=10, succeeded=5, failed=5),  # a row of commas alone is skipped
    "goods.json": Counts(total=11, succeeded=5, failed=6),
    "goods.xlsx": Counts(total=11, succeeded=5, failed=6),
    "goods.jsonl": Counts(total=11, succeeded=5, failed=6),
    "goods.parquet": Counts(total=7, succeeded=5, failed=2),
}

pytestmark = pytest.mark.usefixtures("small_steps")


def test_an_export_killed_at_a_call_goes_on(driver):
    start, check = _export(driver, "csv")

    calls = kill_at_calls(driver, start, check)

    assert calls.count("UploadPart") > 3
    assert {"Query", "CreateMultipartUpload", "CompleteMultipartUpload"} <= set(calls)


def test_an_import_killed_at_a_call_goes_on(driver):
    start, check = _import(driver, "goods.csv")

    calls = kill_at_calls(driver, start, check)

    assert calls.count("BatchWriteItem") == 3
    assert calls.count("PutObject") == 3
    assert {"GetObject", "CompleteMultipartUpload", "SendMessage"} <= set(calls)


@pytest.mark.enable_socket
def test_an_import_from_a_url_killed_at_a_call_goes_on(driver, site):
    _, check = _import(driver, "goods.csv")
    url = site.put("/goods.csv", Page(CSV))

    def start_fetched():
        site.asked.clear()
        return driver.start_fetched(driver.table(), url)

    def check_fetched(job_id):
        check(job_id)
        assert len(site.asked) <= 2

    calls = kill_at_calls(driver, start_fetched, check_fetched)

    assert calls.count("CompleteMultipartUpload") == 2
    assert calls.count("BatchWriteItem") == 3


def test_an_import_of_a_workbook_killed_at_a_call_goes_on(driver):
    start, check = _import(driver, "goods.xlsx")

    calls = kill_at_calls(driver, start, check)

    assert calls.count("PutObject") == 3
    assert {"GetObject", "CompleteMultipartUpload", "SendMessage"} <= set(calls)


def test_an_import_of_parquet_killed_at_any_checkpoint_goes_on(driver):
    start, check = _import(driver, "goods.parquet")

    calls = kill_at_calls(driver, start, check, only="UpdateItem")

    assert len(calls) > 4


def test_a_json_export_killed_at_any_checkpoint_goes_on(driver):
    start, check = _export(driver, "json")

    calls = kill_at_calls(driver, start, check, only="UpdateItem")

    assert len(calls) > 4


@pytest.mark.parametrize(
    "options",
    [
        {"compress": "gzip"},
        {"compress": "gzip", "order_by": ["-amount"]},
        {"file_type": "json", "order_by": ["name"]},
        {"file_type": "xlsx"},
        {"file_type": "parquet"},
        {"order_by": ["-created_at"]},
    ],
    ids=str,
)
def test_an_export_with_options_killed_after_any_checkpoint_goes_on(driver, monkeypatch, options):
    monkeypatch.setattr("ferry.exports.parted_file.PACK_BYTES", 1)
    monkeypatch.setattr("ferry.exports.export_file.PART_BYTES", 60)
    monkeypatch.setattr("ferry.exports.exporting.HELD_BYTES", 600)
    start, check = _export(driver, **options)

    calls = kill_at_calls(driver, start, check, only="UpdateItem")

    # What little is packed comes out at the end alone: claim, upload, last part, end.
    assert len(calls) >= 4


@pytest.mark.parametrize("name", ["goods.json", "goods.jsonl"])
def test_an_import_of_json_killed_at_any_checkpoint_goes_on(driver, name):
    start, check = _import(driver, name)

    calls = kill_at_calls(driver, start, check, only="UpdateItem")

    assert len(calls) > 4


@pytest.mark.parametrize("seed", range(6))
def test_a_job_killed_again_and_again_comes_to_one_end(driver, seed):
    random = Random(seed)
    begin = random.choice([_export, _import])
    kind = random.choice(["csv", "json"])
    start, check = begin(driver, kind if begin is _export else f"goods.{kind}")
    job_id = start()
    queue = driver.queue(job_id)

    for _ in range(random.randrange(1, 5)):
        records = driver.service.messages(queue)
        with dying(random.randrange(2, 20)):
            driver.service.deliver(queue, records)
        driver.wait(91)
        driver.sweep()
    driver.service.run_jobs()
    driver.recover(job_id)

    assert len(driver.mails()) == 1
    if driver.job(job_id).status is Status.FAILED:
        assert "stopped 3 times" in driver.job(job_id).error
    else:
        check(job_id)


def _export(driver, file_type="csv", **options):
    """Return two functions: one starts an export of ROWS, the other checks its result."""
    table = driver.table(ROWS)
    undisturbed = driver.start_export(table, file_type, **options)
    driver.service.run_jobs()
    file = driver.file(undisturbed)
    driver.mails()

    def check(job_id):
        job = driver.job(job_id)
        assert (job.status, job.error) == (Status.FINISHED, "")
        assert job.counts == Counts(total=11, succeeded=11)
        assert driver.file(job_id) == file

    return lambda: driver.start_export(table, file_type, **options), check


def _import(driver, name):
    """Return two functions: one starts an import into an empty table, the other checks it."""
    undisturbed = driver.start_import(driver.table(), FILES[name], name)
    driver.service.run_jobs()
    report = driver.report(undisturbed)
    assert report
    driver.mails()

    def check(job_id):
        job = driver.job(job_id)
        assert (job.status, job.error) == (Status.FINISHED, "")
        assert job.counts == COUNTS[name]
        assert driver.names_and_amounts(job.table_id) == GOOD
        assert driver.report(job_id) == report

    return lambda: driver.start_import(driver.table(), FILES[name], name), check
