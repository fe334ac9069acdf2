"""The objects of the API. Written by `make openapi`; do not edit."""

# fmt: off
from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

type Value = Any
"""A value of a row, an option or an answer whose shape the API leaves open."""


class AppUser(TypedDict):
    user_id: int
    name: str
    email: str
    language: str
    role: Literal["none", "reader", "editor", "owner"]
    tables: dict[str, Literal["reader", "editor"]]
    disabled: bool
    created_at: int


class AttachedIn(TypedDict):
    """A DynamoDB table that is there already and holds the rows."""

    table: str
    created_at: NotRequired[CreationIn | None]
    index: NotRequired[CreationIndexIn | None]


class AuthorizeIn(TypedDict):
    """An app's credentials."""

    client_id: str
    client_secret: str


class BulkResult(TypedDict):
    """What became of each row, in the order of the request."""

    operation_result: list[BulkResultOperationResultItem | BulkResultOperationResultItem2]
    total_count: int
    succeed: int


class BulkResultOperationResultItem(TypedDict):
    success: Record


class BulkResultOperationResultItem2(TypedDict):
    error: BulkResultOperationResultItem2Error


class BulkResultOperationResultItem2Error(TypedDict):
    code: int
    err_msg: str


class Choice(TypedDict):
    """One of several users whom a code may sign in."""

    app_id: str
    name: str
    user_id: int
    user_name: str


class CodeGrantIn(TypedDict):
    """A code to be exchanged for tokens."""

    grant_type: Literal["authorization_code"]
    client_id: str
    client_secret: str
    code: str


class ConfigurationTask(TypedDict):
    id: str
    status: Literal["register", "running", "finish", "error", "cancel"]
    message: NotRequired[str]
    createdTimestamp: int
    updatedTimestamp: int
    user_id: int
    total: int
    failed: int
    mode: NotRequired[Literal["full", "partial"]]
    dry_run: NotRequired[bool]
    revision: NotRequired[int | None]


class ConfigurationTasks(TypedDict):
    next: str | None
    tasks: list[ConfigurationTask]


class ConstraintsIn(TypedDict):
    """The constraints on a field's values beyond their type."""

    required: NotRequired[bool]


class CreationIn(TypedDict):
    """The attribute that says when a row was created."""

    attribute: str
    unit: NotRequired[Unit]


class CreationIndexIn(TypedDict):
    """A global index with that attribute as sort key, and the values of its partition key."""

    name: str
    partitions: list[str | int]


class Error(TypedDict):
    status: Literal["error"]
    error_msg: str


class Estimate(TypedDict):
    rows: int
    exact: bool
    sampled_rows: int
    rows_failing: NotRequired[int]
    table_bytes: int
    file_bytes: int
    read_units: float
    write_units: float
    dollars: EstimateDollars
    minutes: float
    bound_by: Literal["processor", "table", "requests", "rate"]
    prices: EstimatePrices
    refused: NotRequired[str | None]


class EstimateDollars(TypedDict):
    reads: float
    writes: float
    functions: float
    files: float
    rest: float
    total: float


class EstimatePrices(TypedDict):
    region: str
    as_of: str


class ExportOptions(TypedDict):
    """A request of version 1."""

    mode: Literal["all", "part"]
    start: NotRequired[int | None]
    end: NotRequired[int | None]
    file_type: Literal["csv", "json"]


class ExportOptionsV15(TypedDict):
    """A request of version 1.5. Whether the table can serve it is for the plan to say."""

    mode: Literal["all", "part"]
    start: NotRequired[int | None]
    end: NotRequired[int | None]
    file_type: Literal["csv", "tsv", "json", "jsonl", "xlsx", "dynamodb", "parquet"]
    where: NotRequired[dict[str, Value] | None]
    include_keys: NotRequired[list[str] | None]
    exclude_keys: NotRequired[list[str] | None]
    order_by: NotRequired[list[str] | None]
    csv_customize_headers: NotRequired[dict[str, str] | None]
    timestamp_convert_keys: NotRequired[list[str] | None]
    time_zone: NotRequired[str]
    compress: NotRequired[Literal["gzip"] | None]
    defuse_formulas: NotRequired[bool]
    column_order: NotRequired[Literal["table", "include_keys"]]
    decimal_keys: NotRequired[dict[str, int] | None]
    budget: NotRequired[float | None]
    budget_units: NotRequired[int | None]
    rate: NotRequired[int | None]


