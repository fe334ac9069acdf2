"""What was detected of a file is stored with the job and told by the answer, whatever it is."""

import pytest

from ferry.jobs.job import Status

FILES = {
    "semicolons": (
        "goods.csv",
        b"name;amount\nmilk;1\n",
        {"delimiter": ";", "confidence": 100},
    ),
    "tabs": ("goods.csv", b"name\tamount\nmilk\t1\n", {"delimiter": "\t", "confidence": 100}),
    "one row of twelve misfits": (
        "goods.csv",
        b"name|amount\n" + b"milk|1\n" * 11 + b"milk\n",
        {"delimiter": "|", "confidence": 92},
    ),
}


@pytest.mark.parametrize(("name", "content", "detected"), FILES.values(), ids=FILES)
def test_a_detected_delimiter_stands_in_the_job(driver, name, content, detected):
    job_id = driver.start_import(driver.table(), content, name)
    driver.service.run_jobs()

    job = driver.job(job_id)
    assert job.status is Status.FINISHED
    assert job.result.detected == detected
