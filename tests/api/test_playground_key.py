"""The playground's field for an API key in a real Chromium."""

import asyncio
import re

import pytest
from playwright.async_api import expect

from services.accounts.caller import Scope
from services.accounts.database import open_database
from services.accounts.keys.store import KeyStore
from tests.api.conftest import CHROMIUM
from tests.api.keys import guarding, make_key
from tests.api.test_playground import speak, visiting

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the playground is untested"),
]


async def test_page_asks_for_a_key_beside_its_field_and_speaks_with_it(browser, tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        page = await browser.new_page()
        await page.goto(guarded.served.url)
        key, message = page.get_by_label("API key"), page.locator("#key-message")
        await expect(message).to_have_text("This service asks for an API key.")
        await expect(key).to_be_focused()
        await expect(page.locator("#service")).to_have_text("API key required")
        await expect(page.get_by_role("combobox", name="Voice")).to_have_text("Enter the API key first")
        shown = await page.locator("#curl").inner_text()
        assert "Authorization: Bearer $VEENA3_API_KEY" in shown and '"speaker":"VOICE"' in shown
        await page.keyboard.type("veena3_wrong")
        await page.keyboard.press("Enter")
        await expect(message).to_have_text(re.compile(r"^[A-Z].*\. \(INVALID_API_KEY, request [0-9a-f]{32}\)$"))
        await expect(key).to_be_focused()
        await page.keyboard.type(await asyncio.to_thread(guarded.key))  # replaces the selected wrong one
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Speak")).to_be_enabled()
        await speak(page)
        await expect(message).to_be_empty()
        assert not await page.locator("#error").inner_text()
        await page.close()


async def test_page_asks_again_when_its_key_is_revoked(browser, tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db", key_cache_ttl_s=0) as guarded:
        key, secret = await asyncio.to_thread(make_key, guarded.database_url, Scope.GENERATE)
        page = await browser.new_page()
        await page.goto(guarded.served.url)
        await page.get_by_label("API key").fill(secret)
        await page.keyboard.press("Enter")
        await speak(page)
        async with open_database(guarded.database_url) as database:
            await KeyStore(database).revoke(key.id)
        await page.get_by_role("button", name="Speak").click()
        await expect(page.locator("#key-message")).to_contain_text("INVALID_API_KEY")
        await expect(page.get_by_label("API key")).to_be_focused()
        await page.close()


async def test_page_has_no_key_field_when_none_is_needed(browser, common):
    async with visiting(browser, common.url) as page:
        await expect(page.locator("#key")).to_be_hidden()
