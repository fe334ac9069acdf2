"""Imports into attached tables: keys that are free, taken, twice in a file, and written before."""

import json
from urllib.parse import quote

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import failing, meanwhile
from tests.integration.attached.orders import FIELDS, NAME
from tests.integration.killing import kill_at_calls

CSV = b"customer,number,price\nli,1,10\nli,2,20\nan,1,\n"
WRITTEN = {
    ("li", "1"): {"price": {"N": "10"}},
    ("li", "2"): {"price": {"N": "20"}},
    ("an", "1"): {},
}
OTHER = {"customer": {"S": "li"}, "number": {"N": "1"}, "price": {"N": "7"}, "note": {"S": "x"}}
OTHER_STORED = {"price": {"N": "7"}, "note": {"S": "x"}}

pytestmark = pytest.mark.usefixtures("small_steps")


def test_rows_lie_under_the_keys_of_the_file_with_nothing_of_ours_in_them(orders):
    job = orders.attach().bring(CSV)

    assert (job.status, job.counts) == (Status.FINISHED, Counts(3, 3))
    assert orders.items == WRITTEN


def test_a_key_that_is_taken_fails_its_row(orders):
    orders.attach().put(OTHER)

    job = orders.bring(CSV)

    assert job.counts == Counts(3, 2, 1)
    said = b'2,customer,"is taken: the table has a row ""li"", 1",li,1,10'
    assert said in orders.driver.report(job.id)
    assert orders.items == {**WRITTEN, ("li", "1"): OTHER_STORED}


def test_a_row_that_is_there_just_so_counts_as_written(orders):
    orders.attach().bring(CSV)

    job = orders.bring(CSV)

    assert job.counts == Counts(3, 3)
    assert orders.items == WRITTEN


def test_a_row_that_has_more_than_the_file_is_another_one(orders):
    orders.attach().put({**OTHER, "price": {"N": "10"}})

    assert orders.bring(CSV).counts == Counts(3, 2, 1)


def test_a_key_that_is_taken_is_left_alone(orders):
    orders.attach().put(OTHER)

    job = orders.bring(CSV, query="conflict=skip")

    assert job.counts == Counts(3, 3, 0, skipped=1)
    assert orders.items == {**WRITTEN, ("li", "1"): OTHER_STORED}


def test_a_row_that_is_there_is_changed_in_what_the_file_names(orders):
    orders.attach().put({**OTHER, "tags": {"L": []}})

    job = orders.bring(CSV + b"mo,1,x\n", query="conflict=upsert")

    assert job.counts == Counts(4, 3, 1)
    changed = {"price": {"N": "10"}, "note": {"S": "x"}, "tags": {"L": []}}
    assert orders.items == {**WRITTEN, ("li", "1"): changed}


def test_an_empty_cell_takes_a_value_away(orders):
    orders.attach().put(OTHER)

    orders.bring(b"customer,number,price\nli,1,\n", query="conflict=upsert")

    assert orders.items == {("li", "1"): {"note": {"S": "x"}}}


def test_what_shows_the_same_keeps_the_form_it_has(orders):
    orders.attach()
    forms = {"price": {"B": b"\xff"}, "tags": {"SS": ["a", "b"]}, "created_by": {"NULL": True}}
    orders.put({**OTHER, **forms}, {**OTHER, **forms, "number": {"N": "2"}})
    before = orders.items
    [row, other] = json.loads(orders.export("json"))
    del row["price"], other["price"]  # it is no number, as an import would have it

    content = json.dumps([row, {**other, "tags": ["a"]}]).encode()
    job = orders.bring(content, "orders.json", query="conflict=upsert")

    assert job.counts == Counts(2, 2)
    before[("li", "2")]["tags"] = {"SS": ["a"]}
    assert orders.items == before


@pytest.mark.parametrize(
    ("file_type", "query"),
    [
        ("csv", ""),
        ("csv", "mode=replace"),
        ("xlsx", "mode=upsert"),
        ("json", "match=customer,number&mode=update"),
    ],
)
def test_an_export_that_comes_back_unchanged_changes_nothing_whatever_its_types(
    orders, file_type, query
):
    fields = [*FIELDS, {"name": "at", "type": "date"}, {"name": "ok", "type": "boolean"}]
    orders.attach(fields)
    odd = {
        "price": {"S": "n/a"},
        "tags": {"BS": [b"\x00", b"\xff"]},
        "at": {"NS": ["2", "1"]},
        "ok": {"S": ""},
        "created_by": {"NULL": True},
    }
    deep = {"tags": {"L": [{"SS": ["a"]}, {"M": {"x": {"B": b"\x00"}}}]}, "at": {"B": b"\xff"}}
    bare = {name: OTHER[name] for name in ("customer", "number")}
    orders.put({**bare, **odd}, {**bare, **deep, "number": {"N": "2"}})
    before = orders.items

    job = orders.bring(orders.export(file_type), f"orders.{file_type}", query=query)

    assert job.counts == Counts(2, 2)
    assert orders.items == before


