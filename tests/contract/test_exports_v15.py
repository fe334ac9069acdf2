"""Version 1.5 of the export (E): its options, and what can be asked of a job."""

import csv
import gzip
import io
import re
from types import SimpleNamespace
from typing import Any

import openpyxl

from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import authenticate
from tests.contract.cases import filled, parametrize
from tests.contract.goods import Clock, Goods, assert_refused
from tests.service import Answer, Mail, Service, new_app, new_user

BOM = b"\xef\xbb\xbf"
DEFAULTS = {"file_type": "csv", "mode": "all"}


@parametrize("exports_v15", "refusals")
def test_refusal(case: dict[str, Any], service: Service, goods: Goods):
    where = case["send"].get("where")
    if isinstance(where, dict):
        where |= {name: filled(text, {}) for name, text in where.items() if isinstance(text, str)}

    answer = _export(goods, case["send"])

    assert_refused(service, answer, 400)
    assert [text for text in case["says"] if text not in answer.json()["error_msg"]] == []


@parametrize("exports_v15", "files")
def test_file(case: dict[str, Any], service: Service, goods: Goods):
    ids = {row["name"]: row["id"] for row in goods.rows()}

    assert _text(_file(service, goods, case["send"])) == filled(case["text"], ids)


@parametrize("exports_v15", "defused")
def test_formulas(case: dict[str, Any], service: Service, empty_goods: Goods):
    made = [row | {"created_at": 1 + at} for at, row in enumerate(case["rows"])]
    empty_goods.add(made)

    assert _text(_file(service, empty_goods, case["send"])) == case["text"]


@parametrize("exports_v15", "jobs")
def test_job(
    case: dict[str, Any], service: Service, stack: SimpleNamespace, goods: Goods, clock: Clock
):
    accepted = _export(goods, {})
    assert re.fullmatch("[0-9a-z]{32}", accepted.json()["job_id"])
    script = _Script(service, stack, goods, clock, accepted.json()["job_id"])
    for step in case["steps"]:
        script.take(step)


def test_a_job_is_answered_with_its_id(goods: Goods):  # E1
    answer = _export(goods, {})

    assert answer.status == 201
    assert answer.json() == {"status": "ok", "job_id": answer.headers["X-Job-Id"]}
    assert answer.headers["Location"] == (
        f"/oserve/v1.5/table/{goods.id}/export/{answer.headers['X-Job-Id']}/"
    )


class _Script:
    """Takes the steps of a case."""

    def __init__(
        self, service: Service, stack: SimpleNamespace, goods: Goods, clock: Clock, job_id: str
    ) -> None:
        self._service, self._stack, self._goods, self._clock = service, stack, goods, clock
        self._ids = {"job": job_id, "table": str(goods.id)}
        self._mails: list[Mail] = []

    def take(self, step: dict[str, Any]) -> None:
        self._clock.now += step.get("wait", 0)
        if "export" in step:
            assert _export(self._goods, step["export"]).status == 201
        if "run" in step:
            self._run(step["run"])
            assert len(self._mails) == step.get("mails", len(self._mails))
        if "link" in step:
            (link,) = self._mails[0].links
            answer = self._service.call("GET", link, token="")
            assert answer.status == step["link"]
            assert answer.headers["Content-Type"].startswith("text/html")
        if "call" in step:
            self._check(step, self._call(step))

    def _run(self, queue: str) -> None:
        if queue == "all":
            self._service.run_jobs()
        else:
            assert self._service.deliver(queue, self._service.messages(queue)) == []
        self._mails += self._service.mails()

    def _call(self, step: dict[str, Any]) -> Answer:
        method, _, path = self._filled(step["call"]).partition(" ")
        if not path.startswith("/"):
            path = f"/oserve/v1.5/table/{self._goods.id}/{path}"
        return self._service.call(method, path, token=self._token(step.get("as")))

    def _token(self, who: str | None) -> str | None:
        if who == "another app":
            return new_app(self._stack, "B", "owner@b.test")
        if who == "another user":
            accounts = Accounts(self._stack.ControlTable)
            me = authenticate(f"Bearer {self._service.token}", now=0, accounts=accounts)
            return new_user(self._stack, me.app_id, "reader@a.test")
        return None

    def _check(self, step: dict[str, Any], answer: Answer) -> None:
        assert answer.status == step["status"], step
        if step["status"] == 204:
            assert answer.body == b""
        shows = dict(step.get("shows", {}))
        if shows.pop("downloads", None):
            path = answer.json()["download_url"].removeprefix("https://ferry.test")
            assert self._service.download(path).count(b"\r\n") == 4
        assert not shows or shows.items() <= answer.json().items()
        if "lists" in step:
            listed = answer.json()
            assert len(listed["objects"]) == step["lists"]
            newest_first = [job["created_at"] for job in listed["objects"]]
            assert newest_first == sorted(newest_first, reverse=True)
            meta = {name: self._filled(value) for name, value in step.get("meta", {}).items()}
            assert meta.items() <= listed["meta"].items()

    def _filled(self, text: Any) -> Any:
        if not isinstance(text, str):
            return text
        return re.sub(r"<(job|table)>", lambda found: self._ids[found[1]], text)


def _export(goods: Goods, send: dict[str, Any]) -> Answer:
    path = f"/oserve/v1.5/table/{goods.id}/export/"
    return goods.service.call("POST", path, DEFAULTS | send)


def _file(service: Service, goods: Goods, send: dict[str, Any]) -> bytes:
    answer = _export(goods, send)
    assert answer.status == 201, answer
    service.run_jobs()
    (mail,) = service.mails()
    (link,) = mail.links
    return service.download(link)


def _text(file: bytes) -> str:
    if file.startswith(b"\x1f\x8b"):
        file = gzip.decompress(file)
    if file.startswith(b"PK"):
        lines = io.StringIO()
        sheet = openpyxl.load_workbook(io.BytesIO(file)).active
        csv.writer(lines, lineterminator="\n").writerows(sheet.iter_rows(values_only=True))
        return lines.getvalue()
    return file.removeprefix(BOM).decode().replace("\r\n", "\n")
