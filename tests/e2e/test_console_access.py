"""The console for everybody: by the keys alone, at each width, theme and language."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from playwright.sync_api import Browser, expect

from local.visitor import Visitor, create_table, free_name
from tests.declared import ROOT
from tests.e2e.desk import Desk

pytestmark = pytest.mark.usefixtures("built_console")

FIELDS = [
    {"name": "sku", "type": "string", "constraints": {"required": True}},
    {"name": "stock", "type": "integer"},
]
ROWS = "sku,stock\nC1,5\nC2,many\n"
MOST_BYTES = 150_000


def _new_table(owner: Visitor, start: str) -> int:
    definition = {"name": free_name(owner.client, start), "schema": {"fields": FIELDS}}
    return create_table(owner.client, definition)


def test_rows_are_imported_corrected_undone_and_exported_by_the_keys_alone(
    desk: Desk, stack: dict[str, Any], owner: Visitor
):
    table = _new_table(owner, "console_keys")
    keys, page = desk.page.keyboard, desk.page
    desk.sign_in(stack["token"], f"#/tables/{table}/import")
    desk.arrived("Import into console_keys")
    desk.enter("Paste rows")
    desk.reach("Rows with a header line, as copied from a spreadsheet or as CSV")
    keys.insert_text(ROWS)
    desk.enter("Use these rows")
    expect(page.get_by_text("2 rows checked, 1 would fail.")).to_be_visible()
    desk.enter("Import")
    desk.finished()
    desk.arrived("Import · console_keys")
    imported = page.url
    desk.enter("Correct the failed rows")
    desk.arrived("Correct the failed rows")
    desk.reach("stock, line 3")
    keys.type("7")
    keys.press("Enter")
    expect(page).not_to_have_url(re.compile("correct"))
    desk.finished()

    # A dialog keeps the focus, Escape closes it, and the focus is where it was.
    page.goto(imported)
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible()
    desk.arrived("Import · console_keys")
    desk.enter("Undo this import")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(5):
        keys.press("Tab")
        assert page.evaluate(
            "!document.querySelector('#main').contains(document.activeElement)"
            " || document.activeElement.closest('dialog') !== null"
        )
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Undo this import")).to_be_focused()
    keys.press("Enter")
    desk.enter("Undo this import")
    expect(page.get_by_role("heading", name=re.compile("^Undo · "))).to_be_visible()
    desk.finished()

    # Only the corrected row is left: edited in the grid, found by a condition, exported.
    desk.open(f"#/tables/{table}")
    expect(page.get_by_role("gridcell", name="C2", exact=True)).to_be_visible()
    desk.arrived("console_keys")
    name = page.get_by_role("grid").get_attribute("aria-label") or ""
    desk.reach(name)
    keys.press("ArrowRight")
    keys.press("Enter")
    page.get_by_label("Edit stock").press("Control+a")
    keys.type("8")
    keys.press("Enter")
    desk.edited("8")
    expect(page.get_by_role("grid")).to_be_focused()
    page.reload()
    desk.arrived("console_keys")
    desk.enter("+ Add a condition")
    desk.reach("Column")
    keys.type("stock")
    desk.reach("Value")
    keys.type("8")
    expect(page).to_have_url(re.compile("filter"))
    expect(page.get_by_text("1 row", exact=True)).to_be_visible()
    desk.enter("Export")
    expect(page.get_by_text("1 row meets the conditions.")).to_be_visible()
    desk.arrived("Export console_keys")
    desk.reach("Move stock")
    keys.press("Home")
    expect(page.get_by_role("columnheader").first).to_have_text("stock")
    desk.enter("Start the export")
    desk.finished()
    desk.arrived("Export · console_keys")
    desk.reach("Download the file")
    with page.expect_download() as download:
        keys.press("Enter")
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["stock", "8"]


def test_a_configuration_is_compared_imported_and_rolled_back_by_the_keys_alone(
    desk: Desk, stack: dict[str, Any], owner: Visitor
):
    api, keys, page = owner.client.transport, desk.page.keyboard, desk.page

    def document(name: str) -> str:
        text = f'CREATE STREAM {name} () WITH (DATASOURCE="{name}", FORMAT="JSON")'
        return json.dumps({"streams": {name: text}})

    def streams() -> dict[str, str]:
        return api.call("GET", "/data/export").json()["streams"]

    first, second = (f"console_{uuid4().hex[:8]}" for _ in range(2))
    api.call("POST", "/data/import?partial=1", json={"content": document(first)})
    before = api.call("GET", "/data/revisions").json()["current"]
    desk.sign_in(stack["token"], "#/configuration/import")
    desk.arrived("Configuration")
    desk.reach("The document, in JSON")
    keys.insert_text(document(second))
    desk.enter("Show the difference")
    expect(page.get_by_label(second, exact=True)).to_contain_text("CREATE STREAM")
    assert second not in streams()
    desk.enter("Apply")
    expect(page.get_by_text("The configuration is in force.")).to_be_visible()
    assert second in streams()

    desk.open("#/configuration/history")
    desk.enter(f"Roll back to this: {before}")
    desk.enter("Roll back to this")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert (first in streams(), second in streams()) == (True, False)


def test_an_owner_attaches_a_dynamodb_table_and_sees_to_what_others_do_there(
    desk: Desk, browser: Browser, stack: dict[str, Any], owner: Visitor
):
    page, name = desk.page, f"console_{uuid4().hex[:8]}"
    dynamodb = boto3.client(
        "dynamodb",
        endpoint_url=stack["aws_endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "sku", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "sku", "KeyType": "HASH"}],
    )
    for at in range(3):
        item = {"sku": {"S": f"W{at}"}, "price": {"N": f"{at}.5"}}
        dynamodb.put_item(TableName=name, Item=item)
    desk.sign_in(stack["token"], "#/attach")
    page.get_by_label("Name of the DynamoDB table").fill(name)
    desk.click("Look at it")
    expect(page.get_by_role("alert")).to_contain_text(name)  # the app may not have it yet
    allow = [sys.executable, "-m", "admin", "allow-table", stack["client_id"], name]
    allow += ["--state", stack["state"]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "layers/core")}
    subprocess.run(allow, cwd=ROOT, env=environment, check=True, capture_output=True)
    desk.click("Look at it")
    expect(page.get_by_role("row", name="price")).to_contain_text("number")
    desk.click("Attach")
    desk.arrived(name)
    table = int(page.url.rsplit("/", 1)[1])

    # Somebody else exports it, in a window of their own.
    invited = {"email": f"{name}@example.com", "name": "Wang", "role": "reader", "tables": {}}
    user = owner.client.transport.call("POST", "/console/users/", json=invited).json()["user_id"]
    guest = Visitor(stack | {"mail": invited["email"]})
    link = next(word for word in guest.next_mail("code=", 0)["text"].split() if "code=" in word)
    guest.close()
    other = Desk(browser, stack["api_url"], locale="en")
    other.page.goto(link)
    expect(other.page.locator(".header")).to_be_visible()
    other.open(f"#/tables/{table}/export")
    other.click("Start the export")
    other.finished()
    with other.page.expect_download() as download:
        other.click("Download the file", "link")
    assert len(download.value.path().read_text("utf-8-sig").splitlines()) == 4
    other.close()

    desk.open("#/jobs")
    page.get_by_label("Started by").select_option("anyone")
    page.get_by_role("row", name=name).get_by_role("link", name="Export").click()
    expect(page.get_by_text("Started by Wang.")).to_be_visible()
    expect(page.get_by_role("link", name="Download the file")).to_have_count(0)
    desk.click("Delete the job")
    page.get_by_role("dialog").get_by_role("button", name="Delete the job").click()
    expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible()
    owner.client.transport.call("DELETE", f"/console/users/{user}/")


LOOKS = [(1280, "light", "en"), (390, "dark", "zh-CN")]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_serves_everybody(
    look: tuple[int, Any, str],
    browser: Browser,
    stack: dict[str, Any],
    owner: Visitor,
    tmp_path: Path,
):
    """No serious finding of axe, nothing wider than the window, nothing that the policy stops."""
    width, theme, language = look
    kept = Path(stack["state"]) / "console"
    kept.mkdir(exist_ok=True)
    size: Any = {"width": width, "height": 800}
    desk = Desk(browser, stack["api_url"], viewport=size, color_scheme=theme, locale=language)
    table = _new_table(owner, "console_looks")
    file = tmp_path / "goods.csv"
    file.write_text(ROWS)
    job = owner.client.start_import(table, file)
    job.wait()
    invited = {"email": f"looks.{width}@example.com", "name": "L", "role": "reader", "tables": {}}
    user = owner.client.transport.call("POST", "/console/users/", json=invited).json()["user_id"]

    desk.open()
    found = desk.faults(kept / f"sign-in-{width}.png")
    loaded = (
        "performance.getEntries().reduce((sum, {transferSize}) => sum + (transferSize ?? 0), 0)"
    )
    assert 0 < desk.page.evaluate(loaded) < MOST_BYTES
    desk.sign_in(stack["token"], "#/nowhere")
    shown = f"#/tables/{table}/jobs/import/{job.id}"
    pages = {
        "tables": "#/tables",
        "rows": f"#/tables/{table}",
        "jobs": "#/jobs?by=anyone",
        "table-jobs": f"#/tables/{table}/jobs",
        "job": shown,
        "correct": f"{shown}/correct",
        "export": f"#/tables/{table}/export",
        "import": f"#/tables/{table}/import",
        "new-table": "#/new-table",
        "attach": "#/attach",
        "users": "#/users",
        "account": "#/account",
        "configuration": "#/configuration",
        "configuration-import": "#/configuration/import",
        "configuration-history": "#/configuration/history",
        "configuration-tasks": "#/configuration/tasks",
        "missing": "#/nowhere",
    }
    for name, place in pages.items():
        desk.open(place)
        found += desk.faults(kept / f"{name}-{width}.png")
    dialogs = {
        "columns": (f"#/tables/{table}", "^(Columns|列)$"),
        "delete": (shown, "^(Delete the job|删除任务)$"),
        "roles": ("#/users", f"^(Roles in tables|数据表角色).*{invited['email']}$"),
    }
    for name, (place, opener) in dialogs.items():
        desk.open(place)
        desk.page.get_by_role("button", name=re.compile(opener)).click()
        expect(desk.page.get_by_role("dialog")).to_be_visible()
        found += desk.faults(kept / f"dialog-{name}-{width}.png")
    desk.close()
    owner.client.transport.call("DELETE", f"/console/users/{user}/")

    assert found == []
