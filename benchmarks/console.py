"""Measure the console in a browser: its first load, and its grid as a million rows scroll by.

The service is the local one, which `make up` has started. Only the rows are made here and answered
in its place, so that a table of any length costs nothing to fill:

    .venv/bin/python -m benchmarks.console --rows 1000000
"""

import argparse
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

_ROOT = Path(__file__).parents[1]
_PATIENCE_MS = 90_000
_LOADED = """
() => {
    const entries = performance.getEntries().filter(({transferSize}) => transferSize);
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    return {
        bytes: entries.reduce((sum, {transferSize}) => sum + transferSize, 0),
        painted: Math.round(painted.startTime),
        usable: Math.round(performance.now()),
    };
}
"""
_SCROLLED = """
async (seconds) => {
    const box = document.querySelector(".grid");
    const frames = [];
    const start = performance.now();
    for (let last = start; last < start + seconds * 1000;) {
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
        box.scrollTop += 240;
    }
    return frames.slice(2);
}
"""
_JUMPED = """
async (share) => {
    const box = document.querySelector(".grid");
    const start = performance.now();
    box.scrollTop = share * box.scrollHeight;
    const unsettled = () => performance.now() < start + 60 || box.querySelector(".bone");
    do await new Promise(requestAnimationFrame); while (unsettled());
    return performance.now() - start;
}
"""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, default=_ROOT / ".local")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="of scrolling")
    given = parser.parse_args()
    facts = json.loads((given.state / "stack.json").read_text("utf-8"))
    path = subprocess.run(  # noqa: S603 - a fixed command
        [_ROOT / "local/find-browser"], cwd=_ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        _first_load(browser, facts)
        _grid(browser, facts, given.rows, given.seconds)
        browser.close()


def _first_load(browser: Browser, facts: dict[str, Any]) -> None:
    found = []
    for _ in range(5):
        page = browser.new_page(locale="en")  # with a cache of its own
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(f"{facts['api_url']}/console/")
        page.get_by_label("Mail address").wait_for()
        found.append(page.evaluate(_LOADED))
        page.close()
    for name, unit in {"bytes": "bytes", "painted": "ms", "usable": "ms"}.items():
        print(f"first load, {name}: {median(each[name] for each in found):,.0f} {unit}")


def _grid(browser: Browser, facts: dict[str, Any], rows: int, seconds: int) -> None:
    page = browser.new_page(locale="en", viewport={"width": 1280, "height": 800})
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{facts['api_url']}/console/#/tables/{facts['table_id']}")
    page.route("**/record/**", _answering(rows))
    page.get_by_role("button", name="Use an access token").click()
    page.get_by_label("Access token").fill(facts["token"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("grid").wait_for()
    before = _heap(page)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    idle = _busy(session)
    frames = sorted(page.evaluate(_SCROLLED, seconds))
    spent = zip(idle, _busy(session), strict=True)
    busy = [(after - before_it) / len(frames) for before_it, after in spent]
    jumps = [page.evaluate(_JUMPED, at / 100) for at in range(100, 0, -1)]
    page.get_by_role("grid").press("Control+End")
    page.get_by_text(f"row {rows - 1}", exact=True).wait_for()
    print(f"{rows:,} rows, {len(frames):,} frames of scrolling in {seconds} s")
    print(
        f"a frame: {median(frames):.1f} ms; 99 of 100 under {frames[len(frames) * 99 // 100]:.1f}"
    )
    print(
        "CPU of a frame in scripts, styles, layout: "
        + ", ".join(f"{each:.1f}" for each in busy)
        + " ms"
    )
    print(f"100 jumps, until the rows are there: {median(jumps):.0f} ms, at most {max(jumps):.0f}")
    print(f"rows in the page: {page.locator('.grid-body .grid-row').count()}")
    print(f"memory before and after: {before / 1e6:.1f} and {_heap(page) / 1e6:.1f} MB")
    page.close()


def _answering(rows: int) -> Callable[[Route], None]:
    """Return a route that answers the list of rows of the demo's table."""

    def answer(route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        objects = [
            {
                "id": f"{at:024x}",
                "name": f"row {at}",
                "price": at / 4,
                "created_at": 1796000000 + at,
            }
            for at in range(offset, min(offset + limit, rows))
        ]
        meta = {"limit": limit, "offset": offset, "total_count": rows}
        route.fulfill(json={"meta": meta, "objects": objects})

    return answer


def _busy(session: CDPSession) -> list[float]:
    """Return the milliseconds of CPU that the page has spent in scripts, styles and layout."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    found = {each["name"]: each["value"] * 1000 for each in metrics}
    return [found[name] for name in ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")]


def _heap(page: Page) -> int:
    """Return the bytes of live objects of the page's scripts."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: int = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used


if __name__ == "__main__":
    main()
