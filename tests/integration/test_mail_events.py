"""Bounces and complaints: from SES's events to the job's creator, and to what is sent next."""

import itertools

import boto3
import pytest

from admin.__main__ import main
from ferry.accounts.account_store import Accounts
from ferry.jobs.job import MailState
from tests.faults import failing, meanwhile
from tests.mail_events import bounce, complaint
from tests.service import new_user

OWNER = "owner@a.test"
ROWS = [{"name": "milk", "amount": 1}]
REASON = "Permanent/General: smtp; 550 5.1.1 user unknown"


@pytest.fixture
def mailed(driver):
    """A job whose mail has been sent."""
    return _mailed(driver)


def _mailed(driver):
    job_id = driver.start_import(driver.table(ROWS), b"name,amount\r\nmilk,1\r\n")
    driver.service.run_jobs()
    driver.mails()
    return job_id


def _shown(driver, job_id):
    job = driver.job(job_id)
    path = f"/oserve/v1/table/{job.table_id}/{job.operation}/{job_id}/"
    return driver.service.call("GET", path).json()["mail"]


def _user(driver, mail=OWNER):
    users = Accounts(driver.service.stack.ControlTable).users(driver.app_id)
    return next(user for user in users if user.mail == mail)


def test_a_mail_that_was_sent_says_so(driver, mailed):
    assert _shown(driver, mailed) == {"status": "sent"}


def test_the_job_shows_that_its_mail_bounced(driver, mailed):
    driver.service.deliver_mail_event(bounce(mailed, OWNER))

    assert _shown(driver, mailed) == {"status": "bounced", "error_msg": REASON}
    assert driver.job(mailed).mail is MailState.SENT


def test_the_job_shows_that_its_mail_was_marked_as_spam(driver, mailed):
    driver.service.deliver_mail_event(complaint(mailed, OWNER))

    assert _shown(driver, mailed) == {"status": "complained", "error_msg": "abuse"}


EVENTS = [
    {"kind": "Transient", "sub": "MailboxFull"},
    {"kind": "Permanent"},
    {"kind": "Permanent"},
    None,
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
def test_in_whatever_order_and_how_often_events_come_the_weightiest_counts(driver, mailed, order):
    for number in order:
        options = EVENTS[number]
        event = complaint(mailed, OWNER) if options is None else bounce(mailed, OWNER, **options)
        driver.service.deliver_mail_event(event)

    assert _shown(driver, mailed)["status"] == "complained"
    assert _user(driver).suppressed


@pytest.mark.parametrize("event", [bounce, complaint])
def test_a_user_whose_address_is_dead_is_not_written_to_again(driver, mailed, event):
    driver.service.deliver_mail_event(event(mailed, OWNER.upper()))

    later = _mailed(driver)

    assert driver.mails() == []
    assert driver.job(later).mail is MailState.REFUSED
    assert "an operator can let mails go to it again" in _shown(driver, later)["error_msg"]


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_after_a_bounce_that_may_pass_the_next_mail_is_sent(driver, mailed, kind):
    driver.service.deliver_mail_event(bounce(mailed, OWNER, kind=kind))

    job_id = driver.start_import(driver.table(), b"name\r\nx\r\n")
    driver.service.run_jobs()

    assert _shown(driver, mailed)["status"] == "bounced"
    assert [mail.to for mail in driver.mails()] == [[OWNER]]
    assert driver.job(job_id).mail is MailState.SENT


def test_other_users_are_written_to_whatever_bounced(driver, mailed):
    driver.service.deliver_mail_event(bounce(mailed, OWNER))
    driver.service.token = new_user(driver.service.stack, driver.app_id, "other@a.test")

    driver.start_import(driver.table(), b"name\r\nx\r\n")
    driver.service.run_jobs()

    assert [mail.to for mail in driver.mails()] == [["other@a.test"]]


def test_a_bounce_of_another_address_than_the_users_stops_no_mails(driver, mailed):
    driver.service.deliver_mail_event(bounce(mailed, "former@a.test"))

    assert _shown(driver, mailed)["status"] == "bounced"
    assert _user(driver).suppression is None


@pytest.mark.parametrize("job_id", ["unknown", "0" * 32])
def test_an_event_of_a_job_that_is_not_ours_is_ignored(driver, mailed, job_id):
    driver.service.deliver_mail_event(bounce(job_id, OWNER))

    assert _shown(driver, mailed) == {"status": "sent"}
    assert _user(driver).suppression is None


def test_a_bounce_may_come_before_the_mail_is_known_to_be_sent(driver):
    job_id = driver.start_import(driver.table(), b"name\r\nx\r\n")
    driver.service.drain("ImportQueue")
    told = meanwhile(
        "UpdateItem", lambda: driver.service.deliver_mail_event(bounce(job_id, OWNER)), nth=2
    )

    with told:  # the first is the claim, the second what became of the mail
        driver.service.drain("NoticeQueue")

    assert _shown(driver, job_id)["status"] == "bounced"
    assert driver.job(job_id).mail is MailState.SENT
    assert not driver.job(job_id).open


@pytest.mark.parametrize("text", ["no event of SES", '{"detail": {}}'])
def test_what_is_no_event_of_ses_ends_in_the_dead_letters(driver, text):
    boto3.client("sqs").send_message(QueueUrl=driver.service.stack.MailEventQueue, MessageBody=text)
    messages = driver.service.messages("MailEventQueue")

    assert driver.service.deliver("MailEventQueue", messages) == [messages[0]["messageId"]]


def test_an_event_that_cannot_be_recorded_comes_again(driver, mailed):
    with failing("UpdateItem"), pytest.raises(AssertionError):
        driver.service.deliver_mail_event(bounce(mailed, OWNER))
    assert _shown(driver, mailed) == {"status": "sent"}


def test_an_operator_clears_it_and_what_bounced_before_does_not_count(driver, mailed, capsys):
    driver.service.deliver_mail_event(bounce(mailed, OWNER))
    user = _user(driver)
    assert user.suppressed

    _admin(driver, "clear-bounce", driver.app_id, str(user.id))
    driver.service.deliver_mail_event(bounce(mailed, OWNER))  # once more, and late

    assert f"delete-suppressed-destination --email-address {OWNER}" in capsys.readouterr().err
    assert not _user(driver).suppressed
    job_id = driver.start_import(driver.table(), b"name\r\nx\r\n")
    driver.service.run_jobs()
    assert driver.job(job_id).mail is MailState.SENT
    driver.service.deliver_mail_event(bounce(job_id, OWNER, at=4_000_000_000))
    assert _user(driver).suppressed


def _admin(driver, *arguments):
    from unittest.mock import patch

    table = driver.service.stack.ControlTable
    with patch("admin.__main__.local_outputs", return_value={"ControlTable": table}):
        assert main([*arguments]) == 0
