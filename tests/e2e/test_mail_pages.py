"""Mails and the pages they lead to, clicked in a browser: the way back of failed rows."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page, expect

from local.visitor import Visitor, create_table
from tests.e2e.browsing import PATIENCE_MS

FIELDS = [{"name": "sku", "type": "string"}, {"name": "stock", "type": "integer"}]


def test_failed_rows_leave_by_a_mail_and_come_back_by_it(
    browser: Browser, stack: dict[str, Any], owner: Visitor, tmp_path: Path
):
    table = create_table(owner.client, {"name": "mail_pages", "schema": {"fields": FIELDS}})
    file = tmp_path / "stock.csv"
    file.write_text("sku,stock\nC1,5\nC2,many\n")
    seen = len(owner.mails("mail_pages"))
    owner.upload(table, file)
    mail = owner.next_mail("mail_pages", seen)
    context = browser.new_context(locale="en")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()

    page.goto(f"{stack['mailbox_url']}{mail['id']}/")
    download = _downloaded(page, "Download failed rows")
    report = tmp_path / download.suggested_filename
    download.save_as(report)
    assert "must be a whole number" in report.read_text("utf-8-sig")
    report.write_text(report.read_text("utf-8-sig").replace(",many", ",7"), "utf-8")

    with page.expect_popup() as opened:
        _link(page, "Send the corrected file").click()
    form = opened.value
    form.locator("input[type=file]").set_input_files(report)
    form.get_by_role("button", name="Send the file").click()
    expect(form.get_by_role("heading", name="The file has arrived")).to_be_visible()
    told = owner.next_mail("mail_pages", seen + 1)
    context.close()

    assert "1 row" in told["subject"]
    rows = owner.client.transport.call("GET", f"/oserve/v1/table/{table}/record/").json()
    assert {row["sku"]: row["stock"] for row in rows["objects"]} == {"C1": 5, "C2": 7}


def _link(page: Page, text: str) -> Any:
    return page.frame_locator("iframe").get_by_role("link", name=text).first


def _downloaded(page: Page, text: str) -> Download:
    """Click a link of a mail, which opens a window of its own, and return what it downloads."""
    found: list[Download] = []

    def note(download: Download) -> None:
        found.append(download)

    page.on("download", note)
    page.context.on("page", lambda opened: opened.on("download", note))
    _link(page, text).click()
    for _ in range(PATIENCE_MS // 100):
        if found:
            break
        page.wait_for_timeout(100)
    assert found, "nothing was downloaded"
    return found[0]
