"""Whatever rows a file holds, each ends as stored or as reported, and the numbers say so."""

import csv
import io
import json
import re

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from ferry.files.csv.formulas import undefused
from ferry.jobs.job import Counts, Status

NAMES = st.text(st.sampled_from("ab ,\"'\r\n\t;=漢🙂\\"), max_size=6)
AMOUNTS = st.sampled_from(["", "0", "-7", "12345678901234567890", "x", "1.5", "1e3", " 1", "٣"])
ROWS = st.lists(st.tuples(NAMES, AMOUNTS), max_size=30)
WHOLE = re.compile(r"-?[0-9]+")

pytestmark = pytest.mark.usefixtures("small_steps")
_EXAMPLES = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_EXAMPLES
@example(rows=[(" ", "")])
@given(rows=ROWS)
def test_every_row_of_a_csv_file_is_stored_or_reported(driver, rows):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([("name", "amount"), *rows])

    job, report = _carry(driver, text.getvalue().encode(), "goods.csv")

    # Rows of delimiters alone are skipped; white space is a value.
    rows = [row for row in rows if any(row)]
    good = [(n, a) for n, a in rows if n and (not a or WHOLE.fullmatch(a))]
    bad = [row for row in rows if row not in good]
    reported = list(csv.reader(io.StringIO(report.decode("utf-8-sig"), newline="")))[1:]
    assert job.counts == Counts(len(rows), len(good), len(bad))
    assert driver.names_and_amounts(job.table_id) == sorted((n, int(a or 0)) for n, a in good)
    assert [tuple(map(undefused, row[-2:])) for row in reported] == bad


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), NAMES, st.just([]), st.just({})
)


@pytest.mark.parametrize("name", ["goods.json", "goods.jsonl"])
@_EXAMPLES
@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional={"name": VALUES, "amount": VALUES}), max_size=30
    )
)
def test_every_row_of_a_json_file_is_stored_or_reported(driver, name, rows):
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    text = "[" + ",\n".join(lines) + "]" if name.endswith(".json") else "\n".join(lines)
    assume(any(rows))  # else it is refused: no record has a column of the table

    job, report = _carry(driver, text.encode(), name)

    counts = job.counts
    assert counts.total + job.result.blank_rows == len(rows)
    assert counts.total == counts.succeeded + counts.failed
    assert len(driver.rows(job.table_id)) == counts.succeeded
    assert _number_of_objects(report, name) == counts.failed


def _carry(driver, content, name):
    job_id = driver.start_import(driver.table(), content, name)
    driver.service.run_jobs()
    job = driver.job(job_id)
    assert (job.status, job.error) == (Status.FINISHED, "")
    assert len(driver.mails()) == 1
    return job, driver.report(job_id)


def _number_of_objects(report, name):
    if name.endswith(".json"):
        return len(json.loads(report)) if report else 0
    return len([json.loads(line) for line in report.splitlines()])
