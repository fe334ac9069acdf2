"""Ferry: the handlers that are deployed, given the messages that their queues would give them."""

import os
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from benchmarks.data.table import EXPORT_JOB, IMPORT_JOB


def export_csv(_: str) -> None:
    """Do the export that is queued; its file goes to S3."""
    consume("process_export", EXPORT_JOB)


def import_csv(_: str) -> None:
    """Do the import that is queued; its file lies on S3."""
    consume("process_import", IMPORT_JOB)


export_jsonl, import_jsonl = export_csv, import_csv  # the job says which


def consume(function: str, job_id: str) -> None:
    """Hand a message with the job's id to the handler of a processor."""
    handler = import_module(f"functions.{function}.app").lambda_handler
    message = {
        "messageId": "1",
        "receiptHandle": "1",
        "body": f'{{"job_id":"{job_id}"}}',
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{function}",
        "awsRegion": "us-east-1",
    }
    context: Any = SimpleNamespace(
        function_name=function,
        function_version="1",
        memory_limit_in_mb=1769,
        invoked_function_arn=f"arn:aws:lambda:us-east-1:000000000000:function:{function}",
        aws_request_id=os.urandom(16).hex(),
        get_remaining_time_in_millis=lambda: 900_000,
    )
    left = handler({"Records": [message]}, context)["batchItemFailures"]
    if left:
        raise SystemExit(f"the job was given back: {left}")
