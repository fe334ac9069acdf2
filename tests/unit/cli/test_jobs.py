"""Jobs are waited for, and what they left can be had."""

from pathlib import Path

import httpx
import pytest

from ferry_client import FerryError, JobFailed, TimedOut
from tests.unit.cli.site import URL, Site, accepted, job

PATH = f"/oserve/v1/table/1/import/{'j' * 32}/"


def test_a_job_is_watched_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    site = Site([job("pending"), job("ready"), job("finish")])
    seen = []

    ended = site.client().job(1, "import", "j" * 32).wait(lambda now: seen.append(now["status"]))

    assert (ended["status"], seen) == ("finish", ["pending", "ready", "finish"])
    assert site.lines == [f"GET {PATH}"] * 3


@pytest.mark.parametrize(
    ("status", "members", "said"),
    [("failed", {"error_msg": "line 7 is cut off"}, "line 7"), ("cancelled", {}, "was cancelled")],
)
def test_a_job_that_did_not_finish_is_an_error(status: str, members: dict, said: str):
    site = Site([job(status, **members)])

    with pytest.raises(JobFailed, match=said) as failure:
        site.client().job(1, "import", "j" * 32).wait()

    assert failure.value.job["status"] == status


def test_a_job_that_takes_longer_than_one_waits_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    site = Site([lambda _: job("ready")] * 3)

    with pytest.raises(TimedOut):
        site.client().job(1, "import", "j" * 32).wait(timeout=-1)


def test_an_undo_and_an_application_are_jobs_with_keys():
    site = Site([accepted(), accepted("/oserve/v1/table/1/import/other/")])
    handle = site.client().job(1, "import", "j" * 32)

    handle.undo()
    applied = handle.apply(keep_before=True)

    assert site.lines == [f"POST {PATH}undo/", f"POST {PATH}apply/"]
    assert site.asked[1].url.query == b"keep_before=1"
    assert all(request.headers["Idempotency-Key"] for request in site.asked)
    assert applied.path == "/oserve/v1/table/1/import/other/"


def test_deleting_tells_what_it_did():
    site = Site([httpx.Response(204, headers={"X-Ferry-Job": "cancelling"})])

    assert site.client().job(1, "import", "j" * 32).delete() == "cancelling"


def test_failed_rows_are_downloaded(tmp_path: Path):
    site = Site([job(report_url=f"{URL}/download/x"), httpx.Response(200, content=b"line\r\n")])

    site.client().job(1, "import", "j" * 32).failed_rows(tmp_path / "failed.csv")

    assert (tmp_path / "failed.csv").read_bytes() == b"line\r\n"


def test_a_job_without_a_file_says_so(tmp_path: Path):
    site = Site([job(download_url=None)])

    with pytest.raises(FerryError, match="no file"):
        site.client().job(1, "import", "j" * 32).download(tmp_path / "out.csv")


def test_a_job_is_found_by_its_id():
    absent = httpx.Response(404, json={"error_msg": "job j does not exist"})
    site = Site([job(operation="export", table_id=2), absent])

    assert site.client().find_job("j").path == "/oserve/v1/table/2/export/j/"
    with pytest.raises(FerryError, match="there is no job a/b"):
        site.client().find_job("a/b")
    assert [request.url.raw_path for request in site.asked] == [
        b"/oserve/v1/job/j/",
        b"/oserve/v1/job/a%2Fb/",
    ]


def test_the_latest_jobs_come_page_by_page_up_to_so_many():
    pages = [
        httpx.Response(200, json={"objects": objects, "meta": {"next": following}})
        for objects, following in (([{"job_id": "a"}], "/next"), ([], "/more"), (["b", "c"], "/x"))
    ]
    site = Site([*pages])

    found = site.client().latest_jobs(2, table=7, status="failed", anyone=True)

    assert len(found) == 2
    assert dict(site.asked[0].url.params) == {
        "limit": "2",
        "table_id": "7",
        "status": "failed",
        "started_by": "anyone",
    }
    assert site.lines[1:] == ["GET /next", "GET /more"]


def test_a_table_is_found_by_its_name():
    tables = {"objects": [{"id": 1, "name": "goods"}], "meta": {"next": None}}
    site = Site([httpx.Response(200, json=tables)] * 2)

    assert site.client().table("goods")["id"] == 1
    with pytest.raises(FerryError, match="no table named 'godos'; it has goods"):
        site.client().table("godos")


def test_a_stopped_job_is_resumed_with_a_higher_budget():
    site = Site([httpx.Response(202, json={"status": "pending"})])

    assert site.client().job(1, "import", "j" * 32).resume(budget=1.5) == "pending"
    assert site.lines == [f"POST {PATH}resume/"]
    assert site.asked[0].read() == b'{"budget":1.5}'
