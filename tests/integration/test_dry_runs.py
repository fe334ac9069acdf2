"""Dry runs with their differences, and what applies them (cases P1 to P5)."""

import csv
import io
import json

import openpyxl
import pytest

from ferry.jobs.job import Counts, Status
from tests.integration.test_matching import (
    MODES,
    OLD,
    THE_FILE,
    effects_of,
    goods,
    items,
    run,
    stored,
)
from tests.integration.test_undo import undo

__all__ = ["goods"]

DIFFERENCES = [
    ["2", "3", 'sku = "b"', "changed", "name", "bread", "bun"],
    ["2", "3", 'sku = "b"', "changed", "amount", "2", ""],
    ["3", "4", 'sku = "d"', "new", "sku", "", "d"],
    ["3", "4", 'sku = "d"', "new", "name", "", "dates"],
    ["3", "4", 'sku = "d"', "new", "amount", "", "4"],
    ["", "", 'sku = "c"', "deleted", "sku", "c", ""],
    ["", "", 'sku = "c"', "deleted", "name", "cheese", ""],
    ["", "", 'sku = "c"', "deleted", "amount", "3", ""],
]
HEAD = ["row", "line", "key", "change", "column", "before", "after"]
MIRROR = "match=sku&mode=mirror&most_deleted=1&dry_run=1"


def rehearse(driver, table, query=MIRROR, content=THE_FILE):
    job = run(driver, table, content, query)
    assert job.status is Status.FINISHED, job.error
    return job


def test_every_difference_is_in_the_file(driver, goods):
    job = rehearse(driver, goods)

    text = driver.file(job.id).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [HEAD, *DIFFERENCES]
    assert stored(driver, goods) == OLD
    shown = driver.service.call("GET", f"/oserve/v1/table/{goods}/import/{job.id}/").json()
    assert shown["download_url"]
    assert shown["counts"] == {
        **{"total": 3, "succeeded": 3, "failed": 0},
        **{"new": 1, "changed": 1, "same": 1, "deleted": 0, "mirrored": 1},
    }


def test_differences_as_json_lines_have_values_as_they_are(driver, goods):
    job = rehearse(driver, goods, f"{MIRROR}&differences=jsonl")

    lines = [json.loads(line) for line in driver.file(job.id).splitlines()]
    assert lines[1] == {
        **{"row": 2, "line": 3, "key": 'sku = "b"', "change": "changed"},
        **{"column": "amount", "before": 2, "after": None},
    }
    assert len(lines) == len(DIFFERENCES)


def test_differences_as_a_workbook(driver, goods):
    job = rehearse(driver, goods, f"{MIRROR}&differences=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(driver.file(job.id))).active
    rows = [[("" if c is None else str(c)) for c in row] for row in sheet.values]
    assert rows == [HEAD, *DIFFERENCES]


def test_no_text_of_the_differences_is_a_formula(driver, goods):
    content = b"sku,name,amount\na,=1+1,-5\n"

    job = rehearse(driver, goods, "match=sku&mode=upsert&dry_run=1", content)

    assert b"name,apple,'=1+1" in driver.file(job.id)
    assert b"amount,1,-5" in driver.file(job.id)


def test_no_difference_is_no_file(driver, goods):
    job = rehearse(driver, goods, "match=sku&mode=upsert&dry_run=1", b"sku\na\n")

    assert job.result.result_key == ""
    assert effects_of(job) == (0, 0, 1, 0)


def test_a_plain_dry_run_tells_its_new_rows(driver):
    table = driver.table()

    job = rehearse(driver, table, "dry_run=1", b"name\na\nb\n")

    assert effects_of(job) == (2, 0, 0, 0)
    assert driver.rows(table) == []


@pytest.mark.parametrize("mode", [*MODES, "mirror"])
def test_an_applied_dry_run_is_the_import(driver, goods, mode):
    query = f"match=sku&mode={mode}" + ("&most_deleted=1" if mode == "mirror" else "")
    rehearsed = rehearse(driver, goods, f"{query}&dry_run=1")
    before = items(driver)
    driver.wait(60)

    applied = undo(driver, goods, rehearsed.id, "apply", "?keep_before=1")

    wanted = {"a": ("apple", 1), "b": ("bun", None), "d": ("dates", 4)}
    assert stored(driver, goods) == (wanted if mode == "mirror" else MODES[mode][0])
    effects = rehearsed.result.effects
    assert effects_of(applied) == (
        effects.new,
        effects.changed,
        0,
        effects.deleted + effects.mirrored,
    )
    written = {row.updated_at for row in driver.rows(goods) if row.source}
    assert written <= {applied.accepted_at // 1000}

    undo(driver, goods, applied.id)

    assert items(driver) == before


def test_rows_that_were_changed_since_the_dry_run_are_refused(driver, goods):
    rehearsed = rehearse(driver, goods)
    ids = {row.fields["sku"]: row.id for row in driver.rows(goods)}
    path = f"/oserve/v1/table/{goods}/record"
    driver.service.call("PUT", f"{path}/{ids['b']}/", {"amount": 99})
    driver.service.call("POST", f"{path}/", {"sku": "d"})

    applied = undo(driver, goods, rehearsed.id, "apply")

    assert applied.counts == Counts(3, 1, 2)
    report = driver.report(applied.id).decode("utf-8-sig")
    assert '3,"sku = ""b""",kept: changed since the dry run' in report
    assert "E11000" in report
    assert stored(driver, goods) == {
        "a": ("apple", 1),
        "b": ("bread", 99),
        "d": ("nameless", None),
    }


def test_an_application_keeps_what_the_dry_run_was_asked_to_keep(driver, goods):
    before = items(driver)
    rehearsed = rehearse(driver, goods, "match=sku&mode=upsert&dry_run=1&keep_before=1")
    path = f"/oserve/v1/table/{goods}/import/{rehearsed.id}/"
    assert "undo_until" not in driver.service.call("GET", path).json()

    applied = undo(driver, goods, rehearsed.id, "apply")
    undo(driver, goods, applied.id)

    assert items(driver) == before


def test_applying_twice_changes_nothing_more(driver, goods):
    rehearsed = rehearse(driver, goods)
    undo(driver, goods, rehearsed.id, "apply")
    after = items(driver)

    again = undo(driver, goods, rehearsed.id, "apply")

    assert items(driver) == after
    assert again.counts.failed + again.result.effects.same == again.counts.total


def test_rows_of_one_key_are_applied_in_their_order(driver, goods):
    content = b"sku,amount\nd,1\nd,2\na,5\na,6\n"
    rehearsed = rehearse(driver, goods, "match=sku&mode=upsert&dry_run=1", content)

    applied = undo(driver, goods, rehearsed.id, "apply")

    assert applied.counts == Counts(4, 4, 0)
    assert stored(driver, goods) == {**OLD, "a": ("apple", 6), "d": ("nameless", 2)}


@pytest.mark.parametrize("query", ["", "?keep_before=2", "?dry_run=1"])
def test_what_cannot_be_applied_is_refused(driver, goods, query):
    job = run(driver, goods, THE_FILE, "match=sku&mode=upsert" + ("&dry_run=1" if query else ""))

    path = f"/oserve/v1/table/{goods}/import/{job.id}/apply/{query}"

    assert driver.service.call("POST", path).status == 400
