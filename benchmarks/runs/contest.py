"""The variants that take part, and the command that starts each."""

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
STATE = ROOT / ".local" / "bench"
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
    "MAIL_EVENT_QUEUE_URL": "http://127.0.0.1/mail-events",
    "MAIL_REGION": "us-east-1",
    "MAIL_CONFIGURATION_SET": "",
    "UPLOAD_ROLE_ARN": "arn:aws:iam::123456789012:role/uploads",
    "LINK_SECRET_ARN": "none",
    "MAIL_FROM": "ferry@example.com",
    "PUBLIC_URL": "",
    "LINK_DAYS": "7",
    "EXPORT_ROW_CAP": "100000000",
    "EXPORT_SEGMENT_MB": "0",
    "IMPORT_BODY_BYTES": "4400000",
    "CONFIG_AUTH": "token",
    "EKUIPER_WIRE": "1.10",
    "FETCH_BUCKETS": "",
    "FETCH_PRIVATE_NETWORKS": "false",
    "IMPORT_FILE_BYTES": "5368709120",
    "IMPORT_UNPACKED_BYTES": "5368709120",
    "OPEN_JOBS_PER_APP": "1000",
    "MAILS_PER_APP_AND_HOUR": "1000",
    "REVISIONS_PER_APP": "1000",
    "POWERTOOLS_SERVICE_NAME": "ferry",
    "POWERTOOLS_METRICS_NAMESPACE": "Ferry",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}
"""What template.yaml tells Ferry's functions."""


class Variant(NamedTuple):
    """One of the ways that are measured.

    Attributes:
        name: of its module in `variants`.
        program: what runs it.
        cases: what it can do.
        most_exported: so many rows at most are given to it: slow ones would take minutes.
        most_imported: the same for imports.

    """

    name: str
    program: Path
    cases: tuple[str, ...] = CASES
    most_exported: int = 1_000_000
    most_imported: int = 1_000_000

    def most_rows(self, case: str) -> int:
        """Return the largest number of rows that this variant can take in the case."""
        return self.most_exported if case.startswith("export") else self.most_imported

    def command(self, case: str, path: Path) -> list[str]:
        """Return the command that does the case with that file."""
        if self.program == NODE:
            script = str(ROOT / "benchmarks" / "variants" / f"{self.name}.cjs")
            return [str(NODE), script, case, str(path)]
        return [str(self.program), "-m", "benchmarks.variants", self.name, case, str(path)]

    @property
    def available(self) -> bool:
        """Whether the variant's program is installed."""
        return self.program.exists()


PYTHON = Path(sys.executable)
"""Has what Ferry's layer has, and nothing else."""

RIVALS = STATE / "rivals" / "bin" / "python"
NODE = Path(shutil.which("node") or "node")

VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("ferry", PYTHON),
        Variant("floor", PYTHON),
        Variant("aws_sdk_js", NODE),
        Variant("boto3_resource", PYTHON, most_imported=20_000),
        Variant("boto3_client", PYTHON, CASES, 20_000, 20_000),
        Variant("aioboto3", RIVALS, CASES, 20_000, 20_000),
        Variant("pydynox", RIVALS),
        Variant("awswrangler", RIVALS, CASES, 20_000, 20_000),
        Variant("dynamodump", RIVALS, ("export_jsonl", "import_jsonl"), 20_000, 20_000),
    )
}


def environment(url: str) -> dict[str, str]:
    """Return the environment of a run against the server at `url`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "NODE_PATH": str(STATE / "node" / "node_modules"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'core'}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": url,
        **SETTINGS,
    }
