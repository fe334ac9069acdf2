"""Messages that come twice (G6) and workers that die (G7): every row ends once, in one mail."""

import csv
from itertools import count
from typing import Any

import pytest

from ferry.jobs.run import LEASE_S
from tests.contract.cases import parametrize
from tests.contract.goods import Clock, Goods, hooked, job_of, meeting
from tests.service import Service, handler
from tests.steps import import_in_steps

BATCH = 25


@parametrize("deliveries")
def test_delivery(
    case: dict[str, Any],
    service: Service,
    empty_goods: Goods,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
):
    goods, numbers = empty_goods, range(1, case["rows"] + 1)
    bad = [n for n in numbers if n % case.get("failing_every", len(numbers) + 1) == 0]
    if "checkpoint_every" in case:
        import_in_steps(monkeypatch, case["checkpoint_every"])
    lines = [f"{n:04},{'x' if n in bad else n}" for n in numbers]
    accepted = goods.import_("\n".join(["name,price", *lines]).encode())
    messages = service.messages("ImportQueue")

    if "killed_after" in case:
        _kill(service, messages, case["killed_after"])
        assert 0 <= case["killed_after"] - goods.count() < BATCH
        clock.now += LEASE_S + 1
        handler("sweep_jobs")({}, service.context)
        messages += service.messages("ImportQueue")
    elif case["delivered"] == "at once":
        with meeting("UpdateItem", 2) as run:
            run(*[lambda: service.deliver("ImportQueue", messages)] * 2)
    _deliver_twice(service, "ImportQueue", messages)
    _deliver_twice(service, "NoticeQueue", service.messages("NoticeQueue"))

    good = [f"{n:04}" for n in numbers if n not in bad]
    assert [row["name"] for row in goods.rows()] == good
    assert job_of(service, accepted)["counts"] == {
        "total": len(numbers),
        "succeeded": len(good),
        "failed": len(bad),
    }
    (mail,) = service.mails()
    assert _failed(service, mail.links) == [f"{n:04}" for n in bad]


def _kill(service: Service, messages: list[dict[str, Any]], rows: int) -> None:
    """Deliver the messages to a worker that dies when so many rows are written."""
    batches = count(1)

    def die(**_: Any) -> None:
        if next(batches) > rows // BATCH:
            raise SystemExit

    with hooked("before-call.dynamodb.BatchWriteItem", die), pytest.raises(SystemExit):
        service.deliver("ImportQueue", messages)


def _deliver_twice(service: Service, queue: str, messages: list[dict[str, Any]]) -> None:
    assert messages
    for message in messages * 2:
        assert service.deliver(queue, [message]) == []


def _failed(service: Service, links: list[str]) -> list[str]:
    if not links:
        return []
    (link,) = links
    report = service.download(link).decode("utf-8-sig")
    return [row["name"] for row in csv.DictReader(report.splitlines())]
