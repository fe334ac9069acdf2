"""Every mode of an import into an attached table."""

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import dying
from tests.integration.attached.orders import NAME
from tests.integration.killing import kill_at_calls

LI_1 = {"price": {"N": "5"}, "tags": {"SS": ["a", "b"]}, "ours": {"B": b"\x00\xff"}}
LI_2 = {"price": {"N": "6"}, "created_by": {"S": "me"}, "ours": {"NULL": True}}
ZO_3 = {"price": {"N": "7"}}
OLD = {("li", "1"): LI_1, ("li", "2"): LI_2, ("zo", "3"): ZO_3}
FILE = b'customer,number,price,tags\nli,1,5,"[""a"",""b""]"\nli,2,,\nmo,4,8,\n'
MO_4 = {"price": {"N": "8"}}
BARE = {"created_by": {"S": "me"}, "ours": {"NULL": True}}
MODES = {
    "upsert": ({**OLD, ("li", "2"): BARE, ("mo", "4"): MO_4}, (1, 1, 1, 0), 0),
    "merge": ({**OLD, ("mo", "4"): MO_4}, (1, 0, 2, 0), 0),
    "update": ({**OLD, ("li", "2"): BARE}, (0, 1, 1, 0), 1),
    "replace": (
        {**OLD, ("li", "2"): {"ours": {"NULL": True}}, ("mo", "4"): MO_4},
        (1, 1, 1, 0),
        0,
    ),
    "delete": ({("zo", "3"): ZO_3}, (0, 0, 0, 2), 1),
}


@pytest.fixture
def filled(orders):
    def fill():
        orders.attach()
        orders.put(*(_item(key, columns) for key, columns in OLD.items()))
        return orders

    orders.fill = fill
    fill()
    return orders


def _item(key, columns):
    return {"customer": {"S": key[0]}, "number": {"N": key[1]}, **columns}


def effects_of(job):
    found = job.result.effects
    return (found.new, found.changed, found.same, found.deleted)


@pytest.mark.parametrize("match", ["", "match=number,customer&"])
@pytest.mark.parametrize("mode", MODES)
def test_each_mode_does_what_it_says(filled, mode, match):
    after, effects, failed = MODES[mode]

    rehearsed = filled.bring(FILE, query=f"{match}mode={mode}&dry_run=1")
    assert filled.items == OLD
    job = filled.bring(FILE, query=f"{match}mode={mode}")

    if not match and mode == "upsert":
        assert job.counts == rehearsed.counts == Counts(3, 3, 0)  # without a journal
    else:
        assert effects_of(job) == effects_of(rehearsed) == effects
        assert job.counts == rehearsed.counts == Counts(3, 3 - failed, failed)
    assert filled.items == after


def test_a_mirror_deletes_what_the_file_lacks(filled):
    refused = filled.bring(FILE, query="mode=mirror")
    assert (refused.status, filled.items) == (Status.FAILED, OLD)

    job = filled.bring(FILE, query="mode=mirror&most_deleted=1")

    assert job.result.effects.mirrored == 1
    assert filled.items.keys() == {("li", "1"), ("li", "2"), ("mo", "4")}


@pytest.mark.parametrize(
    ("mode", "only"),
    [("replace", "PutItem"), ("replace", "BatchWriteItem"), ("delete", "DeleteItem")],
)
def test_a_worker_killed_at_a_call_leaves_the_same(filled, small_steps, mode, only):
    after, effects, failed = MODES[mode]

    def start():
        filled.clear()
        filled.fill()
        return filled.driver.start_import(filled.table, FILE, query=f"mode={mode}")

    def check(job_id):
        job = filled.driver.job(job_id)
        assert (job.counts, effects_of(job)) == (Counts(3, 3 - failed, failed), effects)
        assert filled.items == after

    kill_at_calls(filled.driver, start, check, only=only)


def test_a_row_that_others_changed_between_two_deliveries_is_not_written_over(filled):
    job_id = filled.driver.start_import(filled.table, FILE, query="mode=replace")
    with dying(1, only="BatchWriteItem"):
        filled.driver.deliver(job_id, filled.driver.take(job_id))
    boto3.client("dynamodb").put_item(TableName=NAME, Item=_item(("li", "2"), ZO_3))

    filled.driver.recover(job_id)

    job = filled.driver.job(job_id)
    assert job.counts == Counts(3, 2, 1)
    assert b"was changed by somebody else" in filled.driver.report(job_id)
    assert filled.items["li", "2"] == ZO_3
