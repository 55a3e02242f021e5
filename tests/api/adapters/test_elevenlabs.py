"""ElevenLabs' routes and sockets in their shapes. Their SDKs are tested by tests/test_vendor_clients.py."""

import asyncio
import base64
import io
import json

import av
import httpx
import pytest
from websockets.exceptions import InvalidStatus

from api.adapters.elevenlabs.schemas import FORMATS
from tests.api.adapters.vendor_socket import WITHIN_S, interrupted, joined, vendor_socket
from tests.fakes import HOP

SPEAK = "/v1/text-to-speech/lipakshi"
INPUT = f"{SPEAK}/stream-input?output_format=pcm_16000"
MANY = f"{SPEAK}/multi-stream-input?output_format=pcm_16000"
TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg", "wav": "audio/wav", "ulaw": "audio/basic"}


def post(served, path=SPEAK, headers=None, params=None, **body):
    asked = {"text": "Hello there."} | body
    return httpx.post(f"{served.url}{path}", json=asked, headers=headers, params=params, timeout=60)


def size_of(served, runs=1):
    return runs * served.engine.length * HOP * 2


@pytest.mark.parametrize("path", [SPEAK, f"{SPEAK}/stream"])
def test_audio_equals_generate(common, path):
    told = post(common, path, params={"output_format": "pcm_24000"}, seed=5)
    ours = common.generate(seed=5, format="pcm", sample_rate=24_000, stream=path.endswith("stream"))
    assert told.status_code == 200 and told.content == ours.content
    assert ("content-length" in told.headers) == (path == SPEAK)


@pytest.mark.parametrize(
    ("name", "rate"),
    [("mp3_22050_32", 22_050), ("mp3_44100_128", 44_100), ("opus_48000_64", 48_000), ("wav_32000", 32_000)],
)
def test_formats_have_their_names_and_rates(common, name, rate):
    answer = post(common, params={"output_format": name})
    assert answer.headers["content-type"] == TYPES[name.partition("_")[0]]
    with av.open(io.BytesIO(answer.content)) as file:
        assert file.streams.audio[0].rate == rate


def test_mulaw_has_no_header_and_mp3_is_the_default(common):
    assert len(post(common, params={"output_format": "ulaw_8000"}).content) == common.engine.length * HOP // 2
    assert post(common).headers["x-sample-rate"] == "44100"
    assert set(FORMATS) == {"pcm", *TYPES}


def test_settings_without_effect_are_named_and_others_apply(common):
    settings = {"stability": 0.5, "speed": 1.2, "style": None}
    answer = post(common, model_id="eleven_v9", voice_settings=settings, previous_text="Hm.", seed=1)
    assert answer.headers["warning"] == '199 veena3 "without effect: model_id, previous_text, voice_settings.stability"'
    assert float(answer.headers["x-audio-seconds"]) < 0.95 * common.engine.length * HOP / 16_000
    assert "warning" not in post(common, seed=1).headers


def test_break_in_a_text_is_a_pause(common):
    params = {"output_format": "pcm_16000"}
    plain = post(common, params=params, text="Hello there. Good day.", seed=1)
    paused = post(common, params=params, text='Hello there. <break time="3s" /> Good day.', seed=1)
    assert len(paused.content) - len(plain.content) > 2.5 * 32_000  # the text's own pause is replaced
    assert post(common, text='<break time="soon" />').status_code == 422


def test_answers_with_timestamps_have_the_audio_of_generate(common):
    params = {"output_format": "pcm_16000"}
    whole = post(common, f"{SPEAK}/with-timestamps", params=params, seed=2)
    assert whole.json().keys() == {"audio_base64", "alignment", "normalized_alignment"}
    sound = base64.b64decode(whole.json()["audio_base64"])
    assert sound == common.generate(seed=2, format="pcm").content
    lines = post(common, f"{SPEAK}/stream/with-timestamps", params=params, seed=2).text.splitlines()
    pieces = [json.loads(line) for line in lines]
    assert len(pieces) > 3
    assert (
        joined(piece["audio_base64"] for piece in pieces) == common.generate(seed=2, format="pcm", stream=True).content
    )


