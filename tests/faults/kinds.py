"""The kinds of jobs that faults are tried on, each with what it must come to."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.s3.models import s3_backends

from ferry.imports.import_job import IMPORTS
from tests.emulation import MOTO_LOCK
from tests.engine import Engine
from tests.integration.attached.orders import ITEMS, Orders, make_table
from tests.integration.driver import Driver
from tests.integration.test_kills import FILES, ROWS
from tests.integration.test_matching import FIELDS as MATCHED
from tests.integration.test_matching import INDEXES, THE_FILE
from tests.integration.test_matching import ROWS as MATCHED_ROWS
from tests.integration.test_native_exports import URL as NATIVE
from tests.integration.test_native_exports import put_export
from tests.integration.test_parted_uploads import upload_in_parts
from tests.service import REGION

NAMES = [{"name": "name", "type": "string"}, {"name": "amount", "type": "integer"}]
UNIQUE = [{"name": "name_1", "fields": ["name"]}]
KEPT = "\n".join(["id,name,amount", *(f"5{n:023x},row {n},{n}" for n in range(9))]).encode()
TYPED = b"\n".join(json.dumps({"Item": {**item, "tags": {"SS": ["a"]}}}).encode() for item in ITEMS)
KEYS = [{name: item[name] for name in ("customer", "number")} for item in ITEMS]
CHANGES = b"\n".join(
    json.dumps(change).encode()
    for change in (
        {"Keys": KEYS[0], "NewImage": {**ITEMS[0], "price": {"N": "7"}}},
        {"Keys": KEYS[1], "OldImage": ITEMS[1]},
        {"Keys": {**KEYS[2], "number": {"N": "5"}}, "NewImage": {**ITEMS[2], "number": {"N": "5"}}},
        {"Keys": KEYS[3]},
        {"Keys": {**KEYS[3], "number": {"N": "99"}}},
    )
)
ORDERS = b"customer,number,price\nli,1,10\nli,2,20\nan,1,\nli,x,1\nmo,5,7\n"

type Facts = dict[str, Any]


@dataclass
class Scenario:
    """A job that has been accepted.

    Attributes:
        table: the table that it reads or writes, 0 for none.
        outcome: returns the facts that must be the same whatever fails.
        empty: whether the table was empty before.

    """

    job_id: str
    queue: str
    table: int
    outcome: Callable[[], Facts]
    empty: bool = False


@dataclass
class World:
    """A service of which the workers are processes.

    Attributes:
        settle: brings the accepted jobs to their ends, undisturbed.
        tables: those that several runs use, by kind.

    """

    driver: Driver
    engine: Engine
    settle: Callable[[], None]
    tables: dict[str, int] = field(default_factory=dict)
    names: int = 0

    def table(self, fields: list[dict[str, Any]], rows: list[Any], **settings: Any) -> int:
        self.names += 1
        service = self.driver.service
        table = service.create_table(f"t{self.names}", fields, shards=2, **settings)
        if rows:
            answer = service.call("POST", f"/oserve/v1/table/{table}/record/", rows)
            assert answer.json()["succeed"] == len(rows)
        return table

    def items(self, table: int) -> list[Any]:
        """All that is stored of a table, rows and entries, byte for byte."""
        # To scan the whole table by a request took a quarter of a run's time.
        with MOTO_LOCK:
            found = [
                item.to_json()["Attributes"]
                for items in self._stored("RecordsTable").items.values()
                for item in items.values()
                if item.hash_key.value.startswith(f"{table}#")
            ]
        return sorted(found, key=str)

    def job(self, job_id: str) -> Any:
        """A job as it is stored, byte for byte; None where it is not yet."""
        key = DynamoType({"S": f"JOB#{job_id}"}), DynamoType({"S": "JOB"})
        with MOTO_LOCK:
            found = self._stored("ControlTable").get_item(*key)
            return found and found.to_json()["Attributes"]

    def forget(self) -> None:
        """Drop what ended jobs leave: moto goes through all of a table for a query of an index."""
        kept = tuple(f"{table}#" for table in self.tables.values())
        with MOTO_LOCK:
            rows, control = (self._stored(t).items for t in ("RecordsTable", "ControlTable"))
            for key in [key for key in rows if not key.value.startswith(kept)]:
                del rows[key]
            for key in [key for key in control if key.value.startswith("JOB#")]:
                del control[key]

    def _stored(self, table: str) -> Any:
        name = getattr(self.driver.service.stack, table)
        return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].get_table(name)

    def uploads(self, bucket: str) -> dict[str, str]:
        """The keys of the multipart uploads that are left, by id."""
        name = getattr(self.driver.service.stack, bucket)
        kept = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[name].multiparts
        return {upload_id: kept[upload_id].key_name for upload_id in list(kept)}

    def entries(self, table: int) -> list[str]:
        """The rows that the entries of unique indexes name."""
        stored = self.items(table)
        return sorted(i["_row"]["S"] for i in stored if i["_pk"]["S"].endswith("#unique"))

    def rows(self, table: int) -> Counter[Any]:
        return Counter(told(row.fields) for row in self.driver.rows(table))


def told(fields: Facts) -> Any:
    return tuple(sorted((name, str(value)) for name, value in fields.items() if value is not None))


def _imported(world: World, job_id: str, table: int, *, empty: bool) -> Scenario:
    def outcome() -> Facts:
        job = world.driver.job(job_id)
        return {
            "status": str(job.status),
            "counts": job.counts,
            "uncounted": IMPORTS.facts(job).uncounted,
            "rows": world.rows(table),
            "failed rows": world.driver.report(job_id),
        }

    return Scenario(job_id, "ImportQueue", table, outcome, empty)


def import_of(name: str, content: bytes, query: str = "", **settings: Any) -> Any:
    """Return what starts an import into an empty table."""

    def start(world: World) -> Scenario:
        table = world.table(NAMES, [], **settings)
        job_id = world.driver.start_import(table, content, name, query=query)
        return _imported(world, job_id, table, empty=True)

    return start


def matched(query: str) -> Any:
    """Return what starts an import whose rows are matched with those of a table."""

    def start(world: World) -> Scenario:
        table = world.table(MATCHED, MATCHED_ROWS, indexes=INDEXES)
        job_id = world.driver.start_import(table, THE_FILE, query=query)
        scenario = _imported(world, job_id, table, empty=False)
        if "dry_run" in query:
            rows = scenario.outcome
            scenario.outcome = lambda: {**rows(), "differences": world.driver.file(job_id)}
        return scenario

    return start


def apply(world: World) -> Scenario:
    """Start what a dry run has announced."""
    table = world.table(MATCHED, MATCHED_ROWS, indexes=INDEXES)
    query = "match=sku&mode=mirror&most_deleted=1&dry_run=1"
    rehearsed = world.driver.start_import(table, THE_FILE, query=query)
    return _imported(world, _follow(world, table, rehearsed, "apply"), table, empty=False)


def _follow(world: World, table: int, before: str, what: str) -> str:
    """Let an import end and start what follows it; return the new job's id."""
    world.settle()
    world.driver.mails()
    path = f"/oserve/v1/table/{table}/import/{before}/{what}/"
    answer = world.driver.service.call("POST", path)
    assert answer.status == 201, answer
    return answer.headers["X-Job-Id"]