class FieldIn(TypedDict):
    """One field of the schema."""

    name: str
    type: FieldType
    items: NotRequired[dict[str, Value] | None]
    coordinate_type: NotRequired[str | None]
    description: NotRequired[str]
    constraints: NotRequired[ConstraintsIn]
    default: NotRequired[Value]
    acl: NotRequired[dict[str, Value] | None]
    schema_id: NotRequired[int | None]
    schema_name: NotRequired[str | None]
    stored: NotRequired[Literal["B", "SS", "NS", "BS"] | None]


type FieldType = Literal[
    "string",
    "integer",
    "number",
    "boolean",
    "array",
    "object",
    "geojson",
    "file",
    "date",
    "reference",
    "pointer"
]


class IndexIn(TypedDict):
    """A unique index; without a name it is called after its fields, ``code_1``."""

    name: NotRequired[str | None]
    fields: list[str]
    unique: NotRequired[Literal[True]]


class Job(TypedDict):
    job_id: str
    operation: Literal["export", "import"]
    status: Literal["pending", "ready", "finish", "failed", "cancelled"]
    file_type: str
    file_name: NotRequired[str | None]
    download_url: NotRequired[str | None]
    created_at: int
    updated_at: int
    progress: JobProgress
    spent: JobSpent
    error_msg: NotRequired[str]
    mail: JobMail
    profile: NotRequired[JobProfile]
    counts: NotRequired[JobCounts]
    dry_run: NotRequired[bool]
    undo_of: NotRequired[str]
    apply_of: NotRequired[str]
    undo_until: NotRequired[int]
    cancelled_by: NotRequired[int]
    hidden_rows: NotRequired[int]
    budget: NotRequired[float]
    budget_units: NotRequired[int]
    rate: NotRequired[int]
    resume_until: NotRequired[int]
    blank_rows: NotRequired[int]
    ignored_columns: NotRequired[list[str]]
    detected: NotRequired[dict[str, Value]]
    first_failed: NotRequired[list[JobFirstFailedItem]]
    report_url: NotRequired[str | None]
    report_options: NotRequired[dict[str, Value]]


class JobCounts(TypedDict):
    """Of an import, rows so far: total = succeeded + failed."""

    total: int
    succeeded: int
    failed: int
    skipped: NotRequired[int]
    new: NotRequired[int]
    changed: NotRequired[int]
    same: NotRequired[int]
    deleted: NotRequired[int]
    mirrored: NotRequired[int]
    uncounted: NotRequired[int]


class JobFirstFailedItem(TypedDict):
    line: int
    errors: list[JobFirstFailedItemErrorsItem]


class JobFirstFailedItemErrorsItem(TypedDict):
    field: str
    reason: str


class JobMail(TypedDict):
    """What became of the mail that says how the job ended."""

    status: Literal["not_due", "due", "sending", "sent", "refused", "bounced", "complained"]
    error_msg: NotRequired[str]


class JobProfile(TypedDict):
    """From which an import has its options."""

    name: NotRequired[str]
    version: NotRequired[int]


class JobProgress(TypedDict):
    rows_done: int
    rows_total: int | None
    bytes: int
    bytes_total: NotRequired[int]


class JobSpent(TypedDict):
    """What requests to DynamoDB for its rows have consumed so far, and what that costs on demand. What a worker used that was killed, after its last save, is not in it."""

    read_units: float
    write_units: float
    dollars: float


