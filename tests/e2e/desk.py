"""A browser's window on the console."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.declared import ROOT
from tests.e2e.browsing import PATIENCE_MS

_AXE = ROOT / ".local/console/console/node_modules/axe-core/axe.min.js"
_MOST_TABS = 120
_TOLD = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
_SERIOUS = """
async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter(({impact}) => impact === "serious" || impact === "critical")
    .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" | ")}`)
"""
_TOO_WIDE = """
() => [document.documentElement, ...document.querySelectorAll("dialog[open]")]
    .some((box) => box.scrollWidth > innerWidth || box.getBoundingClientRect().right > innerWidth)
"""
_FOCUSED = """
() => {
    const one = document.activeElement;
    if (one === document.body) return ["", true]; // between the last control and the first
    const {outlineStyle, outlineWidth} = getComputedStyle(one);
    const name = one.ariaLabel || one.labels?.[0]?.innerText || one.innerText || "";
    return [name.trim(), outlineStyle !== "none" && parseFloat(outlineWidth) > 0];
}
"""


class Desk:
    """A browser's window on the console, which notes what must not happen."""

    def __init__(self, browser: Browser, url: str, **context: Any) -> None:
        self.context: BrowserContext = browser.new_context(**context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(_TOLD)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.url = url

    def open(self, place: str = "") -> None:
        self.page.goto(f"{self.url}/console/{place}")

    def sign_in(self, token: str, place: str) -> None:
        """Open a place, which asks who is there, and be led on to it."""
        self.open(place)
        self.page.get_by_role("button", name=re.compile("access token|访问令牌")).click()
        self.page.get_by_label(re.compile("Access token|访问令牌")).fill(token)
        self.page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()
        expect(self.page.locator(".header")).to_be_visible()

    def settled(self) -> None:
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator(".loading, .bone")).to_have_count(0)

    def click(self, name: str, role: Any = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).click()

    def edited(self, text: str) -> None:
        """Wait until a cell has a text that is saved: an editor's text names its cell, too."""
        expect(self.page.locator(".cell-edit")).to_have_count(0)
        expect(self.page.get_by_role("gridcell", name=text, exact=True)).to_be_visible()

    def finished(self) -> None:
        expect(self.page.locator(".progress-head .status-finish")).to_be_visible()

    def count(self, name: str) -> Locator:
        """Return where a job's page has one of its counts."""
        named = self.page.get_by_text(name, exact=True)
        return self.page.locator(".count", has=named).locator("dd")

    def arrived(self, title: str) -> None:
        """Wait for a page, which gives the focus to its heading."""
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_focused()

    def reach(self, name: str) -> None:
        """Press Tab until the control of that name has the focus, which each on the way shows."""
        passed = []
        for _ in range(_MOST_TABS):
            self.page.keyboard.press("Tab")
            focused, shown = self.page.evaluate(_FOCUSED)
            assert shown, f"the focus on {focused!r} is not to be seen"
            if focused == name:
                return
            passed.append(focused)
        raise AssertionError(f"Tab does not lead to {name!r}, but to {passed}")

    def enter(self, name: str) -> None:
        """Reach a control and press Enter."""
        self.reach(name)
        self.page.keyboard.press("Enter")

    def faults(self, picture: Path) -> list[str]:
        """Keep a picture of the page, and return what about it serves not everybody."""
        page = self.page
        expect(page.locator("h1, h2").first).to_be_visible()
        expect(page.locator(".loading, .bone")).to_have_count(0)
        page.screenshot(path=picture)
        page.evaluate(_AXE.read_text("utf-8"))
        found: list[str] = page.evaluate(_SERIOUS)
        if page.evaluate(_TOO_WIDE):
            found.append("is wider than the window")
        return [f"{picture.stem}: {each}" for each in found]

    def close(self) -> None:
        violations = self.page.evaluate("window.violations")
        self.context.close()
        assert violations == []
        assert self.errors == []
