"""Imports whose caller says which column of the table each column of the file becomes."""

import json
from urllib.parse import quote

from ferry.jobs.job import Counts, Status
from tests.integration.driver import Driver

COLUMNS = {
    "Artikel": {"to": "name", "transform": ["trim", "lower"]},
    "Menge": {"to": "amount", "transform": {"number": "kg"}},
    "Lager": None,
}
CSV = b"Artikel;Menge;Lager\r\n Milk;1 kg;x\r\nEggs;2;y\r\nTea;3 t;z\r\n"
IMPORTED = [("eggs", 2), ("milk", 1)]


def test_a_file_of_other_names_goes_in_and_its_failed_rows_go_in_again(driver: Driver):
    table = driver.table()
    query = f"columns={quote(json.dumps(COLUMNS))}"

    job_id = driver.start_import(table, CSV, "waren.csv", query=query)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.counts) == (Status.FINISHED, Counts(3, 2, 1))
    assert job.result.ignored_columns == ()
    shown = driver.service.call("GET", f"/oserve/v1/table/{table}/import/{job_id}/").json()
    assert shown["detected"] == {"delimiter": ";", "confidence": 100}
    assert driver.names_and_amounts(table) == IMPORTED
    report = driver.report(job_id)
    assert b"Artikel;Menge;Lager" in report

    again = driver.start_import(table, report.replace(b"3 t", b"3 kg"), query=query)
    driver.service.run_jobs()

    assert driver.job(again).counts == Counts(1, 1)
    assert driver.names_and_amounts(table) == [*IMPORTED, ("tea", 3)]


def test_an_upload_is_asked_for_with_its_mapping(driver: Driver):
    table = driver.table()
    body = {"file_name": "waren.jsonl", "columns": {"Artikel": "name", "amount": {"constant": 7}}}

    answer = driver.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)
    assert driver.service.put(answer.json(), b'{"Artikel":"milk"}\n{"Artikel":"eggs"}\n') == 204
    driver.service.run_jobs()

    assert driver.names_and_amounts(table) == [("eggs", 7), ("milk", 7)]


def test_an_unknown_transform_is_refused_with_those_that_there_are(driver: Driver):
    table = driver.table()
    columns = {"Artikel": {"to": "name", "transform": "round"}}

    answer = driver.service.call(
        "POST",
        f"/oserve/v1/table/{table}/import/upload/",
        {"file_name": "a.csv", "columns": columns},
    )

    assert answer.status == 400
    told = 'there are trim, upper, lower, title, split, join, number, date, but not "round"'
    assert told in answer.json()["error_msg"]