class LinkIn(TypedDict):
    """Asks for a link to sign in by; with a terminal's `challenge`, for a code instead."""

    email: str
    challenge: NotRequired[str]


class Meta(TypedDict):
    """Which part of a list this is."""

    limit: int
    next: str | None
    offset: int
    previous: str | None
    total_count: int


class OAuthError(TypedDict):
    error: Literal["invalid_client", "invalid_grant", "invalid_request", "unsupported_grant_type"]


class Preview(TypedDict):
    file_name: str
    file_type: str
    whole: bool
    detected: dict[str, Value]
    columns: list[PreviewColumnsItem]
    suggested: dict[str, Value]
    rows: list[dict[str, Value]]
    rows_read: int
    rows_failing: int
    problems: list[dict[str, Value]]
    ignored_columns: NotRequired[list[str]]
    schema: dict[str, Value]
    changes: NotRequired[list[dict[str, Value]]]


class PreviewColumnsItem(TypedDict):
    name: NotRequired[str]
    column: NotRequired[str | None]
    type: NotRequired[str]
    types: NotRequired[dict[str, Value]]
    empty: NotRequired[int]
    examples: NotRequired[list[Value]]
    suggestion: NotRequired[dict[str, Value]]


class Profile(TypedDict):
    name: str
    version: int
    options: dict[str, Value]
    created_by: int
    created_at: int


class Record(TypedDict):
    """A row. Beside the built-in columns it holds the fields of its table's schema."""

    id: str
    created_by: int
    created_at: int
    updated_at: int
    read_perm: list[str]
    write_perm: list[str]


class RefreshGrantIn(TypedDict):
    """A refresh token to be exchanged for new tokens."""

    grant_type: Literal["refresh_token"]
    client_id: str
    client_secret: str
    refresh_token: str


class ResumeIn(TypedDict):
    """New limits, of the job as a whole. What is left out stays; null lifts a limit."""

    budget: NotRequired[float | None]
    budget_units: NotRequired[int | None]
    rate: NotRequired[int | None]


class Revision(TypedDict):
    number: int
    size: int
    made_at: int
    user_id: NotRequired[int]
    cause: str
    mode: NotRequired[str]
    job_id: NotRequired[str]
    of: NotRequired[int]
    failed: NotRequired[int]
    skipped: NotRequired[int]
    erased_at: NotRequired[int]


class Revisions(TypedDict):
    current: int
    restart_requested: NotRequired[int | None]
    revisions: list[Revision]


type Role = Literal[
    "editor",
    "none",
    "owner",
    "reader"
]


class RoleIn(TypedDict):
    """A role in the whole app, and roles in named tables, by their ids."""

    role: NotRequired[Literal["editor", "none", "owner", "reader"]]
    tables: NotRequired[dict[str, Literal["editor", "none", "owner", "reader"]]]


class RowIn(TypedDict):
    """A row to be: the fields of its table's schema, and of the built-in columns those that are
    not to be as the service would fill them."""

    created_by: NotRequired[int]
    created_at: NotRequired[int]
    updated_at: NotRequired[int]
    read_perm: NotRequired[list[str]]
    write_perm: NotRequired[list[str]]


class SchemaIn(TypedDict):
    """The fields, in order."""

    fields: list[FieldIn]


class Session(TypedDict):
    id: str
    user_agent: str
    created_at: int
    last_used_at: int
    expires_at: int
    current: bool


class SessionIn(TypedDict):
    """A mailed code, a terminal's with its `verifier`, or a token; the others choose a user."""

    code: NotRequired[str]
    verifier: NotRequired[str]
    token: NotRequired[str]
    app_id: NotRequired[str]
    user_id: NotRequired[int | None]


class SessionOut(TypedDict):
    """Who is signed in. Pages send `csrf` along, terminals `session` in place of a token."""

    app_id: str
    app_name: str
    user_id: int
    name: str
    email: str
    language: str
    role: Role
    tables: dict[str, Role]
    expires_at: int
    csrf: str
    session: NotRequired[str]


