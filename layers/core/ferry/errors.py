"""Every exception this application raises on purpose.

* FerryError
  + Rejected            the input can never be accepted: HTTP 4xx; on a queue, given up
    - Malformed         400  a body, parameter or schema that is not as it must be
    - InvalidFile       400  a file that cannot be imported at all
    - Duplicate         400  another row has the values of a unique index
    - TooSoon           400  the rate limit (the public API answers 400, never 429)
      = TooManyJobs       of the app are open
      = TooManyAttempts 429  sign-in links were asked for too often
    - TooManyRows       400  more rows selected than one export, or one request, can take
    - GrantRefused      400  an OAuth request that is not granted
    - Unfetchable       400  a file that a URI names cannot be had
      = Unreachable       now; another try may help
    - Unauthenticated   401  no token, or one that does not serve
    - ForeignPage       403  a web page of another site
    - RoleTooLow        403  the caller's role does not allow it
    - NotFound          404
    - MethodNotAllowed  405
    - Conflict          409  others change the same thing all the time
      = RowChanged        a row is not what the caller's If-Match names
    - LinkExpired       410  a download link past its time
    - FileTooLarge      413  a body that cannot pass this route
    - QueryTooLong      414  a URL longer than API Gateway passes for certain
    - Superseded        409  another has changed the thing first; whoever meets this steps aside
    - Unreadable        409  a job that only another release of this service can read
    - DoesNotFit        an export that its file, or the function's disk, cannot hold
    - MailRefused       SES will not send this mail, now or later
  + MailHeld            a mail waits until its app may send mails again
  + InvalidRow          one bad row of a file: it is reported, and the stream goes on
  + AlreadyAccepted     a request that was sent twice at once: its caller gets the first job
  + Interrupted         a run stops at a checkpoint, on purpose
    - Cancelled         its end was asked for
    - OutOfTime         the function's time is nearly up: another delivery goes on
    - OutOfBudget       the job has spent what it may
  + InvalidItem         one bad item of a configuration: it is reported, and the others apply
    - InvalidText       its text cannot be read; it knows where
      = InvalidJson       not JSON, or JSON of another shape
      = InvalidStatement  not a statement of the engine's SQL

Anything else is a fault that may pass, or a bug: HTTP answers 500; a queue message goes back,
is tried again, and ends in the dead-letter queue. Retrying is the default: only giving up has
a name.
"""

from collections.abc import Sequence
from typing import Any


class FerryError(Exception):
    """Base of every exception raised on purpose."""


class Rejected(FerryError):
    """The input cannot be accepted; asking again unchanged will not help."""

    status = 400

    @property
    def reason(self) -> str:
        """The fault, as a job and a mail tell it."""
        return str(self)


class Malformed(Rejected):
    """A request's body or a parameter is not as it must be."""


INVALID_FILE = "无效的文件: "
"""The prefix of the public API's answers where a file is refused; contract tables#imports."""


class InvalidFile(Rejected):
    """A file cannot be imported at all; the message begins as the public API's does."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{INVALID_FILE}{reason}")
        self._reason = reason

    @property
    def reason(self) -> str:
        """The fault, without the prefix of the public API's answers."""
        return self._reason


class Duplicate(Rejected):
    """Another row of the table has the values of a unique index; the public API's error 11000."""

    code = 11000
    others: Sequence[tuple[str, str]] = ()  # further indexes, each with the reason


