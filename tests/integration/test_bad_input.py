"""Files that are broken, or made to do harm: a clear error, the other rows kept, one mail."""

import gzip
import json
import zlib
from contextlib import ExitStack

import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import failing
from tests.integration.bringing import bounded, bring
from tests.integration.driver import CSV_OF_TWO
from tests.steps import import_in_steps
from tests.workbooks import sheet_of, workbook

LONG_ROWS = b"name,amount\n" + b"".join(b"%03d%s,1\n" % (n, b"x" * 4000) for n in range(400))


@pytest.mark.parametrize("step", [50, 5000])
def test_a_gzip_file_that_is_cut_off_keeps_the_rows_before(driver, monkeypatch, step):
    import_in_steps(monkeypatch, step)

    job, imported = bring(driver, gzip.compress(LONG_ROWS, 1)[:-2000], "goods.csv.gz")

    assert job.status is Status.FAILED
    assert "cut off" in job.error
    assert f"read to line {len(imported) + 1}" in job.error
    assert 250 < len(imported) < 400
    assert job.counts == Counts(len(imported), len(imported), 0)


def test_a_gzip_file_of_many_members_is_one(driver):
    packed = b"".join(gzip.compress(line) for line in CSV_OF_TWO.splitlines(keepends=True))

    job, imported = bring(driver, packed, "goods.csv.gz")

    assert job.counts == Counts(2, 2, 0)
    assert imported == [("eggs", 2), ("milk", 1)]
    assert (job.bytes_done, job.bytes_total) == (len(packed), len(packed))


def test_a_packed_import_goes_on_after_its_time_is_up(driver, small_steps):
    left = iter([900_000, 0] * 100)
    driver.service.context.get_remaining_time_in_millis = lambda: next(left)
    rows = b"name,amount\n" + b"".join(b"row %02d,%d\n" % (n, n) for n in range(19))

    job, imported = bring(driver, gzip.compress(rows), "goods.csv.gz")

    assert job.counts == Counts(19, 19, 0)
    assert imported == [(f"row {n:02}", n) for n in range(19)]


def test_a_gzip_bomb_stops_early_and_keeps_the_rows_before(driver):
    packer = zlib.compressobj(9, wbits=31)
    rows = CSV_OF_TWO + b"".join(b"row %02d,\r\n" % n for n in range(30))
    packed = packer.compress(rows)
    packed += b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()
    assert len(packed) < 1_100_000

    with bounded():
        job, imported = bring(driver, packed, "goods.csv.gz")

    assert job.status is Status.FAILED
    assert "200 times its size" in job.error
    assert len(imported) == 32


@pytest.mark.parametrize(
    ("name", "end", "reason"),
    [
        ("goods.csv", b'"salt,3\n', "quote that is never closed"),
        ("goods.json", b'{"name":"sal', "cut off"),
        ("goods.jsonl", b'{"name":"sal', "not valid JSON"),
    ],
)
def test_a_file_that_is_cut_off_keeps_the_rows_before(driver, name, end, reason):
    begin = {
        "goods.csv": b"name,amount\nmilk,1\neggs,2\n",
        "goods.json": b'[{"name":"milk","amount":1},\n{"name":"eggs","amount":2},\n\n',
        "goods.jsonl": b'{"name":"milk","amount":1}\n{"name":"eggs","amount":2}\n\n',
    }

    job, imported = bring(driver, begin[name] + end, name)

    assert imported == [("eggs", 2), ("milk", 1)]
    assert job.counts == Counts(3, 2, 1)
    report = driver.report(job.id).decode("utf-8-sig")
    assert reason in report
    assert "\n4,," in report if name == "goods.csv" else '{"line":4,"field":"",' in report


def test_failed_rows_of_a_packed_file_come_unpacked(driver):
    job, _ = bring(driver, gzip.compress(b"name,amount\nsalt,x\n"), "goods.csv.gz")

    assert job.result.report_key.endswith("/goods-failed.csv")
    assert driver.report(job.id).endswith(b",salt,x\r\n")


