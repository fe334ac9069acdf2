"""Drives the whole service through a job's life, its clock and its deliveries in a test's hands."""

import importlib
import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from ferry.aws.bucket import Files
from ferry.jobs.job import Job
from ferry.jobs.job_store import Jobs
from ferry.jobs.run import LEASE_S
from ferry.mail.notices import KINDS
from ferry.records.reading.windows import Window
from ferry.records.registry import Tables
from ferry.records.store import Records
from ferry.tables.records import Record
from ferry.tables.schema import Table
from tests.declared import ROOT
from tests.service import Answer, Mail, Service, handler

CSV_OF_TWO = b"name,amount\r\nmilk,1\r\neggs,2\r\n"
FIELDS: list[dict[str, Any]] = [
    {"name": "name", "type": "string", "constraints": {"required": True}},
    {"name": "amount", "type": "integer"},
]


@dataclass
class Clock:
    """Stands in for the module `time` where the application reads it.

    Attributes:
        now: Unix seconds.
        step: seconds that pass whenever it is read.

    """

    now: float = 1_760_000_000.0
    step: float = 0.0

    def time(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return round(self.now * 1000) * 1_000_000


def show_clock(clock: Any, patch: pytest.MonkeyPatch) -> None:
    """Let every function see the time by a clock."""
    names = [f"functions.{app.parent.name}.app" for app in (ROOT / "functions").glob("*/app.py")]
    for module in map(importlib.import_module, [*names, "ferry.http", "ferry.jobs.attempt"]):
        if hasattr(module, "time"):
            patch.setattr(module, "time", clock)


@dataclass
class Driver:
    """A team's service: its tables, its jobs, its queues, its clock."""

    service: Service
    clock: Clock
    app_id: str
    _tables: int = 0
    _queues: dict[str, str] = field(default_factory=dict)

    @property
    def _stack(self) -> Any:
        return self.service.stack

    @property
    def jobs(self) -> Jobs:
        return Jobs(self._stack.ControlTable)

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    def table(self, rows: list[dict[str, Any]] | None = None, *, shards: int = 2) -> int:
        """Create a table that holds the rows."""
        self._tables += 1
        table_id = self.service.create_table(f"goods{self._tables}", FIELDS, shards=shards)
        if rows:
            answer = self.service.call("POST", f"/oserve/v1/table/{table_id}/record/", rows)
            assert answer.json()["succeed"] == len(rows), answer
        return table_id

    def start_export(self, table_id: int, file_type: str = "csv", **options: Any) -> str:
        """Have an export accepted, a minute after the last, and return the job's id."""
        self.wait(60)
        body = {"file_type": file_type, "mode": "all", **options}
        version = "v1" if file_type in {"csv", "json"} and not options else "v1.5"
        answer = self.service.call("POST", f"/oserve/{version}/table/{table_id}/export/", body)
        return self._accepted(answer, "ExportQueue")

    def start_import(
        self, table_id: int, content: bytes, name: str = "goods.csv", *, query: str = ""
    ) -> str:
        """Have an import accepted and return the job's id."""
        path = f"/oserve/v1/table/{table_id}/import/?{query}"
        answer = self.service.upload(path, name, content)
        return self._accepted(answer, "ImportQueue")

    def start_fetched(self, table_id: int, url: str, **options: Any) -> str:
        """Have an import of what a URL leads to accepted and return the job's id."""
        body = {"file_url": url, **options}
        answer = self.service.call("POST", f"/oserve/v1/table/{table_id}/import/", body)
        return self._accepted(answer, "ImportQueue")

    def _accepted(self, answer: Answer, queue: str) -> str:
        assert answer.status == 201, answer
        job_id = answer.headers["X-Job-Id"]
        self._queues[job_id] = queue
        return job_id

    def queue(self, job_id: str) -> str:
        """Return the queue of the job's kind, by its logical id."""
        return self._queues[job_id]

    def waiting(self, queue: str) -> list[str]:
        """Take the messages off a queue and return the ids of the jobs that they name."""
        return [json.loads(record["body"])["job_id"] for record in self.service.messages(queue)]

    def take(self, job_id: str) -> list[dict[str, Any]]:
        """Take the one message that names the job off its queue, to be delivered."""
        records = self.service.messages(self.queue(job_id))
        (record,) = [r for r in records if json.loads(r["body"]) == {"job_id": job_id}]
        return [record]

    def deliver(self, job_id: str, records: list[dict[str, Any]]) -> bool:
        """Deliver what `take` took; return whether it was done, or else waits to be retried."""
        return self.service.deliver(self.queue(job_id), records) == []

    def retry(self, queue: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Take failed messages again, when SQS shows them again."""
        for record in records:
            boto3.client("sqs").change_message_visibility(
                QueueUrl=getattr(self._stack, queue),
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=0,
            )
        return self.service.messages(queue)

    def sweep(self) -> None:
        handler("sweep_jobs")({}, self.service.context)

    def recover(self, job_id: str) -> None:
        """Let leases end and the sweeper restart the job until it has ended."""
        for _ in range(10):
            if not self.job(job_id).open:
                return
            self.wait(LEASE_S + 1)
            self.sweep()
            self.service.run_jobs()
        raise AssertionError(f"still open: {self.job(job_id)}")

    def job(self, job_id: str) -> Job[Any, Any, Any]:
        kind = KINDS[self.jobs.get_header(job_id).operation]
        return self.jobs.get(job_id, kind)

    def schema(self, table_id: int) -> Table:
        return Tables(self._stack.ControlTable).get(self.app_id, table_id)

    def rows(self, table_id: int) -> list[Record]:
        records = Records(self._stack.RecordsTable)
        return list(records.stream(self.schema(table_id), Window()))

    def names_and_amounts(self, table_id: int) -> list[tuple[Any, Any]]:
        """Return the rows that an import put into a table, sorted."""
        fields = [row.fields for row in self.rows(table_id)]
        return sorted((f["name"], f.get("amount", 0)) for f in fields)

    def file(self, job_id: str) -> bytes:
        return b"".join(Files(self._stack.ResultsBucket).blocks(self.job(job_id).result.result_key))

    def report(self, job_id: str) -> bytes:
        """Return the failed-rows file of an import, b"" where there is none."""
        key = self.job(job_id).result.report_key
        return b"".join(Files(self._stack.ResultsBucket).blocks(key)) if key else b""

    def has_file(self, job_id: str) -> bool:
        """Return whether the results bucket has a completely uploaded file of the job."""
        listed = boto3.client("s3").list_objects_v2(Bucket=self._stack.ResultsBucket)
        return any(job_id in found["Key"] for found in listed.get("Contents", []))

    def ask_for_the_end(self, job_id: str) -> None:
        boto3.client("dynamodb").update_item(
            TableName=self._stack.ControlTable,
            Key={"pk": {"S": f"JOB#{job_id}"}, "sk": {"S": "JOB"}},
            UpdateExpression="SET cancel = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )

    def mails(self) -> list[Mail]:
        return self.service.mails()

    def drop(self, table_id: int) -> None:
        """Delete a table from the registry."""
        boto3.client("dynamodb").delete_item(
            TableName=self._stack.ControlTable,
            Key={"pk": {"S": f"APP#{self.app_id}"}, "sk": {"S": f"TABLE#{table_id:012d}"}},
        )

    def drop_upload(self, job_id: str) -> None:
        """Delete the file that an import came with."""
        Files(self._stack.UploadBucket).delete([self.job(job_id).request.file_key])
