"""The app that a try-out makes for itself in a deployed service, and its removal."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from admin.removal import remove_app
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import (
    create_app,
    create_user,
    find_app,
    find_user,
    issue_token,
    sha256,
)
from ferry.aws.bucket import Files
from ferry.configurations.config_job import CONFIGURATIONS
from ferry.configurations.pointer_store import Configs
from ferry.errors import NotFound, Rejected
from ferry.jobs.job_store import Jobs
from ferry_client import Client, FerryError, JobHandle, Refused
from ferry_client.blocking.client import OPERATIONS
from local.connection import Connection
from local.instance import Failed

NAME = "smoke"
_END_S = 60
_PAUSE_S = 0.25
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""By which a person, a pipeline or a closed terminal ends a command."""


@dataclass(frozen=True)
class Service:
    """A deployed service, as its stack describes it.

    Attributes:
        url: where users reach it.
        control_table: where its apps are.
        config_bucket: where their configurations are.
        upload_bucket: where the files of imports are.

    """

    url: str
    control_table: str
    config_bucket: str
    upload_bucket: str

    @property
    def accounts(self) -> Accounts:
        """Its apps and users."""
        return Accounts(self.control_table)


class Guest:
    """An app with one user, and a token of theirs."""

    def __init__(self, service: Service, app_id: str) -> None:
        self._service = service
        self._app_id = app_id
        accounts = service.accounts
        owner_id = find_app(app_id, accounts=accounts).owner_id
        user = find_user(app_id, owner_id or 0, accounts=accounts)
        self._token = issue_token(user, now=int(time.time()), accounts=accounts)
        self.client = Client(service.url, self._token)
        self.connection = Connection(service.url, self._token)

    def leave(self) -> None:
        """Delete the jobs with their files, the tables with their rows, and the app.

        Raises:
            Failed: the service does not do it.

        """
        for table in self.client.tables():
            self._delete_jobs(table["id"])
            self.client.delete_table(table["id"])
        self.client.close()
        self.connection.close()
        self._forget_imported_configurations()
        accounts = self._service.accounts
        remove_app(
            self._app_id,
            accounts=accounts,
            configurations=Files(self._service.config_bucket),
        )
        accounts.delete_token(sha256(self._token))

    def _delete_jobs(self, table: int) -> None:
        for operation in OPERATIONS:
            for job in self.client.jobs(table, operation):
                _delete(self.client.job(table, operation, job["job_id"]))

    def _forget_imported_configurations(self) -> None:
        """Delete the jobs of the app's revisions and their files, which no API deletes."""
        jobs = Jobs(self._service.control_table)
        uploads = Files(self._service.upload_bucket)
        for revision in Configs(self._service.control_table).revisions(self._app_id):
            if revision.job_id:
                job = jobs.get(revision.job_id, CONFIGURATIONS)
                uploads.delete([job.request.body_key])
                jobs.remove(revision.job_id, now=int(time.time()))


def _delete(job: JobHandle) -> None:
    """Delete a job with its files, cancelling it before if it is still at work.

    Raises:
        Failed: it does not end.

    """
    deadline = time.monotonic() + _END_S
    while time.monotonic() < deadline:
        try:
            job.delete()
            job.show()
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return
            raise
        time.sleep(_PAUSE_S)
    raise Failed(f"The job {job.id} has not ended {_END_S} s after it was asked to")


@contextmanager
def guest(service: Service, mail: str, note: Path) -> Iterator[Guest]:
    """Make an app with a user, and remove all that they have made in any case.

    Args:
        service: where.
        mail: the user's address.
        note: a file that names the app while it is there. One that another run left behind, because
            it was killed outright, names an app that is removed first.

    """
    if note.exists():
        _remove_earlier(service, note.read_text())
    failure, made = "", None
    try:
        with _undisturbed():
            made = _made(service, mail, note)
        yield made
    finally:
        with _undisturbed():
            failure = _left(made, note)
    if failure:
        raise Failed(failure)


def _made(service: Service, mail: str, note: Path) -> Guest:
    now, accounts = int(time.time()), service.accounts
    app = create_app(NAME, now=now, accounts=accounts)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(app.client_id)
    create_user(app.client_id, name=NAME, mail=mail, language="en", now=now, accounts=accounts)
    return Guest(service, app.client_id)


def _remove_earlier(service: Service, app_id: str) -> None:
    """Remove what a run left that was killed outright, at whatever moment."""
    try:
        Guest(service, app_id).leave()
    except NotFound:  # it had no user yet, or was about to be gone
        configurations = Files(service.config_bucket)
        with suppress(NotFound):
            remove_app(app_id, accounts=service.accounts, configurations=configurations)


def _left(made: Guest | None, note: Path) -> str:
    """Remove what was made and return "", or say what is left; the first error stays the error."""
    if made is None:
        return ""
    print("\nCleaning up", flush=True)
    try:
        made.leave()
    except (Failed, FerryError, Rejected, BotoCoreError, ClientError) as error:
        left = f"App {note.read_text()} could not be removed; the next run tries again: {error}"
        print(left, file=sys.stderr)
        return left
    note.unlink()
    return ""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nobody interrupt what would leave something behind."""

    def wait(*_: object) -> None:
        print("Please wait: what was made is being removed", flush=True)

    before = {each: signal.signal(each, wait) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
