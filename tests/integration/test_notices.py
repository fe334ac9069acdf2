"""The one mail that says how a job ended."""

import boto3
import pytest

from ferry.jobs.job import MailState, Status
from ferry.jobs.run import LEASE_S
from tests.faults import dying, failing, meanwhile
from tests.service import new_user

ROWS = [{"name": "milk", "amount": 1}, {"name": "eggs"}]
CSV = b"name,amount\r\nmilk,1\r\neggs,ten\r\n"


@pytest.fixture
def ended(driver):
    """An ended export, and the message that asks for its mail."""
    job_id = driver.start_export(driver.table(ROWS))
    driver.deliver(job_id, driver.take(job_id))
    return job_id, driver.service.messages("NoticeQueue")


def _deliver(driver, records):
    return not driver.service.deliver("NoticeQueue", records)


def test_the_mail_of_an_export_goes_to_its_creator_with_a_link_to_the_file(driver, ended):
    job_id, message = ended

    assert _deliver(driver, message)

    (mail,) = driver.mails()
    assert mail.to == ["owner@a.test"]
    assert [driver.service.download(link) for link in mail.links] == [driver.file(job_id)]
    assert driver.job(job_id).mail is MailState.SENT


def test_the_mail_of_an_import_counts_its_rows_and_links_to_those_that_failed(driver):
    job_id = driver.start_import(driver.table(), CSV)

    driver.service.run_jobs()

    (mail,) = driver.mails()
    assert "1 of 2 rows" in mail.subject
    assert [driver.service.download(link) for link in mail.links] == [driver.report(job_id)]


def test_another_user_of_the_app_gets_the_mail_of_their_own_job(driver):
    table = driver.table(ROWS)
    driver.service.token = new_user(driver.service.stack, driver.app_id, "zh@a.test", "zh-CN")
    driver.start_export(table)

    driver.service.run_jobs()

    (mail,) = driver.mails()
    assert mail.to == ["zh@a.test"]
    assert "导出" in mail.subject


def test_a_message_that_comes_twice_makes_one_mail(driver, ended):
    _, message = ended

    assert _deliver(driver, message)
    assert _deliver(driver, message)
    assert _deliver(driver, message * 2)

    assert len(driver.mails()) == 1


def test_a_second_worker_steps_aside_while_a_mail_is_being_sent(driver, ended):
    job_id, message = ended
    sent = []

    def again():
        assert _deliver(driver, message)
        sent.extend(driver.mails())
        assert driver.job(job_id).mail is MailState.SENDING

    with meanwhile("SendEmail", again):
        assert _deliver(driver, message)

    assert sent == []
    assert len(driver.mails()) == 1


@pytest.mark.parametrize("code", ["MessageRejected", "MailFromDomainNotVerifiedException"])
def test_a_refused_mail_is_recorded_and_the_job_stays_as_it_ended(driver, ended, code):
    job_id, message = ended
    before = driver.job(job_id)

    with failing("SendEmail", code):
        assert _deliver(driver, message)

    job = driver.job(job_id)
    assert (job.status, job.result.result_key) == (Status.FINISHED, before.result.result_key)
    assert (job.mail, job.mail_error) == (MailState.REFUSED, "refused by a test")
    driver.wait(10_000)
    driver.sweep()
    assert driver.waiting("NoticeQueue") == []
    assert driver.mails() == []


def test_an_address_that_ses_does_not_know_is_no_fault_of_the_job(driver):
    table = driver.table(ROWS)
    boto3.client("sesv2").delete_email_identity(EmailIdentity="ferry@example.com")
    job_id = driver.start_export(table)

    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.mail) == (Status.FINISHED, MailState.REFUSED)
    assert "not verified" in job.mail_error


def test_a_user_who_has_gone_gets_no_mail(driver, ended):
    job_id, message = ended
    job = driver.job(job_id)
    boto3.client("dynamodb").delete_item(
        TableName=driver.service.stack.ControlTable,
        Key={"pk": {"S": f"APP#{job.app_id}"}, "sk": {"S": f"USER#{job.user_id}"}},
    )

    assert _deliver(driver, message)

    assert (driver.job(job_id).mail, driver.mails()) == (MailState.REFUSED, [])


def test_a_mail_that_cannot_be_sent_now_is_sent_soon(driver, ended):
    job_id, message = ended

    with failing("SendEmail", "TooManyRequestsException", times=1):
        assert not _deliver(driver, message)
    # SQS shows the message again ten seconds later.
    driver.wait(10)
    assert _deliver(driver, message)

    assert len(driver.mails()) == 1
    assert driver.job(job_id).mail is MailState.SENT


def test_a_mail_that_can_never_be_sent_is_given_up(driver, ended):
    job_id, message = ended

    with failing("SendEmail", "InternalServiceErrorException"):
        for _ in range(20):
            _deliver(driver, message)
            driver.wait(61)

    job = driver.job(job_id)
    assert (job.status, job.mail) == (Status.FINISHED, MailState.REFUSED)
    assert "gave up" in job.mail_error
    assert _deliver(driver, message)
    assert driver.mails() == []


def test_a_worker_killed_at_a_call_costs_no_mail_and_makes_no_second(driver):
    table = driver.table(ROWS)
    at, happened = 0, True
    while happened:
        at += 1
        job_id = driver.start_export(table)
        driver.deliver(job_id, driver.take(job_id))
        message = driver.service.messages("NoticeQueue")

        with dying(at) as death:
            assert _deliver(driver, message)
        driver.recover(job_id)
        happened = death.happened

        # One who dies between SES's answer and its own next write cannot tell: a second mail
        # is the lesser evil.
        most = 2 if happened and "SendEmail" in death.calls[:-1] else 1
        assert 1 <= len(driver.mails()) <= most, death.calls
        assert driver.job(job_id).mail is MailState.SENT

    assert {"UpdateItem", "GetItem", "SendEmail"} <= set(death.calls)


def test_a_mail_that_a_clock_ahead_has_claimed_is_sent_the_same_day(driver, ended):
    job_id, message = ended
    driver.clock.now += 86_400
    with dying(1, only="SendEmail"):
        _deliver(driver, message)
    driver.clock.now -= 86_400

    driver.sweep()
    driver.wait(LEASE_S + 1)
    driver.sweep()
    driver.service.run_jobs()

    assert driver.job(job_id).mail is MailState.SENT
