"""WebSocket under a real uvicorn: the audio of `/v1/tts/generate` in frames, and errors."""

import asyncio
import json
import struct

import pytest

from audio.encoders import ENCODERS
from tests.api.client import SPEAK, connected
from tests.fakes import HOP


async def test_speak_gives_the_audio_of_generate_in_frames_of_20_ms(common):
    whole = await asyncio.to_thread(common.generate, seed=3, format="pcm")
    async with connected(common) as client:
        await client.send(**SPEAK, seed=3, context_id="a")
        end = await client.until("end")
    frames = client.audio["a"]
    assert b"".join(frames) == whole.content and {len(frame) for frame in frames} == {640}
    assert client.kinds()[0] == "start" and "progress" in client.kinds() and client.kinds()[-2:] == ["chunk", "end"]
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000) and end["seed"] == 3
    assert end["tokens"] > 0 and end["ttfb_ms"] > 0 and end["rtf"] > 0
    assert [event["seq"] for event in client.events] == list(range(len(client.events)))
    assert {event["context_id"] for event in client.events} == {"a"}


async def test_first_message_without_a_type_is_speak(common):
    async with connected(common) as client:
        await client.send(text="Hello there.", speaker="lipakshi")
        assert (await client.until("start"))["format"] == "wav"
        await client.until("end")
        assert next(iter(client.audio.values()))[0].startswith(b"RIFF")
        await client.send(text="Hello again.", speaker="lipakshi")
        assert (await client.until("error"))["error"]["details"] == {"field": "type"}


async def test_tagged_frames_have_their_number_and_first_sample(common):
    async with connected(common) as client:
        await client.send(**SPEAK, framing="tagged", frame_ms=10, context_id="a")
        await client.until("end")
    tags = [struct.unpack("<II", frame[:8]) for frame in client.audio["a"]]
    assert tags == [(n, 160 * n) for n in range(len(tags))] and len(tags) == common.engine.length * HOP // 160


async def test_trace_adds_metrics_of_every_frame(common):
    async with connected(common, "?trace=1") as client:
        await client.send(**SPEAK, context_id="a")
        await client.until("end")
    metrics = [event for event in client.events if event["type"] == "metrics"]
    assert [event["frame"] for event in metrics] == list(range(len(client.audio["a"])))
    assert metrics[0]["timings_ms"]["first_audio"] > 0 and metrics[-1]["queued"] >= 0


@pytest.mark.parametrize("format", ENCODERS)
async def test_formats_equal_the_streamed_file(common, format):
    asked = {"seed": 9, "format": format, "text": "Hello there."}
    whole = await asyncio.to_thread(common.generate, stream=True, **asked)
    async with connected(common) as client:
        await client.send(**(SPEAK | asked), context_id="a")
        await client.until("end")
    sound = b"".join(client.audio["a"])
    assert sound[:4] == whole.content[:4] and abs(len(sound) - len(whole.content)) < 0.1 * len(whole.content)


@pytest.mark.parametrize(("offered", "taken"), [("mine-1", True), ("not a valid one", False)])
async def test_socket_takes_a_valid_request_id_of_its_client(common, offered, taken):
    async with connected(common, additional_headers={"X-Request-ID": offered}) as client:
        request_id = client.socket.response.headers["X-Request-ID"]
        assert (request_id == offered) is taken and request_id
        await client.send(**SPEAK)
        assert (await client.until("start"))["request_id"].startswith(request_id)


async def test_mulaw_ignores_the_requested_rate(common):
    async with connected(common) as client:
        await client.send(**(SPEAK | {"format": "mulaw"}), sample_rate=48_000)
        assert (await client.until("start"))["sample_rate"] == 8_000
        end = await client.until("end")
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000, abs=1e-3)


async def test_errors_name_their_context(common):
    async with connected(common) as client:
        await client.send(**(SPEAK | {"speaker": "unknown"}), context_id="mine")
        assert (await client.receive())["context_id"] == "mine"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "VALIDATION_ERROR"),
        ("[]", "VALIDATION_ERROR"),
        ("null", "VALIDATION_ERROR"),
        ("[" * 100_000, "VALIDATION_ERROR"),
        (b"\x00\x01", "VALIDATION_ERROR"),
        ('{"type": "dance"}', "VALIDATION_ERROR"),
        ('{"type": 7}', "VALIDATION_ERROR"),
        ('{"type": "ping", "colour": "red"}', "VALIDATION_ERROR"),
        ('{"type": "flush", "context_id": "unknown"}', "VALIDATION_ERROR"),
        ('{"type": "text", "text": "no speaker", "context_id": "x"}', "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": " "}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"speaker": "unknown"}), "INVALID_SPEAKER"),
        (json.dumps(SPEAK | {"format": "ogg"}), "INVALID_FORMAT"),
        (json.dumps(SPEAK | {"frame_ms": 5}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": "a" * 50_001}), "TEXT_TOO_LONG"),
        ('{"type": "speak", "text": "NaN", "speaker": "lipakshi", "speed": NaN}', "VALIDATION_ERROR"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_wrong_message_has_an_error_and_the_socket_stays_open(common, message, code):
    async with connected(common) as client:
        await client.socket.send(message)
        event = await client.receive()
        assert event["error"]["code"] == code and event["error"]["message"] and event["request_id"]
        await client.send(**SPEAK)
        await client.until("end")
