"""Captions of the playground in a real Chromium: the word that sounds is highlighted, and the page does not move."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from shared.config import Settings
from tests.api.conftest import CHROMIUM, Served, serving
from tests.api.test_accessible_pages import AXE
from tests.api.test_playground import speak, visiting
from tests.fakes import FakeEngine

WORD_TOKENS = 8
"""Tokens of each word: 0.16 s, more than two reports of the player."""
TEXTS = {
    "🎫 Good day, it costs ₹25 now!": ["Good", "day", "it", "costs", "₹25", "now"],
    "नमस्ते! आज “टिकट” सस्ता है।": ["नमस्ते", "आज", "टिकट", "सस्ता", "है"],
    "నమస్కారం! మీరు ఎలా ఉన్నారు?": ["నమస్కారం", "మీరు", "ఎలా", "ఉన్నారు"],
}

# Notes each change of the captions, and each change of the place of what is below them.
OBSERVER = """
window.shown = [], window.places = new Set();
const captions = document.getElementById("captions");
const look = () => {
  const sounding = [...captions.querySelectorAll(".sounds")].map((word) => word.textContent);
  if (sounding.length > 1) throw new Error("two words sound");
  if (sounding.length && sounding[0] !== window.shown.at(-1)) window.shown.push(sounding[0]);
  window.places.add(document.getElementById("state").getBoundingClientRect().top + scrollY);
  requestAnimationFrame(look);
};
look();
"""

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the playground is untested"),
]


@pytest.fixture(scope="module")
def aligned(tiny) -> Iterator[Served]:
    """Start a server whose words have times."""
    engine = FakeEngine(tiny.vocabulary, length=9 * WORD_TOKENS)
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(tiny, engine, settings, word_tokens=WORD_TOKENS) as one:
        yield one


@pytest.fixture(scope="module")
def unaligned(tiny) -> Iterator[Served]:
    with serving(tiny, FakeEngine(tiny.vocabulary), Settings(window_first=4), word_tokens=None) as one:
        yield one


async def test_page_highlights_each_word_while_it_sounds_in_three_scripts_and_does_not_move(browser, aligned):
    async with visiting(browser, aligned.url) as page:
        await page.evaluate(OBSERVER)
        captions = page.locator("#captions")
        for text, words in TEXTS.items():
            await page.evaluate("window.shown = []")
            await speak(page, text)
            sounded = await page.evaluate("window.shown")
            assert await captions.inner_text() == text
            assert sounded == [word for word in words if word in sounded] and len(sounded) >= len(words) - 1
            assert await captions.locator(".said").all_inner_texts() == words
            assert await captions.locator(".sounds").count() == 0  # the last one has ended
        assert len(await page.evaluate("[...window.places]")) == 1


async def test_captions_are_plain_text_without_an_aligner(browser, unaligned):
    async with visiting(browser, unaligned.url) as page:
        before = await page.locator("#state").bounding_box()
        await expect(page.locator("#captions")).to_be_hidden()
        await speak(page, "Nothing is known of words.")
        await expect(page.locator("#captions")).to_have_text("Nothing is known of words.")
        assert await page.locator("#captions *").count() == 0
        await expect(page.locator("#captions")).to_have_class("captions")
        assert (await page.locator("#state").bounding_box())["y"] == before["y"]
        assert await page.locator("#error").inner_text() == "" and "align" not in await page.inner_text("main")


@pytest.mark.slow
async def test_captions_follow_a_long_text_inside_their_box_and_keep_to_it_when_stopped(browser, aligned):
    async with visiting(browser, aligned.url, viewport={"width": 360, "height": 740}) as page:
        await page.get_by_label("Text", exact=True).fill("Every sentence has some more words than one can see. " * 30)
        await page.evaluate(OBSERVER)
        await page.get_by_role("button", name="Speak").click()
        word = page.locator("#captions .sounds")
        await expect(page.locator("#captions .said").nth(30)).to_be_attached(timeout=20_000)
        inside = "word => { const [a, b] = [word, word.parentElement].map((e) => e.getBoundingClientRect());"
        assert await word.evaluate(inside + " return a.top >= b.top && a.bottom <= b.bottom; }")
        assert await page.locator("#captions").evaluate("box => box.scrollTop") > 0
        assert len(await page.evaluate("[...window.places]")) == 1
        await page.keyboard.press("Escape")
        await expect(page.locator("#state")).to_have_text("Stopped.")
        await expect(word).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
async def test_captions_are_accessible_while_a_word_sounds(browser, aligned, scheme):
    async with visiting(browser, aligned.url, color_scheme=scheme, bypass_csp=True) as page:
        await page.get_by_label("Text", exact=True).fill("A long word sounds. " * 8)
        await page.get_by_role("button", name="Speak").click()
        await expect(page.locator("#captions .sounds")).to_have_count(1, timeout=10_000)
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run('#captions')")
        assert [violation["id"] for violation in found["violations"]] == []
        await expect(page.get_by_role("region", name="Captions")).to_have_attribute("tabindex", "0")
        await page.keyboard.press("Escape")
