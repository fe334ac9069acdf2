"""Brings a file into a new table, and watches over what that takes."""

import tracemalloc
from contextlib import contextmanager


def bring(driver, content, name="goods.csv", query=""):
    """Import a file into a new table; return the job, and what is in the table."""
    table = driver.table()
    job_id = driver.start_import(table, content, name, query=query)
    driver.service.run_jobs()
    assert len(driver.mails()) == 1
    return driver.job(job_id), driver.names_and_amounts(table)


@contextmanager
def bounded():
    """Check that what happens takes far less memory than the file would."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