class Table(TypedDict):
    id: int
    name: str
    schema: TableSchema
    row_read_perm: NotRequired[list[str]]
    row_write_perm: NotRequired[list[str]]
    write_perm: NotRequired[list[str]]
    rate: NotRequired[int]
    indexes: list[IndexIn]
    attached: NotRequired[TableAttached]
    created_by: int
    created_at: int
    updated_at: int


class TableAttached(TypedDict):
    """The DynamoDB table that holds the rows, if not we do."""

    table: str
    keys: list[str]
    created_at: dict[str, Value] | None
    index: dict[str, Value] | None


class TableChangesIn(TypedDict):
    """The changes to a table; members that are not given stay as they are."""

    row_read_perm: NotRequired[list[str] | None]
    row_write_perm: NotRequired[list[str] | None]
    write_perm: NotRequired[list[str] | None]
    indexes: NotRequired[list[IndexIn] | None]
    rate: NotRequired[int | None]
    name: NotRequired[str | None]
    schema: NotRequired[SchemaIn | None]


class TableIn(TypedDict):
    """A table to be; `shards`: over how many keys. `attached` without `schema` proposes one."""

    row_read_perm: NotRequired[list[str] | None]
    row_write_perm: NotRequired[list[str] | None]
    write_perm: NotRequired[list[str] | None]
    indexes: NotRequired[list[IndexIn] | None]
    rate: NotRequired[int | None]
    name: str
    schema: NotRequired[SchemaIn | None]
    shards: NotRequired[int | None]
    attached: NotRequired[AttachedIn | None]


class TableProposal(TypedDict):
    name: str
    attached: AttachedIn
    schema: SchemaIn
    sample: TableProposalSample


class TableProposalSample(TypedDict):
    """What was read of the DynamoDB table. In a request it means nothing."""

    items: int
    read_units: float
    whole: bool
    table_items: int
    table_bytes: int
    attributes: list[TableProposalSampleAttributesItem]
    left_out: dict[str, Value]
    index: TableProposalSampleIndex | None


class TableProposalSampleAttributesItem(TypedDict):
    name: str
    type: str
    types: dict[str, Value]
    empty: int
    largest: int
    example: Value
    why: NotRequired[str]


class TableProposalSampleIndex(TypedDict):
    """A global index that exports of a window can be read from."""

    name: str
    key: str
    partitions: list[str | int]
    sure: bool


class TableSchema(TypedDict):
    """The fields in order; but in an attached table, the built-in columns first."""

    fields: NotRequired[list[FieldIn]]


type TokenIn = CodeGrantIn | RefreshGrantIn


class Tokens(TypedDict):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    scope: Literal["write"]


type Unit = Literal[
    "seconds",
    "milliseconds",
    "iso8601"
]


class UploadForm(TypedDict):
    upload_url: NotRequired[str]
    fields: NotRequired[dict[str, str]]
    part_bytes: NotRequired[int]
    parts: NotRequired[int]
    file_key: str
    expires_in: int


class UserIn(TypedDict):
    """A new user, who is mailed an invitation."""

    role: NotRequired[Literal["editor", "none", "owner", "reader"]]
    tables: NotRequired[dict[str, Literal["editor", "none", "owner", "reader"]]]
    email: str
    name: NotRequired[str]
    language: NotRequired[Literal["en", "zh-CN"]]


class WholeJobLife(TypedDict):
    events: list[WholeJobLifeEventsItem]
    samples: list[WholeJobLifeSamplesItem]


class WholeJobLifeEventsItem(TypedDict):
    event: str
    at: int


class WholeJobLifeSamplesItem(TypedDict):
    at: int
    rows: int


class ListedJob(Job):
    table_id: int
    table_name: str
    user_id: int


class WholeJob(ListedJob):
    life: WholeJobLife