def uploaded(world: World) -> Scenario:
    """Upload a file by a form; its arrival starts the import."""
    table = world.table(NAMES, [])
    path = f"/oserve/v1/table/{table}/import/upload/"
    answer = world.driver.service.call("POST", path, {"file_name": "goods.csv"})
    assert world.driver.service.put(answer.json(), FILES["goods.csv"]) == 204
    return _imported(world, answer.headers["X-Job-Id"], table, empty=True)


def parted(world: World) -> Scenario:
    """Upload a file in parts, whose answers get lost; its arrival starts the import."""
    table = world.table(NAMES, [])
    job_id = upload_in_parts(world.driver, table, FILES["goods.csv"])
    return _imported(world, job_id, table, empty=True)


def native(world: World) -> Scenario:
    """Start an import of an export of DynamoDB's own, by its manifest."""
    put_export()
    table = world.table(NAMES, [])
    job_id = world.driver.start_fetched(table, NATIVE)
    return _imported(world, job_id, table, empty=True)


def undo(world: World) -> Scenario:
    """Start the undoing of an import; the table must be as before, byte for byte."""
    table = world.table(MATCHED, MATCHED_ROWS, indexes=INDEXES)
    before = world.items(table)
    query = "match=sku&mode=upsert&keep_before=1"
    done = world.driver.start_import(table, THE_FILE, query=query)
    job_id = _follow(world, table, done, "undo")

    def outcome() -> Facts:
        job = world.driver.job(job_id)
        same = world.items(table) == before
        return {"status": str(job.status), "counts": job.counts, "as before": same}

    return Scenario(job_id, "ImportQueue", table, outcome)


def export_of(file_type: str, **options: Any) -> Any:
    """Return what starts an export; all of a kind are of the same table."""

    def start(world: World) -> Scenario:
        table = world.tables.setdefault("exports", 0) or world.table(NAMES, ROWS)
        world.tables["exports"] = table
        job_id = world.driver.start_export(table, file_type, **options)
        return _exported(world, job_id, table)

    return start


def _exported(world: World, job_id: str, table: int) -> Scenario:
    def outcome() -> Facts:
        job = world.driver.job(job_id)
        file = world.driver.file(job_id) if job.result.result_key else b""
        return {"status": str(job.status), "counts": job.counts, "file": file}

    return Scenario(job_id, "ExportQueue", table, outcome)


def _orders(world: World) -> Orders:
    orders = Orders(world.driver, world.tables.get("orders", 0))
    if orders.table:
        orders.clear()
    else:
        make_table()
    return orders


