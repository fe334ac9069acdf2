"""An export can be imported again unchanged (D11, G25, G26)."""

from typing import Any

from tests.contract.cases import parametrize
from tests.contract.goods import Clock, Goods
from tests.service import Service


@parametrize("round_trips")
def test_round_trip(case: dict[str, Any], service: Service, empty_goods: Goods, clock: Clock):
    body = {"file_type": case["file_type"], "mode": "all"}
    rows = empty_goods.add(case["rows"])
    exported = empty_goods.file(body)

    clock.now += 3600
    other = Goods.create(service, name="other")
    query = case.get("query", "")
    assert other.import_(exported, f"a.{case['file_type']}", query=query).status == 201
    service.run_jobs()
    (mail,) = service.mails()
    assert mail.links == [], "rows have failed"

    copies = other.rows()
    if query:
        assert other.file(body) == exported
        return
    assert not {row["id"] for row in rows} & {row["id"] for row in copies}
    assert _without_ids(other.file(body), copies) == _without_ids(exported, rows)


def _without_ids(file: bytes, rows: list[dict[str, Any]]) -> bytes:
    for row in rows:
        file = file.replace(row["id"].encode(), b"<id>")
    return file
