"""Exports of attached tables: which rows, in which order, as what; however often killed."""

import gzip
import json
from operator import itemgetter
from types import SimpleNamespace

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import dying, failing, recording
from tests.integration.attached.orders import CREATION, FIELDS, INDEX, ITEMS, NAME
from tests.integration.killing import kill_at_calls

EARLY = 1_700_000_200
LATE = 1_700_000_300


def keys(content: bytes):
    return [(row["customer"], row["number"]) for row in json.loads(content)]


@pytest.mark.parametrize("creation", [{}, CREATION], ids=["without times", "with times"])
def test_rows_come_as_they_are_read_each_once_and_by_no_disk(orders, monkeypatch, creation):
    monkeypatch.setattr("ferry.exports.external_sort.TemporaryFile", None)
    orders.attach(**creation).put(
        *({**item, "number": {"N": str(number)}} for number in range(40) for item in ITEMS)
    )

    lines = orders.export(include_keys=["customer", "number"]).splitlines()

    assert len(lines) == len(set(lines)) == 3 * 40 + 1


def test_rows_come_by_creation_and_key_where_that_is_asked_for(orders):
    orders.attach(**CREATION).put(*ITEMS)

    found = orders.export("json", order_by=["placed"])

    assert keys(found) == [("mo", 1), ("li", 9), ("an", -1), ("li", 10)]


def test_they_come_by_key_where_that_is_asked_for(orders):
    orders.attach().put(*ITEMS)

    found = orders.export("json", order_by=["customer"])

    assert keys(found) == [("an", -1), ("li", 9), ("li", 10), ("mo", 1)]


def test_a_file_has_the_fields_of_the_schema_and_no_other_columns(orders):
    row = {**ITEMS[0], "created_by": {"S": "shop 7"}, "id": {"S": "x"}, "secret": {"S": "y"}}
    orders.attach().put(row)

    assert orders.export().decode() == (
        "\ufeffcustomer,number,placed,price,tags,created_by\r\nli,10,1700000300,,,shop 7\r\n"
    )


def test_what_is_not_as_the_schema_says_is_shown_as_it_is(orders):
    key = {"customer": {"S": "li"}}
    orders.attach().put(
        {**key, "number": {"N": "1"}, "price": {"N": "0.12345678901234567890123456789012345678"}},
        {**key, "number": {"N": "2.5"}, "price": {"S": "free"}, "tags": {"SS": ["b", "a"]}},
        {**key, "number": {"N": "3"}, "price": {"BOOL": True}, "tags": {"NS": ["10", "9"]}},
        {**key, "number": {"N": "4"}, "price": {"B": b"\xff\x00"}, "tags": {"BS": [b"\x01"]}},
        {**key, "number": {"N": "5"}, "price": {"NULL": True}, "tags": {"M": {"a": {"N": "1"}}}},
    )

    assert orders.export(
        include_keys=["number", "price", "tags"], order_by=["number"]
    ).decode() == (
        "\ufeffnumber,price,tags\r\n"
        "1,0.12345678901234567890123456789012345678,\r\n"
        '2.5,free,"[""a"",""b""]"\r\n'
        '3,true,"[9,10]"\r\n'
        '4,/wA=,"[""AQ==""]"\r\n'
        '5,,"{""a"":1}"\r\n'
    )


@pytest.mark.parametrize("index", [{}, INDEX], ids=["scanned", "by its index"])
@pytest.mark.parametrize(
    ("window", "found"),
    [
        ({"start": EARLY, "end": LATE}, [("li", 9)]),
        ({"start": LATE}, [("an", -1), ("li", 10)]),
        ({"end": LATE}, [("li", 9)]),
        ({"start": LATE + 1}, []),
    ],
    ids=str,
)
def test_a_window_has_what_was_created_in_it(orders, index, window, found):
    orders.attach(**CREATION, **index)
    orders.put(
        *(
            {**item, "region": {"S": region}}
            for item, region in zip(ITEMS, ("eu", "us", "us", "eu"), strict=True)
        )
    )

    with recording() as calls:
        content = orders.export("json", mode="part", **window)

    assert sorted(keys(content)) == sorted(found)
    assert ("Scan" in calls) == (not index)


@pytest.mark.parametrize(
    ("unit", "kind", "placed"),
    [
        ("milliseconds", "number", [{"N": "1699999999999"}, {"N": "1700000000000.5"}]),
        (
            "iso8601",
            "string",
            [{"S": "2023-11-14T22:13:19.999Z"}, {"S": "2023-11-15T06:13:20+08:00"}],
        ),
    ],
)
def test_creation_times_have_units(orders, unit, kind, placed):
    orders.attach(
        [*FIELDS, {"name": "made", "type": kind}], created_at={"attribute": "made", "unit": unit}
    )
    for number, made in enumerate([*placed, {"BOOL": True}]):
        orders.put({"customer": {"S": "li"}, "number": {"N": str(number)}, "made": made})

    assert keys(orders.export("json", mode="part", start=1_700_000_000)) == [("li", 1)]
    assert keys(orders.export("json", mode="part", end=1_700_000_000)) == [("li", 0)]


