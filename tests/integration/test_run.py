"""A worker's hold on a job, its work being whatever the test says."""

import boto3
import pytest

from ferry.aws.queues import Queue
from ferry.errors import InvalidFile, Superseded
from ferry.exports.export_job import EXPORTS, ExportCheckpoint, ExportRequest, ExportResult
from ferry.jobs.attempt import Worker, perform
from ferry.jobs.job import MAX_ATTEMPTS, Counts, MailState, Operation, Status
from ferry.jobs.job_outcome import JobOutcome
from ferry.jobs.job_store import Jobs
from ferry.jobs.run import HAND_OVER_S, LEASE_S, SAVE_EVERY_S
from tests.faults import failing, recording
from tests.integration.driver import Clock
from tests.service import Service

DONE = JobOutcome(ExportResult(result_key="exports/j1/x"), Counts(3, 2, 1))


@pytest.fixture
def hold(stack, context):
    return Hold(stack, Service(stack, context))


class Hold:
    """One job, its queues and its clock."""

    def __init__(self, stack, service):
        self.clock = Clock()
        self.time_left = 900.0
        self.jobs = Jobs(stack.ControlTable)
        self._stack = stack
        self._service = service
        now = int(self.clock.now)
        self.jobs.add(
            EXPORTS.job(
                id="j1",
                operation=Operation.EXPORT,
                app_id="a",
                user_id=1,
                table_id=1,
                table_name="t",
                request=ExportRequest(file_type="csv"),
                public_url="",
                accepted_at=now * 1000,
                updated_at=now,
                due_at=now + 60,
                result=ExportResult(),
            )
        )

    @property
    def job(self):
        return self.jobs.get("j1", EXPORTS)

    def perform(self, work, worker="w1"):
        return perform("j1", EXPORTS, work, self.worker(worker))

    def worker(self, name):
        return Worker(
            name=name,
            jobs=self.jobs,
            queue=Queue(self._stack.ExportQueue),
            notices=Queue(self._stack.NoticeQueue),
            clock=self.clock.time,
            time_left=lambda: self.time_left,
        )

    def sent(self, queue):
        return len(self._service.messages(queue))


def test_work_done_is_the_jobs_end_and_a_mail_is_due(hold):
    left = hold.perform(lambda _: DONE)

    job = hold.job
    assert left == job
    assert (job.status, job.mail, job.worker) == (Status.FINISHED, MailState.DUE, "")
    assert (job.counts, job.result) == (DONE.counts, DONE.result)
    assert job.ended_at == int(hold.clock.now)
    assert (hold.sent("NoticeQueue"), hold.sent("ExportQueue")) == (1, 0)


def test_work_that_can_never_succeed_fails_at_once_with_its_reason(hold):
    def work(_):
        raise InvalidFile("no header")

    hold.perform(work)

    assert (hold.job.status, hold.job.error) == (Status.FAILED, "no header")
    assert hold.job.mail is MailState.DUE
    assert hold.sent("NoticeQueue") == 1


def test_work_that_breaks_off_is_tried_again_from_its_checkpoint(hold):
    def breaks_off(run):
        _checkpoint(run, 5)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        hold.perform(breaks_off)
    assert (hold.job.status, hold.job.worker) == (Status.RUNNING, "")
    assert (hold.sent("NoticeQueue"), hold.sent("ExportQueue")) == (0, 0)

    seen = []
    hold.perform(lambda run: seen.append(run.job.checkpoint) or DONE, "w2")

    assert seen == [ExportCheckpoint("u", rows=5)]
    assert hold.job.status is Status.FINISHED


def test_work_that_never_comes_further_fails_and_says_so(hold):
    def breaks_off(_):
        raise ConnectionError("secret detail")

    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert hold.job.status in {Status.PENDING, Status.RUNNING}
        with pytest.raises(ConnectionError):
            hold.perform(breaks_off, f"w{attempt}")

    assert hold.job.status is Status.FAILED
    assert "internal reason" in hold.job.error
    assert "secret detail" not in hold.job.error
    assert hold.job.mail is MailState.DUE
    assert hold.sent("NoticeQueue") == 1


def test_work_that_comes_further_each_time_is_never_given_up(hold):
    def breaks_off(run):
        _checkpoint(run, run.job.rows_done + 1)
        raise ConnectionError

    for _ in range(2 * MAX_ATTEMPTS):
        with pytest.raises(ConnectionError):
            hold.perform(breaks_off)

    assert (hold.job.status, hold.job.rows_done) == (Status.RUNNING, 2 * MAX_ATTEMPTS)


def test_a_save_that_is_no_checkpoint_does_not_count_as_coming_further(hold):
    def breaks_off(run):
        hold.clock.now += SAVE_EVERY_S
        run.progress(rows_done=1)
        run.begin(ExportCheckpoint("u"))
        raise ConnectionError

    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ConnectionError):
            hold.perform(breaks_off)

    assert hold.job.status is Status.FAILED


