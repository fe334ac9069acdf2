"""What permissions of rows let an editor read and change, by every route (M1 to M14)."""

import csv
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from ferry.accounts import identity
from ferry.accounts.account_store import Accounts
from ferry.accounts.identity import sha256
from ferry.accounts.roles import Role
from tests.contract.cases import load
from tests.contract.goods import Clock
from tests.service import Service

CASES: list[dict[str, Any]] = load("row_permissions")["rows"]
ALL = [case["case"] for case in CASES]
READABLE = {case["case"] for case in CASES if case["may"] != "nothing"}
WRITABLE = {case["case"] for case in CASES if case["may"] == "change"}
UPSERT = "match=name&mode=upsert"


class Shop:
    """A table with a row for each case, its owner and an editor of it."""

    def __init__(self, service: Service, stack: SimpleNamespace, role: Role = Role.EDITOR) -> None:
        self.service = service
        accounts = Accounts(stack.ControlTable)
        app_id = accounts.token(sha256(service.token)).app_id
        self.owner = service.token
        self.me = identity.create_user(
            app_id, name="e", mail="e@a.test", language="en", now=1, accounts=accounts, role=role
        )
        self.editor = identity.issue_token(self.me, now=4_000_000_000, accounts=accounts)
        fields = [{"name": "name", "type": "string"}, {"name": "note", "type": "string"}]
        indexes = [{"name": "by_name", "fields": ["name"], "unique": True}]
        self.id = service.create_table("goods", fields, indexes=indexes, shards=2)
        self.path = f"/oserve/v1/table/{self.id}/"
        # Every other row is displaced: its place says nothing of who may read it.
        rows = [self._row(case, 1000 + n if n % 2 else None) for n, case in enumerate(CASES)]
        answer = service.call("POST", f"{self.path}record/", rows).json()
        assert answer["succeed"] == len(CASES)
        made = (result["success"] for result in answer["operation_result"])
        self.ids = {row["name"]: row["id"] for row in made}

    def _row(self, case: dict[str, Any], created_at: int | None) -> dict[str, Any]:
        given = {
            name: [text.replace("{me}", str(self.me.id)) for text in case[name]]
            for name in ("read_perm", "write_perm")
        }
        if case.get("created_by"):
            given["created_by"] = self.me.id
        if created_at:
            given["created_at"] = created_at
        return {"name": case["case"], "note": "before", **given}

    def notes(self) -> dict[str, str]:
        """Return the note of each row, as an owner sees them."""
        found = self.service.call("GET", f"{self.path}record/?limit=100", token=self.owner).json()
        return {row["name"]: row["note"] for row in found["objects"]}

    def statuses(self, method: str, body: Any = None) -> dict[str, int]:
        """Return what the editor is answered for each row."""
        return {
            name: self.service.call(
                method, f"{self.path}record/{row_id}/", body, token=self.editor
            ).status
            for name, row_id in self.ids.items()
        }

    def job(self, token: str, path: str, body: Any = None, **upload: Any) -> dict[str, Any]:
        """Start a job, let it run, and return it."""
        if upload:
            answer = self.service.upload(path, "a.csv", upload["content"], token=token)
        else:
            answer = self.service.call("POST", path, body, token=token)
        assert answer.status == 201, answer
        self.service.run_jobs()
        job = self.service.call("GET", answer.headers["Location"], token=token).json()
        assert job["status"] == "finish", job
        return job

    def exported(self, token: str, **options: Any) -> tuple[list[str], dict[str, Any]]:
        body = {"file_type": "csv", "mode": "all", **options}
        job = self.job(token, f"/oserve/v1.5/table/{self.id}/export/", body)
        text = self.service.download(job["download_url"].removeprefix("https://ferry.test"))
        return [row["name"] for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))], job

    def imported(self, query: str, rows: list[str], head: str) -> dict[str, Any]:
        content = "\n".join([head, *rows]).encode()
        return self.job(self.editor, f"{self.path}import/?{query}", content=content)


@pytest.fixture
def shop(service: Service, stack: SimpleNamespace) -> Shop:
    return Shop(service, stack)


def test_lists_show_what_may_be_read_and_count_no_more(shop: Shop):
    def listed(query: str, token: str = shop.editor) -> tuple[list[str], int]:
        path = f"{shop.path}record/?{query}"
        found = shop.service.call("GET", path, token=token).json()
        return [row["name"] for row in found["objects"]], found["meta"]["total_count"]

    where = json.dumps({"note": "before"})
    for query in ("", "order_by=name", f"where={where}", "order_by=created_at"):
        names, total = listed(f"limit=100&{query}")
        assert (set(names), total) == (READABLE, len(READABLE)), query
        assert len(listed(f"limit=100&{query}", shop.owner)[0]) == len(ALL)
    pages = [listed(f"limit=2&offset={offset}")[0] for offset in range(0, len(READABLE), 2)]
    assert sorted(name for page in pages for name in page) == sorted(READABLE)


def test_a_row_that_may_not_be_read_is_not_there(shop: Shop):
    assert shop.statuses("GET") == {name: 200 if name in READABLE else 404 for name in ALL}


