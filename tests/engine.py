"""A caller of the configuration routes, whose imports run while their requests wait."""

import json
from dataclasses import dataclass
from typing import Any

import boto3

from ferry.configurations.config_job import CONFIGURATIONS, ConfigJob
from ferry.jobs.job_store import Jobs
from tests.service import Answer, Service


@dataclass
class Engine:
    """The engine's API as one app sees it."""

    service: Service
    app_id: str

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return self.service.call(method, path, body, **options)

    def load(self, document: Any, query: str = "", **options: Any) -> Answer:
        """Import a document by content; a str or bytes is taken as it is."""
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        return self.call("POST", f"/data/import{query}", {"content": text}, **options)

    def load_file(self, uri: str, query: str = "") -> Answer:
        return self.call("POST", f"/data/import{query}", {"file": uri})

    def export(self, **options: Any) -> dict[str, dict[str, str]]:
        answer = self.call("GET", "/data/export", **options)
        assert answer.status == 200, answer
        return answer.json()

    def status(self, **options: Any) -> Any:
        return self.call("GET", "/data/import/status", **options).json()

    def revisions(self) -> list[dict[str, Any]]:
        return self.call("GET", "/data/revisions").json()["revisions"]

    def start(self, document: Any, query: str = "") -> str:
        """Begin an asynchronous import and return its task's id; no worker has it yet."""
        body = {"content": json.dumps(document)}
        answer = self.call("POST", f"/async/data/import{query}", body)
        assert answer.status == 200, answer
        return answer.json()["id"]

    def task(self, task_id: str) -> Any:
        return self.call("GET", f"/async/task/{task_id}").json()

    def job(self, job_id: str) -> ConfigJob:
        return Jobs(self.service.stack.ControlTable).get(job_id, CONFIGURATIONS)

    def store(self, name: str, content: bytes) -> None:
        """Store an upload as POST /config/uploads does."""
        self._s3().put_object(
            Bucket=self.service.stack.ConfigBucket,
            Key=f"configs/{self.app_id}/uploads/{name}",
            Body=content,
        )

    def kept(self) -> list[str]:
        """Return the names under which archives are kept, which are their SHA-256."""
        prefix = f"configs/{self.app_id}/files/"
        found = self._s3().list_objects_v2(Bucket=self.service.stack.ConfigBucket, Prefix=prefix)
        return [each["Key"].removeprefix(prefix) for each in found.get("Contents", [])]

    @staticmethod
    def _s3() -> Any:
        return boto3.client("s3")