def test_a_window_needs_a_creation_time(orders):
    orders.attach()

    body = {"file_type": "csv", "mode": "part", "start": 1}
    answer = orders.call("POST", "export/", body)

    assert answer.status == 400
    assert "the table was attached without created_at" in answer.json()["error_msg"]


def test_rows_created_after_the_acceptance_are_left_out(orders):
    orders.attach(**CREATION).put(*ITEMS)
    job_id = orders.driver.start_export(orders.table, "json")
    later = str(int(orders.driver.clock.now) + 1)

    orders.put({"customer": {"S": "zo"}, "number": {"N": "1"}, "placed": {"N": later}})
    orders.driver.service.run_jobs()

    assert len(json.loads(orders.driver.file(job_id))) == len(ITEMS)


def test_where_and_order_by_are_as_for_other_tables(orders):
    orders.attach(**CREATION).put(*ITEMS)

    found = orders.export("json", mode="part", where={"number": {"$gt": 0}}, order_by=["-customer"])

    # What ties goes the way of the last column named.
    assert keys(found) == [("mo", 1), ("li", 10), ("li", 9)]


@pytest.mark.parametrize(
    ("file_type", "options"),
    [("csv", {}), ("json", {}), ("jsonl", {"compress": "gzip"}), ("xlsx", {}), ("parquet", {})],
    ids=str,
)
def test_every_kind_of_file_comes_back_as_it_went(orders, file_type, options):
    price, tags = {"N": "-0.125"}, {"L": [{"S": 'a "漢",\r\n'}, {"N": "1"}]}
    orders.attach(**CREATION).put(*({**item, "price": price, "tags": tags} for item in ITEMS))
    before = orders.items

    content = orders.export(file_type, **options)
    orders.clear()
    suffix = ".gz" if options else ""
    job = orders.bring(content, f"orders.{file_type}{suffix}")

    assert job.counts == Counts(total=4, succeeded=4)
    assert orders.items == before


TYPED = {
    "price": {"N": "-0.125"},
    "tags": {"SS": ["b", "a"]},
    "created_by": {"B": b"\x00\xff"},
    "secret": {"M": {"sizes": {"NS": ["1", "2.5"]}, "none": {"NULL": True}}},
}


@pytest.mark.parametrize("options", [{}, {"order_by": ["customer"], "compress": "gzip"}], ids=str)
def test_a_file_of_dynamodb_json_has_items_as_they_are_stored(orders, options):
    orders.attach(**CREATION).put(*({**item, **TYPED} for item in ITEMS))

    content = orders.export("dynamodb", **options)

    text = gzip.decompress(content) if options else content
    found = [json.loads(line)["Item"] for line in text.splitlines()]
    stored = boto3.client("dynamodb").scan(TableName=NAME)["Items"]
    for item in stored:
        item["created_by"] = {"B": "AP8="}  # what botocore makes bytes of
    by_key = itemgetter("customer", "number")
    assert sorted(map(str, map(by_key, found))) == sorted(map(str, map(by_key, stored)))
    assert all(item in stored for item in found)


def test_types_come_back_into_an_empty_table_and_what_the_schema_lacks_is_told(orders):
    orders.attach().put(*({**item, **TYPED} for item in ITEMS))
    before = orders.items

    content = orders.export("dynamodb", exclude_keys=["placed"])
    orders.clear()
    job = orders.bring(content, "orders.dynamodb.json")

    assert job.counts == Counts(total=4, succeeded=4)
    assert job.result.ignored_columns == ("secret",)
    kept = {name: value for name, value in TYPED.items() if name != "secret"}
    assert orders.items == dict.fromkeys(before, kept)


@pytest.mark.parametrize("conflict", ["replace", "upsert", "merge"])
def test_the_types_of_a_file_go_over_those_that_the_table_has(orders, conflict):
    orders.attach().put({**ITEMS[0], **TYPED, "tags": {"NULL": True}})
    content = orders.export("dynamodb")
    orders.clear()
    plain = {"tags": {"L": [{"S": "a"}, {"S": "b"}]}, "created_by": {"S": "AP8="}}
    orders.put({**ITEMS[0], **plain})

    job = orders.bring(content, "o.dynamodb.json", f"conflict={conflict}")

    assert job.counts == Counts(total=1, succeeded=1)
    (item,) = orders.items.values()
    assert (item["tags"], item["created_by"]) == ({"NULL": True}, {"B": b"\x00\xff"})


def test_times_are_not_made_readable_in_a_file_of_stored_types(orders):
    orders.attach(**CREATION)
    body = {"file_type": "dynamodb", "mode": "all", "timestamp_convert_keys": ["placed"]}

    path = f"/oserve/v1.5/table/{orders.table}/export/"
    answer = orders.driver.service.call("POST", path, body)

    assert answer.status == 400
    assert "leave timestamp_convert_keys out" in answer.json()["error_msg"]


