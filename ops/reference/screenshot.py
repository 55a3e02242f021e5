"""`python -m ops.reference.screenshot URL`: photograph the playground of a running server after it has spoken.

Needs Chromium. The picture stands in README.md.
"""

import shutil
import sys

from playwright.sync_api import ViewportSize, sync_playwright

from ops.reference.pages import ROOT

PICTURE = ROOT / "docs/images/playground.png"
SIZE = ViewportSize(width=1000, height=1020)
"""Viewport in pixels: the whole page without its footer."""
TIMEOUT_MS = 120_000


def photograph(url: str, browser: str) -> None:
    """Let the page speak its own text, and write the picture. `browser` is the path of a Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport=SIZE)
        page.goto(url)
        page.click("#speak:enabled", timeout=TIMEOUT_MS)
        page.wait_for_selector("#download", state="visible", timeout=TIMEOUT_MS)
        page.wait_for_selector("#stop:disabled", timeout=TIMEOUT_MS)
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        opened.close()


if __name__ == "__main__":
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        sys.exit("no Chromium was found")
    photograph(sys.argv[1], found)
