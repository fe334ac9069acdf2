import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError

from ferry.errors import NotFound, Superseded, TooSoon
from ferry.exports.export_job import EXPORTS, ExportCheckpoint, ExportRequest, ExportResult
from ferry.files.position import Position
from ferry.imports.import_job import IMPORTS, ImportCheckpoint, ImportRequest, ImportResult
from ferry.jobs.job import Counts, MailState, Operation, Status
from ferry.jobs.job_store import Jobs
from ferry.jobs.notice_store import Notices
from ferry.jobs.open_jobs import OpenJobs
from ferry.mail.notices import KINDS
from tests.declared import PARAMETERS
from tests.faults import failing, recording_answers

NOW = 1_760_000_000
JOB = EXPORTS.job(
    id="j1",
    operation=Operation.EXPORT,
    app_id="a",
    user_id=1,
    table_id=7,
    table_name="goods",
    request=ExportRequest(file_type="csv", start=5),
    public_url="https://ferry.test",
    accepted_at=NOW * 1000,
    updated_at=NOW,
    due_at=NOW + 60,
    result=ExportResult(),
)
LEASE_S = 90


@pytest.fixture
def jobs(stack):
    return Jobs(stack.ControlTable)


@pytest.fixture
def notices(stack):
    return Notices(stack.ControlTable)


@pytest.fixture
def open_jobs(stack):
    return OpenJobs(stack.ControlTable)


