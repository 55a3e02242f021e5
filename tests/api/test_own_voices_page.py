"""The page of a key's own voices in a real Chromium, whose microphone plays a file."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from core.checkpoint.reading import open_checkpoint
from shared.config import Settings
from tests.api.conftest import CHROMIUM, Served, serving
from tests.api.test_accessible_pages import violations
from tests.api.voices.conftest import RECORDING
from tests.cloning_checkpoint import add_encode_side, sound_file, speech_like
from tests.fakes import FakeEngine
from tests.styled_checkpoint import build_styled_checkpoint

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the page of own voices is untested"),
]


@pytest.fixture(scope="module")
def designing(tmp_path_factory) -> Iterator[Served]:
    """Start a server whose checkpoint clones and designs voices."""
    root = build_styled_checkpoint(tmp_path_factory.mktemp("styled") / "checkpoint")
    checkpoint = open_checkpoint(add_encode_side(root))
    with serving(checkpoint, FakeEngine(checkpoint.vocabulary), Settings(window_first=4, window_lookahead=3)) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recording_browser(tmp_path_factory) -> AsyncIterator[Browser]:
    """Start a Chromium whose microphone plays speech, and which needs no permission for it."""
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    path.write_bytes(sound_file(speech_like(rate=48_000), rate=48_000))
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    arguments = ["--no-sandbox", *fake, f"--use-file-for-fake-audio-capture={path}"]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        await opened.close()


async def test_voice_is_recorded_named_made_heard_and_deleted(recording_browser, designing):
    context = await recording_browser.new_context(bypass_csp=True)
    async with context:
        page = await context.new_page()
        await page.goto(f"{designing.url}/voices")
        await expect(page.locator("#service")).to_have_text("Ready")
        assert await violations(page) == []
        await page.get_by_role("button", name="Record").click()
        await expect(page.locator("#record-state")).to_have_text("Recording, 5 s …", timeout=20_000)
        await page.get_by_role("button", name="Stop").click()
        await expect(page.locator("#record-state")).to_have_text("Recorded.")
        await page.locator("#name").fill("Mine")
        make = page.get_by_role("button", name="Make the voice")
        await make.click()  # without the consent, which the browser asks for
        assert await page.locator("#consent").evaluate("box => box.validity.valueMissing")
        await page.locator("#consent").check()
        await make.click()
        await expect(page.locator("#make-state")).to_have_text("Mine is made.", timeout=30_000)
        await expect(page.locator("#heard")).to_contain_text("120 Hz")
        assert await violations(page) == []
        async with page.expect_response("**/v1/tts/generate") as spoken:
            await page.get_by_role("button", name="Speak with Mine").click()
        assert (await (await spoken.value).all_headers())["x-speaker"].startswith("voice_")
        await expect(page.locator("#heard-voice")).to_be_visible()
        await page.get_by_role("link", name="In the playground").click()
        await expect(page.locator("#voice")).to_have_text("Mine")
        await page.get_by_role("link", name="Your voices").click()
        await page.get_by_role("button", name="Delete Mine").click()
        await expect(page.locator("#own-state")).to_have_text("None yet.")


async def test_voice_is_made_of_a_file_designed_and_mixed_and_errors_stand_beside_their_form(browser, designing):
    context = await browser.new_context(viewport={"width": 320, "height": 700})
    async with context:
        page = await context.new_page()
        await page.goto(f"{designing.url}/voices")
        make = page.get_by_role("button", name="Make the voice")
        await page.locator("#name").fill("Of a file")
        await page.locator("#consent").check()
        await make.click()
        await expect(page.locator("#make-error")).to_contain_text("choose a sound file")
        short = {"name": "a.wav", "mimeType": "audio/wav", "buffer": sound_file(speech_like(seconds=1))}
        await page.locator("#files").set_input_files(short)
        await make.click()
        await expect(page.locator("#make-error")).to_contain_text("RECORDING_UNUSABLE", timeout=20_000)
        await page.locator("#files").set_input_files(short | {"buffer": RECORDING})
        await make.click()
        await expect(page.locator("#make-state")).to_have_text("Of a file is made.", timeout=30_000)
        await page.locator("#gender").select_option("male")
        await page.locator("#pitch").fill("1")
        await expect(page.locator("#pitch-value")).to_have_text("low")
        await page.get_by_role("button", name="Design three voices").click()
        await expect(page.locator("#candidates li")).to_have_count(3, timeout=20_000)
        await page.get_by_label("Name of candidate 2").fill("Designed")
        await page.get_by_role("button", name="Keep candidate 2").click()
        await expect(page.locator("#own")).to_contain_text("Designed (designed)", timeout=20_000)
        await page.locator("#mix").fill("designed+nobody")
        await page.locator("#mix-name").fill("Mixed")
        await page.get_by_role("button", name="Keep the mix").click()
        await expect(page.locator("#mix-error")).to_contain_text("INVALID_SPEAKER")
        await page.locator("#mix").fill("designed(2)+lipakshi")
        await page.get_by_role("button", name="Keep the mix").click()
        await expect(page.locator("#own li")).to_have_count(3, timeout=20_000)
        assert await page.evaluate("document.documentElement.scrollWidth") == 320
        for name in ("Of a file", "Designed", "Mixed"):
            await page.get_by_role("button", name=f"Delete {name}").click()
            await expect(page.get_by_role("button", name=f"Delete {name}")).to_have_count(0)
