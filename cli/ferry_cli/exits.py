"""How commands end: their exit codes, and errors in the shape what, what to do."""

from enum import IntEnum

from ferry_cli.wording import t


class Exit(IntEnum):
    """The exit codes of all commands (docs/cli.md#exit-codes)."""

    DONE = 0
    FAILED = 1
    DIFFERS = 2
    SOME_ROWS_FAILED = 3
    NOT_SIGNED_IN = 4
    WRONG_USE = 64
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class Stop(Exception):
    """A command ends here.

    Attributes:
        code: its exit code.
        advice: what to do, "" for nothing.

    """

    def __init__(self, message: str, *, code: Exit = Exit.FAILED, advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.advice = advice


def explained(error: Exception) -> Stop | None:
    """Return an error of the client with what to do about it; None for any other error."""
    from ferry_client.errors import FerryError, JobFailed, Refused, Unreachable

    told, code, advice = str(error), Exit.FAILED, ""
    match error:
        case Stop():
            return error
        case Refused(status=401):
            told, code, advice = error.message, Exit.NOT_SIGNED_IN, t("Sign in: ferry login")
        case Refused():
            told, advice = error.message, _ADVICE.get(error.status, "")
        case Unreachable():
            advice = t("Check the address and the network: ferry doctor")
        case JobFailed(job=job):
            go_on = f"ferry jobs resume {job['job_id']} --budget …"
            advice = go_on if "resume_until" in job else f"ferry jobs show {job['job_id']}"
        case OSError():
            told = _of_system(error)
        case FerryError() | ValueError():
            pass
        case _:
            return None
    return Stop(told, code=code, advice=advice)


def _of_system(error: OSError) -> str:
    """Return the words of the system, with the file that they are about."""
    if isinstance(error, FileNotFoundError) and error.filename:
        return t("there is no file {name}").format(name=error.filename)
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


_ADVICE = {
    404: t("List what there is: ferry tables list, ferry jobs list"),
    503: t("The service is busy, or does not answer in time: try again later"),
    410: t("Links serve for some days only: run the export again"),
}
