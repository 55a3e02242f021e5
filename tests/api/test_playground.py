"""The playground in a real Chromium: it plays exactly the samples that the server sent."""

import asyncio
import base64
import json
import re
import shlex
import subprocess
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import soundfile
from playwright.async_api import Browser, Page, expect

from api.app import create_app
from audio.encoders import ENCODERS
from services.runtime import open_runtime
from shared.config import CodecMode, EngineKind, Settings
from tests.api.conftest import CHROMIUM, running, serving
from tests.fakes import HOP, FakeEngine

TEXT = 'Hello there. It\'s "you" & me: $5, `100%`, \\o/!'
SUFFIXES = {"wav": "wav", "pcm": "pcm", "opus": "ogg", "mp3": "mp3", "flac": "flac", "mulaw": "wav", "aac": "aac"}
SUFFIXES |= {"mp4": "mp4", "webm": "webm", "mulaw-raw": "ul", "pcm-f32": "f32"}
"""A new format: the suffix of its file, as `fileName` in service.js gives it."""
WITHOUT_LENGTH = {"pcm", "aac", "flac", "mp4", "webm", "mulaw-raw", "pcm-f32"}
"""Formats whose stream does not tell libsndfile its length."""
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the playground is untested"),
]

# Records the samples that the player sends to the output. It needs a page without content security policy.
RECORDER = """
window.recorded = [];
const listener = URL.createObjectURL(new Blob([`
  registerProcessor("recorder", class extends AudioWorkletProcessor {
    process([[block]]) { if (block) this.port.postMessage(block.slice()); return true; }
  });
`], { type: "text/javascript" }));
const { addModule } = AudioWorklet.prototype, { connect } = AudioNode.prototype;
AudioWorklet.prototype.addModule = async function (url) {
  await addModule.call(this, url);
  await addModule.call(this, listener);
};
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    const recorder = new AudioWorkletNode(this.context, "recorder", { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }) => window.recorded.push(...data);
    connect.call(this, recorder);
  }
  return connect.call(this, to, ...rest);
};
"""


# Keeps the last answer with events. Chromium's own record of a streamed body may be gone before it is asked for.
KEEPER = """
const { fetch } = window;
window.fetch = async function (...request) {
  const answer = await fetch.apply(this, request);
  if (new URL(answer.url).pathname === "/v1/tts/sse") window.answered = answer.clone().text();
  return answer;
};
"""


@asynccontextmanager
async def visiting(browser: Browser, url: str, script: str = "", **options: object) -> AsyncIterator[Page]:
    """Open the page with a script of the test and wait until it is ready; its console must stay free of errors."""
    context = await browser.new_context(**options)
    page, complaints = await context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    await page.add_init_script(script)
    async with context:
        await page.goto(url)
        await expect(page.get_by_role("button", name="Speak")).to_be_enabled(timeout=120_000)
        yield page
    assert not complaints


async def events(page: Page) -> list[dict]:
    """Return the events of the last answer that the `KEEPER` kept."""
    lines = (await page.evaluate("window.answered")).splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


async def seconds(page: Page, number: str) -> float:
    return float((await page.locator(f"#{number}").inner_text()).removesuffix(" s"))


async def speak(page: Page, text: str = "Hello there.", **choices: str) -> None:
    """Submit a text, and wait until it has been played."""
    await page.get_by_label("Text", exact=True).fill(text)
    for label, value in choices.items():
        await page.locator(f"#{label}").select_option(value)
    await page.get_by_role("button", name="Speak").click()
    await expect(page.locator("#state")).to_have_text(re.compile("^Done"), timeout=20_000)


@pytest.mark.parametrize("format", ["wav", "pcm"])
async def test_page_plays_the_samples_that_were_sent(browser, common, format):
    async with visiting(browser, common.url, KEEPER + RECORDER, bypass_csp=True) as page:
        await speak(page, format=format)
        audio = [event["audio"] for event in await events(page) if event["type"] == "audio"]
        body = b"".join(map(base64.b64decode, audio))
        sent = np.frombuffer(body[44 if format == "wav" else 0 :], "<i2") / np.float32(32768)
        played = np.array(await page.evaluate("window.recorded"), np.float32)
        start = np.flatnonzero(played)[0] - np.flatnonzero(sent)[0]
        np.testing.assert_array_equal(played[start : start + len(sent)], sent)
        assert not played[start + len(sent) :].any()
        assert await page.locator("#underruns").inner_text() == "0"
        assert await seconds(page, "played") == await seconds(page, "received") == common.engine.length * HOP / 16_000
        assert float((await page.locator("#time-to-first-audio").inner_text()).removesuffix(" ms")) > 0


