"""The kinds of jobs that tables have, for the routes of tables' jobs.

A new kind is defined beside its slice's code and named here. Kinds without a table are named by
whoever tells how they ended: `ferry.mail.notices`.
"""

from collections.abc import Mapping
from typing import Any

from ferry.exports.export_job import EXPORTS
from ferry.imports.import_job import IMPORTS
from ferry.jobs.job_kind import JobKind

TABLE_JOBS: Mapping[str, JobKind[Any, Any, Any]] = {
    kind.operation: kind for kind in (EXPORTS, IMPORTS)
}
"""Kinds by their operation, which is a part of the path."""
