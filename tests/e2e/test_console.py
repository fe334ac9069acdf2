"""The console in a browser, against the whole service: what a person without a terminal does."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from local.visitor import Visitor, create_table, free_name
from tests.e2e.desk import Desk

pytestmark = pytest.mark.usefixtures("built_console")

FIELDS = [
    {"name": "sku", "type": "string", "constraints": {"required": True}},
    {"name": "name", "type": "string"},
    {"name": "stock", "type": "integer"},
]
BUILT_IN = ["created_by", "created_at", "updated_at"]
ROWS = "sku,name,stock\nC1,Tea,5\nC2,<img src=x onerror=alert(1)>,many\nC3,Fan,12\n"


@pytest.fixture(scope="module")
def table(owner: Visitor) -> int:
    """A table for this file alone."""
    definition = {"name": "console_goods", "schema": {"fields": FIELDS}}
    found = [each["id"] for each in owner.client.tables() if each["name"] == definition["name"]]
    return found[0] if found else create_table(owner.client, definition)


def test_a_person_signs_in_by_a_mailed_link_and_signs_out(desk: Desk, owner: Visitor):
    page = desk.page
    seen = len(owner.mails("code="))
    desk.open()
    page.get_by_label("Mail address").fill(owner.mail_address)
    desk.click("Mail me a link")
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    mail = owner.next_mail("code=", seen)
    link = next(word for word in mail["text"].split() if "code=" in word)

    page.goto(link)
    expect(page.get_by_role("heading", name="Tables", exact=True)).to_be_visible()
    assert "code=" not in page.url
    cookie = next(each for each in desk.context.cookies() if "session" in each["name"])
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"

    desk.click("Sign out")
    expect(page.get_by_label("Mail address")).to_be_visible()


def test_two_people_edit_one_row(desk: Desk, stack: dict[str, Any], owner: Visitor, table: int):
    rows = f"/oserve/v1/table/{table}/record/"
    api, page = owner.client.transport, desk.page
    row = rows + api.call("POST", rows, json={"sku": "E1", "stock": 41}).json()["id"] + "/"

    def stored() -> int:
        return api.call("GET", row).json()["stock"]

    def edited(before: int, theirs: int, ours: int) -> None:
        page.get_by_role("gridcell", name=str(before), exact=True).dblclick()
        api.call("PUT", row, json={"stock": theirs})
        page.get_by_label("Edit stock").fill(str(ours))
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("row", name="stock")).to_have_text(
            f"stock{ours}{theirs}"
        )
        assert stored() == theirs

    try:
        desk.sign_in(stack["token"], f"#/tables/{table}")
        edited(41, theirs=42, ours=43)
        desk.click("Go on editing")
        expect(page.get_by_label("Edit stock")).to_have_value("43")
        page.keyboard.press("Enter")
        desk.click("Overwrite")
        desk.edited("43")
        assert stored() == 43

        edited(43, theirs=44, ours=45)
        desk.click("Keep theirs")
        desk.edited("44")
        expect(page.get_by_role("grid")).to_be_focused()
        assert stored() == 44
    finally:
        api.call("DELETE", row)


def test_an_owner_gives_roles_in_tables(
    desk: Desk, stack: dict[str, Any], owner: Visitor, table: int
):
    api, page = owner.client.transport, desk.page
    invited = {"email": "table.roles@example.com", "name": "T", "role": "reader", "tables": {}}
    user = api.call("POST", "/console/users/", json=invited).json()["user_id"]

    def held() -> dict[str, str]:
        users = api.call("GET", "/console/users/").json()["users"]
        return next(each["tables"] for each in users if each["user_id"] == user)

    try:
        desk.sign_in(stack["token"], "#/users")
        desk.click(f"Roles in tables: {invited['email']}")
        page.get_by_label("Add a table").select_option("console_goods")
        page.get_by_label("Roles in tables: console_goods").select_option("editor")
        desk.click("Save the roles")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert held() == {str(table): "editor"}

        desk.click(f"Roles in tables: {invited['email']}")
        page.get_by_label("Roles in tables: console_goods").select_option("none")
        desk.click("Save the roles")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert held() == {}
    finally:
        api.call("DELETE", f"/console/users/{user}/")


def test_a_file_is_imported_corrected_undone_and_exported(
    desk: Desk, stack: dict[str, Any], table: int, tmp_path: Path
):
    file = tmp_path / "goods.csv"
    file.write_text(ROWS)
    page = desk.page
    desk.sign_in(stack["token"], f"#/tables/{table}/import")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("3 rows checked, 1 would fail.")).to_be_visible()
    desk.click("Import")
    desk.finished()
    expect(desk.count("Succeeded")).to_have_text("2")
    expect(desk.count("Failed")).to_have_text("1")
    imported = page.url

    desk.click("Correct the failed rows", "link")
    cell = page.get_by_label("stock, line 3")
    expect(cell).to_have_value("many")
    cell.fill("7")
    desk.click("Import the corrected rows")
    expect(page).not_to_have_url(re.compile("correct"))
    desk.finished()
    expect(desk.count("Succeeded")).to_have_text("1")
    expect(desk.count("Failed")).to_have_text("0")

    # Only what meets the condition; what looks like markup is text.
    desk.open(f"#/tables/{table}")
    desk.settled()
    expect(page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    desk.click("+ Add a condition")
    page.get_by_label("Column", exact=True).select_option("stock")
    page.get_by_label("Comparison").select_option("gt")
    page.get_by_label("Value").fill("6")
    expect(page.get_by_text("2 rows", exact=True)).to_be_visible()
    # Edited in place, by the mouse and then by the keys alone.
    page.get_by_role("gridcell", name="7", exact=True).dblclick()
    page.get_by_label("Edit stock").fill("many")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is no value of type integer.")).to_be_visible()
    page.get_by_label("Edit stock").fill("8")
    page.keyboard.press("Enter")
    desk.edited("8")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Edit stock")).to_have_value("8")
    page.keyboard.press("Escape")
    expect(page.get_by_role("grid")).to_be_focused()
    desk.click("Export", "link")
    expect(page.get_by_text("2 rows meet the conditions.")).to_be_visible()
    # Columns in an order, by the mouse and by the keys; the preview follows.
    handle = page.get_by_role("button", name="Move stock", exact=True)
    handle.drag_to(page.get_by_role("button", name="Move id", exact=True))
    page.get_by_role("button", name="Move sku", exact=True).press("Home")
    preview = page.get_by_role("region", name="The first rows").get_by_role("columnheader")
    expect(preview).to_have_text(["sku", "stock", "id", *BUILT_IN, "name"])
    # It stops at its budget, before it has sorted all rows, and goes on without one.
    page.get_by_label("Order by").select_option("stock")
    page.get_by_label("Budget in dollars").fill("0.000000001")
    desk.click("Start the export")
    desk.click("Resume the job")
    page.locator("dialog").get_by_role("button", name="Resume the job").click()
    expect(page.locator("dialog")).to_have_count(0)
    desk.finished()
    with page.expect_download() as download:
        desk.click("Download the file", "link")
    cells = [line.split(",") for line in download.value.path().read_text("utf-8-sig").splitlines()]
    assert cells[0] == ["sku", "stock", "id", *BUILT_IN, "name"]
    assert sorted(row[0] for row in cells[1:]) == ["C2", "C3"]

    page.goto(imported)
    desk.click("Undo this import")
    page.locator("dialog").get_by_role("button", name="Undo this import").click()
    expect(page).not_to_have_url(imported)
    expect(page.get_by_role("heading", name=re.compile("^Undo · "))).to_be_visible()
    desk.finished()
    expect(desk.count("Succeeded")).to_have_text("2")


def test_an_upload_goes_on_where_it_broke_off(
    desk: Desk, stack: dict[str, Any], owner: Visitor, tmp_path: Path
):
    definition = {"name": free_name(owner.client, "console_parts"), "schema": {"fields": FIELDS}}
    table = create_table(owner.client, definition)
    file = tmp_path / "large.csv"
    file.write_text("sku,name\n" + "".join(f"L{at},{'x' * 300_000}\n" for at in range(40)))
    page, sent = desk.page, []
    page.on("request", lambda request: request.method == "PUT" and sent.append(request.url))
    page.route(re.compile("partNumber=2"), lambda route: route.abort())
    desk.sign_in(stack["token"], f"#/tables/{table}/import")
    page.locator("input[type=file]").set_input_files(file)
    with page.expect_response(re.compile("partNumber=1")) as first:
        desk.click("Import")
    assert first.value.ok

    page.unroute_all()
    page.reload()
    expect(page.get_by_text("was broken off")).to_be_visible()
    sent.clear()
    page.locator("input[type=file]").set_input_files(file)
    desk.click("Go on with the upload")
    desk.finished()

    assert [re.findall(r"partNumber=(\d+)", url) for url in sent] == [["2"]]
    expect(desk.count("Succeeded")).to_have_text("40")
    desk.open(f"#/tables/{table}/import")
    expect(page.get_by_role("heading", name="Drop a file here")).to_be_visible()
    expect(page.get_by_text("was broken off")).to_have_count(0)
