"""What jobs of attached tables spend on DynamoDB for their rows."""

from tests.integration.attached.orders import ITEMS
from tests.integration.test_spending import spent


def test_attached_tables_are_counted_apart_from_ours(orders):
    orders.attach()
    orders.put(*ITEMS)
    driver = orders.driver
    job_id = driver.start_export(orders.table, "csv", order_by=[])
    counted = spent(driver, orders.table, job_id, "export")["read_units"]
    driver.service.run_jobs()
    rows = b"customer,number\r\n" + b"".join(b"new,%d\r\n" % n for n in range(3))
    into = driver.start_import(orders.table, rows + b"li,10\r\n")
    driver.service.run_jobs()

    assert spent(driver, orders.table, job_id, "export")["read_units"] > counted > 0
    # Three are put, and one is refused: DynamoDB bills that as well.
    assert spent(driver, orders.table, into, "import")["write_units"] == 4
