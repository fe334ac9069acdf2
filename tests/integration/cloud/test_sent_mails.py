"""A smoke test finds out from the job whether its mail was sent."""

import boto3
import pytest

from cloud.sent_mails import SentMails
from ferry.jobs.job_store import Jobs
from local.instance import Failed
from tests.conftest import SENDER

URL = "https://ferry.test"


@pytest.fixture
def mails(driver):
    return SentMails(Jobs(driver.service.stack.ControlTable), URL, "to@a.test", patience_s=0.1)


@pytest.fixture
def ended(driver):
    """An ended export, whose mail is still to be sent."""
    job_id = driver.start_export(driver.table([{"name": "milk"}]))
    driver.deliver(job_id, driver.take(job_id))
    return job_id


def test_a_mail_that_was_sent_counts_and_the_link_is_the_jobs(driver, mails, ended):
    driver.service.run_jobs()

    link = f"{URL}/download/x"
    assert mails.sent(ended, {"download_url": link}) == link
    assert mails.sent(ended, {"download_url": None, "report_url": link}) == link
    assert mails.sent(ended, {}) == ""
    assert mails.count == 3


def test_a_mail_that_ses_refuses_is_said_with_its_words(driver, mails, ended):
    boto3.client("sesv2").delete_email_identity(EmailIdentity=SENDER)
    driver.service.run_jobs()

    with pytest.raises(Failed, match=r"to to@a\.test is refused: .*verified"):
        mails.sent(ended, {})


def test_a_mail_that_does_not_come_is_not_waited_for_in_vain(mails, ended):
    with pytest.raises(Failed, match="was not sent within"):
        mails.sent(ended, {})


def test_a_link_to_another_host_is_none(driver, mails, ended):
    driver.service.run_jobs()

    with pytest.raises(Failed, match=r"does not begin with https://ferry\.test/download/"):
        mails.sent(ended, {"download_url": "https://elsewhere.test/download/x"})


def test_a_job_that_is_not_there_is_said(mails):
    with pytest.raises(Failed, match="no job 01a1"):
        mails.sent("01a1", {})
