"""The open jobs that an app may have, in the control table."""

import boto3
import msgspec
import pytest

from ferry.errors import TooManyJobs, TooSoon
from ferry.exports.export_job import EXPORTS, ExportRequest, ExportResult
from ferry.jobs.acceptance import failed_at_once
from ferry.jobs.job import MailState, Operation, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KeyedRequest

NOW = 1_760_000_000


def _job(number, *, app_id="a", table_id=7, now=NOW):
    return EXPORTS.job(
        id=f"{now * 1000:012x}{number:020x}",
        operation=Operation.EXPORT,
        app_id=app_id,
        user_id=1,
        table_id=table_id,
        table_name="goods",
        request=ExportRequest(file_type="csv"),
        public_url="https://ferry.test",
        accepted_at=now * 1000,
        updated_at=now,
        due_at=now + 60,
        result=ExportResult(),
    )


@pytest.fixture
def jobs(stack):
    return Jobs(stack.ControlTable, most_open=2)


@pytest.fixture
def counted(stack):
    """Read the ids of the jobs that count as open ones of an app."""

    def counted(app_id="a"):
        key = {"pk": {"S": f"APP#{app_id}"}, "sk": {"S": "OPEN_JOBS"}}
        got = boto3.client("dynamodb").get_item(TableName=stack.ControlTable, Key=key)
        return set(got.get("Item", {}).get("jobs", {}).get("SS", []))

    return counted


def _end(jobs, job):
    claimed = jobs.claim(job.id, "w1", EXPORTS, now=NOW, lease_s=90)
    ended = msgspec.structs.replace(
        claimed, status=Status.FINISHED, mail=MailState.DUE, worker="", ended_at=NOW
    )
    jobs.save(ended, holder="w1")


def test_an_app_has_as_many_open_jobs_as_it_may_and_no_other_app_feels_it(jobs):
    jobs.add(_job(1))
    jobs.add(_job(2))

    for add in (jobs.add, jobs.add_once):
        with pytest.raises(TooManyJobs, match="2 jobs that have not ended") as refused:
            add(_job(3))
        assert refused.value.retry_after_s > 0

    jobs.add(_job(3, app_id="b"))


def test_a_job_that_has_ended_makes_room_while_its_mail_is_still_due(jobs, counted):
    jobs.add(_job(1))
    jobs.add(_job(2))
    _end(jobs, _job(1))

    jobs.add(_job(3))

    assert counted() == {_job(2).id, _job(3).id}
    with pytest.raises(TooManyJobs):
        jobs.add(_job(4))


def test_a_job_that_is_gone_makes_room_and_one_that_is_being_stored_does_not(jobs, counted):
    quota = jobs.quota
    quota.take(_job(1))
    quota.take(_job(2))

    with pytest.raises(TooManyJobs):
        jobs.add(_job(3, now=NOW + 60))

    later = _job(4, now=NOW + 3600)
    jobs.add(later)
    assert counted() == {later.id}


def test_a_job_that_is_refused_takes_no_room(jobs, counted, stack):
    jobs.add(_job(1), apart_ms=60_000)
    with pytest.raises(TooSoon, match="60 seconds"):
        jobs.add(_job(2), apart_ms=60_000)
    assert counted() == {_job(1).id}


def test_a_job_that_is_accepted_twice_counts_once(jobs, counted):
    assert jobs.add_once(_job(1))
    assert not jobs.add_once(_job(1))
    jobs.add(_job(2))

    assert not jobs.add_once(_job(1))
    assert counted() == {_job(1).id, _job(2).id}


def test_a_job_that_has_failed_at_once_needs_no_room(jobs):
    jobs.add(_job(1))
    jobs.add(_job(2))

    assert jobs.add_once(failed_at_once(_job(3), "no room"))


def test_the_request_of_a_key_is_answered_with_its_job_though_there_is_no_room(jobs):
    keyed = KeyedRequest("IDEMPOTENCY#a#1#x", "digest", NOW)
    jobs.add(_job(1), keyed=keyed)
    jobs.add(_job(2))

    assert jobs.first_of(keyed) == _job(1).id
