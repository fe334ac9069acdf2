"""Imports: what is accepted (F), and what becomes of each row (G)."""

import csv
import gzip
import io
import json
from types import SimpleNamespace
from typing import Any

import openpyxl

from tests.contract.cases import filled, parametrize
from tests.contract.goods import FIXTURE, Goods, assert_refused, job_of
from tests.service import Answer, Mail, Service, new_app
from tests.workbooks import workbook


@parametrize("import_requests")
def test_request(
    case: dict[str, Any], service: Service, stack: SimpleNamespace, empty_goods: Goods
):
    answer = _send(case, stack, empty_goods)

    if case.get("status", 201) != 201:
        assert_refused(service, answer, case["status"])
        for text in case.get("says", []):
            assert text in answer.json()["error_msg"]
        assert empty_goods.rows() == []
        return
    assert (answer.status, answer.body) == (201, b'{"status":"ok"}')
    service.run_jobs()
    (mail,) = service.mails()
    assert mail.to == ["owner@a.test"]
    _assert_rows(empty_goods.rows(), case["rows"])


@parametrize("import_rows")
def test_rows(case: dict[str, Any], service: Service, empty_goods: Goods):
    unique = case.get("unique", False)
    goods = Goods.create(service, name="coded", unique=True) if unique else empty_goods
    before = goods.add(FIXTURE["rows"]) if case.get("seeded") else []

    for _ in range(case.get("times", 1)):
        answer = _import(case, goods, {row["name"]: row["id"] for row in before})
        service.run_jobs()
        (mail,) = service.mails()
        assert mail.to == ["owner@a.test"]

    after = goods.rows()
    new = [row for row in after if row not in before]
    assert len(after) == len(before) + len(new), "a row that was there has changed"
    me = service.call("GET", goods.path("")).json()["created_by"]
    named = {"<me>": me}
    expected = [
        {name: named.get(str(value), value) for name, value in row.items()} for row in case["rows"]
    ]
    _assert_rows(new, expected)
    _assert_outcome(service, answer, mail, case)
    assert all(text in mail.html for text in case.get("mail", []))


def _send(case: dict[str, Any], stack: SimpleNamespace, goods: Goods) -> Answer:
    path = f"/oserve/v1/table/{case.get('table', goods.id)}/import/"
    if "send" in case:
        sent = case["send"]
        headers = {"content-type": sent["content_type"]}
        return goods.service.call("POST", path, sent["body"].encode(), headers=headers)
    more = {"token": new_app(stack, "B", "owner@b.test")} if "token" in case else {}
    content = bytes.fromhex(case["hex"]) if "hex" in case else case["content"].encode()
    part = case.get("part", "file")
    return goods.service.upload(path, case["file"], content, part=part, **more)


def _import(case: dict[str, Any], goods: Goods, ids: dict[str, str]) -> Answer:
    """Import the file of a case as it says: in the request, or by an upload to the store."""
    sheet, text = case.get("sheet"), case.get("content", "")
    content = workbook(sheet) if sheet else filled(text, ids).encode()
    if case["file"].endswith(".gz"):
        content = gzip.compress(content)
    query = case.get("query", "")
    if case.get("uploaded"):
        return goods.upload(content, case["file"], query)
    answer = goods.import_(content, case["file"], query=query)
    assert (answer.status, answer.body) == (201, b'{"status":"ok"}')
    return answer


def _assert_rows(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """Check the columns that a case names, the rows of both in the order of their names."""
    expected = sorted(expected, key=lambda row: row["name"])
    assert len(rows) == len(expected)
    for row, columns in zip(rows, expected, strict=True):
        assert {name: row.get(name) for name in columns} == columns
        assert {name: type(row.get(name)) for name in columns} == {
            name: type(value) for name, value in columns.items()
        }


def _assert_outcome(service: Service, answer: Answer, mail: Mail, case: dict[str, Any]) -> None:
    failed = case.get("failed", [])
    skipped = {"skipped": case["skipped"]} if "skipped" in case else {}
    landed = len(case["rows"]) // case.get("times", 1) + case.get("skipped", 0)
    succeeded = case.get("succeeded", landed)
    job = job_of(service, answer)
    assert job["status"] == "finish"
    rehearsed = {}
    if job.get("dry_run"):
        rehearsed = {"new": succeeded, "changed": 0, "same": 0, "deleted": 0}
    assert job["counts"] == {
        "total": succeeded + len(failed),
        "succeeded": succeeded,
        "failed": len(failed),
        **skipped,
        **rehearsed,
    }
    reported = [service.download(link) for link in mail.links]
    assert len(reported) == bool(failed) + bool(job["download_url"])
    if failed:
        check = _assert_failed_cells if "sheet" in case else _assert_failed
        check(reported[0], failed)


def _assert_failed_cells(report: bytes, expected: list[dict[str, Any]]) -> None:
    head, *rows = openpyxl.load_workbook(io.BytesIO(report)).active.iter_rows(values_only=True)
    assert head[:3] == ("line", "field", "reason")
    for (line, field, reason, *cells), failure in zip(rows, expected, strict=True):
        assert (line, field) == (failure["line"], failure["field"] or None)
        assert failure["reason"] in reason
        assert cells == failure["as"]


def _assert_failed(file: bytes, expected: list[dict[str, Any]]) -> None:
    report = file.decode("utf-8-sig")
    if report.startswith("["):
        rows = json.loads(report)
        lines = [line.rstrip(",}") for line in report.splitlines()[1:-1]]
    else:
        csv.field_size_limit(len(report))
        rows = list(csv.DictReader(report.splitlines()))
        lines = report.splitlines()[1:]
    assert [(int(row["line"]), row["field"]) for row in rows] == [
        (failure["line"], failure["field"]) for failure in expected
    ]
    for row, line, failure in zip(rows, lines, expected, strict=True):
        assert failure["reason"] in row["reason"]
        assert line.endswith("," + filled(failure["as"], {}))
