"""Commands that erase: revisions of a configuration, a person's data."""

import time
from argparse import Namespace
from typing import Any

from admin.answer import Answer
from admin.removal import remove_user
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import find_app
from ferry.aws.bucket import Files
from ferry.configurations.pointer_store import Configs
from ferry.configurations.revision_erasure import RevisionErasure
from ferry.configurations.viewing import shown
from ferry.jobs.job_erasure import JobErasure
from ferry.jobs.job_lists import JobLists
from ferry.jobs.job_store import Jobs

_FORGOTTEN = (
    "Erased: name, mail address, tokens, jobs, their files. Rows and revisions that the user made "
    "stay, with the user's number alone."
)
_LEFT = (
    "The user is disabled, but jobs of theirs have not ended: wait for them, then run this again."
)


def erase_revisions(given: Namespace, storage: Accounts) -> Answer:
    """Erase what revisions of an app's configuration held, from the first to the last given."""
    find_app(given.app, accounts=storage)
    erasure = RevisionErasure(
        given.app,
        configs=Configs(storage.table_name),
        files=Files(given.outputs["ConfigBucket"]),
        requests=Files(given.outputs["UploadBucket"]),
    )
    last, now = given.last or given.first, int(time.time())
    erased = [erasure.erase(number, now=now) for number in range(given.first, last + 1)]
    return Answer([shown(revision) for revision in erased])


def forget_user(given: Namespace, storage: Accounts) -> Answer:
    """Erase a user with all tokens, jobs and files of theirs, for good."""
    jobs = JobErasure(
        Jobs(storage.table_name),
        JobLists(storage.table_name),
        uploads=Files(given.outputs["UploadBucket"]),
        results=Files(given.outputs["ResultsBucket"]),
        now=int(time.time()),
    )
    left = remove_user(given.app, given.user, accounts=storage, jobs=jobs)
    facts: dict[str, Any] = {"user_id": given.user, "forgotten": not left, "jobs_left": left}
    return Answer(facts, _LEFT if left else _FORGOTTEN)
