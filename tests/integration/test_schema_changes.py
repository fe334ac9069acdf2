"""Schemas that change while a job runs: the job keeps to the one that it has begun with."""

import csv

import pytest

from ferry.jobs.job import Counts
from ferry.jobs.run import LEASE_S
from tests.faults import dying

FIELDS = [{"name": "name", "type": "string"}, {"name": "amount", "type": "integer"}]
OTHER_FIELDS = [
    {"name": "amount", "type": "string", "constraints": {"required": True}},
    {"name": "size", "type": "integer", "constraints": {"required": True}},
    {"name": "name", "type": "boolean"},
]
CSV = b"name,amount\n" + b"".join(b"row %d,%d\n" % (n, n) for n in range(19))

pytestmark = pytest.mark.usefixtures("small_steps")


def change_schema(carrier, table):
    path = f"/oserve/v1/table/{table}/"
    answer = carrier.service.call("PUT", path, {"schema": {"fields": OTHER_FIELDS}})
    assert answer.status == 200, answer


def killed(carrier, job_id, at):
    with dying(at) as death:
        carrier.deliver(job_id, carrier.take(job_id))
    assert death.happened
    carrier.wait(LEASE_S + 1)


@pytest.mark.parametrize("at", [10, 14])
def test_an_import_reads_all_rows_by_one_schema(carrier, at):
    table = carrier.service.create_table("goods", FIELDS, shards=2)
    job_id = carrier.start_import(table, CSV)
    killed(carrier, job_id, at)
    assert carrier.job(job_id).checkpoint

    change_schema(carrier, table)
    carrier.recover(job_id)

    assert carrier.job(job_id).counts == Counts(19, 19, 0)
    assert carrier.carried(table) == sorted((f"row {n}", n) for n in range(19))


@pytest.mark.parametrize("at", [10, 14])
def test_an_export_has_one_header_for_all_its_rows(carrier, at):
    table = carrier.service.create_table("goods", FIELDS, shards=2)
    rows = [{"name": f"row {n}", "amount": n} for n in range(19)]
    carrier.service.call("POST", f"/oserve/v1/table/{table}/record/", rows)
    job_id = carrier.start_export(table)
    killed(carrier, job_id, at)
    assert carrier.job(job_id).checkpoint

    change_schema(carrier, table)
    carrier.recover(job_id)

    read = list(csv.DictReader(carrier.file(job_id).decode("utf-8-sig").splitlines()))
    assert sorted((row["name"], int(row["amount"])) for row in read) == sorted(
        (f"row {n}", n) for n in range(19)
    )


def test_jobs_that_begin_after_a_change_have_the_new_schema(carrier):
    table = carrier.service.create_table("goods", FIELDS, shards=2)
    job_id = carrier.start_import(table, b"amount,size,name\na,1,true\n")
    change_schema(carrier, table)

    carrier.service.run_jobs()

    assert carrier.job(job_id).counts == Counts(1, 1, 0)
    assert carrier.rows(table)[0].fields == {"amount": "a", "size": 1, "name": True}


def test_a_change_of_names_and_permissions_is_no_change_of_the_schema(carrier):
    table = carrier.service.create_table("goods", FIELDS, shards=2)
    path = f"/oserve/v1/table/{table}/"

    carrier.service.call("PUT", path, {"name": "other"})
    assert carrier.schema(table).version == 1
    change_schema(carrier, table)
    change_schema(carrier, table)

    assert carrier.schema(table).version == 2