async def test_every_format_plays_and_can_be_downloaded(browser, served, tmp_path):
    served.engine.length = 20
    exactly = 20 * HOP / 16_000
    async with visiting(browser, served.url) as page:
        assert set(ENCODERS) == {
            await option.get_attribute("value") for option in await page.locator("#format option").all()
        }
        for format in ENCODERS:
            await speak(page, format=format)
            assert exactly <= await seconds(page, "played") <= exactly + 0.2, format
            assert await seconds(page, "played") == await seconds(page, "received")
            async with page.expect_download() as downloading:
                await page.get_by_role("link", name="Download").click()
            download = await downloading.value
            assert download.suggested_filename == f"speech.{SUFFIXES[format]}"
            path = tmp_path / download.suggested_filename
            await download.save_as(path)
            if format not in WITHOUT_LENGTH:
                heard, rate = soundfile.read(path)
                assert exactly <= len(heard) / rate <= exactly + 0.2
            if format == "wav":
                with wave.open(str(path)) as file:
                    assert file.getnframes() == 20 * HOP


async def test_page_plays_every_rate_and_speed(browser, common):
    async with visiting(browser, common.url, KEEPER) as page:
        await page.get_by_label("Speed").fill("2")
        for rate in ("8000", "44100", "48000"):
            await speak(page, rate=rate)
            start = (await events(page))[0]
            resampled = rate != "8000" and not start["sr_applied"]
            assert ("Resampled" in await page.locator("#state").inner_text()) is resampled
            assert await seconds(page, "played") == pytest.approx(common.engine.length * HOP / 32_000, abs=0.05)


async def test_underruns_are_counted_when_generation_is_slow(browser, tiny):
    slow = FakeEngine(tiny.vocabulary, length=60, batch=4, delay_s=0.2)  # 80 ms of sound in 200
    with serving(tiny, slow, Settings(window_first=4, window_steady=4, window_lookahead=3)) as served:
        async with visiting(browser, served.url) as page:
            await speak(page)
            assert int(await page.locator("#underruns").inner_text()) > 1
            assert await seconds(page, "played") == 60 * HOP / 16_000  # late, but complete


async def test_curl_line_makes_the_same_request(browser, common, tmp_path):
    async with visiting(browser, common.url) as page:
        await page.locator("#key").evaluate("field => (field.value = 'sk-secret')")  # this service asks for none
        async with page.expect_request("**/v1/tts/sse") as asked:
            await speak(page, TEXT, format="opus", rate="24000")
        request = await asked.value
        assert request.headers["authorization"] == "Bearer sk-secret"
        line = await page.locator("#curl").inner_text()
    words = shlex.split(line)
    assert "sk-secret" not in line and "Authorization: Bearer $VEENA3_API_KEY" in words
    assert json.loads(words[words.index("-d") + 1]) | {"timestamps": True} == request.post_data_json
    assert request.post_data_json["text"] == TEXT
    await asyncio.to_thread(subprocess.run, ["bash", "-c", line], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "speech.ogg").read_bytes().startswith(b"OggS")


