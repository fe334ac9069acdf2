"""Jobs whose end is asked for."""

import pytest

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import create_user, issue_token
from ferry.accounts.roles import Role
from ferry.jobs.job import Counts, MailState, Status
from tests.faults import dying, meanwhile
from tests.service import new_app, new_user
from tests.steps import import_in_steps

ROWS = [{"name": f"row {n}", "amount": n} for n in range(23)]
CSV = b"name,amount\r\n" + b"".join(
    b"row %d,%s\r\n" % (n, b"1" if n % 2 else b"x") for n in range(23)
)

pytestmark = pytest.mark.usefixtures("small_steps")


def _assert_cancelled(driver, job_id):
    job = driver.job(job_id)
    assert (job.status, job.mail, job.result.result_key) == (Status.CANCELLED, MailState.SENT, "")
    (mail,) = driver.mails()
    assert "stopped" in mail.subject or "cancelled" in mail.subject
    driver.wait(1000)
    driver.sweep()
    driver.service.run_jobs()
    assert driver.mails() == []
    assert driver.job(job_id) == job


def test_a_waiting_export_is_not_begun(driver):
    job_id = driver.start_export(driver.table(ROWS))

    driver.ask_for_the_end(job_id)
    driver.service.run_jobs()

    _assert_cancelled(driver, job_id)
    assert not driver.has_file(job_id)


def test_a_running_export_stops_and_leaves_no_file(driver):
    job_id = driver.start_export(driver.table(ROWS))

    with meanwhile("UploadPart", lambda: driver.ask_for_the_end(job_id), nth=2):
        driver.service.run_jobs()

    _assert_cancelled(driver, job_id)
    assert not driver.has_file(job_id)
    assert 0 < driver.job(job_id).rows_done < 23


@pytest.mark.parametrize("nth", [1, 3])
def test_a_running_import_stops_and_counts_what_it_has_written(driver, nth):
    table = driver.table()
    job_id = driver.start_import(table, CSV)

    with meanwhile("BatchWriteItem", lambda: driver.ask_for_the_end(job_id), nth=nth):
        driver.service.run_jobs()

    _assert_cancelled(driver, job_id)
    counts = driver.job(job_id).counts
    steps = nth + 1  # the next one has been read meanwhile
    assert counts == Counts(4 * steps, 2 * steps, 2 * steps)
    assert len(driver.names_and_amounts(table)) == counts.succeeded
    assert driver.report(job_id).count(b"\r\n") == 1 + counts.failed


def test_an_import_stopped_while_a_step_is_written_counts_every_row_of_it(driver, monkeypatch):
    import_in_steps(monkeypatch, 1000)
    table = driver.table()
    job_id = driver.start_import(table, b"name,amount\r\n" + b"row,1\r\n" * 100 + b"row,x\r\n")

    def stop():
        driver.ask_for_the_end(job_id)
        driver.wait(3)

    with meanwhile("BatchWriteItem", stop):
        driver.service.run_jobs()

    _assert_cancelled(driver, job_id)
    assert driver.job(job_id).counts.succeeded == len(driver.rows(table))


def test_a_killed_job_whose_end_was_asked_for_is_ended_by_the_next_worker(driver):
    job_id = driver.start_export(driver.table(ROWS))
    with dying(8):
        driver.service.run_jobs()
    driver.ask_for_the_end(job_id)

    driver.recover(job_id)

    _assert_cancelled(driver, job_id)


def test_an_ended_job_stays_as_it_ended(driver):
    job_id = driver.start_export(driver.table(ROWS))
    driver.service.run_jobs()
    ended = driver.job(job_id)

    driver.ask_for_the_end(job_id)
    driver.wait(1000)
    driver.sweep()
    driver.service.run_jobs()

    assert driver.job(job_id) == ended
    assert len(driver.mails()) == 1


@pytest.mark.parametrize("operation", ["export", "import"])
def test_a_waiting_job_is_cancelled_at_once(driver, operation):
    table = driver.table(ROWS)
    start = {"export": driver.start_export, "import": lambda of: driver.start_import(of, CSV)}
    job_id = start[operation](table)

    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/{operation}/{job_id}/cancel/")

    assert (answer.status, answer.json()) == (202, {"status": "cancelled"})
    assert driver.job(job_id).status is Status.CANCELLED
    assert not driver.job(job_id).deleted


