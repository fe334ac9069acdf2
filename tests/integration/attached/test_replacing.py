"""Rows of attached tables that are replaced: many a request where nothing of them has to stay."""

import boto3

from ferry.jobs.job import Counts
from tests.faults import dying, recording
from tests.integration.attached.orders import FIELDS, NAME

ROWS = 30
FILE = b"customer,number,price\n" + b"".join(b"li,%d,5\n" % n for n in range(ROWS))
REPLACED = {("li", str(n)): {"price": {"N": "5"}} for n in range(ROWS)}


def row(number, **columns):
    return {"customer": {"S": "li"}, "number": {"N": str(number)}, **columns}


def written(calls):
    """Return how many requests wrote rows: those for the job and the import's note are others."""
    return calls.count("BatchWriteItem")


def test_new_and_old_rows_are_put_many_a_request(orders):
    orders.attach().put(*(row(n, price={"N": "4"}, placed={"N": "1"}) for n in range(9)))

    with recording() as calls:
        job = orders.bring(FILE, query="mode=replace")

    assert job.counts == Counts(ROWS, ROWS)
    assert (job.result.effects.new, job.result.effects.changed) == (ROWS - 9, 9)
    assert written(calls) == 2
    assert orders.items == REPLACED


def test_what_has_to_stay_of_a_row_stays(orders):
    orders.attach().put(row(3, price={"N": "4"}, ours={"B": b"\0"}))

    job = orders.bring(FILE, query="mode=replace")

    assert job.result.effects.changed == 1
    ours = {"price": {"N": "5"}, "ours": {"B": b"\0"}}
    assert orders.items == {**REPLACED, ("li", "3"): ours}


def test_what_can_be_undone_is_put_row_by_row(orders):
    orders.attach()

    with recording() as calls:
        orders.bring(FILE, query="mode=replace&keep_before=1")

    assert written(calls) == 0
    assert orders.items == REPLACED


def test_what_an_earlier_worker_may_have_put_is_put_row_by_row(orders):
    job_id = orders.attach().driver.start_import(orders.table, FILE, query="mode=replace")
    with dying(2, only="BatchWriteItem"):
        orders.driver.deliver(job_id, orders.driver.take(job_id))
    edited = row(4, price={"N": "9"})
    boto3.client("dynamodb").put_item(TableName=NAME, Item=edited)

    with recording() as calls:
        orders.driver.recover(job_id)

    assert written(calls) == 0
    assert orders.driver.job(job_id).counts == Counts(ROWS, ROWS - 1, 1)
    assert b"was changed by somebody else" in orders.driver.report(job_id)
    assert orders.items == {**REPLACED, ("li", "4"): {"price": {"N": "9"}}}


def test_a_row_that_dynamodb_refuses_fails_alone(orders):
    orders.attach([*FIELDS, {"name": "region", "type": "string"}])  # a key of an index
    content = b"customer,number,price,region\n" + b"".join(
        b"li,%d,5,%b\n" % (n, b'""' if n == 2 else b"") for n in range(ROWS)
    )

    job = orders.bring(content, query="mode=replace")

    assert job.counts == Counts(ROWS, ROWS - 1, 1)
    assert b'4,,"is refused' in orders.driver.report(job.id)
    assert orders.items == {key: REPLACED[key] for key in REPLACED if key != ("li", "2")}
