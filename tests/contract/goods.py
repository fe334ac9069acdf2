"""The table that the cases are about, and a clock that stands still until it is moved."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from threading import Barrier, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl

from ferry.aws import clients
from tests.contract.cases import load
from tests.service import Answer, Service

FIXTURE = load("goods")
CSV_OF_ALL = {"file_type": "csv", "mode": "all"}


class Clock:
    """Stands in for the module `time`."""

    def __init__(self) -> None:
        self.now: int = FIXTURE["now"]

    def time(self) -> float:
        return float(self.now)

    def monotonic(self) -> float:
        return float(self.now)

    def time_ns(self) -> int:
        return self.now * 10**9

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds)


@dataclass
class Goods:
    """The table `goods` of the service's app."""

    service: Service
    id: int

    @classmethod
    def create(
        cls,
        service: Service,
        *,
        name: str = "",
        columns: list[str] | None = None,
        unique: bool = False,
    ):
        """Create the table: under another name, with a few of its columns, unique if asked."""
        table = FIXTURE["table"] | ({"indexes": FIXTURE["unique"]} if unique else {})
        given, fields = table.pop("name"), table.pop("schema")["fields"]
        if columns is not None:
            fields = [field for field in fields if field["name"] in columns]
        return cls(service, service.create_table(name or given, fields, **table))

    def path(self, rest: str) -> str:
        return f"/oserve/v1/table/{self.id}/{rest}"

    def add(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Insert rows and return them as they are stored."""
        answer = self.service.call("POST", self.path("record/"), rows).json()
        assert answer["succeed"] == len(rows), answer
        return [result["success"] for result in answer["operation_result"]]

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows by name, at most 1000."""
        listed = self.service.call("GET", self.path("record/?limit=1000")).json()
        assert listed["meta"]["total_count"] == len(listed["objects"])
        return sorted(listed["objects"], key=lambda row: row.get("name", ""))

    def count(self) -> int:
        total: int = self.service.call("GET", self.path("record/")).json()["meta"]["total_count"]
        return total

    def export(self, body: Any = CSV_OF_ALL, **more: Any) -> Answer:
        return self.service.call("POST", self.path("export/"), body, **more)

    def import_(
        self, content: bytes, name: str = "a.csv", *, query: str = "", **more: Any
    ) -> Answer:
        return self.service.upload(self.path(f"import/?{query}"), name, content, **more)

    def upload(self, content: bytes, name: str, query: str) -> Answer:
        """Upload a file to the store, whence it is imported; return what told where to."""
        body = {"file_name": name, **dict(parse_qsl(query))}
        answer = self.service.call("POST", self.path("import/upload/"), body)
        assert answer.status == 201, answer
        assert self.service.put(answer.json(), content) == 204
        return answer

    def start(self, job: dict[str, Any], **more: Any) -> Answer:
        """Ask for the job that a case names: an export's body, or an import's text."""
        if "export" in job:
            return self.export(job["export"], **more)
        return self.import_(job["import"].encode(), **more)

    def file(self, body: Any) -> bytes:
        """Export, and return the file behind the mail's link."""
        assert self.export(body).status == 201
        self.service.run_jobs()
        (mail,) = self.service.mails()
        (link,) = mail.links
        return self.service.download(link)


def job_of(service: Service, answer: Answer) -> dict[str, Any]:
    """Look up the job that an answer tells of."""
    return service.call("GET", answer.headers["Location"]).json()


def assert_refused(service: Service, answer: Answer, status: int) -> None:
    """Check the error, and that nothing came of the request: no message, no mail."""
    assert answer.status == status
    error = answer.json()
    assert set(error) == {"status", "error_msg"}
    assert error["status"] == "error"
    assert error["error_msg"]
    for queue in ("ExportQueue", "ImportQueue", "NoticeQueue"):
        assert service.messages(queue) == []
    assert service.mails() == []


@contextmanager
def meeting(operation: str, callers: int) -> Iterator[Callable[..., None]]:
    """Let `callers` calls of a DynamoDB operation meet, then pass one by one.

    That is how DynamoDB itself treats writes of one item. What is given calls each of its
    arguments in a thread of its own, the next one when the last has arrived at the meeting.
    """
    barrier, passing, calls = Barrier(callers, timeout=20), Lock(), count(1)

    def before(**_: Any) -> None:
        if next(calls) <= callers:
            barrier.wait()
        passing.acquire()

    def after(**_: Any) -> None:
        passing.release()

    def run(*actions: Callable[[], Any]) -> None:
        threads = [Thread(target=action) for action in actions]
        for arrived, thread in enumerate(threads, start=1):
            thread.start()
            while arrived < callers and barrier.n_waiting < arrived and thread.is_alive():
                thread.join(0.01)
        for thread in threads:
            thread.join()
        assert next(calls) > callers, f"fewer than {callers} calls of {operation} met"

    with (
        hooked(f"before-call.dynamodb.{operation}", before),
        hooked(f"after-call.dynamodb.{operation}", after),
    ):
        yield run


@contextmanager
def hooked(event: str, action: Callable[..., None]) -> Iterator[None]:
    """Call `action` at an event of the DynamoDB client, such as before-call.dynamodb.PutItem."""
    events = clients.dynamodb().meta.events
    events.register(event, action)
    try:
        yield
    finally:
        events.unregister(event, action)
