"""Many requests at once against the running service, and how long their answers take."""

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import httpx

from ferry_client import Client
from local import engine
from local.connection import Json
from local.instance import Failed, Instance
from local.story.output import say
from local.visitor import Visitor, create_table, free_name

_READS, _IMPORTS, _CONFIGURATIONS = 200, 30, 5
_ROWS = 200
_PATIENCE_S = 120.0
_JOBS_S = 900.0
_FIELDS = [{"name": "name", "type": "string"}, {"name": "amount", "type": "integer"}]


class _Answer(NamedTuple):
    status: int
    seconds: float
    headers: httpx.Headers


def run(instance: Instance) -> None:
    """Send 200 requests at once, then 30 imports into one table beside five configurations.

    Again on the same service, the functions' memory should be what it was.
    """
    if not instance.stack_file.exists():
        raise Failed("The service is not up: run make up")
    facts: Json = json.loads(instance.stack_file.read_text())
    visitor = Visitor(facts)
    name = free_name(visitor.client, "load")
    table = create_table(visitor.client, {"name": name, "schema": {"fields": _FIELDS}})
    _say_memory(instance, "before")
    limits = httpx.Limits(max_connections=_READS)
    headers = {"Authorization": f"Bearer {facts['token']}"}
    with httpx.Client(
        base_url=facts["api_url"],
        headers=headers,
        timeout=_PATIENCE_S,
        limits=limits,
        trust_env=False,
    ) as http:
        read = partial(http.get, f"/oserve/v1/table/{table}/")
        _told("requests to read a table", _at_once([read] * _READS))
        begun = time.monotonic()
        jobs = [partial(_import, http, table, number) for number in range(_IMPORTS)]
        jobs += [partial(_configure, http, number) for number in range(_CONFIGURATIONS)]
        answers = _at_once(jobs)
    _told("imports into one table, beside configurations", answers)
    ids = [answer.headers["X-Job-Id"] for answer in answers[:_IMPORTS]]
    _wait(visitor.client, table, ids)
    _check_rows(visitor.client, table)
    say(f"All of them ended within {time.monotonic() - begun:.0f} s; each row is there once")
    _say_memory(instance, "after")
    visitor.client.delete_table(table)
    visitor.close()


def _say_memory(instance: Instance, when: str) -> None:
    sizes = [size / 1e6 for size in engine.function_memory(instance)]
    if sizes:
        middle = sizes[len(sizes) // 2]
        told = f"{len(sizes)} processes, {sum(sizes):.0f} MB; median {middle:.0f}"
        say(f"Memory of the functions {when}: {told}, largest {sizes[-1]:.0f} MB")


def _import(http: httpx.Client, table: int, number: int) -> httpx.Response:
    rows = "".join(f"row {number}-{row},{row}\r\n" for row in range(_ROWS))
    file = (f"load-{number}.csv", f"name,amount\r\n{rows}")
    return http.post(f"/oserve/v1/table/{table}/import/", files={"file": file})


def _configure(http: httpx.Client, number: int) -> httpx.Response:
    rule = {"sql": "SELECT * FROM demo", "actions": [{"log": {}}]}
    document = {"rules": {f"load{number}": json.dumps(rule)}}
    content = {"content": json.dumps(document)}
    return http.post("/async/data/import?partial=1", json=content)


def _at_once(requests: Sequence[Callable[[], httpx.Response]]) -> list[_Answer]:
    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(_timed, requests))


def _timed(request: Callable[[], httpx.Response]) -> _Answer:
    begun = time.monotonic()
    response = request()
    return _Answer(response.status_code, time.monotonic() - begun, response.headers)


def _told(what: str, answers: Sequence[_Answer]) -> None:
    """Say how it went.

    Raises:
        Failed: an answer is an error.

    """
    seconds = sorted(answer.seconds for answer in answers)
    middle, last = (seconds[int(share * (len(seconds) - 1))] for share in (0.5, 0.99))
    statuses = Counter(answer.status for answer in answers)
    shown = ", ".join(f"{number} x {status}" for status, number in sorted(statuses.items()))
    say(f"{len(answers)} {what}: {shown}; p50 {middle:.2f} s, p99 {last:.2f} s")
    if any(status >= httpx.codes.BAD_REQUEST for status in statuses):
        raise Failed(f"Not every request was answered well: {shown}")


def _wait(client: Client, table: int, ids: Sequence[str]) -> None:
    for job_id in ids:
        job = client.job(table, "import", job_id).wait(timeout=_JOBS_S)
        if job["counts"]["succeeded"] != _ROWS:
            raise Failed(f"Job {job_id} has not imported its {_ROWS} rows: {job['counts']}")


def _check_rows(client: Client, table: int) -> None:
    path = f"/oserve/v1/table/{table}/record/?limit=1"
    total = client.transport.call("GET", path).json()["meta"]["total_count"]
    if total != _IMPORTS * _ROWS:
        raise Failed(f"The table has {total} rows, not {_IMPORTS * _ROWS}")
