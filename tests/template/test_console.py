"""What the console's page may reach besides its own origin."""

import pytest

from tests.declared import RESOURCES, ROOT


def test_the_page_may_reach_the_buckets_that_its_signed_links_lead_to():
    variables = RESOURCES["ServeConsole"]["Properties"]["Environment"]["Variables"]

    assert {name for name in variables if name.endswith("_ORIGIN")} == {
        "UPLOAD_ORIGIN",
        "RESULTS_ORIGIN",
    }


def test_pages_may_send_to_one_bucket_and_read_from_the_other():
    def methods(bucket):
        rules = RESOURCES[bucket]["Properties"]["CorsConfiguration"]["CorsRules"]
        return [method for rule in rules for method in rule["AllowedMethods"]]

    assert methods("UploadBucket") == ["POST", "PUT"]
    assert methods("ResultsBucket") == ["GET"]
    assert "CorsConfiguration" not in RESOURCES["ConfigBucket"]["Properties"]


@pytest.mark.parametrize("folder", ["console", "benchmarks"])
def test_lock_files_of_npm_name_no_address(folder: str):
    assert "://" not in (ROOT / folder / "package-lock.json").read_text("utf-8")