def test_more_rows_than_allowed_are_refused_and_nothing_is_queued(orders, monkeypatch):
    monkeypatch.setenv("EXPORT_ROW_CAP", "3")
    orders.attach(**CREATION).put(*ITEMS)

    everything = orders.call("POST", "export/", {"file_type": "csv", "mode": "all"})
    part = {"file_type": "csv", "mode": "part", "start": 1}

    assert everything.status == 400
    assert "more than 3 rows" in everything.json()["error_msg"]
    assert orders.call("POST", "export/", part).status == 201
    assert orders.call("POST", "export/", part).status == 400


def test_a_count_that_would_take_too_long_is_left_out(orders):
    orders.attach().put(*ITEMS)
    orders.driver.service.context.get_remaining_time_in_millis = lambda: 5000

    job_id = orders.driver.start_export(orders.table)

    assert orders.driver.job(job_id).rows_total is None


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("options", [{}, {"order_by": ["placed"]}], ids=["as read", "in order"])
def test_an_export_killed_at_a_call_goes_on(orders, monkeypatch, options):
    monkeypatch.setattr("ferry.exports.parted_file.PACK_BYTES", 1)
    monkeypatch.setattr("ferry.exports.export_file.PART_BYTES", 60)
    orders.attach(**CREATION).put(*ITEMS)
    file = orders.export(**options)
    orders.driver.mails()

    def check(job_id):
        job = orders.driver.job(job_id)
        assert (job.status, job.error) == (Status.FINISHED, "")
        assert job.counts == Counts(total=4, succeeded=4)
        lines = orders.driver.file(job_id).splitlines()
        assert (lines if options else sorted(lines)) == (
            file.splitlines() if options else sorted(file.splitlines())
        )

    def start():
        return orders.driver.start_export(orders.table, **options)

    calls = kill_at_calls(orders.driver, start, check)

    assert calls.count("UploadPart") > 1
    assert "Scan" in calls


def test_an_export_can_be_cancelled(orders):
    orders.attach().put(*ITEMS)
    job_id = orders.driver.start_export(orders.table)
    message = orders.driver.take(job_id)
    with dying(3):
        orders.driver.deliver(job_id, message)

    assert orders.call("DELETE", f"export/{job_id}/").status == 204

    orders.driver.recover(job_id)
    assert orders.driver.job(job_id).status is Status.CANCELLED
    assert not orders.driver.has_file(job_id)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ResourceNotFoundException", "the DynamoDB table orders does not exist"),
        ("AccessDeniedException", "the service may not use the DynamoDB table orders"),
    ],
)
def test_a_table_that_is_gone_or_closed_ends_the_job_with_the_reason(orders, code, said):
    orders.attach().put(*ITEMS)
    job_id = orders.driver.start_export(orders.table)

    with failing("Scan", code):
        orders.driver.service.run_jobs()

    job = orders.driver.job(job_id)
    assert job.status is Status.FAILED
    assert said in job.error
    assert len(orders.driver.mails()) == 1


def test_a_table_without_the_capacity_now_is_asked_again(orders, no_pauses):
    orders.attach().put(*ITEMS)

    with failing("Scan", "ProvisionedThroughputExceededException", times=5):
        content = orders.export("json")

    assert len(keys(content)) == len(ITEMS)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("options", [{}, {"mode": "part", "where": {"customer": "li"}}], ids=str)
def test_several_workers_write_each_row_once(orders, monkeypatch, options):
    described = SimpleNamespace(size=3 << 26)
    monkeypatch.setattr("ferry.exports.export_cuts.describe", lambda _: described)
    orders.attach().put(
        *({**item, "number": {"N": str(number)}} for number in range(9) for item in ITEMS)
    )
    alone = orders.export("jsonl", budget=1, **options)

    job_id = orders.driver.start_export(orders.table, "jsonl", rate=1_000_000, **options)
    orders.driver.deliver(job_id, orders.driver.take(job_id))
    with dying(6) as death:  # a segment's worker, amid its rows
        orders.driver.service.run_jobs()
    assert death.happened
    orders.driver.recover(job_id)

    job = orders.driver.job(job_id)
    assert (job.status, job.checkpoint.scans) == (Status.FINISHED, 3)
    file = orders.driver.file(job_id)
    assert sorted(file.splitlines()) == sorted(alone.splitlines())
    assert len(orders.driver.mails()) == 2


def test_rows_that_an_index_finds_are_read_by_one_worker(orders, monkeypatch):
    described = SimpleNamespace(size=3 << 26)
    monkeypatch.setattr("ferry.exports.export_cuts.describe", lambda _: described)
    orders.attach(**CREATION, **INDEX).put(*ITEMS)

    job_id = orders.driver.start_export(
        orders.table, "jsonl", mode="part", start=EARLY, rate=1_000_000
    )
    orders.driver.service.run_jobs()

    assert orders.driver.job(job_id).checkpoint.segments == 0
