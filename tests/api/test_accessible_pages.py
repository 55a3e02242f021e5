"""Accessibility of the pages in a real Chromium: axe-core, contrast of borders and bars, narrow screens."""

import re
from itertools import product
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.async_api import Page, expect

from tests.api.conftest import CHROMIUM
from tests.api.keys import guarding
from tests.api.test_playground import PHONE

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the pages' accessibility is untested"),
]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
CSS = Path(__file__).parents[2] / "api/pages/assets/base.css"
LEAST_CONTRAST = 3.0
"""Contrast of parts that are not text, from WCAG 2.1, criterion 1.4.11."""
NARROW = 320
"""Width in CSS pixels at which a page needs no horizontal scrolling, from WCAG 2.1, criterion 1.4.10."""
SCREENS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "phone": PHONE}


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]


@pytest.mark.parametrize("screen", SCREENS)
async def test_playground_has_no_violations_in_any_state(browser, common, screen):
    context = await browser.new_context(bypass_csp=True, **SCREENS[screen])
    async with context:
        page = await context.new_page()
        await page.goto(common.url)
        await expect(page.get_by_role("button", name="Speak")).to_be_enabled()
        assert await violations(page) == []
        await page.get_by_role("button", name="Speak").click()
        await expect(page.locator("#state")).to_have_text("Done.", timeout=20_000)
        await page.locator("#voice").click()
        await expect(page.locator("#voices li").first).to_be_visible()
        assert await violations(page) == []


@pytest.mark.parametrize("screen", SCREENS)
async def test_flow_page_has_no_violations(browser, common, screen):
    context = await browser.new_context(bypass_csp=True, **SCREENS[screen])
    async with context:
        page = await context.new_page()
        await page.goto(f"{common.url}/flow")
        await expect(page.locator("#status")).to_contain_text("delivered")
        assert await violations(page) == []


async def test_pages_without_and_with_a_wrong_key_have_no_violations(browser, tiny, tmp_path):
    with guarding(tiny, f"sqlite:///{tmp_path}/keys.db") as guarded:
        context = await browser.new_context(bypass_csp=True)
        async with context:
            for path in ("/", "/flow"):
                page = await context.new_page()
                await page.goto(f"{guarded.served.url}{path}")
                await expect(page.locator("#key-message")).to_have_text("This service asks for an API key.")
                await expect(page.locator("#key")).to_be_focused()
                assert await violations(page) == []
                await page.keyboard.type("veena3_wrong")
                await page.keyboard.press("Enter")
                await expect(page.locator("#key-message")).to_contain_text("INVALID_API_KEY", timeout=10_000)
                assert await violations(page) == []


@pytest.mark.parametrize("path", ["/", "/flow"])
async def test_page_fits_a_narrow_screen(browser, common, path):
    page = await browser.new_page(viewport={"width": NARROW, "height": 700})
    common.generate(stream=True)
    await page.goto(f"{common.url}{path}")
    await page.wait_for_function("document.querySelector('.service').dataset.state === 'healthy'")
    assert await page.evaluate("document.documentElement.scrollWidth") == NARROW
    await page.close()


async def test_pages_link_each_other(browser, common):
    page = await browser.new_page()
    await page.goto(common.url)
    await page.get_by_role("link", name="Audio flow").click()
    await expect(page).to_have_title("Audio flow: Veena3 TTS")
    await page.get_by_role("link", name="Playground").click()
    await expect(page).to_have_title("Veena3 TTS")
    await page.close()


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rgb` or `#rrggbb`, by WCAG."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_borders_and_unplayed_bars_have_contrast_in_both_schemes():
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w+);", block)) for block in re.split(r"prefers-color-scheme", CSS.read_text())
    )
    for scheme, part, ground in product((light, dark), ("line", "accent", "quiet"), ("paper", "card")):
        high, low = sorted((luminance(scheme[part]), luminance(scheme[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= LEAST_CONTRAST, (part, scheme[part], ground)
