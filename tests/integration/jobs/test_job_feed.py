"""Jobs of many tables as one list, page by page."""

from collections import Counter
from types import SimpleNamespace

import pytest
from msgspec import structs

from ferry.job_kinds import TABLE_JOBS
from ferry.jobs import job_feed
from ferry.jobs.job import Status
from ferry.jobs.job_feed import JobFeed, jobs_by, jobs_of_app, jobs_of_user, jobs_on
from ferry.jobs.job_store import Jobs
from tests.faults import recording
from tests.integration.driver import CSV_OF_TWO, Driver
from tests.integration.jobs.test_job_store import JOB

ID = "{:032x}".format
TABLES = (7, 8)


@pytest.fixture
def feed(stack: SimpleNamespace) -> JobFeed:
    """Twelve exports in the order of their ids, of two users, on two tables by turns."""
    jobs = Jobs(stack.ControlTable)
    for number in range(12):
        jobs.add(
            structs.replace(
                JOB,
                id=ID(number),
                table_id=TABLES[number % 2],
                user_id=1 + number // 2 % 2,
                status=Status.FAILED if number in {1, 2} else Status.PENDING,
            )
        )
    return JobFeed(stack.ControlTable, TABLE_JOBS)


def _pages(feed, lists, **asked):
    before, pages = "", []
    while True:
        jobs, before = feed.page(lists, before=before, **asked)
        pages.append([int(job.id, 16) for job in jobs])
        if not before:
            return pages


def test_pages_go_on_where_the_one_before_ended(feed):
    everyones = [each for table in TABLES for each in jobs_on(table)]
    mine = [each for table in TABLES for each in jobs_by(1, table)]

    assert _pages(feed, everyones, limit=5) == [[11, 10, 9, 8, 7], [6, 5, 4, 3, 2], [1, 0]]
    assert _pages(feed, everyones, limit=6) == [[11, 10, 9, 8, 7, 6], [5, 4, 3, 2, 1, 0]]
    assert _pages(feed, mine, limit=100) == [[9, 8, 5, 4, 1, 0]]
    assert _pages(feed, jobs_on(8), limit=4) == [[11, 9, 7, 5], [3, 1]]
    assert _pages(feed, [], limit=4) == [[]]
    assert _pages(feed, jobs_of_app(JOB.app_id), limit=5) == _pages(feed, everyones, limit=5)
    assert _pages(feed, jobs_of_user(JOB.app_id, 1), limit=100) == [[9, 8, 5, 4, 1, 0]]
    of_eight = _pages(feed, jobs_of_app(JOB.app_id), limit=4, sees=lambda table: table == 8)
    assert of_eight == [[11, 9, 7, 5], [3, 1]]


def test_a_filter_reads_on_but_not_without_end(feed, monkeypatch):
    monkeypatch.setattr(job_feed, "_AT_ONCE", 2)
    monkeypatch.setattr(job_feed, "_ROUNDS", 2)

    # Two jobs at once, twice a page: the wanted ones are the last of the third page.
    found = _pages(feed, jobs_on(7) + jobs_on(8), limit=1, statuses={Status.FAILED})

    assert [job for page in found for job in page] == [2, 1]
    assert found[:2] == [[], []]


def test_a_deleted_job_is_on_no_list(driver: Driver):
    table = driver.table()
    job = driver.start_import(table, CSV_OF_TWO)
    path = f"/oserve/v1/table/{table}/import/{job}/"

    def listed(query=""):
        return driver.service.call("GET", f"/oserve/v1/job/?started_by=anyone&{query}").json()

    (shown,) = listed()["objects"]
    assert shown["table_name"] == driver.schema(table).name
    assert {name: shown[name] for name in driver.service.call("GET", path).json()}.items() <= (
        shown.items()
    )
    assert listed("status=failed,cancelled")["objects"] == []
    driver.service.call("DELETE", path)  # cancels it
    assert [each["job_id"] for each in listed("status=failed,cancelled")["objects"]] == [job]
    driver.service.call("DELETE", path)
    assert listed()["objects"] == []


@pytest.mark.parametrize("query", ["", "started_by=anyone"])
def test_a_page_costs_the_same_however_many_tables_there_are(driver: Driver, query: str):
    def reads() -> Counter[str]:
        with recording() as made:
            answer = driver.service.call("GET", f"/oserve/v1/job/?{query}")
        assert len(answer.json()["objects"]) == 1
        return Counter(made)

    table = driver.table()
    driver.start_import(table, CSV_OF_TWO)
    reads()  # which reads the secret of links
    few = reads()
    for number in range(5):
        driver.service.create_table(f"more{number}", [{"name": "name", "type": "string"}])

    assert reads() == few
    assert few["Query"] == 1


def test_jobs_of_a_deleted_table_are_not_listed(driver: Driver):
    table = driver.table()
    driver.start_import(table, CSV_OF_TWO)
    driver.service.call("DELETE", f"/oserve/v1/table/{table}/")

    listed = driver.service.call("GET", "/oserve/v1/job/?started_by=anyone").json()
    assert listed["objects"] == []


@pytest.mark.parametrize(
    "query",
    ["status=done", "limit=0", "limit=101", "limit=x", "cursor=x", "started_by=you", "table_id=-1"],
)
def test_a_parameter_that_cannot_be_is_refused(driver: Driver, query: str):
    assert driver.service.call("GET", f"/oserve/v1/job/?{query}").status == 400
