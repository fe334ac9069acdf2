"""An app that asks for all there is: what it may have, and what others still get."""

import pytest

from ferry.config import settings
from ferry.jobs.job import MailState, Status
from tests.integration.driver import CSV_OF_TWO, Driver
from tests.service import new_app, new_user
from tests.steps import in_small_steps


@pytest.fixture
def limited(monkeypatch):
    """Let an app have so many open jobs, or mails an hour."""

    def limited(**limits):
        for name, most in limits.items():
            monkeypatch.setenv(name, str(most))
        settings.cache_clear()

    return limited


@pytest.fixture
def neighbour(driver):
    """Another app, on the same service and clock."""
    token = new_app(driver.service.stack, "B", "owner@b.test")

    class Neighbour(Driver):
        def __getattribute__(self, name):
            driver.service.token = token
            return super().__getattribute__(name)

    return Neighbour(driver.service, driver.clock, "")


def _ask(driver, table, undone, stopped, form):
    """Ask for a job on every way there is; yield each way's name and its answer."""
    service, path = driver.service, f"/oserve/v1/table/{table}"
    whole = {"file_type": "csv", "mode": "all"}
    driver.wait(60)
    yield "v1 export", service.call("POST", f"{path}/export/", whole)
    yield "v1.5 export", service.call("POST", f"/oserve/v1.5/table/{table}/export/", whole)
    yield "import", service.upload(f"{path}/import/", "goods.csv", CSV_OF_TWO)
    body = {"file_url": "https://files.test/goods.csv"}
    yield "file_url", service.call("POST", f"{path}/import/", body)
    yield "undo", service.call("POST", f"{path}/import/{undone}/undo/")
    yield "resume", service.call("POST", f"{path}/import/{stopped}/resume/", {"budget": 1})
    yield "file_key", service.call("POST", f"{path}/import/", {"file_key": form["file_key"]})
    for route in ("/data/import", "/async/data/import", "/v2/data/import"):
        yield route, service.call("POST", route, {"content": "{}"})


def test_no_way_leads_past_the_cap_on_open_jobs(driver, limited, monkeypatch):
    in_small_steps(monkeypatch)
    table = driver.table()
    undone = driver.start_import(table, CSV_OF_TWO, query="keep_before=1")
    many = b"name,amount\r\n" + b"tea,1\r\n" * 20
    stopped = driver.start_import(table, many, query="budget_units=1")
    driver.service.run_jobs()
    assert driver.job(stopped).resumable
    path = f"/oserve/v1/table/{table}/import/upload/"
    form = driver.service.call("POST", path, {"file_name": "goods.csv"}).json()
    limited(OPEN_JOBS_PER_APP=1)
    driver.start_import(table, CSV_OF_TWO)
    driver.service.put(form, CSV_OF_TWO)

    answers = dict(_ask(driver, table, undone, stopped, form))

    assert {way: answer.status for way, answer in answers.items()} == dict.fromkeys(answers, 400)
    for answer in answers.values():
        assert b"the app has 1 jobs that have not ended" in answer.body
        assert int(answer.headers["Retry-After"]) > 0


def test_the_cap_holds_nobody_for_whom_it_is_not(driver, neighbour, limited):
    table = driver.table()
    limited(OPEN_JOBS_PER_APP=1)
    driver.start_import(table, CSV_OF_TWO)

    job_id = neighbour.start_import(neighbour.table(), CSV_OF_TWO)

    driver.service.run_jobs()
    assert driver.job(job_id).status is Status.FINISHED


def test_an_uploaded_file_that_finds_no_room_is_a_failed_job_and_its_mail(driver, limited):
    table = driver.table()
    path = f"/oserve/v1/table/{table}/import/upload/"
    asked = driver.service.call("POST", path, {"file_name": "goods.csv"})
    limited(OPEN_JOBS_PER_APP=1)
    waiting = driver.start_import(table, CSV_OF_TWO)
    record = driver.take(waiting)
    driver.service.put(asked.json(), CSV_OF_TWO)

    driver.service.run_jobs()

    job = driver.job(asked.headers["X-Job-Id"])
    assert (job.status, job.counts.total) == (Status.FAILED, 0)
    assert "have not ended" in job.error
    assert len(driver.mails()) == 1
    assert driver.deliver(waiting, record)


def test_mails_beyond_the_hours_share_wait_for_the_next_hour_and_say_so(driver, limited, neighbour):
    driver.clock.now = 1_760_000_400.0  # 09:00 UTC
    own = driver.service.token
    limited(MAILS_PER_APP_AND_HOUR=1)
    table = driver.table()
    first, second = (driver.start_import(table, CSV_OF_TWO) for _ in range(2))
    driver.service.run_jobs()
    assert len(driver.mails()) == 1
    (held,) = [j for j in (first, second) if driver.job(j).mail is MailState.DUE]

    neighbour.start_import(neighbour.table(), CSV_OF_TWO)
    driver.service.run_jobs()
    assert [mail.to for mail in driver.mails()] == [["owner@b.test"]]

    driver.service.token = own
    shown = driver.service.call("GET", f"/oserve/v1/table/{table}/import/{held}/").json()
    assert shown["mail"]["status"] == "due"
    assert "sent after 10:00 UTC" in shown["mail"]["error_msg"]

    for _ in range(12):  # it is held, not tried: tries are counted, and would come to an end
        driver.wait(240)
        driver.sweep()
        driver.service.run_jobs()
    assert driver.mails() == []
    driver.wait(3600)
    driver.sweep()
    driver.service.run_jobs()
    assert [mail.to for mail in driver.mails()] == [["owner@a.test"]]
    job = driver.job(held)
    assert (job.mail, job.mail_error, job.open) == (MailState.SENT, "", False)


def test_sign_in_mails_to_an_apps_users_have_a_share_of_the_hour_and_one_answer(
    driver, limited, neighbour
):
    limited(MAILS_PER_APP_AND_HOUR=1)
    new_user(driver.service.stack, driver.app_id, "second@a.test")

    def ask(mail):
        answer = driver.service.call("POST", "/console/session/link/", {"email": mail}, token="")
        driver.service.run_jobs()
        return answer.status, answer.body, [sent.to[0] for sent in driver.service.mails()]

    asked = [ask(mail) for mail in ("owner@a.test", "second@a.test", "no@a.test", "owner@b.test")]

    assert {(status, body) for status, body, _ in asked} == {(202, b'{"status":"ok"}')}
    assert [sent for _, _, sent in asked] == [["owner@a.test"], [], [], ["owner@b.test"]]
    driver.wait(3600)
    assert ask("second@a.test")[2] == ["second@a.test"]


def test_invitations_of_an_app_have_a_share_of_the_hour(driver, limited):
    limited(MAILS_PER_APP_AND_HOUR=1)

    def invite(mail):
        return driver.service.call("POST", "/console/users/", {"email": mail})

    assert invite("wang@c.test").status == 201
    refused = invite("li@c.test")

    assert refused.status == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    driver.wait(3600)
    assert invite("li@c.test").status == 201
