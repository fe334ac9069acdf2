"""What an export or import would take, before it is started; nothing is stored."""

import csv
import gzip
import io

import pytest

from tests.faults import recording
from tests.integration.driver import Driver
from tests.workbooks import workbook

WRITING = {"PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems", "SendMessage"}


def goods(rows: int) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([("name", "amount"), *((f"tea {n:05}", n) for n in range(rows))])
    return text.getvalue().encode()


def estimate_import(driver: Driver, table: int, content: bytes, name="goods.csv", **fields):
    query = "&".join(f"{key}={value}" for key, value in fields.items())
    path = f"/oserve/v1/table/{table}/import/estimate/?{query}"
    return driver.service.upload(path, name, content)


def estimate_export(driver: Driver, table: int, **options):
    body = {"file_type": "csv", "mode": "all", **options}
    return driver.service.call("POST", f"/oserve/v1.5/table/{table}/export/estimate/", body)


def test_an_export_is_estimated_as_it_turns_out(driver: Driver):
    table = driver.table()
    driver.start_import(table, goods(120))
    driver.service.run_jobs()

    with recording() as calls:
        told = estimate_export(driver, table).json()
    job_id = driver.start_export(table, "csv")
    driver.service.run_jobs()

    size = len(driver.file(job_id))
    assert (told["rows"], told["exact"], told["sampled_rows"]) == (120, True, 120)
    assert told["file_bytes"] == pytest.approx(size, rel=0.05)
    assert told["read_units"] == pytest.approx(2 * told["table_bytes"] / 4096, rel=0.01)
    assert told["dollars"]["reads"] == pytest.approx(told["read_units"] * 0.125e-6, rel=0.05)
    assert told["dollars"]["total"] == pytest.approx(
        sum(price for name, price in told["dollars"].items() if name != "total")
    )
    assert told["prices"]["region"] == "us-east-1"
    assert told["refused"] is None
    assert not WRITING.intersection(calls)


def test_a_condition_is_tried_on_the_sample(driver: Driver):
    table = driver.table()
    driver.start_import(table, goods(100))
    driver.service.run_jobs()

    told = estimate_export(
        driver, table, mode="part", where={"amount": {"$lt": 25}}, compress="gzip"
    ).json()

    assert (told["rows"], told["exact"]) == (25, False)
    assert told["table_bytes"] > 100 * 150
    assert 0 < told["file_bytes"] < 25 * 60


def test_what_an_export_would_be_refused_for_is_said(driver: Driver, monkeypatch):
    monkeypatch.setenv("EXPORT_ROW_CAP", "10")
    table = driver.table()
    driver.start_import(table, goods(12))
    driver.service.run_jobs()

    assert estimate_export(driver, table).json()["refused"] == "selects more than 10 rows"
    assert estimate_export(driver, table, file_type="pdf").status == 400
    assert estimate_export(driver, 999).status == 404


def test_an_import_is_estimated_from_the_whole_file(driver: Driver):
    table = driver.table()
    content = goods(700) + b",1\r\n"

    with recording() as calls:
        told = estimate_import(driver, table, content).json()

    assert (told["rows"], told["exact"], told["sampled_rows"]) == (701, True, 500)
    assert (told["write_units"], told["read_units"]) == (701, 0)
    assert told["file_bytes"] == len(content)
    assert 701 * 150 < told["table_bytes"] < 701 * 400
    assert not WRITING.intersection(calls)


def test_an_import_is_estimated_from_the_beginning_of_its_file(driver: Driver):
    table = driver.table()
    content = goods(1000)

    told = estimate_import(driver, table, content[:4000], file_bytes=len(content)).json()

    assert not told["exact"]
    assert told["rows"] == pytest.approx(1000, rel=0.05)
    assert told["write_units"] == pytest.approx(1000, rel=0.05)


def test_a_packed_file_is_estimated_by_its_ratio(driver: Driver):
    table = driver.table()
    content = goods(300)

    told = estimate_import(driver, table, gzip.compress(content), "goods.csv.gz").json()

    assert (told["rows"], told["exact"]) == (300, True)


def test_rows_that_fail_and_dry_runs_cost_no_writes(driver: Driver):
    table = driver.table()
    content = b"name,amount\r\ntea,1\r\ntea,x\r\n"

    told = estimate_import(driver, table, content).json()
    dry = estimate_import(driver, table, content, dry_run=1).json()

    assert (told["rows"], told["rows_failing"], told["write_units"]) == (2, 1, 1)
    assert (dry["write_units"], dry["read_units"]) == (0, 1)


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        (b"", {}, "the file is empty"),
        (b"name\r\nx\r\n", {"file_bytes": "many"}, "file_bytes: must be a whole number"),
        (b"name\r\nx\r\n", {"colour": "1"}, "colour"),
        (b"\xff\xfe\xff", {}, "无效的文件"),
    ],
)
def test_what_cannot_be_read_is_a_400(driver: Driver, content, fields, said):
    answer = estimate_import(driver, driver.table(), content, **fields)

    assert answer.status == 400
    assert said in answer.json()["error_msg"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("goods.json", b'[{"name": "milk", "amount": 1}, {"name": "eggs"}]'),
        ("goods.jsonl", b'{"name": "milk"}\n{"name": "eggs"}\n'),
        ("goods.tsv", b"name\tamount\r\nmilk\t1\r\neggs\t2\r\n"),
        ("goods.xlsx", workbook([["name", "amount"], ["milk", 1], ["eggs", 2]])),
    ],
)
def test_every_format_is_estimated(driver: Driver, name, content):
    told = estimate_import(driver, driver.table(), content, name).json()

    assert (told["rows"], told["exact"], told["rows_failing"]) == (2, True, 0)
