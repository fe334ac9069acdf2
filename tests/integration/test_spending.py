"""What jobs spend on DynamoDB for their rows."""

import pytest

ROWS = 60
CSV = b"name,amount\r\n" + b"".join(b"tea %02d,%d\r\n" % (n, n) for n in range(ROWS))
LARGE = b"name,amount\r\n" + b"".join(b"%b,1\r\n" % (b"t" * 1500) for _ in range(4))


def spent(driver, table: int, job_id: str, operation: str):
    path = f"/oserve/v1/table/{table}/{operation}/{job_id}/"
    answer = driver.service.call("GET", path)
    assert answer.status == 200, answer
    return answer.json()["spent"]


def test_an_import_spends_a_unit_for_each_kilobyte_of_a_row_and_says_so(driver):
    table = driver.table()
    small, large = driver.start_import(table, CSV), driver.start_import(table, LARGE)
    assert spent(driver, table, small, "import") == dict.fromkeys(
        ("read_units", "write_units", "dollars"), 0
    )
    driver.service.run_jobs()

    shown = spent(driver, table, small, "import")
    assert shown == {"read_units": 0, "write_units": ROWS, "dollars": 3.75e-05}
    assert spent(driver, table, large, "import")["write_units"] == 8
    told = "".join(mail.html for mail in driver.mails())
    assert "0 read and 60 write units of DynamoDB, $0.00003" in told
    assert "0 read and 8 write units of DynamoDB, $0.000005" in told


def test_an_export_spends_its_reading_and_the_count_before_it(driver):
    table = driver.table()
    driver.start_import(table, CSV)
    driver.service.run_jobs()
    job_id = driver.start_export(table)
    counted = spent(driver, table, job_id, "export")["read_units"]
    driver.service.run_jobs()

    shown = spent(driver, table, job_id, "export")
    assert 0 < counted < shown["read_units"]
    assert shown["write_units"] == 0
    assert shown["dollars"] == pytest.approx(shown["read_units"] * 0.125e-6)


@pytest.mark.usefixtures("small_steps")
def test_what_earlier_deliveries_spent_is_counted_once(driver):
    asked = iter(range(10_000))
    driver.service.context.get_remaining_time_in_millis = lambda: (
        30_000 if next(asked) % 2 else 900_000
    )
    table = driver.table()
    job_id = driver.start_import(table, CSV)
    deliveries = 0
    while records := driver.service.messages("ImportQueue"):
        driver.deliver(job_id, records)
        deliveries += 1

    assert deliveries > 2
    assert spent(driver, table, job_id, "import")["write_units"] == ROWS
