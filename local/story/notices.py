"""Find out that a job's mail was sent, and follow its link."""

from typing import Protocol

from local.connection import Json


class Notices(Protocol):
    """The mails of one user."""

    def sent(self, job_id: str, job: Json) -> str:
        """Wait for the mail of a job and return the link in it, "" where it has none.

        Args:
            job_id: the job's id.
            job: as the API shows it, empty where it does not.

        Raises:
            Failed: no mail comes, or it is refused.

        """
        ...
