"""Brings a file into a new table, and watches over what that takes."""

import tracemalloc
from contextlib import contextmanager


def bring(carrier, content, name="goods.csv", query=""):
    """Import a file into a new table; return the job, and what is in the table."""
    table = carrier.table()
    job_id = carrier.start_import(table, content, name, query=query)
    carrier.service.run_jobs()
    assert len(carrier.mails()) == 1
    return carrier.job(job_id), carrier.carried(table)


@contextmanager
def bounded():
    """Check that what happens takes far less memory than the file would."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60_000_000
