"""A run: a job, the faults that meet it, a user at work meanwhile, and what must hold after it."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3

from tests.faults import door as faults
from tests.faults.door import Call, Door, Reply
from tests.faults.kinds import FUNCTIONS, KINDS, Facts, Scenario, World, told
from tests.faults.workers import LAMBDA_S, Delivery, Workers

LEASE_OVER_S = 95.0
HAND_OVER_S = 50.0
"""A worker with so little time left gives its job to another delivery after its next step."""

ANSWERS: dict[str, faults.Fault] = {
    "killed before a call": faults.killed_before,
    "killed after a call": faults.killed_after,
    "killed at any instruction": faults.killed_between,
    "cut": faults.cut,
    "answer lost": faults.answer_lost,
    "500": faults.server_error,
    "503": faults.unavailable,
    "throttled": faults.throttled,
    "expired token": faults.expired_token,
    "body cut short": faults.cut_short,
    "wrong checksum": faults.damaged,
    "half unprocessed": faults.half_done,
    "silence": faults.silence,
}
ONLY = {
    "wrong checksum": lambda call: call.service == "dynamodb",
    "half unprocessed": lambda call: call.operation == "BatchWriteItem",
}
STOPPED, OUTAGE, TWICE, HAND_OVER = "stopped past its lease", "outage", "twice", "out of time"
EDITS, RENAMES, DROPS = (
    "user edits and deletes",
    "user changes the schema",
    "user deletes the table",
)
KILLS = {name for name in ANSWERS if name.startswith("killed")}
USERS = (EDITS, RENAMES, DROPS)
OUTAGE_CALLS = 12
RARE = {"silence": 0.1, DROPS: 0.2}
"""Silence takes half a minute of real time. A run that ends without its table shows less."""


@dataclass
class Planned:
    """A fault that waits for a call.

    Attributes:
        at: the number of the first call that it may meet.
        left: how many calls it meets still.

    """

    kind: str
    at: int
    left: int = 1


@dataclass
class Run:
    """One run.

    Attributes:
        happened: the faults that did.
        broken: the invariants that do not hold, in words.
        windows: what is as documented, though not as one would wish.

    """

    world: World
    workers: Workers
    door: Door
    kind: str
    planned: list[Planned] = field(default_factory=list)
    chance: random.Random = field(default_factory=random.Random)
    happened: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    _kept: list[tuple[str, Any]] = field(default_factory=list)
    _all: list[tuple[str, Any]] = field(default_factory=list)
    _stopped: list[Delivery] = field(default_factory=list)
    _lock: Any = field(default_factory=threading.Lock)
    _moved: Counter[Any] = field(default_factory=Counter)
    _mail_at_risk: bool = False
    _dropped: bool = False

    def make(self, expected: Facts | None) -> Facts:
        """Run the job to its end and check it; return its facts."""
        self.door.reset(lambda _: None)
        self.world.driver.mails()
        scenario = KINDS[self.kind](self.world)
        self.scenario = scenario
        self.door.reset(self._meet)
        self.settle()
        self.calls = list(self.door.calls)
        self._let_go()
        if expected is not None:
            self._check(expected)
        return scenario.outcome() if not self._dropped else {}

    # -- deliveries

    def settle(self) -> None:
        """Deliver what waits, sweep when nothing does, until all has ended."""
        for _ in range(40):
            waiting = [(q, record) for q in FUNCTIONS for record in self._messages(q)]
            self._all += waiting
            # SQS shows a message again when its worker is long dead, or before the sweeper acts.
            again = [k for k in self._kept if k[0] == "ConfigQueue" or self.chance.random() < 0.5]
            self._kept = [k for k in self._kept if k not in again]
            for queue, record in waiting + again:
                self._deliver(queue, record)
            if not waiting and not again:
                if self._ended():
                    return
                self.world.driver.clock.advance(LEASE_OVER_S)
                self._invoke("sweep_jobs", {})
        self.broken.append("it does not end")

    def _messages(self, queue: str) -> list[Any]:
        return self.world.driver.service.messages(queue)

    def _deliver(self, queue: str, record: Any) -> None:
        event = {"Records": [record]}
        twice = self._due(TWICE)
        deliveries = [self._start(FUNCTIONS[queue], event) for _ in range(2 if twice else 1)]
        for delivery in deliveries:
            self._wait(delivery)
        done = [d for d in deliveries if not d.stopped and d.answer is not None]
        if any(not d.answer["batchItemFailures"] for d in done):
            boto3.client("sqs").delete_message(
                QueueUrl=getattr(self.world.driver.service.stack, queue),
                ReceiptHandle=record["receiptHandle"],
            )
        else:
            attributes = record["attributes"]
            receives = int(attributes.get("ApproximateReceiveCount", "1")) + 1
            attributes["ApproximateReceiveCount"] = str(receives)
            self._kept.append((queue, record))

    def _invoke(self, function: str, event: Any) -> None:
        self._wait(self._start(function, event))

    def _start(self, function: str, event: Any) -> Delivery:
        seconds = HAND_OVER_S if self._due(HAND_OVER) else LAMBDA_S
        return self.workers.start(function, event, seconds=seconds)

    def _wait(self, delivery: Delivery) -> None:
        try:
            delivery.wait()
        except AssertionError as error:
            self.broken.append(str(error))
        if delivery.stopped:
            self._stopped.append(delivery)

    def _ended(self) -> bool:
        scenario = self.scenario
        if not scenario.job_id:
            return not scenario.outcome()["items"]
        job = self.world.job(scenario.job_id)
        return job is not None and "open" not in job

    # -- faults

    def _due(self, kind: str) -> bool:
        """Return whether a fault of deliveries is due now."""
        number = len(self.door.calls)
        with self._lock:
            for planned in self.planned:
                if planned.kind == kind and planned.left and planned.at <= number + 8:
                    planned.left -= 1
                    self.happened.append(kind)
                    return True
        return False

    def _meet(self, call: Call) -> faults.Fault | None:
        with self._lock:
            for planned in self.planned:
                kind = planned.kind
                if not planned.left or planned.at > call.number or kind in {TWICE, HAND_OVER}:
                    continue
                if not ONLY.get(kind, lambda _: True)(call):
                    continue
                planned.left -= 1
                if kind != OUTAGE or planned.left == OUTAGE_CALLS - 1:
                    self.happened.append(kind)
                if call.worker.function == "send_notice":
                    self._mail_at_risk = True
                return self._fault(kind)
        return None

    def _fault(self, kind: str) -> faults.Fault:
        if kind == OUTAGE:
            return faults.unavailable
        if kind == STOPPED:
            return self._stop
        if kind in USERS:
            return lambda call: self._user(kind, call)
        return ANSWERS[kind]

    def _stop(self, call: Call) -> Reply:
        """Stop the worker before it has the answer; its lease ends meanwhile."""
        reply = call.ask()
        call.worker.stop()
        self.world.driver.clock.advance(LEASE_OVER_S)
        return reply

    def _let_go(self) -> None:
        """Let stopped workers go on, and old messages come once more: nothing may change."""
        before = self._state()
        for delivery in self._stopped:
            delivery.resume()
            self._wait(delivery)
        if self._state() != before:
            self.broken.append("a worker that had lost its lease wrote")
        for queue, record in self._all:
            if queue != "NoticeQueue" or self.chance.random() < 0.5:
                self._invoke(FUNCTIONS[queue], {"Records": [record]})
                self.happened.append("late")
        if self._state() != before:
            self.broken.append("a message that came late changed something")

    def _state(self) -> Any:
        scenario = self.scenario
        rows = self.world.items(scenario.table) if scenario.table else None
        job = self.world.job(scenario.job_id) if scenario.job_id else None
        return rows, job

    # -- users

    def _user(self, kind: str, call: Call) -> Reply:
        {EDITS: self._edit, RENAMES: self._rename, DROPS: self._drop}[kind]()
        return call.ask()

    def _edit(self) -> None:
        table, call = self.scenario.table, self.world.driver.service.call
        rows = sorted(self.world.driver.rows(table), key=lambda row: str(row.fields))
        if len(rows) < 2:
            self.happened.remove(EDITS)
            return
        path = f"/oserve/v1/table/{table}/record"
        assert call("PUT", f"{path}/{rows[0].id}/", {"name": "mine"}).status == 200
        assert call("DELETE", f"{path}/{rows[1].id}/").status == 204
        # Not by what the table holds before and after: the worker writes meanwhile.
        self._moved.update([told(rows[0].fields | {"name": "mine"})])
        self._moved.subtract([told(rows[0].fields), told(rows[1].fields)])

    def _rename(self) -> None:
        if not self.world.job(self.scenario.job_id):
            # A file that has only been uploaded is imported by the schema that there is then.
            self.happened.remove(RENAMES)
            return
        table = self.scenario.table
        fields = [{"name": "colour", "type": "string"}, {"name": "amount", "type": "integer"},
                  {"name": "name", "type": "string"}]  # fmt: skip
        path = f"/oserve/v1/table/{table}/"
        answer = self.world.driver.service.call("PUT", path, {"schema": {"fields": fields}})
        assert answer.status == 200, answer

    def _drop(self) -> None:
        path = f"/oserve/v1/table/{self.scenario.table}/"
        assert self.world.driver.service.call("DELETE", path).status == 204
        self._dropped = True

    # -- what must hold

    def _check(self, expected: Facts) -> None:
        scenario, driver = self.scenario, self.world.driver
        if scenario.job_id:
            self._check_job(scenario)
        if not self._dropped:
            self._check_facts(expected)
        for bucket in ("ResultsBucket", "UploadBucket"):
            self._check_uploads(bucket)
        if scenario.table and not self._dropped:
            entries = self.world.entries(scenario.table)
            if entries and entries != sorted(row.id for row in driver.rows(scenario.table)):
                self.broken.append("the entries of unique indexes are not those of the rows")

    def _check_job(self, scenario: Scenario) -> None:
        job = self.world.driver.job(scenario.job_id)
        if job.open or job.worker:
            self.broken.append(f"the job is left open: {job.status}, worker {job.worker!r}")
        mails = len(self.world.driver.mails())
        if mails > 1 and self._mail_at_risk:
            self.windows.append("second mail")
        elif mails != 1:
            self.broken.append(f"{mails} mails")
        counts = job.counts
        if counts.total != counts.succeeded + counts.failed:
            self.broken.append(f"counts do not add up: {counts}")

    def _check_facts(self, expected: Facts) -> None:
        facts = self.scenario.outcome()
        if facts.get("status") == "failed":
            self._check_failed(facts)
            return
        for name, value in expected.items():
            wanted = value
            if name == "rows":
                wanted = Counter(value)
                wanted.update(self._moved)
                wanted = +wanted
            if facts[name] != wanted:
                self.broken.append(f"{name}: {facts[name]!r} instead of {wanted!r}")

    def _check_failed(self, facts: Facts) -> None:
        """A job may fail when three workers in a row were stopped, and says what is there."""
        # An outage counts where it meets the release of the job as well: nobody can tell then
        # what has become of the worker.
        fatal = KILLS | {STOPPED, "expired token", TWICE, HAND_OVER, OUTAGE}
        if sum(kind in fatal for kind in self.happened) < 3:
            self.broken.append(f"failed: {self.world.driver.job(self.scenario.job_id).error}")
        self.windows.append("failed after three stops")
        if "rows" in facts and self.scenario.empty:
            there = facts["rows"].total() - self._moved.total()
            counted, told = facts["counts"].succeeded, facts["uncounted"]
            if not counted <= there <= counted + told:
                self.broken.append(f"{there} rows, {facts['counts']}, uncounted {told}")

    def _check_uploads(self, bucket: str) -> None:
        for upload_id, key in self.world.uploads(bucket).items():
            name = getattr(self.world.driver.service.stack, bucket)
            boto3.client("s3").abort_multipart_upload(Bucket=name, Key=key, UploadId=upload_id)
            # Between CreateMultipartUpload and the checkpoint that names it, nobody knows of it;
            # an outage may refuse its removal, too.
            lost = KILLS | {
                STOPPED,
                OUTAGE,
                "answer lost",
                "silence",
                "body cut short",
                "expired token",
            }
            if lost & set(self.happened):
                self.windows.append("upload left to the lifecycle rule")
            else:
                self.broken.append(f"orphan upload {key}")


def plan(chance: random.Random, calls: int, scenario_empty: bool) -> list[Planned]:
    """Return one to five faults at random calls of a job that makes `calls` of them."""
    kinds = [*ANSWERS, STOPPED, OUTAGE, TWICE, HAND_OVER]
    if scenario_empty:
        kinds += [EDITS, EDITS, RENAMES, DROPS]
    kinds = [kind for kind in kinds if chance.random() < RARE.get(kind, 1.0)]
    chosen = [chance.choice(kinds) for _ in range(chance.choice([1, 1, 2, 2, 3, 3, 4, 5]))]
    return [
        Planned(kind, chance.randint(1, calls), OUTAGE_CALLS if kind == OUTAGE else 1)
        for kind in chosen
    ]