class TooSoon(Rejected):
    """A task like it was accepted too recently; try again after `retry_after_s` seconds."""

    def __init__(self, reason: str, *, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class TooManyJobs(TooSoon):
    """The app has as many open jobs as it may have."""


class TooManyAttempts(TooSoon):
    """Sign-in links were asked for too often, for an address or from a source."""

    status = 429


class TooManyRows(Rejected):
    """More rows are selected than one export, or one request, can take."""


class GrantRefused(Rejected):
    """An OAuth request is not granted; `error` is a code of RFC 6749 section 5.2."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Unfetchable(Rejected):
    """A file that a URI names cannot be had; the message is the reason alone."""


class Unreachable(Unfetchable):
    """A file cannot be had now; another try may help."""


class Unauthenticated(Rejected):
    """The caller did not show a token that serves."""

    status = 401


class ForeignPage(Rejected):
    """A web page of another site asks, by a cookie or where no token is asked for."""

    status = 403


class RoleTooLow(Rejected):
    """The caller's role does not allow the request."""

    status = 403


class NotFound(Rejected):
    """The thing named does not exist, or belongs to another app."""

    status = 404


class MethodNotAllowed(Rejected):
    """The path exists, the method does not; `allowed` are those that do (RFC 9110 15.5.6)."""

    status = 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{method} is not allowed here, but {', '.join(allowed)}")
        self.allowed = allowed


class Conflict(Rejected):
    """Others change the same thing all the time, so that this change never comes to be."""

    status = 409


class RowChanged(Conflict):
    """A row is not any more what If-Match names; `row` and `etag` are what the API shows now."""

    def __init__(self, reason: str, *, row: dict[str, Any], etag: str) -> None:
        super().__init__(reason)
        self.row, self.etag = row, etag


class LinkExpired(Rejected):
    """A link is past its stated lifetime, or has served if it does so once."""

    status = 410


class FileTooLarge(Rejected):
    """A body is larger than its route can take."""

    status = 413


class QueryTooLong(Rejected):
    """A URL's query is longer than API Gateway passes for certain."""

    status = 414


class DoesNotFit(Rejected):
    """An export's rows are more than its file, or the disk they are sorted on, can hold."""


class Superseded(Rejected):
    """Another worker holds the job's lease, or it has ended; or a user has changed meanwhile."""

    status = 409


class Unreadable(Rejected):
    """A job is stored in a way that this release cannot read; a worker leaves it alone."""

    status = 409

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"job {job_id} was stored by another release of this service, which alone can read it;"
            " ask again later"
        )
        self.job_id = job_id


class MailRefused(Rejected):
    """SES refuses the address, the sender or the mail."""


class MailHeld(FerryError):
    """An app has sent as many mails as it may now; this one waits until `until`, Unix seconds."""

    def __init__(self, reason: str, *, until: int) -> None:
        super().__init__(reason)
        self.until = until


class InvalidRow(FerryError):
    """One row of a file is not as it must be.

    Args:
        field: the column at fault, or "" when the row as a whole is.
        reason: what is wrong and how to correct it, fit to show to the file's owner.
        others: further columns at fault, each with the reason.

    Attributes:
        faults: all columns at fault, each with its reason.
        reason: of the first one; those of the others follow, each behind its column.

    """

    def __init__(self, field: str, reason: str, others: Sequence[tuple[str, str]] = ()) -> None:
        self.field = field
        self.faults = ((field, reason), *others)
        also = "".join(f"; {other}: {why}" for other, why in others[:_MOST_REASONS])
        more = len(others) - _MOST_REASONS
        self.reason = reason + also + (f"; and {more} more columns" if more > 0 else "")
        super().__init__(f"{field}: {self.reason}" if field else self.reason)


class AlreadyAccepted(FerryError):
    """The key of a request came to be taken, by the same request, while it was being accepted."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


class Interrupted(FerryError):
    """A run stops at a checkpoint, on purpose."""


class Cancelled(Interrupted):
    """Somebody asked for the job's end."""


class OutOfTime(Interrupted):
    """The function's time is nearly up; another delivery goes on from the checkpoint."""


class OutOfBudget(Interrupted):
    """A job has spent what it may; it can be resumed with more."""


class InvalidItem(FerryError):
    """One item of a configuration is not as it must be; the message is the engine's own text."""


class InvalidText(InvalidItem):
    """A text cannot be read; `offset` says where, in characters from its start."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.offset = offset


class InvalidJson(InvalidText):
    """A text is not JSON, or JSON of another shape than is read from it."""


class InvalidStatement(InvalidText):
    """A text is not a statement of the engine's SQL."""


_MOST_REASONS = 9
