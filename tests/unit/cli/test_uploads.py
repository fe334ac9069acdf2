"""A file reaches the service by the way that takes it, once, wherever the connection breaks."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ferry_client import Refused, Unreachable
from ferry_client.options import REQUEST_BYTES
from tests.unit.cli.site import STORE, Site, accepted

IMPORT = "POST /oserve/v1/table/1/import/"
BEGIN = "POST /oserve/v1/table/1/import/upload/"
ASK = "POST /oserve/v1/table/1/import/upload/part/"
KEY = "incoming/1/goods.csv"
CONTENT = b"name\r\n" + b"x" * REQUEST_BYTES
PART = 3_000_000
PARTS = [CONTENT[:PART], CONTENT[PART:]]
SUMS = [base64.b64encode(hashlib.sha256(part).digest()).decode() for part in PARTS]
OK = httpx.Response(200)


def large() -> io.BytesIO:
    return io.BytesIO(CONTENT)


def begun(parts: int = 2) -> httpx.Response:
    body = {"file_key": KEY, "part_bytes": PART, "parts": parts, "expires_in": 172800}
    return httpx.Response(201, json=body, headers={"Location": "/oserve/v1/table/1/import/k/"})


def told(
    *arrived: int, complete: bool = False, sums: list[str] = SUMS
) -> Callable[[httpx.Request], httpx.Response]:
    """What the service says of an upload whose parts of these numbers have arrived."""

    def answer(request: httpx.Request) -> httpx.Response:
        wanted = [part["number"] for part in json.loads(request.content)["parts"]]
        body = {
            "arrived": [{"number": n, "size": 1, "sha256": sums[n - 1]} for n in arrived],
            "urls": [{"number": n, "url": f"{STORE}/{n}"} for n in wanted],
            "expires_in": 3540,
            "complete": complete,
        }
        return httpx.Response(200, json=body)

    return answer


def way() -> list[object]:
    """The answers on the whole way of a file in two parts."""
    return [begun(), told(), told(), OK, told(1), OK, told(1, 2, complete=True), accepted()]


def test_a_small_file_goes_in_one_request_with_its_options(tmp_path: Path):
    (tmp_path / "goods.csv").write_bytes(b"name\r\nx\r\n")
    site = Site([accepted()])
    options = {"match": ["sku", "region"], "mode": "upsert", "dry_run": True, "columns": {"A": "b"}}

    job = site.client().start_import(1, tmp_path / "goods.csv", options=options)

    body = site.asked[0].content
    assert (site.lines, job.id) == ([IMPORT], "j" * 32)
    for part in (b'filename="goods.csv"', b"name\r\nx\r\n", b"sku,region", b'{"A": "b"}'):
        assert part in body
    assert b'name="dry_run"\r\n\r\n1\r\n' in body


def test_a_request_that_got_no_answer_is_sent_again_whole():
    site = Site([httpx.WriteError("reset"), accepted()])

    site.client().start_import(1, io.BytesIO(b"name\r\nx\r\n"), name="goods.csv")

    keys = {request.headers["Idempotency-Key"] for request in site.asked}
    assert (len(keys), [b"name\r\nx\r\n" in each.content for each in site.asked]) == (1, [True] * 2)


def test_a_large_file_goes_to_the_store_in_parts():
    site = Site(way())
    seen: list[tuple[int, int | None]] = []

    job = site.client().start_import(
        1,
        large(),
        name="goods.csv",
        options={"mode": "upsert"},
        watch=lambda *now: seen.append(now),
    )

    assert site.lines == [BEGIN, ASK, ASK, "PUT /1", ASK, "PUT /2", ASK, IMPORT]
    asked, sent = site.asked[0], [each for each in site.asked if each.method == "PUT"]
    size = len(CONTENT)
    assert json.loads(asked.content) == {
        "file_name": "goods.csv",
        "mode": "upsert",
        "file_size": size,
    }
    assert [each.content for each in sent] == PARTS
    assert [each.headers["x-amz-checksum-sha256"] for each in sent] == SUMS
    assert all("Authorization" not in each.headers for each in sent)
    assert json.loads(site.asked[-1].content) == {"file_key": KEY}
    assert seen == [(PART, size), (size, size)]
    assert job.id == "k"


def test_a_file_that_is_too_large_for_this_deployments_requests_goes_to_the_store():
    refused = httpx.Response(413, json={"error_msg": "too large"})
    whole = told(1, complete=True)
    site = Site([refused, begun(1), told(), told(), OK, whole, accepted()])

    site.client().start_import(1, io.BytesIO(b"name\r\nx\r\n"), name="goods.csv")

    assert site.lines == [IMPORT, BEGIN, ASK, ASK, "PUT /1", ASK, IMPORT]


@pytest.mark.parametrize("stage", range(8))
@pytest.mark.parametrize("error", [httpx.ReadError("reset"), httpx.Response(503)])
def test_a_connection_that_breaks_at_any_stage_is_taken_up(stage: int, error: object):
    answers = way()
    site = Site([*answers[:stage], error, *answers[stage:]])

    job = site.client().start_import(1, large(), name="goods.csv")

    whole = Site(way())
    whole.client().start_import(1, large(), name="goods.csv")
    expected = whole.lines
    assert site.lines == [*expected[:stage], expected[stage], *expected[stage:]]
    assert site.asked[stage].content == site.asked[stage + 1].content
    assert job.id == "k"


def test_another_run_sends_only_what_has_not_arrived(tmp_path: Path):
    note = tmp_path / "notes" / "1.json"
    site = Site([*way()[:5], *[httpx.WriteError("reset")] * 5])
    with pytest.raises(Unreachable, match="reset"):
        site.client().start_import(1, large(), name="goods.csv", note=note)
    again = Site([told(1), told(1), OK, told(1, 2, complete=True), accepted()])

    job = again.client().start_import(1, large(), name="goods.csv", note=note)

    assert again.lines == [ASK, ASK, "PUT /2", ASK, IMPORT]
    assert (job.id, note.exists()) == ("k", False)


@pytest.mark.parametrize("left", ['{"file_key": "', "{}", "of another file"])
def test_a_note_that_does_not_serve_begins_anew(tmp_path: Path, left: str):
    note = tmp_path / "1.json"
    note.write_text(left)
    answers = way()
    if left == "of another file":
        known = {"file_key": "k", "size": len(CONTENT), "part_bytes": PART, "job_path": "/j/"}
        note.write_text(json.dumps(known))
        answers.insert(0, httpx.Response(400, json={"error_msg": "not kept any more"}))
    site = Site(answers)

    assert site.client().start_import(1, large(), name="goods.csv", note=note).id == "k"


def test_a_part_that_the_file_has_otherwise_by_now_is_sent_again():
    other = told(1, sums=["of other bytes", ""])
    site = Site([begun(), other, *way()[2:]])

    site.client().start_import(1, large(), name="goods.csv")

    assert site.lines.count("PUT /1") == 1


def test_a_refused_file_is_said():
    site = Site([httpx.Response(400, json={"error_msg": "无效的文件: the file is empty"})])

    with pytest.raises(Refused, match="the file is empty"):
        site.client().start_import(1, io.BytesIO(), name="goods.csv")


def test_a_stream_needs_a_name():
    with pytest.raises(ValueError, match="suffix"):
        Site().client().start_import(1, io.BytesIO(b"x"))


def test_a_preview_sends_the_beginning_of_a_text_and_the_whole_of_a_workbook():
    told = httpx.Response(200, json={"rows_read": 0})
    site = Site([told, told])
    client = site.client()

    client.preview(io.BytesIO(b"x" * 2_000_000), name="goods.csv")
    client.preview(io.BytesIO(b"x" * 2_000_000), name="goods.xlsx", table=1)

    assert site.lines == ["POST /oserve/v1/table/preview/", f"{IMPORT}preview/"]
    assert [len(request.content) > 2_000_000 for request in site.asked] == [False, True]
