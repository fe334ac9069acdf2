"""The job of a configuration's import: its request, checkpoint and result."""

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from ferry.jobs.job import Job, JobResult, Operation, Recorded
from ferry.jobs.job_kind import JobFacts, JobKind
from ferry.kuiper.apply.mode import Mode
from ferry.kuiper.document.sections import Wire

if TYPE_CHECKING:
    from ferry.jobs.run import Run


class Form(StrEnum):
    """The form of a configuration to import, which also decides the answer's form."""

    DOCUMENT = "document"
    """The JSON document of /data/import."""
    STRUCTURED = "structured"
    """The YAML document of /v2/data/import; its first error ends the import."""
    RULESET = "ruleset"
    """Streams, tables and rules of /ruleset/import."""


class ConfigOptions(Recorded, frozen=True, kw_only=True):
    """The options of a configuration's import.

    Attributes:
        stop: whatever runs the rules is to restart on the new revision.
        dry_run: nothing is stored.
        sha256: of the document, where another one is not to be imported.

    """

    form: Form = Form.DOCUMENT
    mode: Mode = Mode.FULL
    wire: Wire = Wire.SEED
    stop: bool = False
    dry_run: bool = False
    sha256: str = ""


class ConfigRequest(ConfigOptions, frozen=True, kw_only=True, tag="configuration"):
    """An import of a configuration (contract configurations#principles).

    Attributes:
        body_key: of the request's body in the upload bucket.

    """

    body_key: str


def body_key(job_id: str) -> str:
    """Return the key of the body of the request that started a job, in the upload bucket."""
    return f"configs/{job_id}"


class AppliedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An applied import of a configuration.

    Attributes:
        outcome_key: the file that names what failed and what was skipped.
        revision: the revision it made, 0 of a dry run.
        reply: the answer to the caller, where that is more than the failed items.
        uploads: it brought uploads, which have to be written as files once it is in force.
        sha256: of the document.

    """

    outcome_key: str
    revision: int = 0
    reply: str = ""
    uploads: bool = False
    sha256: str = ""


class ConfigResult(JobResult, frozen=True, kw_only=True):
    """The result of a configuration's import.

    Attributes:
        config: None until it is in force, or its dry run is over.

    """

    config: AppliedConfig | None = None


type ConfigJob = Job[ConfigRequest, None, ConfigResult]
type ConfigRun = Run[ConfigRequest, None, ConfigResult]


def _facts(_: ConfigJob) -> JobFacts:
    return JobFacts()


CONFIGURATIONS = JobKind(
    Operation.CONFIGURATION, Job[ConfigRequest, None, ConfigResult], ConfigResult, _facts
)
