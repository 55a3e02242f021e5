"""The page `/flow` in a real Chromium."""

import pytest
from playwright.async_api import async_playwright, expect

from audio.limiter import PeakLimiter
from shared.types import Pcm
from tests.api.conftest import CHROMIUM


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the page of the sound's account is untested")
async def test_flow_page_shows_losses(served, monkeypatch):
    feed = PeakLimiter.feed
    monkeypatch.setattr(
        PeakLimiter, "feed", lambda self, block: [Pcm(b.samples[99:], b.rate) for b in feed(self, block)]
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page()
        await page.goto(f"{served.url}/flow")
        await expect(page.locator("#status")).to_have_text("100 % delivered", timeout=30_000)
        served.generate()
        wrong = page.locator("#losses tr.lost")
        await expect(wrong).to_contain_text("chunker → encoder", timeout=30_000)
        await expect(wrong).to_have_count(1)
        await page.get_by_role("button", name="Reset counters").click()
        await expect(wrong).to_have_count(0, timeout=30_000)
        await browser.close()
