"""The mail at the end of a job: its text, its links and its refusal (H)."""

from types import SimpleNamespace
from typing import Any

import boto3

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import authenticate
from ferry.jobs.job import MailState
from ferry.jobs.job_store import Jobs
from tests.conftest import SENDER
from tests.contract.cases import parametrize
from tests.contract.goods import CSV_OF_ALL, Clock, Goods, job_of
from tests.service import Service, handler, new_user


@parametrize("mails", "letters")
def test_letter(case: dict[str, Any], service: Service, stack: SimpleNamespace, goods: Goods):
    app = authenticate(f"Bearer {service.token}", now=0, accounts=Accounts(stack.ControlTable))
    token = new_user(stack, app.app_id, "reader@a.test", case.get("language", "en"))

    assert goods.start(case["do"], token=token).status == 201
    service.run_jobs()

    (mail,) = service.mails()
    assert mail.to == ["reader@a.test"], "it goes to whoever asked for the job"
    assert mail.subject == case["subject"]
    assert [text for text in case["says"] if text not in mail.html] == []
    assert len(mail.links) == case["links"]
    assert all(service.download(link) for link in mail.links)
    assert "amazonaws" not in mail.html, "links of S3 itself would die within hours"


@parametrize("mails", "links")
def test_link(case: dict[str, Any], service: Service, goods: Goods, clock: Clock):
    goods.export(CSV_OF_ALL)
    service.run_jobs()
    (mail,) = service.mails()
    (link,) = mail.links

    clock.now += case["after_s"]

    answer = service.call("GET", link, token="")
    assert answer.status == case["status"]
    page = answer.body.decode()
    assert [text for text in case.get("says", []) if text not in page] == []
    if answer.status == 302:
        assert "X-Amz-Expires=300" in answer.headers["Location"]
        assert service.download(link).startswith(b"\xef\xbb\xbfid,")
    else:
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "Location" not in answer.headers


@parametrize("mails", "refusals")
def test_refusal(
    case: dict[str, Any], service: Service, stack: SimpleNamespace, goods: Goods, clock: Clock
):
    ses = boto3.client("sesv2")
    ses.delete_email_identity(EmailIdentity=SENDER)
    answer = goods.start(case["do"])
    queue = "ImportQueue" if "import" in case["do"] else "ExportQueue"
    messages = service.messages(queue)
    assert service.deliver(queue, messages) == []
    notices = service.messages("NoticeQueue")
    assert service.deliver("NoticeQueue", notices) == []

    ses.create_email_identity(EmailIdentity=SENDER)
    clock.now += 3600
    handler("sweep_jobs")({}, service.context)
    assert service.deliver(queue, messages) == []
    assert service.deliver("NoticeQueue", notices) == []
    service.run_jobs()

    assert service.mails() == [], "what SES has refused is not tried again"
    assert job_of(service, answer)["status"] == "finish"
    job = Jobs(stack.ControlTable).get_header(answer.headers["X-Job-Id"])
    assert job.mail is MailState.REFUSED
    assert job.mail_error
    assert len(goods.rows()) == case["rows"]