def test_a_running_job_is_asked_to_stop(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)
    asked = []

    def cancel():
        path = f"/oserve/v1/table/{table}/export/{job_id}"
        asked.append(driver.service.call("POST", f"{path}/cancel/"))
        asked.append(driver.service.call("DELETE", f"{path}/"))

    with meanwhile("CreateMultipartUpload", cancel):
        driver.service.run_jobs()

    cancelled, deleted = asked
    assert (cancelled.status, cancelled.json()) == (202, {"status": "cancelling"})
    assert (deleted.status, deleted.headers["X-Ferry-Job"]) == (204, "cancelling")
    assert driver.job(job_id).status is Status.CANCELLED


def test_an_ended_job_is_not_cancelled_and_nothing_of_it_is_deleted(driver):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)
    driver.service.run_jobs()

    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/export/{job_id}/cancel/")

    assert answer.status == 409
    assert "has ended; DELETE deletes it" in answer.json()["error_msg"]
    assert driver.job(job_id).status is Status.FINISHED
    assert driver.file(job_id)


@pytest.mark.parametrize("begun", [False, True])
def test_an_owner_cancels_anothers_job_of_which_its_creator_is_told(driver, stack, begun):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)
    owner = new_user(stack, driver.app_id, "other@a.test", "en")
    path = f"/oserve/v1/job/{job_id}/"

    def cancel():
        answer = driver.service.call("POST", f"{path}cancel/", token=owner)
        assert answer.status == 202, answer

    if not begun:
        cancel()
    with meanwhile("CreateMultipartUpload", cancel):
        driver.service.run_jobs()

    (mail,) = driver.service.mails()
    assert "was cancelled by an owner of the app" in mail.html
    shown = driver.service.call("GET", path, token=owner).json()
    assert (shown["status"], shown["table_id"]) == ("cancelled", table)
    assert shown["cancelled_by"] not in {0, shown["user_id"]}
    mine = driver.service.call("GET", f"/oserve/v1/table/{table}/export/{job_id}/").json()
    assert mine["cancelled_by"] == shown["cancelled_by"]


def test_an_owner_follows_and_deletes_anothers_job_without_its_files(driver, stack):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)
    driver.service.run_jobs()
    owner = new_user(stack, driver.app_id, "other@a.test", "en")
    path = f"/oserve/v1/job/{job_id}/"

    shown = driver.service.call("GET", path, token=owner).json()
    assert (shown["status"], shown["download_url"]) == ("finish", None)
    assert driver.service.call("GET", path).json()["download_url"]
    assert driver.service.call("DELETE", path, token=owner).headers["X-Ferry-Job"] == "deleted"
    assert driver.service.call("GET", path).status == 404


def test_who_is_no_owner_reaches_their_own_jobs_alone(driver, stack):
    accounts = Accounts(stack.ControlTable)
    made = create_user(
        driver.app_id, name="e", mail="e@a.test", language="en", now=1, accounts=accounts,
        role=Role.EDITOR,
    )  # fmt: skip
    token = issue_token(made, now=4_000_000_000, accounts=accounts)
    table = driver.table(ROWS)
    of_owner = driver.start_export(table)
    file = f"/oserve/v1/table/{table}/import/"
    own = driver.service.upload(file, "a.csv", b"name\nx\n", token=token).headers["X-Job-Id"]

    for method, path in (("GET", ""), ("POST", "cancel/"), ("DELETE", "")):
        call = driver.service.call(method, f"/oserve/v1/job/{of_owner}/{path}", token=token)
        assert call.status == 401
    assert driver.service.call("GET", f"/oserve/v1/job/{own}/", token=token).status == 200
    assert driver.service.call("GET", f"/oserve/v1/job/{'0' * 32}/", token=token).status == 404
    foreign = new_app(stack, "B", "b@b.test")
    assert driver.service.call("GET", f"/oserve/v1/job/{own}/", token=foreign).status == 404


def test_another_users_job_and_none_at_all_are_not_cancelled(driver, stack):
    table = driver.table(ROWS)
    job_id = driver.start_export(table)
    path = f"/oserve/v1/table/{table}/export"
    token = new_user(stack, driver.app_id, "other@a.test", "en")

    assert driver.service.call("POST", f"{path}/{job_id}/cancel/", token=token).status == 401
    assert driver.service.call("POST", f"{path}/{'0' * 32}/cancel/").status == 404
    assert driver.job(job_id).status is Status.PENDING
