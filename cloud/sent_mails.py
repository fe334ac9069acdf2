"""Find out from the jobs whether their mails were sent; no mailbox is read."""

import time

from ferry.errors import NotFound
from ferry.jobs.job import JobHeader, MailState
from ferry.jobs.job_store import Jobs
from local.connection import Json
from local.instance import Failed
from local.story.output import say

_MAIL_S = 120
_PAUSE_S = 0.5
_ON_ITS_WAY = {MailState.NOT_DUE, MailState.DUE, MailState.SENDING}


class SentMails:
    """The mails of one user, as the service's jobs record them.

    Attributes:
        count: how many were sent.

    """

    def __init__(self, jobs: Jobs, url: str, to: str, *, patience_s: float = _MAIL_S) -> None:
        self._patience_s = patience_s
        self._jobs = jobs
        self._links = f"{url}/download/"
        self._to = to
        self.count = 0

    def sent(self, job_id: str, job: Json) -> str:
        """Wait until SES has taken the job's mail; return the link that the job has, too."""
        mailed = self._settled(job_id)
        if mailed.mail is not MailState.SENT:
            raise Failed(
                f"The mail of job {job_id} to {self._to} is {mailed.mail}: {mailed.mail_error}\n"
                "make doctor looks whether SES sends mails from the address."
            )
        self.count += 1
        say(f"Mail: sent to {self._to}")
        link: str = job.get("download_url") or job.get("report_url") or ""
        if link and not link.startswith(self._links):
            raise Failed(f"The job's link {link} does not begin with {self._links}")
        return link

    def _settled(self, job_id: str) -> JobHeader:
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            try:
                job = self._jobs.get_header(job_id)
            except NotFound as error:
                raise Failed(f"The control table has no job {job_id}") from error
            if job.mail not in _ON_ITS_WAY:
                return job
            time.sleep(_PAUSE_S)
        raise Failed(f"The mail of job {job_id} was not sent within {self._patience_s:.0f} s")
