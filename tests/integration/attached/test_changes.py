"""Imports of the changes that DynamoDB's incremental exports hold."""

import base64
import gzip
import hashlib
import json

import boto3
import pytest

from ferry.jobs.job import Counts, Status
from tests.faults import dying
from tests.integration.attached.test_modes import OLD, effects_of, filled
from tests.integration.attached.test_modes import _item as item
from tests.integration.test_native_exports import make_their_bucket
from tests.integration.test_undo import undo

__all__ = ["filled"]

ABOVE = "2026-Nov/AWSDynamoDB/"
URL = f"s3://theirs/{ABOVE}01693685934212-ac809da5/manifest-summary.json"
MO_4 = {"price": {"N": "8"}, "tags": {"SS": ["x"]}}
LI_2 = {"price": {"N": "7"}}
PUTS = [
    (("mo", "4"), {}, MO_4),  # inserted
    (("li", "2"), OLD["li", "2"], LI_2),  # updated
]
DELETES = [
    (("zo", "3"), OLD["zo", "3"], None),
    (("an", "9"), {"price": {"N": "1"}}, None),  # which is not there any more
]
AFTER = {
    ("li", "1"): OLD["li", "1"],
    ("li", "2"): {**LI_2, "ours": {"NULL": True}},
    ("mo", "4"): MO_4,
}
"""An attribute that the table's schema does not have stays, as with `replace`."""


def line(change, view):
    key, before, after = change
    found = {
        "Metadata": {"WriteTimestampMicros": {"N": "1695097218000000"}},
        "Keys": item(key, {}),
    }
    if before and view == "NEW_AND_OLD_IMAGES":
        found["OldImage"] = json.loads(json.dumps(item(key, before), default=as_text))
    if after:
        found["NewImage"] = item(key, after)
    return json.dumps(found).encode()


def as_text(value):
    return base64.b64encode(value).decode()


def put_changes(changes=(*PUTS, *DELETES), view="NEW_AND_OLD_IMAGES", **summary):
    """Store an incremental export as DynamoDB does: its data is not below its manifests."""
    s3 = boto3.client("s3")
    body = gzip.compress(b"\n".join(line(change, view) for change in changes))
    told = {
        "itemCount": len(changes),
        "md5Checksum": base64.b64encode(hashlib.md5(body).digest()).decode(),
        "etag": "af83d6f217c19b8b0fff8023d8ca4716-1",
        "dataFileS3Key": f"{ABOVE}data/sgad6417s6vss4p7owp0471bcq.json.gz",
    }
    whole = {
        "version": "2023-08-01",
        "exportFromTime": "2023-09-18T17:00:00.000Z",
        "exportToTime": "2023-09-19T04:00:00.000Z",
        "itemCount": len(changes),
        "outputFormat": "DYNAMODB_JSON",
        "outputView": view,
        "exportType": "INCREMENTAL_EXPORT",
        **summary,
    }
    for name, content in {
        told["dataFileS3Key"]: body,
        URL.removeprefix("s3://theirs/"): json.dumps(whole).encode(),
        f"{ABOVE}01693685934212-ac809da5/manifest-files.json": json.dumps(told).encode(),
    }.items():
        s3.put_object(Bucket="theirs", Key=name, Body=content)


@pytest.fixture
def changed(filled, monkeypatch):
    """An attached table, and an incremental export in a bucket that may be read."""
    make_their_bucket(monkeypatch)
    put_changes()
    return filled


def brought(orders, **options):
    job_id = orders.driver.start_fetched(orders.table, URL, mode="changes", **options)
    orders.driver.service.run_jobs()
    return orders.driver.job(job_id)