def test_a_file_in_gb18030_is_imported_when_it_is_said_to_be(driver):
    content = "name,amount\n牛奶,1\n鸡蛋,x\n".encode("gb18030")

    job, imported = bring(driver, content, query="encoding=gb18030")

    assert job.counts == Counts(2, 1, 1)
    assert imported == [("牛奶", 1)]
    corrected = driver.report(job.id).replace(b",x", b",2")
    _, imported = bring(driver, corrected, query="encoding=gb18030")
    assert imported == [("鸡蛋", 2)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("goods.csv", b"name,amount\nmilk,1\nsalt,x\n,3\neggs,2\n"),
        ("goods.json", b'[{"name":"milk","amount":1},\n{"name":"salt","amount":"x"},{"amount":3}]'),
        ("goods.jsonl", b'{"name":"milk"}\n{"name":"salt","amount":"x"}\n{"amount":3}\n'),
    ],
)
def test_failed_rows_can_be_mended_and_sent_again(driver, name, content):
    table = driver.table()
    first = driver.start_import(table, content, name)
    driver.service.run_jobs()
    report = driver.report(first)

    corrected = report.replace(b',"amount":"x"', b',"amount":4').replace(b",salt,x", b",salt,4")
    corrected = corrected.replace(b'"amount":3', b'"name":"oil","amount":3').replace(
        b",,3", b",oil,3"
    )
    second = driver.start_import(
        table, corrected, driver.job(first).result.report_key.rpartition("/")[2]
    )
    driver.service.run_jobs()

    assert driver.job(first).counts.failed == 2
    assert driver.job(second).counts == Counts(2, 2, 0)
    assert {("salt", 4), ("oil", 3)} <= set(driver.names_and_amounts(table))


def test_a_hundred_thousand_columns(driver):
    names = [f"c{n}" for n in range(100_000)]
    content = f"name,{','.join(names)}\nmilk{',' * 100_000}\neggs,1\n".encode()

    with bounded():
        job, imported = bring(driver, content)

    assert imported == [("milk", 0)]
    assert job.counts == Counts(2, 1, 1)
    assert len(job.result.ignored_columns) == 101
    assert b'3,,"does not fit' in driver.report(job.id)


def test_a_cell_of_fifty_megabytes(driver):
    content = b'name,amount\nmilk,1\n"' + b"x" * 50_000_000 + b'",2\neggs,2\n'
    packed = gzip.compress(content, 1)

    with bounded():
        job, imported = bring(driver, packed, "goods.csv.gz")

    assert imported == [("eggs", 2), ("milk", 1)]
    assert job.counts == Counts(3, 2, 1)
    report = driver.report(job.id)
    assert b"\r\n3,,is longer than 4 MiB" in report
    assert len(report) < 100_000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("goods.csv", b"name,amount,foo\neggs,2,\0\nmi\0lk,1,\nsalt,\x00,\n"),
        (
            "goods.json",
            b'[{"name":"eggs","amount":2,"foo":"\\u0000"},\n'
            b'{"name":"mi\\u0000lk"},\n{"name":"salt","amount":"\0"}]',
        ),
        (
            "goods.xlsx",
            workbook([["name", "amount"], ["eggs", 2], ["mi_x0000_lk"], ["salt", "_x0000_"]]),
        ),
    ],
    ids=["csv", "json", "xlsx"],
)
def test_rows_with_nul_fail_alone(driver, name, content):
    job, imported = bring(driver, content, name)

    assert imported == [("eggs", 2)]
    assert job.counts == Counts(3, 1, 2)
    report = driver.report(job.id)
    if name == "goods.xlsx":
        report = "\n".join(map(str, sheet_of(report))).encode()
    assert b"must be text without NUL (U+0000); it has one at character 3" in report


