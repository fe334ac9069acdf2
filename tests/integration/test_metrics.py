"""Metrics of jobs, by kind and outcome, in CloudWatch's embedded metric format."""

import json

import pytest

from tests.faults import failing
from tests.integration.driver import CSV_OF_TWO

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
MOST_DIMENSIONS = 30


@pytest.fixture
def counted(capsys):
    """Return the sums counted since the last call, by name and dimensions but the service."""

    def counted():
        found = {}
        for line in capsys.readouterr().out.splitlines():
            told = json.loads(line)
            for metric in told.get("_aws", {}).get("CloudWatchMetrics", []):
                (names,) = metric["Dimensions"]
                assert "service" in names
                assert len(names) <= MOST_DIMENSIONS
                of = tuple(sorted(told[name] for name in names if name != "service"))
                for each in metric["Metrics"]:
                    key = (each["Name"], *of)
                    found[key] = found.get(key, 0) + sum(told[each["Name"]])
        return {key: value for key, value in found.items() if key[0] != "ColdStart"}

    return counted


def test_a_job_is_counted_from_its_acceptance_to_its_mail_by_kind_and_outcome(driver, counted):
    table = driver.table([{"name": "milk"}, {"name": "eggs"}])
    counted()
    imported = driver.start_import(table, CSV_OF_TWO + b",3\r\n")
    assert counted() == {("JobsAccepted", "import"): 1}

    driver.wait(30)
    driver.deliver(imported, driver.take(imported))
    assert counted() == {
        ("JobsEnded", "finished", "import"): 1,
        ("Rows", "import", "succeeded"): 2,
        ("Rows", "failed", "import"): 1,
    }

    driver.wait(5)
    driver.service.run_jobs()
    assert counted() == {("MailSent",): 1, ("SecondsToMail", "import"): 35}

    driver.start_export(table)
    driver.drop(table)
    with failing("SendEmail", "MessageRejected"):
        driver.service.run_jobs()
    assert counted() == {
        ("JobsAccepted", "export"): 1,
        ("JobsEnded", "export", "failed"): 1,
        ("Rows", "export", "succeeded"): 0,
        ("Rows", "export", "failed"): 0,
        ("MailRefused",): 1,
    }


def test_jobs_that_the_sweeper_fails_are_counted_too(driver, counted):
    driver.start_import(driver.table(), CSV_OF_TWO)
    driver.waiting("ImportQueue")
    counted()

    driver.wait(86_400 + 61)
    driver.sweep()

    seen = counted()
    assert seen[("JobsEnded", "failed", "import")] == 1
    assert seen[("JobsOverdue",)] == 1
    assert seen[("JobsUnreadable",)] == 0
    driver.service.run_jobs()
    counted()
    driver.sweep()
    assert counted() == {("JobsOverdue",): 0, ("JobsUnreadable",): 0}