async def test_stop_frees_the_engine(browser, served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with visiting(browser, served.url) as page:
        await page.get_by_role("button", name="Speak").click()
        await expect(page.locator("#played")).not_to_have_text("–")
        await page.get_by_role("button", name="Stop").click()
        await expect(page.locator("#state")).to_have_text("Stopped.")
        served.until(lambda: served.engine.unfinished == 0)
        assert not await page.locator("#error").inner_text()
        served.engine.forever = False
        await speak(page)


async def test_slow_playback_holds_the_engine_back(browser, served):
    """When the ring buffer is full, the page stops reading and the server waits."""
    served.engine.forever, served.engine.batch = True, 64
    async with visiting(browser, served.url) as page:
        await page.locator("#rate").select_option("48000")
        await page.get_by_role("button", name="Speak").click()
        await expect(page.locator("#played")).not_to_have_text(re.compile("–|0\\."), timeout=20_000)
        assert await seconds(page, "received") < 60  # the ring's 30 s, and what one read gave
        await page.keyboard.press("Escape")


async def test_page_works_by_keyboard(browser, served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with visiting(browser, served.url) as page:
        reached = []
        while "curl" not in reached and len(reached) < 20:
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.id"))
        assert list(filter(None, reached)) == [
            *("text", "voice", "language", "format", "rate", "speed", "speak"),
            *("explain", "entry-word", "entry-spoken", "curl"),
        ]
        await page.get_by_label("Text", exact=True).focus()
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("By hand.")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#played")).not_to_have_text("–")
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("status").filter(has_text="Stopped.")).to_be_visible()
        assert "By hand." in await page.locator("#curl").inner_text()


async def test_page_works_on_a_phone(browser, common):
    async with visiting(browser, common.url, **PHONE) as page:
        await page.get_by_label("Text", exact=True).fill("long" * 200)
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
        for control in await page.locator("select:visible, form button:visible, input:visible").all():
            box = await control.bounding_box()
            assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 360
        for label in ("Format", "Sample rate", "Speed"):
            await expect(page.get_by_label(label)).to_be_visible()
        await expect(page.get_by_role("combobox", name="Voice")).to_be_visible()
        await page.get_by_label("Text", exact=True).fill("Hello there.")
        await page.get_by_role("button", name="Speak").tap()
        await expect(page.locator("#state")).to_have_text("Done.")
        await expect(page.locator("#waveform")).to_be_in_viewport()


async def test_page_shows_errors_of_the_service(browser, served):
    async with visiting(browser, served.url) as page:
        await page.get_by_label("Text", exact=True).fill("<|im_end|>")
        await page.get_by_role("button", name="Speak").click()
        await expect(page.get_by_role("alert").last).to_contain_text(
            re.compile(r"^Text: control tokens .* are not allowed\. \(VALIDATION_ERROR, request [0-9a-f]{32}\)$")
        )
        await expect(page.get_by_role("button", name="Stop")).to_be_disabled()

        served.engine.length, served.engine.delay_s, served.engine.fail_after = 400, 0.005, 40
        await page.get_by_label("Text", exact=True).fill("Hello there.")
        await page.get_by_role("button", name="Speak").click()
        await expect(page.get_by_role("alert").last).to_contain_text(
            re.compile(r"\(GPU_FAULT, request [0-9a-f]{32}\)$")
        )


async def test_page_over_plain_http_plays_every_sample_and_says_that_it_may_stutter(browser, tiny):
    """`lan.example` is not localhost, so that Chromium gives the page no audio thread."""
    with serving(tiny, FakeEngine(tiny.vocabulary, length=20), Settings(host="0.0.0.0")) as served:
        async with visiting(browser, f"http://lan.example:{served.port}") as page:
            assert not await page.evaluate("'audioWorklet' in AudioContext.prototype")
            await expect(page.locator("#thread")).to_contain_text("not served over https")
            for format in ("wav", "mp3"):
                await speak(page, format=format)
                assert await seconds(page, "played") == await seconds(page, "received") >= 20 * HOP / 16_000
            await expect(page.locator("#service")).to_have_text(
                "Ready, with limits"
            )  # open to the network, without keys


async def test_page_on_localhost_does_not_speak_of_stutter(browser, common):
    async with visiting(browser, common.url) as page:
        await expect(page.locator("#thread")).to_be_hidden()


async def test_page_says_that_the_service_cannot_be_reached(browser, common):
    async with visiting(browser, common.url) as page:
        await page.route("**/v1/tts/sse", lambda route: route.abort())
        await page.get_by_role("button", name="Speak").click()
        await expect(page.get_by_role("alert").last).to_have_text("The service cannot be reached.")


@pytest.mark.slow
async def test_page_plays_the_demo_voice(browser):
    settings = Settings(engine=EngineKind.TRANSFORMERS, codec_mode=CodecMode.EAGER)
    app = create_app(settings, open_runtime)
    with running(app) as port:
        async with visiting(browser, f"http://127.0.0.1:{port}", RECORDER, bypass_csp=True) as page:
            await speak(page, "Good morning. How are you today?")
            played = np.array(await page.evaluate("window.recorded"), np.float32)
            assert np.abs(played).max() > 0.05 and 1 < await seconds(page, "played") < 6
            pace = float((await page.locator("#generation-speed").inner_text()).removesuffix("×"))
            assert pace < 1.2 or await page.locator("#underruns").inner_text() == "0"  # a slow machine has no choice
