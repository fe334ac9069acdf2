"""A file reaches the service by the way that takes it, once."""

import io
import json
from pathlib import Path

import httpx
import pytest

from ferry_client import Refused, Unreachable
from ferry_client.options import REQUEST_BYTES
from tests.unit.cli.site import STORE, Site, accepted

IMPORT = "POST /oserve/v1/table/1/import/"
FORM = "POST /oserve/v1/table/1/import/upload/"
SENT = "POST /bucket"
KEY = "incoming/1/goods.csv"
LARGE = io.BytesIO(b"name\r\n" + b"x" * REQUEST_BYTES)


def form() -> httpx.Response:
    body = {
        "upload_url": f"{STORE}/bucket",
        "fields": {"key": KEY, "policy": "p"},
        "file_key": KEY,
        "expires_in": 3540,
    }
    return httpx.Response(201, json=body, headers={"Location": "/oserve/v1/table/1/import/k/"})


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


@pytest.mark.parametrize("large", [True, False])
def test_a_file_too_large_for_a_request_goes_to_the_store(large: bool):
    stream = LARGE if large else io.BytesIO(b"name\r\nx\r\n")
    refused = [] if large else [httpx.Response(413, json={"error_msg": "too large"})]
    site = Site([*refused, form(), httpx.Response(204), accepted()])

    job = site.client().start_import(1, stream, name="goods.csv", options={"mode": "upsert"})

    assert site.lines == [*([] if large else [IMPORT]), FORM, SENT, IMPORT]
    asked, sent, start = site.asked[-3:]
    assert json.loads(asked.content) == {"file_name": "goods.csv", "mode": "upsert"}
    assert "Authorization" not in sent.headers
    assert sent.content.index(b'name="key"') < sent.content.index(b'name="file"')
    assert json.loads(start.content) == {"file_key": KEY}
    assert job.id == "k"


def test_a_file_that_arrived_unanswered_is_not_sent_again():
    site = Site([form(), httpx.ReadError("reset"), accepted(), accepted()])

    site.client().start_import(1, LARGE, name="goods.csv")

    assert site.lines.count(SENT) == 1


def test_a_file_that_did_not_arrive_is_sent_again_whole():
    absent = httpx.Response(400, json={"error_msg": "nothing has been uploaded yet"})
    site = Site([form(), httpx.WriteError("reset"), absent, httpx.Response(204), accepted()])

    site.client().start_import(1, LARGE, name="goods.csv")

    assert site.lines.count(SENT) == 2
    assert len(site.asked[3].content) == len(site.asked[1].content)


def test_a_store_that_stays_away_is_said():
    absent = httpx.Response(400, json={"error_msg": "nothing has been uploaded yet"})
    site = Site([form(), *[httpx.WriteError("reset"), absent] * 5])

    with pytest.raises(Unreachable, match="reset"):
        site.client().start_import(1, LARGE, name="goods.csv")


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
