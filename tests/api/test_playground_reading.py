"""The playground's view of how a text is read, in a real Chromium: spans, rules, and a lexicon entry in one click."""

import json

import pytest
from playwright.async_api import expect

from tests.api.conftest import CHROMIUM
from tests.api.test_accessible_pages import SCREENS, violations
from tests.api.test_playground import visiting

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the view of readings is untested"),
]

TEXT = "Dr. Rao paid Rs. 500 for <b>SQL</b>."


async def explain(page, text: str = TEXT) -> None:
    await page.get_by_label("Text", exact=True).fill(text)
    await page.get_by_role("button", name="Explain").click()
    await expect(page.locator("#reading-state")).to_contain_text("read")


async def test_page_shows_each_part_with_its_rule_and_makes_an_entry_in_one_click(browser, common):
    async with visiting(browser, common.url) as page:
        await explain(page)
        await expect(page.locator("#spoken-form")).to_have_text("Doctor Rao paid five hundred rupees for S Q L.")
        row = page.locator("#spans tbody tr", has_text="Rs. 500")
        await expect(row.locator("code")).to_have_text("money.before")
        await row.get_by_role("textbox").fill("five hundred bucks")
        await row.get_by_role("button", name="Correct").click()
        await expect(page.locator("#spoken-form")).to_have_text("Doctor Rao paid five hundred bucks for S Q L.")
        await expect(page.locator("#entries li")).to_have_text("Rs. 500 → five hundred bucksRemove")
        async with page.expect_request("**/v1/tts/sse") as asked:
            await page.get_by_role("button", name="Speak").click()
        assert json.loads((await asked.value).post_data)["lexicon"] == {"Rs. 500": "five hundred bucks"}
        await expect(page.locator("#state")).to_have_text("Done.", timeout=20_000)
        assert '"lexicon":{"Rs. 500":"five hundred bucks"}' in await page.locator("#curl").inner_text()
        await page.get_by_role("button", name="Remove Rs. 500").click()
        await expect(page.locator("#spoken-form")).to_have_text("Doctor Rao paid five hundred rupees for S Q L.")


async def test_word_that_is_read_as_written_gets_an_entry(browser, common):
    async with visiting(browser, common.url) as page:
        await explain(page, "Rao is here.")
        await expect(page.locator("#reading-state")).to_have_text("All is read as it is written.")
        await page.get_by_label("Word").fill("rao")
        await page.get_by_label("Read as").fill("row")
        await page.get_by_role("button", name="Add").click()
        await expect(page.locator("#spoken-form")).to_have_text("row is here.")
        await page.get_by_label("Text", exact=True).fill("a" * 5001)
        await page.get_by_role("button", name="Explain").click()
        await expect(page.locator("#reading-state")).to_contain_text("at most 5000")


@pytest.mark.parametrize("screen", SCREENS)
async def test_view_of_readings_has_no_violations(browser, common, screen):
    context = await browser.new_context(bypass_csp=True, **SCREENS[screen])
    async with context:
        page = await context.new_page()
        await page.goto(common.url)
        await expect(page.get_by_role("button", name="Explain")).to_be_enabled()
        await explain(page)
        await page.locator("#spans tbody tr", has_text="Dr.").get_by_role("button", name="Correct").click()
        await expect(page.locator("#entries li")).to_have_count(1)
        assert await violations(page) == []


async def test_view_of_readings_fits_a_narrow_screen(browser, common):
    page = await browser.new_page(viewport={"width": 320, "height": 700})
    await page.goto(common.url)
    await expect(page.get_by_role("button", name="Explain")).to_be_enabled()
    await explain(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.close()
