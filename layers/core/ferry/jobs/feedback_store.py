"""Store a mail's bounce or complaint on its job."""

from ferry.aws.entities import to_item
from ferry.errors import Superseded
from ferry.jobs.job import MailFeedback
from ferry.jobs.job_items import update_item


class FeedbackStore:
    """Feedback to mails, in the control table."""

    def __init__(self, table_name: str) -> None:
        self._table_name = table_name

    def add(self, job_id: str, feedback: MailFeedback) -> bool:
        """Record feedback to a job's mail and return whether that is news.

        It is none if it, or anything weightier, is there already: events come twice, and in any
        order. It may come before the mail is recorded as sent, which leaves it alone.
        """
        try:
            update_item(
                self._table_name,
                job_id,
                "SET job.mail_feedback = :feedback",
                # Where nothing is there the comparison is false, so that its opposite holds.
                "attribute_exists(pk) AND NOT job.mail_feedback.kind >= :kind",
                {":feedback": {"M": to_item(feedback)}, ":kind": {"N": str(feedback.kind.value)}},
            )
        except Superseded:
            return False
        return True
