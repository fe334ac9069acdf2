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


def change_schema(driver, table):
    path = f"/oserve/v1/table/{table}/"
    answer = driver.service.call("PUT", path, {"schema": {"fields": OTHER_FIELDS}})
    assert answer.status == 200, answer


def killed(driver, job_id, at):
    with dying(at) as death:
        driver.deliver(job_id, driver.take(job_id))
    assert death.happened
    driver.wait(LEASE_S + 1)


@pytest.mark.parametrize("at", [10, 14])
def test_an_import_reads_all_rows_by_one_schema(driver, at):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    job_id = driver.start_import(table, CSV)
    killed(driver, job_id, at)
    assert driver.job(job_id).checkpoint

    change_schema(driver, table)
    driver.recover(job_id)

    assert driver.job(job_id).counts == Counts(19, 19, 0)
    assert driver.names_and_amounts(table) == sorted((f"row {n}", n) for n in range(19))


@pytest.mark.parametrize("at", [10, 14])
def test_an_export_has_one_header_for_all_its_rows(driver, at):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    rows = [{"name": f"row {n}", "amount": n} for n in range(19)]
    driver.service.call("POST", f"/oserve/v1/table/{table}/record/", rows)
    job_id = driver.start_export(table)
    killed(driver, job_id, at)
    assert driver.job(job_id).checkpoint

    change_schema(driver, table)
    driver.recover(job_id)

    read = list(csv.DictReader(driver.file(job_id).decode("utf-8-sig").splitlines()))
    assert sorted((row["name"], int(row["amount"])) for row in read) == sorted(
        (f"row {n}", n) for n in range(19)
    )


def test_jobs_that_begin_after_a_change_have_the_new_schema(driver):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    job_id = driver.start_import(table, b"amount,size,name\na,1,true\n")
    change_schema(driver, table)

    driver.service.run_jobs()

    assert driver.job(job_id).counts == Counts(1, 1, 0)
    assert driver.rows(table)[0].fields == {"amount": "a", "size": 1, "name": True}


def test_a_change_of_names_and_permissions_is_no_change_of_the_schema(driver):
    table = driver.service.create_table("goods", FIELDS, shards=2)
    path = f"/oserve/v1/table/{table}/"

    driver.service.call("PUT", path, {"name": "other"})
    assert driver.schema(table).version == 1
    change_schema(driver, table)
    change_schema(driver, table)

    assert driver.schema(table).version == 2
