"""Files that arrive in parts, and go on after a break."""

import base64
import hashlib

import pytest
import requests

from ferry.imports import parted_uploads
from ferry.jobs.job import Counts, Status
from tests.integration.driver import CSV_OF_TWO as CSV
from tests.integration.driver import Driver
from tests.service import Answer, new_user

PART = 10
OCTETS = "application/octet-stream"


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def ask(driver: Driver, table: int, size: int, name: str = "goods.csv") -> Answer:
    body = {"file_name": name, "file_size": size}
    return driver.service.call("POST", f"/oserve/v1/table/{table}/import/upload/", body)


def go_on(driver: Driver, table: int, file_key: str, parts=(), **options) -> Answer:
    body = {"file_key": file_key, "parts": list(parts)}
    path = f"/oserve/v1/table/{table}/import/upload/part/"
    return driver.service.call("POST", path, body, **options)


def send(url: str, content: bytes) -> int:
    headers = {"x-amz-checksum-sha256": sha256(content), "content-type": OCTETS}
    return requests.put(url, data=content, headers=headers, timeout=10).status_code


def upload_in_parts(driver: Driver, table: int, content: bytes) -> str:
    """Upload a file as one does whose every answer is lost once; return its job's id."""
    asked = ask(driver, table, len(content))
    told = asked.json()
    parts = [
        content[at : at + told["part_bytes"]] for at in range(0, len(content), told["part_bytes"])
    ]
    sums = [{"number": n, "sha256": sha256(part)} for n, part in enumerate(parts, start=1)]
    for url in go_on(driver, table, told["file_key"], sums).json()["urls"]:
        for _ in range(2):
            assert send(url["url"], parts[url["number"] - 1]) == 200
    assert go_on(driver, table, told["file_key"]).json()["complete"]
    assert go_on(driver, table, told["file_key"]).json()["complete"]
    return asked.headers["X-Job-Id"]


@pytest.fixture
def in_small_parts(monkeypatch: pytest.MonkeyPatch, small_steps: None) -> None:
    monkeypatch.setattr(parted_uploads, "PART_BYTES", PART)


@pytest.mark.usefixtures("in_small_parts")
def test_a_file_in_parts_is_imported_once(driver: Driver):
    table = driver.table()

    job_id = upload_in_parts(driver, table, CSV)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert (job.status, job.counts, job.bytes_total) == (Status.FINISHED, Counts(2, 2, 0), len(CSV))
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]
    assert len(driver.mails()) == 1


@pytest.mark.usefixtures("in_small_parts")
def test_what_has_arrived_is_told_and_nothing_is_complete_before_all_has(driver: Driver):
    table = driver.table()
    told = ask(driver, table, len(CSV)).json()
    assert (told["part_bytes"], told["parts"]) == (PART, 3)
    last = {"number": 3, "sha256": sha256(CSV[2 * PART :])}

    (url,) = go_on(driver, table, told["file_key"], [last]).json()["urls"]
    send(url["url"], CSV[2 * PART :])
    got = go_on(driver, table, told["file_key"]).json()

    assert [(part["number"], part["size"]) for part in got["arrived"]] == [(3, len(CSV) - 2 * PART)]
    assert (got["complete"], got["urls"]) == (False, [])


@pytest.mark.usefixtures("in_small_parts")
def test_a_part_is_signed_with_its_size_and_checksum(driver: Driver):
    table = driver.table()
    told = ask(driver, table, len(CSV)).json()

    part = {"number": 1, "sha256": sha256(CSV[:PART])}
    (url,) = go_on(driver, table, told["file_key"], [part]).json()["urls"]

    assert "SignedHeaders=content-length%3Bhost%3Bx-amz-checksum-sha256" in url["url"]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ([{"number": 2, "sha256": sha256(b"")}], "the file has the parts 1 to 1"),
        ([{"number": 0, "sha256": sha256(b"")}], "the file has the parts 1 to 1"),
        ([{"number": 1, "sha256": "x"}], "must be the SHA-256"),
        ([{"number": 1, "sha256": sha256(b"")}] * 101, "100 at most"),
    ],
)
def test_a_part_that_cannot_be_is_refused(driver: Driver, parts, why: str):
    table = driver.table()
    told = ask(driver, table, len(CSV)).json()

    answer = go_on(driver, table, told["file_key"], parts)

    assert (answer.status, why in answer.json()["error_msg"]) == (400, True)


def test_an_upload_goes_on_for_whoever_began_it_alone(driver: Driver):
    table, other = driver.table(), driver.table()
    told = ask(driver, table, len(CSV)).json()
    someone = new_user(driver.service.stack, driver.app_id, "other@a.test")
    form = driver.service.call(
        "POST", f"/oserve/v1/table/{table}/import/upload/", {"file_name": "goods.csv"}
    ).json()

    assert go_on(driver, table, told["file_key"], token=someone).status == 400
    assert go_on(driver, other, told["file_key"]).status == 400
    assert go_on(driver, table, form["file_key"]).status == 400


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(driver: Driver):
    answer = ask(driver, driver.table(), 2**40)

    assert (answer.status, "larger than" in answer.json()["error_msg"]) == (400, True)
