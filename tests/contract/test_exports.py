"""Exports: what is accepted (A6, B), how often (C), and the file to the byte (D)."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ferry import config
from tests.contract.cases import parametrize
from tests.contract.goods import CSV_OF_ALL, Clock, Goods, assert_refused, meeting
from tests.service import Answer, Service, new_app

BOM = b"\xef\xbb\xbf"


@parametrize("export_requests")
def test_request(case: dict[str, Any], service: Service, stack: SimpleNamespace, goods: Goods):
    answer = _send(case, stack, goods)

    if case.get("status", 201) != 201:
        assert_refused(service, answer, case["status"])
        assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (answer.status == 401)
        return
    assert (answer.status, answer.body) == (201, b'{"status":"ok"}')
    service.run_jobs()
    (mail,) = service.mails()
    assert mail.to == ["owner@a.test"]
    (link,) = mail.links
    assert _names(service.download(link)) == case["rows"]


@pytest.fixture
def set_row_cap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    def set_to(rows: int) -> None:
        monkeypatch.setenv("EXPORT_ROW_CAP", str(rows))
        config.settings.cache_clear()

    yield set_to
    config.settings.cache_clear()


@parametrize("export_limits")
def test_limit(
    case: dict[str, Any],
    service: Service,
    goods: Goods,
    clock: Clock,
    set_row_cap: Callable[[int], None],
):
    if "row_cap" in case:
        set_row_cap(case["row_cap"])

    if "at_once" in case:
        assert _together(goods, case["at_once"]) == case["statuses"]
    for step in case.get("steps", []):
        clock.now += step["at"]
        answer = goods.start(step)
        clock.now -= step["at"]
        assert answer.status == step["status"], step

    waiting = {queue: service.messages(queue) for queue in ("ExportQueue", "ImportQueue")}
    assert sum(map(len, waiting.values())) == case["mails"]
    for queue, records in waiting.items():
        assert not records or service.deliver(queue, records) == []
    service.run_jobs()
    assert [mail.to for mail in service.mails()] == [["owner@a.test"]] * case["mails"]


@parametrize("export_files")
def test_file(case: dict[str, Any], service: Service, clock: Clock):
    goods = Goods.create(service, columns=case["columns"])
    rows = goods.add([_BUILT_IN | row for row in case["rows"]])

    expected = {kind: _EXPECTED[kind](case[kind]) for kind in _EXPECTED if kind in case}
    for file_type, content in expected.items():
        clock.now += 60
        file = goods.file({"file_type": file_type, "mode": "all"})
        for row in rows:
            assert re.fullmatch("[0-9a-f]{24}", row["id"])
            file = file.replace(row["id"].encode(), b"<id>")
        assert file == content


_BUILT_IN = {"created_by": 1, "created_at": 1519538564, "updated_at": 1519538564}
_EXPECTED: dict[str, Callable[[str], bytes]] = {
    "csv": lambda text: BOM + text.replace("\n", "\r\n").encode(),
    "json": lambda text: text.encode(),
}


def _send(case: dict[str, Any], stack: SimpleNamespace, goods: Goods) -> Answer:
    more: dict[str, Any] = {}
    match case.get("authorization"):
        case "another app":
            more["token"] = new_app(stack, "B", "owner@b.test")
        case str(header):
            more |= {"token": "", "headers": {"authorization": header} if header else {}}
    body = case["body"].encode() if "body" in case else case.get("send", CSV_OF_ALL)
    path = f"/oserve/v1/table/{case.get('table', goods.id)}/{case.get('path', 'export/')}"
    return goods.service.call(case.get("method", "POST"), path, body, **more)


def _names(file: bytes) -> list[str]:
    if not file.startswith(BOM):
        return [row["name"] for row in json.loads(file)]
    return [row["name"] for row in csv.DictReader(file.decode("utf-8-sig").splitlines())]


def _together(goods: Goods, callers: int) -> list[int]:
    statuses: list[int] = []
    with meeting("TransactWriteItems", callers) as run:
        run(*[lambda: statuses.append(goods.export().status)] * callers)
    return sorted(statuses)