@pytest.mark.parametrize("view", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE"])
def test_a_dry_run_says_what_it_would_do_and_is_applied(changed, view):
    put_changes(view=view)

    rehearsed = brought(changed, dry_run=True)
    assert (changed.items, effects_of(rehearsed)) == (OLD, (1, 1, 1, 1)), rehearsed.error
    applied = undo(changed.driver, changed.table, rehearsed.id, "apply")

    assert (applied.status, changed.items) == (Status.FINISHED, AFTER)
    assert rehearsed.result.detected["values"] == "DynamoDB JSON, changes"


def test_what_is_kept_is_undone_and_what_is_done_again_changes_nothing(changed):
    job = brought(changed, keep_before=True)
    assert (changed.items, job.counts) == (AFTER, Counts(4, 4, 0)), job.error

    again = brought(changed, keep_before=True)
    assert (changed.items, effects_of(again)) == (AFTER, (0, 0, 4, 0))
    undo(changed.driver, changed.table, job.id)

    assert changed.items == OLD


@pytest.mark.parametrize(("at", "call"), [(1, "PutItem"), (2, "PutItem"), (1, "DeleteItem")])
def test_a_worker_that_dies_amid_the_changes_leaves_the_rest_to_the_next(changed, at, call):
    job_id = changed.driver.start_fetched(changed.table, URL, mode="changes", keep_before=True)

    with dying(at, only=call) as death:
        changed.driver.deliver(job_id, changed.driver.take(job_id))
    changed.driver.recover(job_id)

    job = changed.driver.job(job_id)
    assert death.happened
    assert (changed.items, effects_of(job), job.counts) == (AFTER, (1, 1, 1, 1), Counts(4, 4, 0))


def test_a_change_that_is_wrong_fails_alone_and_comes_back_as_a_change(changed):
    wrong = (("mo", "5"), {}, {"price": {"S": "dear"}})
    put_changes([*PUTS, wrong, *DELETES])

    job = brought(changed, keep_before=True)
    report = changed.driver.report(job.id)
    assert (changed.items, job.counts) == (AFTER, Counts(5, 4, 1)), job.error
    corrected = report.replace(b'"price": {"S": "dear"}', b'"price": {"N": "9"}')
    job = changed.bring(corrected, "corrected.json", "mode=changes&keep_before=1")

    assert job.counts == Counts(1, 1, 0), job.error
    assert changed.items == {**AFTER, ("mo", "5"): {"price": {"N": "9"}}}


@pytest.mark.parametrize("mode", [None, "upsert"])
def test_changes_are_taken_for_rows_by_nobody(changed, mode):
    options = {"mode": mode} if mode else {}
    job_id = changed.driver.start_fetched(changed.table, URL, **options)
    changed.driver.service.run_jobs()
    content, name = line(PUTS[0], "NEW_IMAGE"), "sgad6417s6vss4p7owp0471bcq.json"
    path = f"/oserve/v1/table/{changed.table}/import/"
    answers = [
        changed.driver.service.upload(f"{path}?mode={mode or 'insert'}", name, content),
        changed.driver.service.upload(f"{path}preview/", name, content),
        changed.driver.service.upload(f"{path}estimate/", name, content),
    ]

    told = [changed.driver.job(job_id).error, *(str(answer.json()) for answer in answers)]
    assert ["is an incremental export of DynamoDB's" in text for text in told] == [True] * 4
    assert [answer.status for answer in answers] == [400, 200, 400]
    assert changed.items == OLD


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"exportType": "FULL_EXPORT"}, "mode=changes is for incremental exports"),
        ({"outputFormat": "ION"}, "Amazon Ion"),
        ({"changes": []}, "has no changes: there is nothing to import"),
    ],
    ids=str,
)
def test_what_has_no_changes_is_not_imported_as_such(changed, given, reason):
    put_changes(**given)

    job = brought(changed, dry_run=True)

    assert job.status is Status.FAILED
    assert reason in job.error


def test_changes_are_looked_at_first_or_can_be_undone(changed):
    body = {"file_url": URL, "mode": "changes"}
    answer = changed.call("POST", "import/", body)

    assert answer.status == 400
    assert "dry_run=1, and apply that" in answer.json()["error_msg"]
