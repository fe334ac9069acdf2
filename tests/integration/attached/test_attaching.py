"""Attaching a DynamoDB table: who may, which, and what can be done with it afterwards."""

from argparse import Namespace

import boto3
import pytest

from admin.commands import deny_table
from ferry.accounts.account_store import Accounts
from ferry.jobs.job import Status
from tests.faults import failing, recording
from tests.integration.attached.orders import CREATION, FIELDS, INDEX, NAME
from tests.service import new_app


def test_an_attached_table_shows_its_fields_alone_and_where_its_rows_lie(orders):
    orders.attach(**CREATION, **INDEX)

    shown = orders.call("GET").json()

    assert [field["name"] for field in shown["schema"]["fields"]] == [f["name"] for f in FIELDS]
    required = {f["name"] for f in shown["schema"]["fields"] if "constraints" in f}
    assert required == {"customer", "number"}
    assert shown["attached"] == {
        "table": NAME,
        "keys": ["customer", "number"],
        "created_at": {"attribute": "placed", "unit": "seconds"},
        "index": {"name": "by_placed", "key": "region", "partitions": ["eu", "us"]},
    }


def test_an_app_that_is_not_allowed_the_table_cannot_attach_it_nor_learn_whether_it_is(orders):
    for name in (NAME, "nothing"):
        with recording() as calls:
            answer = orders.ask(table=name)

        assert answer.status == 400
        assert f"attached.table: the app may not attach '{name}'" in answer.json()["error_msg"]
        assert "DescribeTable" not in calls


def test_what_one_app_is_allowed_no_other_can_attach(orders):
    orders.allow()
    orders.driver.service.token = new_app(orders.driver.service.stack, "B", "owner@b.test")

    assert orders.ask().status == 400


def test_a_table_that_is_not_there_or_not_granted_to_the_service_is_named(orders):
    orders.allow("nothing")
    missing = orders.ask(table="nothing")
    orders.allow()
    with failing("DescribeTable", "AccessDeniedException"):
        closed = orders.ask()

    assert (missing.status, closed.status) == (400, 400)
    said = "attached.table: the DynamoDB table nothing does not exist"
    assert missing.json()["error_msg"] == said
    assert "in the parameter AttachedTables" in closed.json()["error_msg"]


def fields(**types):
    """Return the fields of the schema with other types, left out where None."""
    by_name = {field["name"]: field["type"] for field in FIELDS} | types
    return [{"name": name, "type": kind} for name, kind in by_name.items() if kind]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fields": fields(number=None)}, "the key number must be a field of the schema"),
        ({"fields": fields(number="string")}, "the key number must be of type integer or number"),
        ({"fields": fields(customer="integer")}, "the key customer must be of type string or date"),
        ({"fields": fields(tags="pointer")}, "tags: an attached table has no pointers"),
        ({"fields": [*FIELDS, {"name": "$x", "type": "string"}]}, "'$x' cannot name a field"),
        (
            {"fields": [{"name": "customer", "type": "string", "default": "li"}, *FIELDS[1:]]},
            "customer is a key and cannot have a default",
        ),
        ({"created_at": {"attribute": "made"}}, "created_at.attribute made must be a field"),
        (
            {"created_at": {"attribute": "placed", "unit": "iso8601"}},
            "placed, in iso8601, must be of type string or date; it is of integer",
        ),
        ({**CREATION, "index": {"name": "x", "partitions": ["eu"]}}, "no global index 'x'"),
        (INDEX, "the sort key of by_placed must be the attribute of created_at"),
        (
            {**CREATION, "index": {"name": "keys_by_placed", "partitions": ["eu"]}},
            "keys_by_placed must hold all attributes",
        ),
        (
            {**CREATION, "index": {"name": "by_placed", "partitions": [1]}},
            "attached.index.partitions: must be values of region",
        ),
    ],
    ids=str,
)
def test_what_does_not_fit_is_a_400_that_says_what(orders, asked, said):
    orders.allow()

    answer = orders.ask(**asked)

    assert answer.status == 400
    assert said in answer.json()["error_msg"]


def test_unique_indexes_are_refused(orders):
    orders.attach()

    answer = orders.call("PUT", body={"indexes": [{"fields": ["price"]}]})

    assert answer.status == 400
    assert answer.json()["error_msg"] == "indexes: an attached table has no unique indexes"


def test_a_table_can_be_sent_back_as_it_is_shown(orders):
    shown = orders.attach(**CREATION).call("GET").json()

    answer = orders.call("PUT", body=shown)

    assert answer.status == 200
    assert {**answer.json(), "updated_at": 0} == {**shown, "updated_at": 0}


def test_fields_come_and_go_but_keys_stay(orders):
    orders.attach(**CREATION)

    changed = orders.call("PUT", body={"schema": {"fields": fields(price=None, updated_at="date")}})
    gone = orders.call("PUT", body={"schema": {"fields": fields(number=None)}})
    other = orders.call("PUT", body={"schema": {"fields": fields(number="number")}})
    timeless = orders.call("PUT", body={"schema": {"fields": fields(placed=None)}})

    names = [field["name"] for field in changed.json()["schema"]["fields"]]
    assert names == ["customer", "number", "placed", "tags", "created_by", "updated_at"]
    assert "number is a key and stays of type integer" in gone.json()["error_msg"]
    assert "number is a key and stays of type integer" in other.json()["error_msg"]
    assert "created_at.attribute placed must be a field" in timeless.json()["error_msg"]


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", "record/"),
        ("POST", "record/"),
        ("GET", f"record/{'5' * 24}/"),
        ("PUT", f"record/{'5' * 24}/"),
        ("DELETE", f"record/{'5' * 24}/"),
    ],
)
def test_rows_are_reached_by_export_and_import_only(orders, method, below):
    orders.attach()

    answer = orders.call(method, below, {"customer": "li", "number": 1})

    assert answer.status == 400
    assert "are reached by export and import only" in answer.json()["error_msg"]
    assert orders.items == {}


def test_a_table_that_is_denied_is_forgotten_and_its_rows_stay(orders):
    orders.attach().put({"customer": {"S": "li"}, "number": {"N": "1"}})
    job_id = orders.driver.start_export(orders.table)
    app_id, control = orders.driver.app_id, Accounts(orders.driver.service.stack.ControlTable)

    answer = deny_table(Namespace(app=app_id, dynamodb_table=NAME), control)

    assert answer.note == "Forgotten: orders. The DynamoDB table stays as it is."
    assert orders.call("GET").status == 404
    assert orders.ask().status == 400
    orders.driver.service.run_jobs()
    assert orders.driver.job(job_id).status is Status.FAILED
    assert orders.items == {("li", "1"): {}}


def test_deleting_an_attached_table_erases_its_jobs_and_leaves_its_rows(orders):
    orders.attach().put({"customer": {"S": "li"}, "number": {"N": "1"}})
    job_id = orders.driver.start_export(orders.table)
    orders.driver.service.run_jobs()

    assert orders.call("DELETE").status == 204

    assert orders.call("GET").status == 404
    orders.driver.wait(3600)
    orders.driver.sweep()
    orders.driver.service.run_jobs()
    assert not orders.driver.has_file(job_id)
    assert orders.items == {("li", "1"): {}}
    described = boto3.client("dynamodb").describe_table(TableName=NAME)
    assert described["Table"]["TableStatus"] == "ACTIVE"
