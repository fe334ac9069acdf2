"""The detected options of a file as headers of the answer, whose body is fixed."""

import json
from collections.abc import Mapping
from typing import Any

from ferry.imports.import_job import ImportJob

_LONGEST = 1_500
"""Characters of one header. An HTTP API's headers may have 10,240 bytes in all.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""


def headers_of_file(job: ImportJob) -> dict[str, str]:
    """Return the headers that report how a file is read; each is JSON in ASCII, and short.

    What is left out of them is on the job.
    """
    headers = {}
    if job.result.detected:
        headers["X-Ferry-Detected"] = _detected(job.result.detected)
    if job.result.ignored_columns:
        headers["X-Ferry-Ignored-Columns"] = _names(job.result.ignored_columns)
    if job.request.profile:
        headers["X-Ferry-Profile"] = job.request.profile
    return headers


def _detected(told: Mapping[str, Any]) -> str:
    text = json.dumps(dict(told))
    if len(text) > _LONGEST and "headers" in told:
        text = json.dumps({**told, "headers": f"{len(told['headers'])} names"})
    return text if len(text) <= _LONGEST else '"see the job"'


def _names(names: tuple[str, ...]) -> str:
    shown = list(names)
    while len(text := json.dumps(shown)) > _LONGEST:
        del shown[len(shown) // 2 :]
    if len(shown) < len(names):
        text = json.dumps([*shown, f"… {len(names) - len(shown)} more"])
    return text
