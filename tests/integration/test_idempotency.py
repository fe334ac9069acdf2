"""Requests that are sent again with their Idempotency-Key (cases I1 to I3)."""

import pytest

from ferry.jobs.job_store import Jobs
from ferry.jobs.keyed_request import KEEP_S
from tests.integration.carrier import CSV_OF_TWO as CSV
from tests.integration.carrier import Carrier

EXPORT = {"file_type": "csv", "mode": "all"}


def ask(carrier: Carrier, what: str, table: int, key: str | None, *, changed: bool = False):
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/oserve/v1/table/{table}/"
    match what:
        case "export":
            body = {**EXPORT, "file_type": "json"} if changed else EXPORT
            return carrier.service.call("POST", f"{path}export/", body, headers=headers)
        case "import":
            content = CSV + b"ham,3\r\n" if changed else CSV
            return carrier.service.send_file(f"{path}import/", "goods.csv", content, headers)
        case "upload":
            body = {"file_name": "goods.csv", "dry_run": changed}
            return carrier.service.call("POST", f"{path}import/upload/", body, headers=headers)
        case _:
            body = {"content": '{"streams": {}}' if changed else "{}"}
            return carrier.service.call("POST", "/async/data/import", body, headers=headers)


def first_of(answer) -> str:
    return answer.headers.get("X-Job-Id") or answer.json()["id"]


KINDS = pytest.mark.parametrize("what", ["export", "import", "upload", "configuration"])


@KINDS
def test_the_same_request_is_answered_with_the_first_job(carrier, what):
    table = carrier.table()

    answers = [ask(carrier, what, table, "a-key") for _ in range(3)]

    assert len({first_of(answer) for answer in answers}) == 1
    assert len({answer.status for answer in answers}) == 1
    queue = {"export": "ExportQueue", "import": "ImportQueue"}.get(what)
    if queue:
        assert len(carrier.service.messages(queue)) == 1
        assert len({answer.body for answer in answers}) == 1


@KINDS
def test_another_request_with_the_key_is_a_conflict(carrier, what):
    table = carrier.table()
    ask(carrier, what, table, "a-key")

    answer = ask(carrier, what, table, "a-key", changed=True)

    assert answer.status == 409
    assert b"Idempotency-Key" in answer.body


def test_the_key_of_an_export_is_not_one_of_an_import_or_another_table(carrier):
    table, other = carrier.table(), carrier.table()
    ask(carrier, "export", table, "a-key")

    assert ask(carrier, "import", table, "a-key").status == 409
    assert ask(carrier, "export", other, "a-key").status == 409
    assert carrier.service.messages("ImportQueue") == []


@KINDS
def test_a_day_later_the_key_is_free(carrier, what):
    table = carrier.table()
    first = first_of(ask(carrier, what, table, "a-key"))

    carrier.wait(KEEP_S)
    later = first_of(ask(carrier, what, table, "a-key", changed=True))

    assert later != first


def test_quotes_around_the_key_do_not_count(carrier):
    table = carrier.table()

    assert first_of(ask(carrier, "import", table, '"a-key"')) == first_of(
        ask(carrier, "import", table, "a-key")
    )


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_what_is_no_key_is_refused(carrier, key):
    answer = ask(carrier, "export", carrier.table(), key)

    assert answer.status == 400
    assert "Idempotency-Key" in answer.json()["error_msg"]


def test_a_refused_request_leaves_the_key_free(carrier):
    table = carrier.table()
    headers = {"Idempotency-Key": "a-key"}
    path = f"/oserve/v1/table/{table}/import/"
    refused = carrier.service.send_file(path, "goods.csv", b"nothing known\r\n1\r\n", headers)

    accepted = carrier.service.send_file(path, "goods.csv", CSV, headers)

    assert (refused.status, accepted.status) == (400, 201)


def test_the_rate_limit_does_not_count_the_same_request(carrier):
    table = carrier.table()

    assert ask(carrier, "export", table, "a-key").status == 201
    assert ask(carrier, "export", table, "another").status == 400
    assert ask(carrier, "export", table, "a-key").status == 201


@pytest.mark.parametrize("what", ["export", "import"])
def test_of_two_at_the_same_moment_one_starts_a_job(carrier, what, monkeypatch):
    table = carrier.table()
    sent: list = []
    look = Jobs.first_of

    def late(jobs: Jobs, keyed):
        found = look(jobs, keyed)
        if not sent:
            # The second request comes in whole after the first has looked, before it stores.
            sent.append(None)
            sent.append(ask(carrier, what, table, "a-key"))
        return found

    monkeypatch.setattr(Jobs, "first_of", late)
    answer = ask(carrier, what, table, "a-key")

    assert (answer.status, sent[1].status) == (201, 201)
    assert first_of(answer) == first_of(sent[1])
    queue = {"export": "ExportQueue", "import": "ImportQueue"}[what]
    assert len(carrier.service.messages(queue)) == 1


def test_an_upload_with_a_key_is_imported_once(carrier):
    table = carrier.table()
    forms = [ask(carrier, "upload", table, "a-key").json() for _ in range(2)]

    for form in forms:
        assert carrier.service.put(form, CSV) == 204
        carrier.service.run_jobs()

    assert forms[0]["file_key"] == forms[1]["file_key"]
    assert carrier.carried(table) == [("eggs", 2), ("milk", 1)]


def test_without_the_header_nothing_is_the_same(carrier):
    table = carrier.table()

    answers = [ask(carrier, "import", table, None) for _ in range(2)]

    assert len({first_of(answer) for answer in answers}) == 2