def attached_import(content: bytes = ORDERS, name: str = "orders.csv", query: str = "") -> Any:
    """Return what starts an import into an attached table that has items."""

    def start(world: World) -> Scenario:
        orders = _orders(world)
        orders.put(*ITEMS)
        world.tables["orders"] = table = orders.attach().table
        job_id = world.driver.start_import(table, content, name, query=query)

        def outcome() -> Facts:
            job = world.driver.job(job_id)
            return {
                "status": str(job.status),
                "counts": job.counts,
                "items": sorted(orders.items.items(), key=str),
                "failed rows": world.driver.report(job_id),
            }

        return Scenario(job_id, "ImportQueue", 0, outcome)

    return start


def attached_export(world: World) -> Scenario:
    """Start an export of an attached table."""
    orders = _orders(world)
    orders.put(*ITEMS)
    world.tables["orders"] = table = orders.attach().table
    return _exported(world, world.driver.start_export(table), 0)


def purge(world: World) -> Scenario:
    """Delete a table; nothing of it may be left."""
    table = world.table(NAMES, [{"name": f"n{n}", "amount": n} for n in range(30)], indexes=UNIQUE)
    answer = world.driver.service.call("DELETE", f"/oserve/v1/table/{table}/")
    assert answer.status == 204, answer
    return Scenario("", "PurgeQueue", 0, lambda: {"items": world.items(table)})


def configuration(world: World) -> Scenario:
    """Start an import of a configuration; a version can be imported once."""
    world.names += 1
    stream = f"s{world.names}"
    sql = f'CREATE STREAM {stream} () WITH (DATASOURCE="u", FORMAT="JSON", VERSION="2")'
    before = len(world.engine.revisions())
    upload = json.dumps({"name": "a.txt", "content": stream})
    document = {"streams": {stream: sql}, "uploads": {"a.txt": upload}}
    job_id = world.engine.start(document, "?partial=1")

    def outcome() -> Facts:
        return {
            "status": str(world.engine.job(job_id).status),
            "revisions": len(world.engine.revisions()) - before,
            "kept": stream in world.engine.export()["streams"],
            "uploads": world.engine.call("GET", "/config/uploads").json(),
        }

    return Scenario(job_id, "ConfigQueue", 0, outcome)


KINDS: dict[str, Callable[[World], Scenario]] = {
    "import csv": import_of("goods.csv", FILES["goods.csv"]),
    "import json": import_of("goods.json", FILES["goods.json"]),
    "import jsonl": import_of("goods.jsonl", FILES["goods.jsonl"]),
    "import xlsx": import_of("goods.xlsx", FILES["goods.xlsx"]),
    "import, unique": import_of("goods.csv", KEPT, indexes=UNIQUE),
    "import, kept ids": import_of("goods.csv", KEPT, "id_as_key=1"),
    "import, kept ids, unique": import_of("goods.csv", KEPT, "id_as_key=1", indexes=UNIQUE),
    "import, kept ids, upsert": import_of("goods.csv", KEPT, "id_as_key=1&conflict=upsert"),
    "import, kept ids, skip": import_of("goods.csv", KEPT, "id_as_key=1&conflict=skip"),
    "import, match upsert": matched("match=sku&mode=upsert"),
    "import, match merge, journal": matched("match=sku&mode=merge&keep_before=1"),
    "import, match delete": matched("match=sku&mode=delete"),
    "import, mirror": matched("match=sku&mode=mirror&most_deleted=1"),
    "dry run": matched("match=sku&mode=mirror&most_deleted=1&dry_run=1"),
    "apply": apply,
    "undo": undo,
    "import, uploaded": uploaded,
    "import, uploaded in parts": parted,
    "import, dynamodb's own export": native,
    "export csv": export_of("csv"),
    "export json": export_of("json"),
    "export jsonl": export_of("jsonl", mode="all"),
    "export xlsx": export_of("xlsx"),
    "export dynamodb": export_of("dynamodb"),
    "export, gzip": export_of("csv", compress="gzip"),
    "export, shared": export_of("json", rate=1_000_000),
    "export, ordered": export_of("csv", order_by=["-amount"]),
    "attached import": attached_import(),
    "attached import, matched": attached_import(query="match=customer,number&mode=upsert"),
    "attached import, dynamodb": attached_import(TYPED, "orders.dynamodb.json"),
    "attached import, changes": attached_import(
        CHANGES, "changes.json", "mode=changes&keep_before=1"
    ),
    "attached export": attached_export,
    "purge": purge,
    "configuration": configuration,
}

FUNCTIONS = {
    "UploadQueue": "start_uploaded_import",
    "ExportQueue": "process_export",
    "ImportQueue": "process_import",
    "ConfigQueue": "process_config",
    "NoticeQueue": "send_notice",
    "PurgeQueue": "purge_table",
}