def test_what_lacks_a_required_field_may_change_a_row_but_not_be_one(orders):
    price = {"name": "price", "type": "number", "constraints": {"required": True}}
    keys = [{"name": "customer", "type": "string"}, {"name": "number", "type": "integer"}]
    orders.attach([*keys, price, {"name": "note", "type": "string"}]).put(OTHER)

    content = b"customer,number,note\nli,1,y\nli,2,y\n"
    job = orders.bring(content, query="conflict=upsert")

    assert job.counts == Counts(2, 1, 1)
    assert b"3,price,must have a value" in orders.driver.report(job.id)
    assert orders.items == {("li", "1"): {"price": {"N": "7"}, "note": {"S": "y"}}}


def test_rows_of_one_key_are_written_in_their_order(orders):
    content = b"customer,number,price\nli,1,1\nli,1,2\nli,1,3\n"

    failing_ones = orders.attach().bring(content)
    first = orders.items
    upserted = orders.bring(content, query="conflict=upsert")

    assert failing_ones.counts == Counts(3, 1, 2)
    assert first == {("li", "1"): {"price": {"N": "1"}}}
    assert upserted.counts == Counts(3, 3)
    assert orders.items == {("li", "1"): {"price": {"N": "3"}}}


@pytest.mark.parametrize("mode", ["upsert", "replace"])
def test_rows_of_one_key_keep_their_order_among_rows_that_take_the_rules(orders, mode):
    content = b"customer,number,placed,price\nli,1,1,5\nli,1,02,6\nli,1,x,8\nli,1,3,7\n"

    job = orders.attach().bring(content, query=f"mode={mode}")

    assert job.counts == Counts(4, 3, 1)
    assert orders.items == {("li", "1"): {"placed": {"N": "3"}, "price": {"N": "7"}}}
    assert b"\n4,placed," in orders.driver.report(job.id)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b",1,2", b"customer"),
        (b'"",1,2', b"customer"),
        (b"x" * 2049 + b",1,2", b"customer"),
        (b"li,,2", b"number"),
        (b"li,1.5,2", b"number"),
        (b"li,1,cheap", b"price"),
        (b"li,1", b""),
    ],
    ids=lambda value: value[:12].decode(),
)
def test_a_bad_row_fails_alone(orders, line, field):
    job = orders.attach().bring(CSV + line + b"\n")

    assert job.counts == Counts(4, 3, 1)
    assert b"\n5,%b," % field in orders.driver.report(job.id)
    assert orders.items == WRITTEN


def test_what_dynamodb_refuses_fails_alone(orders):
    keys = [{"name": "customer", "type": "string"}, {"name": "number", "type": "integer"}]
    orders.attach([*keys, {"name": "region", "type": "string"}, {"name": "note", "type": "string"}])

    note = "x" * 409_600
    lines = f'li,1,eu,y\nli,2,"",y\nli,3,eu,{note}\n'  # region is a key of an index
    job = orders.bring(f"customer,number,region,note\n{lines}".encode())

    assert job.counts == Counts(3, 1, 2)
    report = orders.driver.report(job.id)
    assert b'3,,"is refused: One or more parameter values' in report
    assert b"DynamoDB holds at most 409,600" in report
    assert set(orders.items) == {("li", "1")}


def test_a_change_that_dynamodb_refuses_fails_alone(orders):
    orders.attach().put(OTHER)

    with failing("UpdateItem", "ValidationException", within=f'"TableName": "{NAME}"'):
        job = orders.bring(CSV, query="conflict=upsert")

    assert job.counts == Counts(3, 2, 1)
    assert b"2,,is refused: refused by a test,li,1,10" in orders.driver.report(job.id)
    assert orders.items == {**WRITTEN, ("li", "1"): OTHER_STORED}


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
def test_a_dry_run_tells_what_the_import_does_after_it(orders, conflict):
    orders.attach().put(OTHER)
    content = CSV + b"an,1,\nan,1,9\nmo,1,x\n"
    before = orders.items

    rehearsed = orders.bring(content, query=f"conflict={conflict}&dry_run=1")
    after = orders.items
    real = orders.bring(content, query=f"conflict={conflict}")

    assert after == before
    assert real.counts == rehearsed.counts
    assert orders.driver.report(real.id) == orders.driver.report(rehearsed.id)
    assert orders.items != before


