"""The table and the user that a job belongs to: once one is deleted, the job's links end."""

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import find_user
from ferry.jobs.job import JobHeader
from ferry.records.registry import Tables


def check_owners(job: JobHeader, *, tables: Tables, accounts: Accounts) -> None:
    """Raise NotFound if the job's table or the user who started it is deleted."""
    if job.table_id:
        tables.get(job.app_id, job.table_id)
    if job.user_id:
        find_user(job.app_id, job.user_id, accounts=accounts)