def test_voices_carry_the_fields_of_both(common):
    for path in ("/v1/voices", "/v2/voices"):
        voices = httpx.get(f"{common.url}{path}").json()["voices"]
        assert all(voice["voice_id"] == voice["id"] and voice["category"] == "premade" for voice in voices)
    assert voices[0]["labels"] and httpx.get(f"{common.url}/v1/voices/lipakshi").json()["voice_id"] == "lipakshi"


WRONG = {
    "voice": ({"path": "/v1/text-to-speech/nobody"}, 404, "voice_not_found"),
    "format": ({"params": {"output_format": "alaw_8000"}}, 400, "invalid_output_format"),
    "ulaw rate": ({"params": {"output_format": "ulaw_16000"}}, 400, "invalid_output_format"),
    "long text": ({"text": "a" * 50_001}, 400, "max_character_limit_exceeded"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_have_their_form(common, case):
    change, status, name = WRONG[case]
    answer = post(common, **change)
    detail = answer.json()["detail"]
    assert (answer.status_code, detail["status"]) == (status, name) and detail["message"] and detail["request_id"]


def test_wrong_field_is_422_with_its_place(common):
    for body, place in (({"text": ""}, ["body", "text"]), ({"voice_settings": {"speed": 9}}, ["body", "speed"])):
        answer = post(common, **body)
        assert answer.status_code == 422 and answer.json()["detail"][0]["loc"] == place
    assert post(common, text=5).json()["detail"][0]["loc"] == ["body", "text"]


def test_keys_come_in_their_header(guarded):
    answer = post(guarded.served, headers={"xi-api-key": "wrong"})
    assert answer.status_code == 401 and answer.json()["detail"]["status"] == "invalid_api_key"
    assert post(guarded.served, headers={"xi-api-key": guarded.key()}).status_code == 200


async def test_single_stream_speaks_sentences_before_the_end_and_closes(served):
    served.engine.delay_s = 0.002
    async with vendor_socket(served, INPUT) as client:
        await client.send(text=" ", voice_settings={"speed": 1, "stability": 0.5}, generation_config={})
        await client.send(text="This is the first sentence. ", try_trigger_generation=True)
        await client.send(text="And this ")
        first = await client.until(lambda message: message["audio"])
        assert first["alignment"]["chars"][:2] == [" ", "T"] and "contextId" not in first
        assert first["withoutEffect"] == ["generation_config", "voice_settings.stability"]
        await client.send(text="is another one.")
        await client.send(text="")
        assert (await client.to_the_end())[0] == 1000
    *pieces, last = client.messages
    assert last == {"audio": None, "isFinal": True}
    assert len(joined(piece["audio"] for piece in pieces if piece["audio"])) > size_of(served)


async def test_single_stream_flushes_and_ends_without_text(common):
    async with vendor_socket(common, INPUT) as client:
        await client.send(text="No end", flush=True)
        await client.until(lambda message: message["audio"])
        await client.send(text="")
        assert (await client.to_the_end())[0] == 1000
    async with vendor_socket(common, INPUT) as client:
        await client.send(text=" ")
        await client.send(text="")
        assert await client.to_the_end() == (1000, "")


async def test_single_stream_ends_on_an_error(common):
    for path, name in (
        (INPUT.replace("lipakshi", "nobody"), "voice_not_found"),
        (INPUT.replace("pcm_16000", "x"), "invalid_output_format"),
    ):
        async with vendor_socket(common, path) as client:
            await client.send(text="Hello.")
            code, reason = await client.to_the_end()
            assert code == 1008 and reason
        assert client.messages[0]["error"] == name and client.messages[0]["message"].startswith(reason)


async def test_contexts_are_spoken_and_end_when_closed(common):
    async with vendor_socket(common, MANY) as client:
        for name in "ab":
            await client.send(text=" ", context_id=name, voice_settings={})
            await client.send(text="Hello there. ", context_id=name)
            await client.send(text="", context_id=name)  # keeps the context alive
            await client.send(context_id=name, flush=True)
            await client.send(context_id=name, close_context=True)
        for _ in "ab":
            await client.until(lambda message: message.get("isFinal"))
        for name in "ab":
            sound = joined(m["audio"] for m in client.messages if m["contextId"] == name and m["audio"])
            assert len(sound) == size_of(common)
        await client.send(text="Again.", contextId="a")
        await client.send(close_socket=True)
        assert (await client.to_the_end())[0] == 1000
    assert client.messages[-1] == {"audio": None, "isFinal": True, "contextId": "a"}


INTERRUPTED = {
    "text that was not flushed": ("", [{"text": "Hello there. And then "}], [{"close_context": True}]),
    "a closing context that is closed again": (
        "",
        [{"text": "Hello. "}, {"text": "", "flush": True}, {"close_context": True}],
        [{"close_context": True}],
    ),
    "a sentence of auto mode": ("&auto_mode=true", [{"text": "Hello. ", "flush": True}], [{"close_context": True}]),
}


@pytest.mark.parametrize("case", INTERRUPTED)
async def test_interruption_frees_the_engine(served, case):
    query, before, after = INTERRUPTED[case]
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, MANY + query) as client:
        for message in before:
            await client.send(message | {"context_id": "a"})
        await client.until(lambda message: message["audio"])
        for message in after:
            await client.send(message | {"context_id": "a"})
        assert await interrupted(served, client.until(lambda m: m.get("isFinal"))) < WITHIN_S
        served.engine.forever = False
        await client.send(text="Next turn.", context_id="b")
        await client.send(context_id="b", flush=True)
        await client.send(context_id="b", close_context=True)
        await client.until(lambda message: message.get("isFinal"))
    assert len(joined(m["audio"] for m in client.messages if m["contextId"] == "b" and m["audio"])) == size_of(served)


async def test_closed_context_is_spoken_to_its_end_without_auto_mode(common):
    async with vendor_socket(common, MANY) as client:
        await client.send(text="Hello there. ", context_id="a", flush=True)
        await client.send(context_id="a", close_context=True)
        await client.until(lambda message: message.get("isFinal"))
    assert len(joined(m["audio"] for m in client.messages if m["audio"])) == size_of(common)


async def test_errors_of_contexts_leave_the_socket_open(common):
    async with vendor_socket(common, MANY.replace("lipakshi", "nobody")) as client:
        await client.send(text="Hello.", context_id="a")
        error = await client.receive()
        assert error["error"] == "voice_not_found" and error["contextId"] == "a" and error["code"] == 1008
        await client.send(context_id="unknown", flush=True)
        await client.send(context_id="unknown", close_context=True)
        await client.socket.send("{")
        assert (await client.receive())["message"] == "the message is not valid JSON"


async def test_socket_takes_the_key_of_header_and_first_message(guarded):
    key = await asyncio.to_thread(guarded.key)
    async with vendor_socket(guarded.served, INPUT, additional_headers={"xi-api-key": key}) as client:
        await client.send(text="Hello.")
        await client.send(text="")
        assert (await client.receive())["audio"]
    async with vendor_socket(guarded.served, INPUT) as client:
        await client.send(text="Hello.", xi_api_key=key)
        await client.send(text="")
        assert (await client.receive())["audio"]
    async with vendor_socket(guarded.served, INPUT, additional_headers={"xi-api-key": "wrong"}) as client:
        assert (await client.to_the_end())[0] == 1008
    assert client.messages[0]["error"] == "invalid_api_key"
    with pytest.raises(InvalidStatus) as refused:
        async with vendor_socket(guarded.served, MANY, additional_headers={"xi-api-key": "wrong"}):
            pass
    assert refused.value.response.status_code == 401
    assert json.loads(refused.value.response.body)["detail"]["status"] == "invalid_api_key"
    async with vendor_socket(guarded.served, MANY) as client:
        await client.send(text="Hello.", context_id="a", xi_api_key=key, flush=True)
        assert (await client.receive())["audio"]
