"""Jobs that are held to a rate; all seconds are those of the test's clock."""

import pytest

from ferry.aws.shared_rate import SharedRate
from ferry.jobs.job import Status
from tests.integration.test_budgets import CSV, ROWS
from tests.integration.test_spending import spent

pytestmark = pytest.mark.usefixtures("small_steps")


def run(driver) -> float:
    """Run all jobs; return how many seconds they took."""
    begun = driver.clock.now
    driver.service.run_jobs()
    return driver.clock.now - begun


def set_rate(driver, table, rate):
    answer = driver.service.call("PUT", f"/oserve/v1/table/{table}/", {"rate": rate})
    assert answer.status == 200
    return answer.json().get("rate")


def test_an_export_takes_the_seconds_of_its_rate_and_makes_the_same_file(driver):
    table = driver.table(ROWS)
    whole = driver.start_export(table, "jsonl")
    assert run(driver) == 0
    slow = driver.start_export(table, "jsonl", rate=1)
    took = run(driver)

    used = spent(driver, table, slow, "export")["read_units"]
    assert took >= used - 5 > 0
    assert driver.file(slow) == driver.file(whole)
    assert "1 units of DynamoDB a second" in driver.mails()[-1].html
    path = f"/oserve/v1/table/{table}/export/{slow}/"
    assert driver.service.call("GET", path).json()["rate"] == 1


def test_the_jobs_of_a_table_share_its_rate(driver):
    table = driver.table()
    assert set_rate(driver, table, 2) == 2
    jobs = [driver.start_import(table, CSV) for _ in range(2)]
    took = run(driver)

    used = sum(spent(driver, table, job, "import")["write_units"] for job in jobs)
    assert took >= used / 2 - 5
    assert [driver.job(job).counts.succeeded for job in jobs] == [6, 6]
    assert set_rate(driver, table, 0) is None
    driver.start_import(table, CSV)
    assert run(driver) == 0


def test_a_job_whose_function_ends_goes_on_without_waiting_there(driver):
    table = driver.table(ROWS)
    ends = driver.clock.now + 60 + 65  # the export is accepted a minute later
    driver.service.context.get_remaining_time_in_millis = lambda: (
        1000 * (ends - driver.clock.now if driver.clock.now < ends else 900)
    )
    job_id = driver.start_export(table, "jsonl", rate=1)

    took = run(driver)

    assert took < spent(driver, table, job_id, "export")["read_units"] / 2
    assert driver.job(job_id).status is Status.FINISHED
    assert driver.file(job_id).count(b"\n") == 23


@pytest.mark.parametrize("rate", [0.5, 0, -1, "fast"])
def test_a_rate_is_a_whole_number_of_units(driver, rate):
    table = driver.table()
    driver.wait(60)
    body = {"file_type": "csv", "mode": "all", "rate": rate}
    answer = driver.service.call("POST", f"/oserve/v1.5/table/{table}/export/", body)

    assert answer.status == 400
    imported = driver.service.upload(
        f"/oserve/v1/table/{table}/import/?rate={rate}", "goods.csv", CSV
    )
    assert imported.status == 400


def test_a_shared_rate_gives_each_unit_once(driver):
    def rate(clock):
        return SharedRate(driver.service.stack.ControlTable, "TABLE#7", 10, clock)

    one, other = rate(lambda: 1_000.0), rate(lambda: 1_000.0)

    assert [one.take(30), other.take(50), one.take(10)] == [1_000.0, 1_003.0, 1_008.0]
    assert rate(lambda: 1_100.0).take(5) == 1_100.0  # what nobody took is gone
    ahead = rate(lambda: 90_000.0)
    ahead.take(10)
    assert one.take(10) == 1_000.0  # a clock that was ahead is not believed