def test_a_file_of_nuls_is_refused(driver):
    path = f"/oserve/v1/table/{driver.table()}/import/"

    for content in (bytes(1000), "name,amount\nmilk,1\n".encode("utf-16-le")):
        answer = driver.service.upload(path, "goods.csv", content)
        assert answer.status == 400
        assert answer.json()["error_msg"].startswith("无效的文件: ")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"name":' + "[" * 100_000 + "]" * 100_000 + "}", "nested"),
        ('{"name":"a","name":"b"}', "is a duplicate"),
        ('{"name":"a","amount":NaN}', "NaN"),
        ('{"name":"a","amount":Infinity}', "Infinity"),
        ('{"name":"a","amount":' + "9" * 5000 + "}", "too long"),
    ],
    ids=["deep", "twice", "nan", "infinity", "long"],
)
def test_json_that_must_not_be(driver, row, reason):
    content = f'[{{"name":"milk","amount":1}},\n{row},\n{{"name":"eggs","amount":2}}]'

    job, imported = bring(driver, content.encode(), "goods.json")

    assert imported == [("eggs", 2), ("milk", 1)]
    (failed,) = json.loads(driver.report(job.id))
    assert failed["line"] == 2
    assert reason in failed["reason"]


def test_json_of_a_hundred_thousand_keys_and_a_long_text(driver):
    keys = ",".join(f'"c{n}":1' for n in range(100_000))
    rows = ['{"name":"milk"}', f'{{"name":"salt",{keys}}}', f'{{"name":"{"x" * 50_000_000}"}}']
    packed = gzip.compress("\n".join([*rows, '{"name":"eggs"}']).encode(), 1)

    with bounded():
        job, imported = bring(driver, packed, "goods.jsonl.gz")

    assert imported == [("eggs", 0), ("milk", 0), ("salt", 0)]
    assert job.counts == Counts(4, 3, 1)
    (failed,) = map(json.loads, driver.report(job.id).splitlines())
    assert (failed["line"], failed["reason"][:25]) == (3, "is longer than 4 MiB; a r")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>.csv", "a%0d%0aBcc: x@y.test.csv"])
def test_a_name_that_means_harm_is_only_shown(driver, name):
    table = driver.table()
    driver.start_import(table, CSV_OF_TWO + b"salt,x\n", name)
    driver.service.run_jobs()

    (mail,) = driver.mails()
    assert "<script>" not in mail.html
    assert "\n" not in mail.subject
    assert all(driver.service.download(link) for link in mail.links)


def test_a_row_that_dynamodb_cannot_hold_fails_alone(driver):
    longest = "b" * 400_000
    rows = f"name,amount\na,1\n{longest},2\n{'x' * 410_000},2\nc,3\n"

    job, imported = bring(driver, rows.encode())

    assert job.counts == Counts(4, 3, 1)
    assert imported == [("a", 1), (longest, 2), ("c", 3)]
    assert b"409,600" in driver.report(job.id)


@pytest.mark.parametrize("query", ["", "id_as_key=1"])
def test_a_row_that_dynamodb_refuses_fails_alone(driver, query):
    table = driver.table()
    lines = [f"{n:024x},row {n},{n}" for n in range(40)] + [f"{'f' * 24},odd,7"]
    job_id = driver.start_import(table, "\n".join(["id,name,amount", *lines]).encode(), query=query)
    message = driver.take(job_id)

    with ExitStack() as faults:
        for operation in ("BatchWriteItem", "PutItem", "TransactWriteItems"):
            faults.enter_context(failing(operation, "ValidationException", within='"odd"'))
        if not driver.deliver(job_id, message):
            assert driver.deliver(job_id, driver.retry("ImportQueue", message))

    assert driver.job(job_id).counts == Counts(41, 40, 1)
    assert len(driver.rows(table)) == 40
    assert b"refused" in driver.report(job_id)


def test_options_that_no_job_can_keep_are_refused(driver):
    table, long = driver.table(), "x" * 500_000
    path = f"/oserve/v1/table/{table}"
    fetched = {"file_url": "https://files.test/goods.csv"}
    answers = [
        driver.service.call("POST", f"{path}/import/", {**fetched, "null_words": [long]}),
        driver.service.call("POST", f"{path}/import/", {**fetched, "file_name": f"{long}.csv"}),
        driver.service.call("POST", f"{path}/import/upload/", {"file_name": f"{long}.csv"}),
        driver.service.call(
            "POST",
            f"/oserve/v1.5/table/{table}/export/",
            {"file_type": "csv", "mode": "all", "include_keys": ["name"] * 100_000},
        ),
    ]

    told = [(answer.status, "a job can keep 131,072" in str(answer.json())) for answer in answers]
    assert told == [(400, True)] * 4
