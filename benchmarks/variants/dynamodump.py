"""dynamodump: backs a table up and restores it, in a JSON format of its own only."""

import sys

from dynamodump import dynamodump

from benchmarks.data.table import TABLE


def export_jsonl(path: str) -> None:
    """Write a folder of pages as DynamoDB gives them."""
    _run("backup", "--dumpPath", path)


def import_jsonl(path: str) -> None:
    """Put the items of such a folder."""
    _run("restore", "--dataOnly", "--skipThroughputUpdate", "--dumpPath", path)


def _run(mode: str, *arguments: str) -> None:
    sys.argv = ["dynamodump", "-r", "us-east-1", "-s", TABLE, "-m", mode, *arguments]
    dynamodump.main()
