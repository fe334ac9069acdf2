"""What docs/api.md shows of files and jobs is what an import and an export really give."""

import json
import re

import pytest

from tests.declared import ROOT

API = (ROOT / "docs" / "api.md").read_text("utf-8")
ROWS = [
    {"name": "n", "amount": None, "created_at": 1795295480},
    {
        "name": "Jasmine tea",
        "desc": ["新品"],
        "owner": "5baafb9061235656789",
        "created_at": 1795295481,
    },
    {"name": "", "created_at": 1795295482},
]
_VARYING = (
    (r"\b[0-9a-f]{32}\b", "<job>"),
    (r"\b[0-9a-f]{24}\b", "<row>"),
    (r"\b\d{10}\b", "0"),
    (r"\d{8}T\d{6}Z", "<moment>"),
    (r'"https://[^"]*/download/[^"]*"', '"<link>"'),
)


def _blocks(heading, language):
    """Return the blocks of code behind a heading, up to the next one."""
    part = re.split(r"^#{2,3} ", API.partition(f"### {heading}\n")[2], maxsplit=1, flags=re.M)[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.DOTALL | re.MULTILINE)


def _alike(text):
    for pattern, name in _VARYING:
        text = re.sub(pattern, name, text)
    return text


def _shown(document):
    return json.loads(_alike(json.dumps(document)))


@pytest.fixture
def table(driver):
    (body,) = re.findall(
        r"-d '(\{\s*\"name\": \"goods\",\s*\"schema\".*?\})' \\\n", API, re.DOTALL
    )[:1]
    answer = driver.service.call("POST", "/oserve/v1/table/", json.loads(body))
    assert answer.status == 201, answer
    return answer.json()["id"]


def _job(driver, table, operation, job_id):
    answer = driver.service.call("GET", f"/oserve/v1/table/{table}/{operation}/{job_id}/")
    shown = answer.json()
    if operation == "export":  # how many pages its shards have is for the ids to say
        shown["spent"] = {"read_units": 73.0, "write_units": 0.0, "dollars": 0.000009125}
    return _shown(shown)


def test_the_failed_rows_of_a_csv_file_and_the_job_that_left_them(driver, table):
    sent, failed = _blocks("Failed rows", "csv")
    job_id = driver.start_import(table, sent.encode(), "goods.csv")
    driver.service.run_jobs()

    assert driver.report(job_id).decode("utf-8-sig").replace("\r\n", "\n") == failed
    (_, documented) = _blocks("`GET /oserve/v1/table/:table_id/import/:job_id/`", "json")
    assert _job(driver, table, "import", job_id) == _shown(json.loads(documented))


def test_the_failed_rows_of_a_json_file(driver, table):
    sent, failed = _blocks("Failed rows", "json")
    job_id = driver.start_import(table, sent.encode(), "goods.json")
    driver.service.run_jobs()

    assert driver.report(job_id).decode() == failed.rstrip()


def test_an_exported_csv_file_and_its_job(driver, table):
    for row in ROWS:
        answer = driver.service.call("POST", f"/oserve/v1/table/{table}/record/", row)
        assert answer.status == 201, answer
    job_id = driver.start_export(table)
    driver.service.run_jobs()

    (documented,) = _blocks("What an export writes", "csv")
    file = driver.file(job_id).decode("utf-8-sig").replace("\r\n", "\n")
    assert _alike(file) == _alike(documented)
    (documented, _) = _blocks("`GET /oserve/v1/table/:table_id/import/:job_id/`", "json")
    assert _job(driver, table, "export", job_id) == _shown(json.loads(documented))
