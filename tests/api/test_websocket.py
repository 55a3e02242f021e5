"""What is heard over a socket, and how: the sound of `/v1/tts/generate` in frames, with a real uvicorn."""

import asyncio
import json
import struct

import pytest

from tests.api.client import SPEAK, talking
from tests.fakes import HOP


async def test_speak_is_the_sound_of_generate_in_frames_of_20_ms(common):
    whole = await asyncio.to_thread(common.generate, seed=3, format="pcm")
    async with talking(common) as client:
        await client.say(**SPEAK, seed=3, context_id="a")
        end = await client.until("end")
    frames = client.sound["a"]
    assert b"".join(frames) == whole.content and {len(frame) for frame in frames} == {640}
    assert client.kinds()[0] == "start" and "progress" in client.kinds() and client.kinds()[-2:] == ["chunk", "end"]
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000) and end["seed"] == 3
    assert end["tokens"] > 0 and end["ttfb_ms"] > 0 and end["rtf"] > 0
    assert [event["seq"] for event in client.told] == list(range(len(client.told)))
    assert {event["context_id"] for event in client.told} == {"a"}


async def test_older_clients_name_no_type_in_their_first_message(common):
    async with talking(common) as client:
        await client.say(text="Hello there.", speaker="lipakshi")
        assert (await client.until("start"))["format"] == "wav"
        await client.until("end")
        assert next(iter(client.sound.values()))[0].startswith(b"RIFF")
        await client.say(text="Hello again.", speaker="lipakshi")
        assert (await client.until("error"))["error"]["details"] == {"field": "type"}


async def test_tagged_frames_say_number_and_first_sample(common):
    async with talking(common) as client:
        await client.say(**SPEAK, framing="tagged", frame_ms=10, context_id="a")
        await client.until("end")
    tags = [struct.unpack("<II", frame[:8]) for frame in client.sound["a"]]
    assert tags == [(n, 160 * n) for n in range(len(tags))] and len(tags) == common.engine.length * HOP // 160


async def test_trace_gives_metrics_of_every_frame(common):
    async with talking(common, "?trace=1") as client:
        await client.say(**SPEAK, context_id="a")
        await client.until("end")
    metrics = [event for event in client.told if event["type"] == "metrics"]
    assert [event["frame"] for event in metrics] == list(range(len(client.sound["a"])))
    assert metrics[0]["timings_ms"]["first_audio"] > 0 and metrics[-1]["queued"] >= 0


@pytest.mark.parametrize("format", ["wav", "opus", "mp3", "flac", "aac"])
async def test_other_formats_are_the_streamed_file(common, format):
    asked = {"seed": 9, "format": format, "text": "Hello there."}
    whole = await asyncio.to_thread(common.generate, stream=True, **asked)
    async with talking(common) as client:
        await client.say(**(SPEAK | asked), context_id="a")
        await client.until("end")
    sound = b"".join(client.sound["a"])
    assert sound[:4] == whole.content[:4] and abs(len(sound) - len(whole.content)) < 0.1 * len(whole.content)


@pytest.mark.parametrize(("offered", "taken"), [("mine-1", True), ("not a sane one", False)])
async def test_a_socket_has_the_request_id_of_its_client(common, offered, taken):
    async with talking(common, additional_headers={"X-Request-ID": offered}) as client:
        given = client.socket.response.headers["X-Request-ID"]
        assert (given == offered) is taken and given
        await client.say(**SPEAK)
        assert (await client.until("start"))["request_id"].startswith(given)


async def test_mulaw_has_its_one_rate_whatever_is_asked(common):
    async with talking(common) as client:
        await client.say(**(SPEAK | {"format": "mulaw"}), sample_rate=48_000)
        assert (await client.until("start"))["sample_rate"] == 8_000
        end = await client.until("end")
    assert end["seconds"] == pytest.approx(common.engine.length * HOP / 16_000, abs=1e-3)


async def test_errors_name_their_context(common):
    async with talking(common) as client:
        await client.say(**(SPEAK | {"speaker": "nobody"}), context_id="mine")
        assert (await client.hear())["context_id"] == "mine"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{", "VALIDATION_ERROR"),
        ("[]", "VALIDATION_ERROR"),
        ("null", "VALIDATION_ERROR"),
        ("[" * 100_000, "VALIDATION_ERROR"),
        (b"\x00\x01", "VALIDATION_ERROR"),
        ('{"type": "dance"}', "VALIDATION_ERROR"),
        ('{"type": 7}', "VALIDATION_ERROR"),
        ('{"type": "ping", "colour": "red"}', "VALIDATION_ERROR"),
        ('{"type": "flush", "context_id": "nobody"}', "VALIDATION_ERROR"),
        ('{"type": "text", "text": "who speaks?", "context_id": "x"}', "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": " "}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"speaker": "nobody"}), "INVALID_SPEAKER"),
        (json.dumps(SPEAK | {"format": "ogg"}), "INVALID_FORMAT"),
        (json.dumps(SPEAK | {"frame_ms": 5}), "VALIDATION_ERROR"),
        (json.dumps(SPEAK | {"text": "a" * 50_001}), "TEXT_TOO_LONG"),
        (json.dumps(SPEAK | {"text": "..."}), "VALIDATION_ERROR"),
        ('{"type": "speak", "text": "NaN", "speaker": "lipakshi", "speed": NaN}', "VALIDATION_ERROR"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_what_is_wrong_is_answered_and_the_socket_stays_open(common, said, code):
    async with talking(common) as client:
        await client.socket.send(said)
        event = await client.hear()
        assert event["error"]["code"] == code and event["error"]["message"] and event["request_id"]
        await client.say(**SPEAK)
        await client.until("end")
