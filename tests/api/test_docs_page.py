"""The pages in a real Chromium: no other host is asked, the content security policy holds, and `/docs` works."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.api.conftest import Served
from tests.api.test_playground import CHROMIUM
from tests.fakes import HOP

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the API page is untested")


@asynccontextmanager
async def visiting(served: Served, path: str) -> AsyncIterator[tuple[Page, list[str]]]:
    """Open a page, and collect the addresses that it asks for; it must not complain on its console."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page, asked, complaints = await browser.new_page(), [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        await page.goto(f"{served.url}{path}", wait_until="networkidle" if path != "/flow" else "load")
        yield page, asked
        await browser.close()
    assert not complaints


def foreign(served: Served, addresses: list[str]) -> list[str]:
    return [address for address in addresses if not address.startswith((f"{served.url}/", "data:", "blob:"))]


@pytest.mark.parametrize(("path", "ready"), [("/", "#service"), ("/flow", "#status"), ("/docs", ".opblock")])
async def test_page_asks_no_other_host(common, path, ready):
    async with visiting(common, path) as (page, asked):
        await expect(page.locator(ready).first).to_be_visible()
        assert len(asked) > 3 and not foreign(common, asked)


async def test_docs_page_sends_an_example_and_plays_the_answer(common):
    async with visiting(common, "/docs") as (page, asked):
        generate = page.locator(".opblock-post").filter(has_text=re.compile("/v1/tts/generate"))
        await generate.locator(".opblock-summary-control").click()
        await generate.get_by_role("button", name="Try it out").click()
        async with page.expect_response("**/v1/tts/generate") as answered:
            await generate.get_by_role("button", name="Execute").click()
        request = (await answered.value).request
        assert request.method == "POST" and json.loads(request.post_data)["speaker"] == "lipakshi"
        audio = generate.locator(".live-responses-table audio")
        await expect(audio).to_have_js_property("duration", common.engine.length * HOP / 16_000)
        await expect(generate.get_by_role("link", name="Download")).to_have_attribute("href", re.compile("^blob:"))
        assert len([address for address in asked if "/v1/tts/" in address]) == 1
        assert not foreign(common, asked)


def test_only_the_bundled_page_describes_the_service(common):
    assert httpx.get(f"{common.url}/redoc").status_code == 404  # its bundle loads a picture from another host
    policy = httpx.get(f"{common.url}/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