def test_a_row_is_changed_and_deleted_only_by_who_may(shop: Shop):
    expected = {name: 200 if name in WRITABLE else 403 if name in READABLE else 404 for name in ALL}

    assert shop.statuses("PUT", {"note": "after"}) == expected
    assert {n for n, note in shop.notes().items() if note == "after"} == WRITABLE
    gone = {name: 204 if status == 200 else status for name, status in expected.items()}
    assert shop.statuses("DELETE") == gone
    assert shop.notes().keys() == set(ALL) - WRITABLE


def test_an_export_has_what_may_be_read_and_says_how_much_was_left_out(clock: Clock, shop: Shop):
    hidden = len(ALL) - len(READABLE)
    options: list[dict[str, Any]] = [
        {}, {"order_by": ["-name"]}, {"order_by": ["-created_at"]},
        {"mode": "part", "where": {"note": "before"}}, {"mode": "part", "where": {"note": "none"}},
    ]  # fmt: skip
    for given in options:
        clock.now += 61
        names, job = shop.exported(shop.editor, **given)
        wanted = READABLE if (given.get("where") or {}) != {"note": "none"} else set()
        assert (set(names), len(names)) == (wanted, len(wanted)), given
        # The condition has no say in it: the count would tell what values hidden rows have.
        assert (job["hidden_rows"], job["progress"]["rows_done"]) == (hidden, len(wanted))
    mail = shop.service.mails()[-1]
    assert f"{hidden} rows" in mail.html
    clock.now += 61
    names, job = shop.exported(shop.owner)
    assert sorted(names) == sorted(ALL)
    assert "hidden_rows" not in job


def test_an_estimate_counts_what_may_be_read(shop: Shop):
    path = f"/oserve/v1.5/table/{shop.id}/export/estimate/"
    body = {"file_type": "csv", "mode": "all"}
    told = shop.service.call("POST", path, body, token=shop.editor).json()

    assert (told["rows"], told["sampled_rows"]) == (len(READABLE), len(READABLE))


@pytest.mark.parametrize(
    ("key", "mode"), [("name", "upsert"), ("id", "upsert"), ("name", "replace"), ("id", "delete")]
)
def test_an_import_changes_only_what_may_be_changed(shop: Shop, key: str, mode: str):
    query = f"match={key}&mode={mode}"
    ids = [shop.ids[name] for name in ALL]
    rows = [f'{row_id},"{name}",after' for row_id, name in zip(ids, ALL, strict=True)]

    job = shop.imported(query, rows, "id,name,note")

    assert job["counts"]["succeeded"] == len(WRITABLE)
    assert job["counts"]["failed"] == len(ALL) - len(WRITABLE)
    reasons = {error["reason"] for row in job["first_failed"] for error in row["errors"]}
    assert reasons == {"the table has this row, and its permissions do not let you change it"}
    notes = shop.notes()
    assert {name for name in ALL if notes.get(name) != "before"} == WRITABLE


def test_a_mirror_deletes_only_what_may_be_changed(shop: Shop):
    job = shop.imported("match=name&mode=mirror&most_deleted=100%25", ["new,x"], "name,note")

    assert job["counts"]["mirrored"] == len(WRITABLE)
    assert shop.notes().keys() == {*ALL, "new"} - WRITABLE


def test_an_undo_leaves_a_row_that_may_not_be_changed_any_more(shop: Shop):
    first, *others = sorted(WRITABLE)
    rows = [f'"{name}",after' for name in (first, *others)]
    job = shop.imported(f"{UPSERT}&keep_before=1", rows, "name,note")
    path = f"{shop.path}record/{shop.ids[first]}/"
    assert shop.service.call("PUT", path, {"write_perm": []}).status == 200

    undone = shop.job(shop.editor, f"{shop.path}import/{job['job_id']}/undo/")

    assert (undone["counts"]["succeeded"], undone["counts"]["failed"]) == (len(others), 1)
    assert [name for name, note in shop.notes().items() if note == "after"] == [first]


def test_rows_are_added_only_by_who_may(shop: Shop):
    table = {"write_perm": ["user:1", "gid:561"]}
    assert shop.service.call("PUT", shop.path, table).status == 200
    body = {"file_name": "a.csv"}
    sent = {"name": "new"}

    for path, row in ((f"{shop.path}record/", sent), (f"{shop.path}import/upload/", body)):
        refused = shop.service.call("POST", path, row, token=shop.editor)
        assert refused.status == 403
        assert "write_perm of the table" in refused.json()["error_msg"]
    file = b"name\nnew\n"
    answer = shop.service.upload(f"{shop.path}import/", "a.csv", file, token=shop.editor)
    assert answer.status == 403
    updated = shop.imported("match=name&mode=update", ['"M1 signed-in users",after'], "name,note")
    assert updated["counts"]["succeeded"] == 1
    assert shop.service.call("POST", f"{shop.path}record/", sent, token=shop.owner).status == 201


def test_who_owns_the_app_may_do_everything(service: Service, stack: SimpleNamespace):
    shop = Shop(service, stack, Role.OWNER)

    assert set(shop.statuses("PUT", {"note": "after"}).values()) == {200}
    assert set(shop.statuses("DELETE").values()) == {204}
