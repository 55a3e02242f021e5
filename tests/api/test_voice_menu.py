"""The playground's menu of voices in a real Chromium: keyboard, pointer, samples."""

import pytest
from playwright.async_api import expect

from tests.api.conftest import CHROMIUM
from tests.api.test_playground import visiting

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the menu of voices is untested"),
]


async def test_menu_is_used_by_keyboard_alone(browser, common):
    async with visiting(browser, common.url) as page:
        voice, options = page.get_by_role("combobox", name="Voice"), page.locator("#voices li")
        await voice.focus()
        await page.keyboard.press("ArrowDown")
        await expect(voice).to_have_attribute("aria-expanded", "true")
        assert await options.count() == 12
        await expect(options.nth(0)).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("End")
        await expect(voice).to_have_attribute("aria-activedescendant", "voice-11")
        await page.keyboard.press("b")  # the first voice whose name begins with it
        await expect(page.locator("#voices .active")).to_contain_text("Bittu")
        await page.keyboard.press("Enter")
        await expect(voice).to_have_text("Bittu")
        await expect(voice).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("#about-voice")).to_contain_text("Male; English, Hindi, Telugu")
        await expect(page.locator("#curl")).to_contain_text('"speaker":"Bittu"')
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Escape")
        await expect(options.first).to_be_hidden()
        await expect(voice).to_have_text("Bittu")


async def test_voice_under_the_pointer_speaks_its_name_once(browser, common):
    async with visiting(browser, common.url) as page:
        asked = []
        page.on("request", lambda request: asked.append(request) if "generate" in request.url else None)
        await page.locator("#voice").click()
        for _ in range(2):
            async with page.expect_event("request", lambda request: "blob:" in request.url) as played:
                await page.get_by_role("option", name="Asha").hover()
            assert (await played.value).resource_type == "media"
            await page.get_by_role("option", name="Reet").hover()
        said = [request.post_data_json for request in asked]
        assert said.count({"text": "Hello, I am Asha.", "speaker": "Asha"}) == 1
        await page.get_by_role("option", name="Asha").click()
        await expect(page.locator("#voice")).to_have_text("Asha")


async def test_menu_says_when_there_is_no_sample(browser, common):
    async with visiting(browser, common.url) as page:
        await page.route("**/v1/tts/generate", lambda route: route.abort())
        await page.locator("#voice").click()
        await page.get_by_role("option", name="Mira").hover()
        await expect(page.locator("#sample")).to_have_text("No sample: The service cannot be reached.")
