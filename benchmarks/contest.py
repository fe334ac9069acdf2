"""Who takes part, and how a run of each is started."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CASES = ("export_csv", "export_jsonl", "import_csv", "import_jsonl")

SETTINGS = {
    "CONTROL_TABLE": "control",
    "RECORDS_TABLE": "records",
    "UPLOAD_BUCKET": "uploads",
    "RESULTS_BUCKET": "results",
    "CONFIG_BUCKET": "configs",
    "EXPORT_QUEUE_URL": "http://127.0.0.1/exports",
    "IMPORT_QUEUE_URL": "http://127.0.0.1/imports",
    "CONFIG_QUEUE_URL": "http://127.0.0.1/configs.fifo",
    "NOTICE_QUEUE_URL": "http://127.0.0.1/notices",
    "PURGE_QUEUE_URL": "http://127.0.0.1/purges",
    "UPLOAD_QUEUE_URL": "http://127.0.0.1/uploads",
    "LINK_SECRET_ARN": "none",
    "MAIL_FROM": "ferry@example.com",
    "PUBLIC_URL": "",
    "LINK_DAYS": "7",
    "EXPORT_ROW_CAP": "100000000",
    "IMPORT_BODY_BYTES": "4400000",
    "CONFIG_AUTH": "token",
    "EKUIPER_WIRE": "1.10",
    "FETCH_BUCKETS": "",
    "FETCH_PRIVATE_NETWORKS": "false",
    "IMPORT_FILE_BYTES": "5368709120",
    "IMPORT_UNPACKED_BYTES": "5368709120",
    "POWERTOOLS_SERVICE_NAME": "ferry",
    "POWERTOOLS_METRICS_NAMESPACE": "Ferry",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
"""What template.yaml tells Ferry's functions."""


class Variant(NamedTuple):
    """One of the ways that are measured.

    Attributes:
        name: of its module in `variants`.
        most_rows: so many at most are given to it; slow ones would take minutes.

    """

    name: str
    most_rows: int = 1_000_000

    def command(self, case: str, path: Path) -> list[str]:
        """Return the command that does the case with that file."""
        return [sys.executable, "-m", "benchmarks.variants", self.name, case, str(path)]


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("ferry"),
        Variant("boto3_resource"),
        Variant("floor"),
    )
}


def environment(url: str) -> dict[str, str]:
    """Return the environment of a run against the server at `url`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": url,
        **SETTINGS,
    }
