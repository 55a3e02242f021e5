"""Page to listen to: all sound is in it, side by side, and its test is a working page."""

import base64
import re
import shutil

import numpy as np
import pytest
import soundfile
from playwright.async_api import async_playwright

from tests.training.speech_like import RATE, contour, voice
from training.demo_voice.measures.page import Spoken, page, side_by_side
from training.demo_voice.measures.takes import Line, Take

CHROMIUM = shutil.which("chromium")
SAMPLES = voice(contour([(0, 150.0), (0.3, 170.0)])).astype(np.float32)


def takes(*lines: Line) -> list[Take]:
    return [Take(line, SAMPLES) for line in lines]


@pytest.fixture(scope="module")
def html() -> str:
    lines = [Line("Anna", "en", "statement", 'It is "<open>".'), Line("Ravi", "hi", "yes-no", "क्या यह ठीक है?")]
    old = [Take(lines[0], np.zeros(0, np.float32)), Take(lines[1], SAMPLES)]
    test = takes(*(Line("Anna", "en", "test", f"Sentence {i} </script>.") for i in range(3)))
    return page([Spoken("voice-1", old), Spoken("voice-2", takes(*lines))], test)


def test_page_has_every_sound_and_no_link(html, tmp_path) -> None:
    assert "<th>voice-1</th><th>voice-2</th>" in html
    assert html.count("<audio ") == 3
    assert html.count("<td>failed</td>") == 1
    assert not re.search(r'(src|href)="(?!data:)', html)
    coded = re.search(r'src="data:audio/ogg;base64,([^"]+)"', html)
    assert coded
    (tmp_path / "take.ogg").write_bytes(base64.b64decode(coded[1]))
    assert soundfile.info(tmp_path / "take.ogg").duration == pytest.approx(len(SAMPLES) / RATE, abs=0.02)


def test_page_has_each_kind_by_each_voice_in_each_language() -> None:
    lines = side_by_side(["Anna", "Ravi"], "te", 2)
    assert len(lines) == len(set(lines)) == 16


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
async def test_page_filters_rows_and_counts_right_answers(html, tmp_path) -> None:
    (tmp_path / "voice.html").write_text(html, "utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = await browser.new_page()
        await tab.goto((tmp_path / "voice.html").as_uri())
        await tab.select_option("#language", "hi")
        assert await tab.locator("#rows tr:visible").count() == 1
        await tab.click("#begin")
        heard = await tab.evaluate("current.text")
        await tab.get_by_role("button", name=heard).click()
        played = await tab.evaluate("current.text")
        wrong = next(text for text in (f"Sentence {i} </script>." for i in range(3)) if text != played)
        await tab.get_by_role("button", name=wrong).click()
        assert (await tab.inner_text("#score")).startswith("1 of 2 right, that was: Sentence")
        await browser.close()