@pytest.mark.parametrize("conflict", ["fail", "skip", "upsert"])
def test_an_import_killed_at_a_call_goes_on(orders, conflict):
    content = CSV + b"bad,x,1\nmo,1,5\nmo,1,6\nzo,1,1\n"
    counts = {"fail": Counts(7, 4, 3), "skip": Counts(7, 6, 1, 2), "upsert": Counts(7, 6, 1)}

    def start():
        orders.clear()
        orders.put(OTHER)
        return orders.driver.start_import(orders.table, content, query=f"conflict={conflict}")

    def check(job_id):
        job = orders.driver.job(job_id)
        assert (job.status, job.error) == (Status.FINISHED, "")
        assert job.counts == counts[conflict]
        mo = "6" if conflict == "upsert" else "5"
        changed = {**OTHER_STORED, "price": {"N": "10"}} if conflict == "upsert" else OTHER_STORED
        added = {("mo", "1"): {"price": {"N": mo}}, ("zo", "1"): {"price": {"N": "1"}}}
        assert orders.items == {**WRITTEN, **added, ("li", "1"): changed}

    orders.attach()
    calls = kill_at_calls(orders.driver, start, check)

    assert calls.count("PutItem") >= 5


def test_a_dry_run_killed_at_any_checkpoint_goes_on(orders):
    content = CSV + b"mo,1,5\nmo,1,5\nmo,1,6\nan,1,\nan,1,2\nzo,1,1\n"
    orders.attach().put(OTHER)

    def check(job_id):
        assert orders.driver.job(job_id).counts == Counts(9, 6, 3)
        assert orders.items == {("li", "1"): OTHER_STORED}

    calls = kill_at_calls(
        orders.driver,
        lambda: orders.driver.start_import(orders.table, content, query="dry_run=1"),
        check,
        only="UpdateItem",
    )

    assert len(calls) > 3


def test_a_row_that_goes_while_it_is_to_be_changed_is_put_anew(orders):
    orders.attach().put(OTHER)
    key = {"customer": {"S": "li"}, "number": {"N": "1"}}
    job_id = orders.driver.start_import(orders.table, CSV, query="conflict=upsert")

    def delete():
        boto3.client("dynamodb").delete_item(TableName=NAME, Key=key)

    with meanwhile("UpdateItem", delete, nth=2):  # the first claims the job
        orders.driver.service.run_jobs()

    assert orders.driver.job(job_id).counts == Counts(3, 3)
    assert orders.items == WRITTEN


def test_a_delivery_that_comes_twice_writes_once(orders):
    job_id = orders.attach().driver.start_import(orders.table, CSV)
    message = orders.driver.take(job_id)

    assert orders.driver.deliver(job_id, message)
    assert orders.driver.deliver(job_id, message)
    orders.driver.service.run_jobs()

    assert orders.driver.job(job_id).counts == Counts(3, 3)
    assert orders.items == WRITTEN
    assert len(orders.driver.mails()) == 1


def test_a_table_that_is_closed_ends_the_job_with_the_reason(orders):
    job_id = orders.attach().driver.start_import(orders.table, CSV)

    with failing("PutItem", "AccessDeniedException", within=NAME):
        orders.driver.service.run_jobs()

    job = orders.driver.job(job_id)
    assert job.status is Status.FAILED
    assert "the service may not use the DynamoDB table orders" in job.error


def test_a_file_whose_upload_was_prepared_says_there_what_to_do_with_taken_keys(orders):
    orders.attach().put(OTHER)
    body = {"file_name": "orders.csv", "conflict": "upsert"}
    form = orders.call("POST", "import/upload/", body).json()

    assert orders.driver.service.put(form, CSV) == 204
    orders.driver.service.run_jobs()

    assert orders.items[("li", "1")] == {**OTHER_STORED, "price": {"N": "10"}}


def test_columns_of_other_names_go_to_their_attributes_with_a_constant(orders):
    orders.attach().put(OTHER)
    columns = {
        "Kunde": {"to": "customer", "transform": "lower"},
        "Nr.": "number",
        "price": {"constant": 5},
    }
    query = f"conflict=upsert&columns={quote(json.dumps(columns))}"

    job = orders.bring(b"Kunde;Nr.\nLI;1\nAN;2\n", query=query)

    assert job.counts == Counts(2, 2)
    assert orders.items == {
        ("li", "1"): {"price": {"N": "5"}, "note": {"S": "x"}},
        ("an", "2"): {"price": {"N": "5"}},
    }
