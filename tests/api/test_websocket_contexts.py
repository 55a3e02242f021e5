"""Texts side by side and one after the other on one socket: fed, flushed, called off, paused."""

import asyncio
import struct
import time
from functools import partial

import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.client import SPEAK, WITHIN_S, freed, talking
from tests.api.conftest import serving
from tests.fakes import HOP, FakeEngine

WORDS = ("This is the first of the sentences here. " + "And then there comes one more of them now. " * 21).split()[:200]


async def test_a_conversation_with_a_voice_agent(served):
    """200 words token by token; sound before the second sentence is whole; barge-in; a clean next utterance."""
    served.engine.delay_s = 0.002
    async with talking(served) as client:
        for n, word in enumerate(WORDS):
            speaker = {"speaker": "lipakshi", "format": "pcm"} if n == 0 else {}
            await client.say(type="text", context_id="a", text=word + " ", **speaker)
            if n == 9:  # the second sentence has two of its nine words
                assert any(await client.until_sound())
        await client.say(type="end", context_id="a")
        end = await client.until("end")
        texts = "".join(event["text"] for event in client.told if event["type"] == "chunk")
        assert " ".join(texts.split()) == " ".join(WORDS)
        assert end["seconds"] * 16_000 == pytest.approx(len(b"".join(client.sound["a"])) / 2)

        served.engine.forever = True
        await client.say(**SPEAK, context_id="b")
        await client.until_sound()
        said = time.perf_counter()
        await client.say(type="cancel", context_id="b")
        await client.until("cancelled", "b")
        assert served.engine.unfinished == 0  # the acknowledgement proves it
        assert time.perf_counter() - said < WITHIN_S

        served.engine.forever = False
        heard = len(client.sound["b"])
        await client.say(**SPEAK, context_id="c", seed=1)
        await client.until("end", "c")
        assert len(client.sound["b"]) == heard
        assert len(b"".join(client.sound["c"])) == served.engine.length * HOP * 2
    assert served.app.state.service.queue == {"running": 0, "waiting": 0}


async def test_a_flush_speaks_what_is_there_and_says_when(common):
    async with talking(common) as client:
        await client.say(
            type="text", context_id="a", text="No end yet", speaker="lipakshi", format="pcm", framing="tagged"
        )
        await client.say(type="flush", context_id="a")
        await client.until("flushed", "a")
        first = len(client.sound["a"])
        assert first == common.engine.length and common.app.state.service.queue["running"] == 0
        await client.say(type="text", context_id="a", text="and so on")
        await client.say(type="end", context_id="a")
        end = await client.until("end", "a")
    assert client.kinds().count("start") == 1 and end["chunks"] == 2
    chunks = [event for event in client.told if event["type"] == "chunk"]
    assert [event["index"] for event in chunks] == [0, 1] and chunks[0]["end_s"] == chunks[1]["start_s"]
    tags = [struct.unpack("<II", frame[:8]) for frame in client.sound["a"]]
    assert tags == [(n, HOP * n) for n in range(2 * first)]


async def test_several_contexts_on_one_socket(served):
    served.engine.delay_s = 0.001
    async with talking(served) as client:
        for name in "abcd":
            await client.say(**SPEAK, context_id=name, seed=ord(name))
        ends = [await client.until("end") for _ in range(4)]
    assert {event["context_id"] for event in ends} == set("abcd")
    for name in "abcd":
        alone = await asyncio.to_thread(served.generate, seed=ord(name), format="pcm")
        assert b"".join(client.sound[name]) == alone.content


async def test_a_context_speaks_once_at_a_time_and_contexts_are_bounded(served):
    served.engine.forever, served.engine.delay_s = True, 0.01
    async with talking(served) as client:
        await client.say(**SPEAK, context_id="a")
        await client.say(**SPEAK, context_id="a")
        assert "still open" in (await client.until("error"))["error"]["message"]
        for n in range(16):
            await client.say(**SPEAK, context_id=f"b{n}")
        assert "at most 16" in (await client.until("error"))["error"]["message"]


async def test_what_the_client_calls_off_is_not_taken_for_a_client_that_left(tiny: Checkpoint):
    """Whether it was spoken or waited for a slot; the client stays."""
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.002)
    with serving(tiny, engine, Settings(max_running=1)) as served:
        service = served.app.state.service
        async with talking(served) as client:
            await client.say(**SPEAK, context_id="a")
            await client.until_sound()
            await client.say(**SPEAK, context_id="b")
            await asyncio.to_thread(served.until, lambda: service.queue["waiting"])
            await client.say(type="cancel")
            await client.until("cancelled", "b")
            assert served.metric("requests_aborted_total", reason="cancelled") == 2
            await client.say(**SPEAK, context_id="c")
            await client.until_sound()
        left = partial(served.metric, "requests_aborted_total", reason="client_left")
        await asyncio.to_thread(served.until, lambda: left() == 1)


async def test_cancel_of_all_and_of_none(served):
    served.engine.forever, served.engine.delay_s = True, 0.005
    async with talking(served) as client:
        for name in "ab":
            await client.say(**SPEAK, context_id=name)
        await client.until("start", "a")
        await client.say(type="cancel")
        assert {(await client.until("cancelled"))["context_id"] for _ in range(2)} == {"a", "b"}
        assert served.engine.unfinished == 0
        await client.say(type="cancel")
        await client.until("cancelled")


async def test_pause_stops_sound_and_generation_and_resume_goes_on(tiny: Checkpoint):
    settings = Settings(window_first=4, window_lookahead=3, window_steady=8, frame_queue=5)
    with serving(tiny, FakeEngine(tiny.vocabulary, length=400, delay_s=0.001), settings) as served:
        async with talking(served) as client:
            await client.say(**SPEAK, context_id="a")
            await client.until_sound()
            await client.say(type="pause")
            await client.until("paused")
            received = len(client.sound["a"])
            await asyncio.to_thread(served.stand_still)
            assert served.engine.unfinished == 1 and received < 400
            await client.say(type="ping")
            assert (await client.hear())["type"] == "pong"  # no frame was sent before it
            await client.say(type="resume")
            await client.until("end")
            assert client.kinds()[-1] == "end" and len(client.sound["a"]) == 400


async def test_a_client_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with talking(served) as client:
        for name in "ab":
            await client.say(**SPEAK, context_id=name)
        await client.until_sound()
        client.socket.transport.abort()
        assert await freed(served) < WITHIN_S


async def test_a_failure_of_the_engine_is_an_error_of_its_context(served):
    served.engine.fail_after = 40
    async with talking(served) as client:
        await client.say(**SPEAK, context_id="a")
        event = await client.until("error")
        assert event["context_id"] == "a" and event["error"]["code"] == "GPU_FAULT"
