"""Cartesia's routes and socket in their shapes. Its SDK is tested by tests/test_vendor_clients.py."""

import asyncio
import json

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

from tests.api.adapters.vendor_socket import WITHIN_S, interrupted, joined, vendor_socket
from tests.fakes import HOP

SOCKET = "/tts/websocket?cartesia_version=2025-04-16"
RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 16_000}
ASKED = {"model_id": "sonic-3", "voice": {"mode": "id", "id": "lipakshi"}, "output_format": RAW}


def post(served, path="/tts/bytes", headers=None, **body):
    asked = ASKED | {"transcript": "Hello there."} | body
    return httpx.post(f"{served.url}{path}", json=asked, headers=headers, timeout=60)


def events_of(answer):
    return [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line.startswith("data: ")]


def message(name, transcript, **more):
    return ASKED | {"context_id": name, "transcript": transcript} | more


def sound_of(messages, name="a"):
    return joined(m["data"] for m in messages if m["type"] == "chunk" and m["context_id"] == name)


FORMATS = {
    "raw": (RAW, "audio/", HOP * 2),
    "float": (RAW | {"encoding": "pcm_f32le"}, "audio/pcm", HOP * 4),
    "mulaw": (RAW | {"encoding": "pcm_mulaw", "sample_rate": 8000}, "audio/basic", HOP // 2),
    "wav": (RAW | {"container": "wav"}, "audio/wav", None),
    "mp3": ({"container": "mp3", "bit_rate": 128_000, "sample_rate": 44_100}, "audio/mpeg", None),
}


@pytest.mark.parametrize("case", FORMATS)
def test_bytes_have_the_format(common, case):
    format, media_type, token_bytes = FORMATS[case]
    answer = post(common, output_format=format, voice="lipakshi")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(media_type)
    assert token_bytes is None or len(answer.content) == common.engine.length * token_bytes
    assert ("content-length" in answer.headers) == (case == "wav")


def test_speed_applies_and_fields_without_effect_are_named(common):
    answer = post(common, generation_config={"speed": 1.5, "volume": 1}, language="en", speed=None)
    assert answer.headers["warning"] == '199 veena3 "without effect: generation_config.volume, language, model_id"'
    assert len(answer.content) < 0.75 * common.engine.length * HOP * 2


def test_spelled_text_and_breaks_are_read(common):
    plain, marked = "Code A B.", '<spell>AB</spell><break time="2s"/>Good day.'
    assert len(post(common, transcript=marked).content) - len(post(common, transcript=plain).content) > 2 * 32_000


def test_events_hold_the_audio_and_end(common):
    *chunks, done = events_of(post(common, "/tts/sse", context_id="a"))
    assert len(sound_of(chunks)) == common.engine.length * HOP * 2
    assert done == {"type": "done", "done": True, "status_code": 200, "context_id": "a"}
    assert all(chunk["done"] is False and chunk["step_time"] >= 0 for chunk in chunks)


def test_failure_is_the_last_event(served):
    served.engine.fail_after, served.engine.delay_s = 40, 0.01  # after the first audio
    *_, last = events_of(post(served, "/tts/sse"))
    assert (last["type"], last["error_code"], last["status_code"]) == ("error", "gpu_fault", 503)


WRONG = {
    "voice": ({"voice": {"id": "nobody"}}, 404, "voice_not_found", "unknown speaker"),
    "embedding": ({"voice": {"mode": "embedding", "embedding": [0.1]}}, 400, "validation_error", "voice"),
    "encoding": ({"output_format": RAW | {"encoding": "pcm_alaw"}}, 400, "invalid_format", "pcm_s16le"),
    "mulaw rate": ({"output_format": RAW | {"encoding": "pcm_mulaw"}}, 400, "invalid_format", "8000 Hz"),
    "rate": ({"output_format": RAW | {"sample_rate": 12_345}}, 400, "validation_error", "sample_rate"),
    "text": ({"transcript": " "}, 400, "validation_error", "transcript"),
    "container": ({"path": "/tts/sse", "output_format": RAW | {"container": "wav"}}, 400, "validation_error", "raw"),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_have_their_form(common, case):
    change, status, code, words = WRONG[case]
    error = post(common, **change).json()
    assert (error["status_code"], error["error_code"]) == (status, code)
    assert words in error["message"] and error["title"] and error["request_id"]


def test_contexts_take_continuations_and_end(common):
    async def converse():
        async with vendor_socket(common, SOCKET) as client:
            for name in "ab":
                await client.send(message(name, "Hello ", **{"continue": True}))
            for name in "ab":
                await client.send(message(name, "there. ", **{"continue": True}))
                await client.send(message(name, "", **{"continue": False}))
            for _ in "ab":
                await client.until(lambda m: m["type"] == "done")
            return client.messages

    messages = asyncio.run(converse())
    for name in "ab":
        assert len(sound_of(messages, name)) == common.engine.length * HOP * 2
    assert messages[0]["without_effect"] == ["model_id"] and "without_effect" not in messages[-2]


async def test_flushes_are_numbered_and_transcripts_without_delay_are_flushed(common):
    async with vendor_socket(common, SOCKET) as client:
        more = {"continue": True}
        await client.send(message("a", "Not yet a sentence", flush=True, **more))
        assert (await client.until(lambda m: m["type"] == "flush_done"))["flush_id"] == 1
        await client.send(message("a", "And this", max_buffer_delay_ms=0, **more))
        assert (await client.until(lambda m: m["type"] == "flush_done"))["flush_id"] == 2
        await client.send(message("a", " ", max_buffer_delay_ms=0))
        done = await client.until(lambda m: m["type"] == "done")
        assert done == {"type": "done", "done": True, "status_code": 200, "context_id": "a"}
    assert len(sound_of(client.messages)) == 2 * common.engine.length * HOP * 2


async def test_cancel_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with vendor_socket(served, SOCKET) as client:
        await client.send(message("a", "Hello there."))
        await client.until(lambda m: m["type"] == "chunk")
        await client.send(context_id="a", cancel=True)
        assert await interrupted(served, client.until(lambda m: m["type"] == "done")) < WITHIN_S
        served.engine.forever = False
        await client.send(message("b", "Next turn."))
        await client.until(lambda m: m["type"] == "done")
    assert len(sound_of(client.messages, "b")) == served.engine.length * HOP * 2


async def test_errors_of_the_socket_name_their_context(common):
    async with vendor_socket(common, SOCKET) as client:
        await client.send(message("a", "Hello.", voice={"id": "nobody"}))
        error = await client.receive()
        assert (error["type"], error["context_id"], error["status_code"]) == ("error", "a", 404)
        await client.send(message("b", "Hello.", output_format=RAW | {"encoding": "pcm_alaw"}))
        assert (await client.receive())["error_code"] == "invalid_format"
        await client.send(context_id="c")
        assert (await client.receive())["message"] == "voice: Field required"


async def test_wrong_key_is_refused_in_the_handshake(guarded):
    for headers in ({}, {"X-API-Key": "wrong"}):
        with pytest.raises(InvalidStatus) as refused:
            async with vendor_socket(guarded.served, SOCKET, additional_headers=headers):
                pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["error_code"] == "invalid_api_key"
    key = await asyncio.to_thread(guarded.key)
    async with vendor_socket(guarded.served, f"{SOCKET}&api_key={key}") as client:
        await client.send(message("a", "Hello."))
        assert (await client.receive())["type"] == "chunk"


def test_float_samples_are_those_of_the_line(common):
    samples = np.frombuffer(post(common, output_format=RAW | {"encoding": "pcm_f32le"}).content, "<f4")
    assert 0.02 < np.abs(samples).max() <= 1
