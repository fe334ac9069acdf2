"""Nothing that a file, a request or an answer of AWS says comes into a log."""

import json
import logging
from io import StringIO

import pytest

from ferry.telemetry import logger
from tests.faults import failing

CANARY = "Li Wei 4111111111111111 li@canary.test"
FILES = {
    "goods.csv": f"{CANARY},1\n{CANARY},2\n".encode(),
    "rows.csv": f"name,amount\n{CANARY},{CANARY}\n".encode(),
    f"{CANARY}.csv": b"name,amount\nmilk,x\n",
    "quote.csv": f'name,amount\n"{CANARY}"x,1\n'.encode(),
    "goods.json": json.dumps([{"name": CANARY, "amount": CANARY}, {CANARY: 1}]).encode(),
    "goods.jsonl": f'{{"name":"{CANARY}'.encode(),
    "goods.xlsx": CANARY.encode(),
}


@pytest.fixture
def said(capsys):
    """Return all that was logged and printed since the last call."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)

    def said():
        text = stream.getvalue() + "".join(capsys.readouterr())
        stream.seek(0)
        stream.truncate()
        return text

    yield said
    logger.removeHandler(handler)


def test_files(driver, said):
    for name, content in FILES.items():
        table = driver.table()
        driver.service.upload(f"/oserve/v1/table/{table}/import/", name, content)
        driver.service.run_jobs()

    logged = said()
    assert '"job left"' in logged
    assert_silent(logged)


def test_requests(driver, engine, said):
    table = f"/oserve/v1/table/{driver.table()}"
    for method, path, body in [
        ("POST", f"{table}/record/", {"name": CANARY, "amount": CANARY}),
        ("POST", f"{table}/export/", {"file_type": CANARY, "mode": CANARY}),
        ("POST", f"{table}/import/", {"file_url": f"http://user:{CANARY}@a.test/{CANARY}.csv"}),
        ("POST", "/oserve/v1/table/", {"name": CANARY}),
        ("POST", "/data/import", {"content": json.dumps({"streams": {CANARY: CANARY}})}),
        ("POST", "/data/import", {"file": f"http://[{CANARY}"}),
        ("POST", "/api/oauth2/access_token/", {"client_id": CANARY, "client_secret": CANARY}),
        ("GET", f"{table}/record/?where=%7B%22name%22:%22li@canary.test%22%7D", None),
        ("GET", "/download/li@canary.test", None),
    ]:
        assert driver.service.call(method, path, body).status < 500
    driver.service.run_jobs()

    assert_silent(said())


@pytest.mark.parametrize("operation", ["TransactWriteItems", "PutItem", "SendMessage"])
def test_answers_of_aws(driver, said, no_pauses, operation):
    table = driver.table()
    said()
    error = {"Code": "ValidationException", "Message": CANARY}
    with failing(operation, Error=error):
        driver.service.call("POST", f"/oserve/v1/table/{table}/record/", {"name": "milk"})
        driver.service.upload(f"/oserve/v1/table/{table}/import/", "a.csv", b"name\nmilk\n")

    assert_silent(said())


def test_an_exception_is_logged_by_its_kinds_and_places(said):
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(CANARY) from error
    except RuntimeError:
        logger.exception("failed")

    (line,) = [json.loads(text) for text in said().splitlines() if '"failed"' in text]
    assert "RuntimeError" in line["exception"]
    assert "ValueError" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert_silent(json.dumps(line))


def assert_silent(text):
    for word in ("Li Wei", "4111111111111111", "canary.test"):
        assert word not in text, text[max(0, text.index(word) - 300) : text.index(word) + 100]


def test_an_exception_that_is_the_context_of_its_own_cause_is_logged_once(said):
    error, cause = ValueError(), KeyError()
    error.__cause__, cause.__context__ = cause, error

    logger.error("failed", exc_info=error)

    (line,) = said().splitlines()
    assert json.loads(line)["exception"].splitlines() == ["ValueError", "KeyError"]
