"""The fields of reading on every surface: the language, the options of figures, and what a voice does not speak."""

from dataclasses import replace
from urllib.parse import unquote

import httpx
import pytest
import soundfile
from typer.testing import CliRunner

from api.cli.main import app
from shared.config import Settings
from tests.api.client import connected
from tests.api.conftest import serving
from tests.api.test_sse import events_of
from tests.fakes import FakeEngine

TELUGU = {"text": "Nenu 500 rupayalu istanu.", "language": "te-IN", "normalize_verbose": True}
SAID = "Nenu aidu vandala rupayalu istanu."
OPTIONS = {"date_order": "mdy", "number_scale": "million", "digit_grouping": 3, "repeated_digits": "double"}


def spoken(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return unquote(answer.headers["X-Spoken-Text"])


def test_generate_reads_in_the_declared_language(common):
    assert spoken(common.generate(**TELUGU)) == SAID
    assert spoken(common.generate(**TELUGU | {"language": "auto"})) == "Nenu five hundred rupayalu istanu."


def test_generate_reads_with_the_options(common):
    text = "Pay ₹25,00,000 on 05/08/2025, OTP 445566."
    assert spoken(common.generate(text=text, normalize_verbose=True, **OPTIONS)) == (
        "Pay two million five hundred thousand rupees on eighth May twenty twenty five, "
        "O T P double four five, five double six."
    )


def test_openai_route_reads_in_the_declared_language(common):
    body = {"model": "tts-1", "input": TELUGU["text"], "voice": "lipakshi", "stream": False, "language": "te-IN"}
    answer = httpx.post(f"{common.url}/v1/audio/speech", json=body | {"normalize_verbose": True})
    assert spoken(answer) == SAID
    refused = httpx.post(f"{common.url}/v1/audio/speech", json=body | {"language": "mr-IN"})
    assert refused.status_code == 400 and refused.json()["error"]["param"] == "language"


def test_sse_reads_in_the_declared_language(common):
    answer = httpx.post(f"{common.url}/v1/tts/sse", json=TELUGU | {"speaker": "lipakshi"})
    assert events_of(answer.text)[0]["spoken_text"] == SAID


@pytest.mark.asyncio
async def test_websocket_reads_a_context_in_the_declared_language(common):
    async with connected(common) as client:
        await client.send(type="speak", speaker="lipakshi", **TELUGU)
        assert (await client.until("start"))["spoken_text"] == SAID
        await client.until("end")
        await client.send(type="speak", speaker="lipakshi", text="Hello.", language="mr-IN")
        error = (await client.until("error"))["error"]
        assert error["code"] == "VALIDATION_ERROR" and "does not speak Marathi" in error["message"]


@pytest.mark.asyncio
async def test_websocket_refuses_a_language_in_text_that_arrives(common):
    async with connected(common) as client:
        await client.send(type="text", speaker="lipakshi", context_id="a", text="Hello there. ")
        await client.send(type="text", context_id="a", text="வணக்கம் நண்பரே. And so on. ")
        await client.send(type="end", context_id="a")
        assert "holds Tamil, which the voice does not speak" in (await client.until("error"))["error"]["message"]


def test_say_sends_the_language_and_the_options(common, tmp_path):
    out = tmp_path / "said.wav"
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in OPTIONS.items()]
    command = ["say", TELUGU["text"], "--url", common.url, "--seed", "3", "--out", str(out), "--language", "te"]
    said = CliRunner().invoke(app, [*command, *flags])
    assert said.exit_code == 0, said.output
    body = TELUGU | OPTIONS | {"normalize_verbose": False, "seed": 3, "stream": True}
    sound = soundfile.read(out, dtype="int16")[0].tobytes()
    assert common.generate(**body).content.endswith(sound)
    assert not common.generate(**body | {"language": "en-IN"}).content.endswith(sound)


def test_normalize_command_reads_in_the_declared_language():
    command = ["normalize", TELUGU["text"], "--language", "te-IN"]
    assert CliRunner().invoke(app, command).stdout == f"{SAID}\n"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"language": "ta-IN"}, "language: must be one of en-IN, hi-IN, mr-IN, te-IN, auto"),
        ({"language": "mr-IN"}, "language: the voice does not speak Marathi; it speaks English, Hindi and Telugu"),
        (
            {"text": "நான் 5 மணிக்கு வருவேன்."},
            "text: holds Tamil, which the voice does not speak; it speaks English, Hindi and Telugu",
        ),
        (
            {"text": "Привет", "normalize": False},
            "text: holds Cyrillic, which the voice does not speak; it speaks English, Hindi and Telugu",
        ),
        ({"digit_grouping": 0}, "digit_grouping: Input should be greater than or equal to 1"),
        ({"date_order": "ymd"}, "date_order: Input should be 'dmy' or 'mdy'"),
    ],
)
def test_generate_refuses_by_name(common, fields, message):
    answer = common.generate(**fields)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)


def test_voice_has_a_default_language_that_a_request_may_change(tiny):
    first, *others = tiny.voices
    voices = (replace(first, language="te-IN"), replace(others[0], languages=("ta",)))
    settings = Settings(window_first=4, window_lookahead=3)
    with serving(replace(tiny, voices=voices), FakeEngine(tiny.vocabulary), settings) as served:
        listed = httpx.get(f"{served.url}/v1/voices").json()["voices"]
        assert [voice["language"] for voice in listed] == ["te-IN", None]
        body = {"text": "Room 12", "normalize_verbose": True, "speaker": first.id}
        assert spoken(served.generate(**body)) == "Room pannendu"
        assert spoken(served.generate(**body, language="auto")) == "Room twelve"
        tamil = body | {"text": "அறை 12", "speaker": others[0].id}
        assert spoken(served.generate(**tamil)) == "அறை ஒன்று இரண்டு"
