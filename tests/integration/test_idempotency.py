"""Requests that are sent again with their Idempotency-Key (cases I1 to I3)."""

import pytest

from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KEEP_S
from tests.integration.driver import CSV_OF_TWO as CSV
from tests.integration.driver import Driver

EXPORT = {"file_type": "csv", "mode": "all"}


def ask(driver: Driver, what: str, table: int, key: str | None, *, changed: bool = False):
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/oserve/v1/table/{table}/"
    match what:
        case "export":
            body = {**EXPORT, "file_type": "json"} if changed else EXPORT
            return driver.service.call("POST", f"{path}export/", body, headers=headers)
        case "import":
            content = CSV + b"ham,3\r\n" if changed else CSV
            return driver.service.send_file(f"{path}import/", "goods.csv", content, headers)
        case "upload":
            body = {"file_name": "goods.csv", "dry_run": changed}
            return driver.service.call("POST", f"{path}import/upload/", body, headers=headers)
        case _:
            body = {"content": '{"streams": {}}' if changed else "{}"}
            return driver.service.call("POST", "/async/data/import", body, headers=headers)


def first_of(answer) -> str:
    return answer.headers.get("X-Job-Id") or answer.json()["id"]


KINDS = pytest.mark.parametrize("what", ["export", "import", "upload", "configuration"])


@KINDS
def test_the_same_request_is_answered_with_the_first_job(driver, what):
    table = driver.table()

    answers = [ask(driver, what, table, "a-key") for _ in range(3)]

    assert len({first_of(answer) for answer in answers}) == 1
    assert len({answer.status for answer in answers}) == 1
    queue = {"export": "ExportQueue", "import": "ImportQueue"}.get(what)
    if queue:
        assert len(driver.service.messages(queue)) == 1
        assert len({answer.body for answer in answers}) == 1


@KINDS
def test_another_request_with_the_key_is_a_conflict(driver, what):
    table = driver.table()
    ask(driver, what, table, "a-key")

    answer = ask(driver, what, table, "a-key", changed=True)

    assert answer.status == 409
    assert b"Idempotency-Key" in answer.body


def test_the_key_of_an_export_is_not_one_of_an_import_or_another_table(driver):
    table, other = driver.table(), driver.table()
    ask(driver, "export", table, "a-key")

    assert ask(driver, "import", table, "a-key").status == 409
    assert ask(driver, "export", other, "a-key").status == 409
    assert driver.service.messages("ImportQueue") == []


@KINDS
def test_a_day_later_the_key_is_free(driver, what):
    table = driver.table()
    first = first_of(ask(driver, what, table, "a-key"))

    driver.wait(KEEP_S)
    later = first_of(ask(driver, what, table, "a-key", changed=True))

    assert later != first


def test_quotes_around_the_key_do_not_count(driver):
    table = driver.table()

    assert first_of(ask(driver, "import", table, '"a-key"')) == first_of(
        ask(driver, "import", table, "a-key")
    )


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_what_is_no_key_is_refused(driver, key):
    answer = ask(driver, "export", driver.table(), key)

    assert answer.status == 400
    assert "Idempotency-Key" in answer.json()["error_msg"]


def test_a_refused_request_leaves_the_key_free(driver):
    table = driver.table()
    headers = {"Idempotency-Key": "a-key"}
    path = f"/oserve/v1/table/{table}/import/"
    refused = driver.service.send_file(path, "goods.csv", b"nothing known\r\n1\r\n", headers)

    accepted = driver.service.send_file(path, "goods.csv", CSV, headers)

    assert (refused.status, accepted.status) == (400, 201)


def test_the_rate_limit_does_not_count_the_same_request(driver):
    table = driver.table()

    assert ask(driver, "export", table, "a-key").status == 201
    assert ask(driver, "export", table, "another").status == 400
    assert ask(driver, "export", table, "a-key").status == 201


@pytest.mark.parametrize("what", ["export", "import"])
def test_of_two_at_the_same_moment_one_starts_a_job(driver, what, monkeypatch):
    table = driver.table()
    sent: list = []
    look = Jobs.first_of

    def late(jobs: Jobs, keyed):
        found = look(jobs, keyed)
        if not sent:
            # The second request comes in whole after the first has looked, before it stores.
            sent.append(None)
            sent.append(ask(driver, what, table, "a-key"))
        return found

    monkeypatch.setattr(Jobs, "first_of", late)
    answer = ask(driver, what, table, "a-key")

    assert (answer.status, sent[1].status) == (201, 201)
    assert first_of(answer) == first_of(sent[1])
    queue = {"export": "ExportQueue", "import": "ImportQueue"}[what]
    assert len(driver.service.messages(queue)) == 1


def test_an_upload_with_a_key_is_imported_once(driver):
    table = driver.table()
    forms = [ask(driver, "upload", table, "a-key").json() for _ in range(2)]

    for form in forms:
        assert driver.service.put(form, CSV) == 204
        driver.service.run_jobs()

    assert forms[0]["file_key"] == forms[1]["file_key"]
    assert driver.names_and_amounts(table) == [("eggs", 2), ("milk", 1)]


def test_without_the_header_nothing_is_the_same(driver):
    table = driver.table()

    answers = [ask(driver, "import", table, None) for _ in range(2)]

    assert len({first_of(answer) for answer in answers}) == 2