@pytest.fixture
def item(stack):
    """Read a job's item as it is stored."""

    def item(job_id="j1"):
        key = {"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}}
        got = boto3.client("dynamodb").get_item(TableName=stack.ControlTable, Key=key)
        return got.get("Item")

    return item


def _changed(job=JOB, **fields):
    return msgspec.structs.replace(job, **fields)


def _claimed(jobs, worker="w1", now=NOW):
    return jobs.claim("j1", worker, EXPORTS, now=now, lease_s=LEASE_S)


def _ended(jobs):
    jobs.add(JOB)
    job = _changed(
        _claimed(jobs), status=Status.FINISHED, mail=MailState.DUE, worker="", ended_at=NOW
    )
    jobs.save(job, holder="w1")
    return job


def _due(open_jobs, now):
    return [overdue.job_id for page in open_jobs.overdue(now) for overdue in page]


def test_a_job_comes_back_as_it_was_added(jobs):
    full = _changed(
        operation=Operation.IMPORT,
        request=ImportRequest(file_type="csv", file_name="漢 字.csv", file_key="direct/j1"),
        checkpoint=ImportCheckpoint(
            Position(offset=9, line=3, number=2, ended=True), Counts(2, 1, 1), pieces=1
        ),
        counts=Counts(2, 1, 1),
        rows_total=2,
        result=ImportResult(report_key="r", ignored_columns=("x", "")),
        error="无效的文件: …",
    )
    exporting = _changed(id="j2", checkpoint=ExportCheckpoint("u", ("e1", "e2"), "0a", 5, 6, True))

    jobs.add(full)
    jobs.add(exporting)

    assert jobs.get("j1", IMPORTS) == full
    assert jobs.get("j2", EXPORTS) == exporting


def test_an_unknown_job_is_not_found(jobs):
    with pytest.raises(NotFound, match="j1"):
        jobs.get("j1", EXPORTS)


def test_a_second_job_too_soon_leaves_no_trace(jobs, item):
    jobs.add(JOB, apart_ms=60_000)

    for id_, later_ms in (("j2", 0), ("j3", 59_999)):
        job = _changed(id=id_, accepted_at=JOB.accepted_at + later_ms)
        with pytest.raises(TooSoon, match="60 seconds"):
            jobs.add(job, apart_ms=60_000)
        with pytest.raises(TooSoon, match="60 seconds"):
            _refuse(jobs, job)
        assert item(id_) is None

    last = _changed(id="j4", accepted_at=JOB.accepted_at + 60_000)
    _refuse(jobs, last)
    jobs.add(last, apart_ms=60_000)
    assert jobs.get("j4", EXPORTS) == last


def _refuse(jobs, job):
    jobs.refuse_too_soon(job.table_id, job.operation, now_ms=job.accepted_at, apart_ms=60_000)


def test_tables_and_operations_do_not_hold_each_other_up(jobs, open_jobs):
    jobs.add(JOB, apart_ms=60_000)

    jobs.add(_changed(id="j2", table_id=8), apart_ms=60_000)
    jobs.add(_changed(id="j3", operation=Operation.IMPORT), apart_ms=60_000)
    jobs.add(_changed(id="j4"))
    jobs.add(_changed(id="j5"))

    assert set(_due(open_jobs, NOW + 61)) == {"j1", "j2", "j3", "j4", "j5"}


@pytest.mark.parametrize("apart_ms", [0, 60_000])
def test_a_fault_of_the_database_is_not_mistaken_for_the_rate_limit(jobs, apart_ms):
    reasons = [{"Code": "ThrottlingError"}, {"Code": "None"}]

    with (
        failing("TransactWriteItems", "TransactionCanceledException", CancellationReasons=reasons),
        pytest.raises(ClientError, match="TransactionCanceledException"),
    ):
        jobs.add(JOB, apart_ms=apart_ms)


def test_a_claim_starts_the_job_and_counts_the_attempt(jobs):
    jobs.add(JOB)

    claimed = _claimed(jobs)

    assert claimed == jobs.get("j1", EXPORTS)
    assert claimed == _changed(
        status=Status.RUNNING, worker="w1", attempts=1, updated_at=NOW, due_at=NOW + LEASE_S
    )


def test_nobody_else_gets_the_lease_before_its_end(jobs):
    jobs.add(JOB)
    held = _claimed(jobs)

    for worker in ("w2", "w1"):
        with pytest.raises(Superseded):
            _claimed(jobs, worker, now=NOW + LEASE_S - 1)

    assert jobs.get("j1", EXPORTS) == held


def test_a_claim_whose_answer_was_lost_is_made_once(jobs):
    jobs.add(JOB)
    held = _claimed(jobs)

    assert _claimed(jobs) == held
    assert jobs.get("j1", EXPORTS) == held


@pytest.mark.parametrize(
    "end",
    [{"worker": ""}, {"worker": "", "status": Status.FINISHED, "mail": MailState.DUE}],
    ids=["release", "end"],
)
def test_a_save_whose_answer_was_lost_is_made_once(jobs, end):
    jobs.add(JOB)
    job = _changed(_claimed(jobs), **end)

    assert jobs.save(job, holder="w1") is False
    assert jobs.save(job, holder="w1") is False
    assert jobs.get("j1", EXPORTS) == job
    with pytest.raises(Superseded):
        jobs.save(msgspec.structs.replace(job, rows_done=9), holder="w1")


def test_after_the_lease_the_next_one_gets_it(jobs):
    jobs.add(JOB)
    _claimed(jobs)

    taken = _claimed(jobs, "w2", now=NOW + LEASE_S)

    assert (taken.worker, taken.attempts) == ("w2", 2)


def test_a_lease_given_back_can_be_taken_at_once(jobs):
    jobs.add(JOB)
    held = _claimed(jobs)
    jobs.save(_changed(held, worker=""), holder="w1")

    assert _claimed(jobs, "w2").worker == "w2"


@pytest.mark.parametrize("status", [Status.FINISHED, Status.FAILED, Status.CANCELLED])
def test_an_ended_job_cannot_be_claimed(jobs, status):
    ended = _changed(status=status, mail=MailState.DUE)
    jobs.add(ended)

    with pytest.raises(Superseded):
        _claimed(jobs, now=NOW + 10**6)

    assert jobs.get("j1", EXPORTS) == ended


def test_an_unknown_job_cannot_be_claimed_into_being(jobs, item):
    with pytest.raises(Superseded):
        _claimed(jobs)

    assert item() is None


def test_a_stranger_saves_nothing(jobs, item):
    jobs.add(JOB)
    _claimed(jobs)
    before = item()

    for holder in ("w2", ""):
        with pytest.raises(Superseded):
            jobs.save(_changed(rows_done=9, worker=holder), holder=holder)

    assert item() == before


def test_saving_an_unknown_job_makes_none(jobs, item):
    with pytest.raises(Superseded):
        jobs.save(_changed(worker="w1"), holder="w1")

    assert item() is None


def test_a_save_says_whether_the_end_was_asked_for(jobs, stack):
    jobs.add(JOB)
    held = _claimed(jobs)

    assert jobs.save(held, holder="w1") is False
    _ask_for_the_end(stack)
    assert jobs.save(held, holder="w1") is True
    assert jobs.save(_changed(held, rows_done=5), holder="w1") is True


def _ask_for_the_end(stack):
    boto3.client("dynamodb").update_item(
        TableName=stack.ControlTable,
        Key={"pk": {"S": "JOB#j1"}, "sk": {"S": "JOB"}},
        UpdateExpression="SET cancel = :yes",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )


def test_a_running_job_is_due_when_its_lease_ends(jobs, open_jobs):
    jobs.add(JOB)
    assert _due(open_jobs, NOW + 60) == []
    assert _due(open_jobs, NOW + 61) == ["j1"]

    held = _claimed(jobs)
    jobs.save(_changed(held, due_at=NOW + 200), holder="w1")

    assert _due(open_jobs, NOW + 200) == []
    assert _due(open_jobs, NOW + 201) == ["j1"]


def test_an_ended_job_is_due_until_its_mail_is_settled(jobs, notices, open_jobs, item):
    _ended(jobs)
    assert _due(open_jobs, NOW + 1000) == ["j1"]

    notices.claim("j1", "mail", KINDS, now=NOW, lease_s=60)
    assert _due(open_jobs, NOW + 60) == []
    assert _due(open_jobs, NOW + 61) == ["j1"]

    notices.settle("j1", "mail", MailState.SENT)
    assert _due(open_jobs, NOW + 10**6) == []
    assert "open" not in item()


def test_due_jobs_come_from_as_many_pages_as_there_are(jobs, open_jobs):
    for number in range(12):
        jobs.add(_changed(id=f"j{number}", error="x" * 200_000, due_at=NOW + number))

    assert _due(open_jobs, NOW + 100) == [f"j{number}" for number in range(12)]


def test_an_ended_job_is_dropped_when_no_link_to_it_serves_any_more(jobs, item):
    jobs.add(JOB)
    held = _claimed(jobs)
    jobs.save(held, holder="w1")
    assert "expires_at" not in item()

    jobs.save(_changed(held, status=Status.FAILED, mail=MailState.DUE, updated_at=NOW), holder="w1")

    longest_link_s = PARAMETERS["LinkDays"]["MaxValue"] * 86_400
    assert int(item()["expires_at"]["N"]) > NOW + longest_link_s


def test_a_mail_is_claimed_by_one(jobs, notices):
    _ended(jobs)

    claimed = notices.claim("j1", "mail", KINDS, now=NOW, lease_s=60)

    assert (claimed.mail, claimed.mail_attempts) == (MailState.SENDING, 1)
    with pytest.raises(Superseded):
        notices.claim("j1", "mail", KINDS, now=NOW + 59, lease_s=60)
    assert notices.claim("j1", "mail", KINDS, now=NOW + 60, lease_s=60).mail_attempts == 2


def test_a_mail_that_is_not_due_cannot_be_claimed(jobs, notices):
    jobs.add(JOB)
    for job_id in ("j1", "unknown"):
        with pytest.raises(Superseded):
            notices.claim(job_id, "mail", KINDS, now=NOW + 10**6, lease_s=60)


@pytest.mark.parametrize("state", [MailState.SENT, MailState.REFUSED])
def test_a_settled_mail_stays_settled(jobs, notices, state):
    _ended(jobs)
    notices.claim("j1", "mail", KINDS, now=NOW, lease_s=60)

    notices.settle("j1", "mail", state, "why")

    assert (jobs.get("j1", EXPORTS).mail, jobs.get("j1", EXPORTS).mail_error) == (state, "why")
    with pytest.raises(Superseded):
        notices.claim("j1", "mail", KINDS, now=NOW + 10**6, lease_s=60)
    with pytest.raises(Superseded):
        notices.settle("j1", "mail", MailState.SENT)


def test_a_job_is_postponed_once(jobs, open_jobs):
    jobs.add(JOB)
    [[overdue]] = open_jobs.overdue(NOW + 61)

    open_jobs.postpone(overdue, NOW + 360)
    open_jobs.postpone(overdue, NOW + 999)

    assert jobs.get("j1", EXPORTS) == JOB
    assert _due(open_jobs, NOW + 360) == []
    assert _due(open_jobs, NOW + 361) == ["j1"]


def test_to_postpone_a_job_prolongs_no_lease(jobs, open_jobs):
    jobs.add(JOB)
    _claimed(jobs)
    [[overdue]] = open_jobs.overdue(NOW + LEASE_S + 1)
    open_jobs.postpone(overdue, NOW + 360)

    assert _claimed(jobs, "w2", now=NOW + LEASE_S + 1).worker == "w2"


def test_a_job_that_has_been_claimed_is_not_postponed(jobs, open_jobs, item):
    jobs.add(JOB)
    [[overdue]] = open_jobs.overdue(NOW + 61)
    _claimed(jobs)
    held = item()

    open_jobs.postpone(overdue, NOW + 360)
    open_jobs.give_up_mail(overdue, "why")

    assert item() == held


def test_what_the_sweeper_is_told_of_a_job_does_not_grow_with_it(jobs, open_jobs):
    jobs.add(_changed(result=ExportResult(file_name="x" * 100_000), error="y" * 100_000))

    with recording_answers() as sizes:
        [[overdue]] = open_jobs.overdue(NOW + 61)

    assert (overdue.job_id, overdue.job.app_id) == ("j1", "a")
    assert max(sizes) < 2_000


def test_a_job_is_ended_by_others_only_where_no_worker_holds_it(jobs, open_jobs, item):
    jobs.add(JOB)
    _claimed(jobs)
    end = {"mail": MailState.DUE, "error": "why", "due_at": NOW + 500}
    with pytest.raises(Superseded):
        open_jobs.end("j1", Status.FAILED, now=NOW + LEASE_S - 1, **end)

    header = open_jobs.end("j1", Status.FAILED, now=NOW + LEASE_S, **end)

    assert (header.status, header.error, header.mail) == (Status.FAILED, "why", MailState.DUE)
    assert (header.faulty, header.worker, header.ended_at) == (True, "", NOW + LEASE_S)
    assert int(item()["expires_at"]["N"]) > NOW
    assert _due(open_jobs, NOW + 501) == ["j1"]
    with pytest.raises(Superseded):
        open_jobs.end("j1", Status.CANCELLED, now=NOW + 10**6, **end)