def test_a_second_worker_steps_aside_and_leaves_everything_as_it_is(hold):
    def work(_):
        before = hold.job
        with pytest.raises(Superseded):
            hold.perform(lambda _: pytest.fail("worked twice"), "w2")
        assert hold.job == before
        return DONE

    hold.perform(work)

    assert hold.job.status is Status.FINISHED
    assert hold.sent("NoticeQueue") == 1


@pytest.mark.parametrize(
    "ending",
    [
        lambda _: DONE,
        lambda run: _checkpoint(run, 9),
        lambda run: run.begin(ExportCheckpoint("late")),
        lambda run: run.start_over(),
        lambda run: run.change_request(ExportRequest(file_type="json"), bytes_total=1),
        lambda run: run.note(DONE.result),
        lambda run: run.commit([], DONE),
        lambda run: run.check(),
        lambda run: run.release(),
        lambda _: _raise(ConnectionError()),
        lambda _: _raise(InvalidFile("late")),
    ],
)
def test_a_worker_that_has_lost_its_lease_changes_nothing_more(hold, ending):
    def slow(run):
        hold.clock.now += LEASE_S
        hold.jobs.claim("j1", "w2", EXPORTS, now=int(hold.clock.now), lease_s=LEASE_S)
        return ending(run)

    with pytest.raises(Superseded):
        hold.perform(slow)

    assert (hold.job.worker, hold.job.status, hold.job.checkpoint) == ("w2", Status.RUNNING, None)
    assert (hold.sent("NoticeQueue"), hold.sent("ExportQueue")) == (0, 0)


def test_a_job_whose_time_is_nearly_up_goes_on_in_another_delivery(hold):
    def work(run):
        _checkpoint(run, 1)
        hold.time_left = HAND_OVER_S - 1
        _checkpoint(run, 2)
        pytest.fail("went on")

    left = hold.perform(work)

    assert left == hold.job
    assert (left.status, left.worker, left.attempts) == (Status.RUNNING, "", 0)
    assert left.checkpoint == ExportCheckpoint("u", rows=2)
    assert (hold.sent("ExportQueue"), hold.sent("NoticeQueue")) == (1, 0)
    assert hold.perform(lambda _: DONE, "w2").status is Status.FINISHED


def test_progress_is_saved_every_two_seconds_at_most_and_renews_the_lease(hold):
    def work(run):
        with recording() as calls:
            run.progress(rows_done=1)
            hold.clock.now += SAVE_EVERY_S - 0.1
            run.progress(rows_done=2)
            assert calls == []
            hold.clock.now += 0.1
            run.progress(rows_done=3)
            run.progress(rows_done=4)
            assert calls == ["UpdateItem"]
        assert hold.job.rows_done == 3
        assert hold.job.due_at == int(hold.clock.now) + LEASE_S
        return DONE

    hold.perform(work)


@pytest.mark.parametrize("checks", ["checkpoint", "progress"])
def test_a_job_whose_end_is_asked_for_ends_at_its_next_save(hold, stack, checks):
    def work(run):
        _ask_for_the_end(stack)
        if checks == "checkpoint":
            _checkpoint(run, 1)
        hold.clock.now += SAVE_EVERY_S
        run.progress(rows_done=1)
        pytest.fail("went on")

    hold.perform(work)

    assert (hold.job.status, hold.job.mail) == (Status.CANCELLED, MailState.DUE)
    assert hold.sent("NoticeQueue") == 1


def _ask_for_the_end(stack):
    boto3.client("dynamodb").update_item(
        TableName=stack.ControlTable,
        Key={"pk": {"S": "JOB#j1"}, "sk": {"S": "JOB"}},
        UpdateExpression="SET cancel = :yes",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )


def test_an_end_that_cannot_be_saved_is_tried_again(hold):
    # The first UpdateItem is the claim, the second the end.
    with (
        failing("UpdateItem", times=1, after=1),
        pytest.raises(Exception, match="refused by a test"),
    ):
        hold.perform(lambda _: DONE)

    assert (hold.job.status, hold.job.worker) == (Status.RUNNING, "")
    assert hold.sent("NoticeQueue") == 0
    hold.perform(lambda _: DONE, "w2")
    assert hold.job.status is Status.FINISHED
    assert hold.sent("NoticeQueue") == 1


def test_an_unknown_job_is_not_worked_on(hold):
    with pytest.raises(Superseded):
        perform("unknown", EXPORTS, lambda _: pytest.fail("worked"), hold.worker("w1"))


def test_a_job_asked_to_end_while_its_last_step_ends_is_as_finished_as_can_be(hold, stack):
    def work(_):
        _ask_for_the_end(stack)
        return DONE

    assert hold.perform(work).status is Status.FINISHED


def _raise(error):
    raise error


def _checkpoint(run, rows):
    run.checkpoint(ExportCheckpoint("u", rows=rows), rows_done=rows, bytes_done=10 * rows)
