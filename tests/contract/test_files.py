"""Files as people have them (I to L): what is stored, failed, refused and said of each."""

import csv
import io
import json
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import openpyxl

from tests.contract.cases import load, parametrize
from tests.contract.goods import assert_refused, job_of
from tests.service import Answer, Service
from tests.unit.files.test_spreadsheets import HEADER, TEA, spreadsheet, table
from tests.workbooks import sheets

type Case = dict[str, Any]

FIELDS = [
    {"name": name, "type": kind}
    for name, kind in {
        "name": "string",
        "amount": "integer",
        "price": "number",
        "ok": "boolean",
        "day": "date",
        "note": "string",
        "at": "geojson",
        "tags": "array",
    }.items()
]
NAMES = [field["name"] for field in FIELDS]


@parametrize("files")
def test_file(case: Case, service: Service) -> None:
    path = f"/oserve/v1/table/{service.create_table('files', FIELDS, shards=1)}"

    answer = _import(case, path, service)

    if "refused" in case and answer.status != 201:
        assert_refused(service, answer, 400)
        message = answer.json()["error_msg"]
        assert [text for text in case["refused"] if text not in message] == []
        assert [text for text in case.get("not", []) if text in message] == []
        return
    assert (answer.status, answer.body) == (201, b'{"status":"ok"}')
    service.run_jobs()
    job = job_of(service, answer)
    if "refused" in case:
        assert job["status"] == "failed"
        assert [text for text in case["refused"] if text not in job["error"]] == []
        return
    _check_job(job, case)
    assert _stored(path, service) == sorted(case.get("rows", []), key=_key)
    _check_failed(case, service)


def _import(case: Case, path: str, service: Service) -> Answer:
    query = urlencode({name: _option(value) for name, value in case.get("options", {}).items()})
    return service.upload(f"{path}/import/?{query}", case["file"], _content(case))


def _content(case: Case) -> bytes:
    if "sheets" in case:
        return sheets(case["sheets"], charts=case.get("charts", ()))
    if "cells" in case:
        return spreadsheet(table(HEADER, TEA))
    if "text" in case:
        content: str = case["text"]
        return content.encode()
    return bytes.fromhex(case["hex"] if "hex" in case else case["binary"])


def _option(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, list) else str(value)


def _check_job(job: Case, case: Case) -> None:
    rows, failed = len(case.get("rows", [])), len(case.get("failed", []))
    assert job["status"] == "finish"
    counts = {"total": rows + failed, "succeeded": rows, "failed": failed}
    assert job["counts"] == counts
    assert job.get("detected", {}) == case.get("told", {})
    assert job.get("ignored_columns", []) == case.get("ignored", [])
    assert job.get("blank_rows", 0) == case.get("blank", 0)


def _stored(path: str, service: Service) -> list[Case]:
    answer = service.call("GET", f"{path}/record/?limit=100")
    listed = json.loads(answer.body, parse_float=Decimal)["objects"]
    rows = [
        {name: _exact(row[name]) for name in NAMES if row.get(name) is not None} for row in listed
    ]
    for row in rows:
        if "price" in row:  # decimals are texts in the cases, for YAML has floats only
            row["price"] = str(row["price"])
    return sorted(rows, key=_key)


def _check_failed(case: Case, service: Service) -> None:
    (mail,) = service.mails()
    failed = case.get("failed", [])
    if not failed:
        assert mail.links == []
        return
    rows = _report(service.download(mail.links[0]))
    assert [int(row["line"]) for row in rows] == [failure["line"] for failure in failed]
    for row, failure in zip(rows, failed, strict=True):
        assert failure["reason"] in row["reason"]
        assert (row["field"] or "") == failure.get("field", row["field"] or "")


def _report(file: bytes) -> list[dict[str, Any]]:
    if file.startswith(b"PK"):
        head, *rows = openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True)
        return [dict(zip(head, row, strict=True)) for row in rows]
    text = file.decode("utf-8-sig")
    if text.startswith("["):
        found: list[dict[str, Any]] = json.loads(text)
        return found
    if text.startswith("{"):
        return [json.loads(line) for line in text.splitlines()]
    lines = io.StringIO(text, newline="")
    delimiter = text[len("line")]
    return list(csv.DictReader(lines, delimiter=delimiter))


def _exact(value: Any) -> Any:
    match value:
        case Decimal():
            return (
                f"{value.normalize():f}" if value == value.to_integral() else str(value.normalize())
            )
        case dict():
            return {name: _exact(member) for name, member in value.items()}
        case list():
            return [_exact(element) for element in value]
    return value


def _key(row: Case) -> str:
    return json.dumps(row, sort_keys=True, default=str)


def test_every_case_says_what_becomes_of_it() -> None:
    outcomes = {"rows", "failed", "refused"}
    assert [case["case"] for case in load("files") if not outcomes & case.keys()] == []
