"""Contexts of one socket, parallel and in turn: text in pieces, flush, cancel, pause."""

import asyncio
import struct
import time
from functools import partial

import pytest

from core.checkpoint.reading import Checkpoint
from shared.config import Settings
from tests.api.client import SPEAK, WITHIN_S, connected, freed
from tests.api.conftest import serving
from tests.fakes import HOP, FakeEngine

WORDS = ("This is the first of the sentences here. " + "And then there comes one more of them now. " * 21).split()[:200]


async def test_voice_agent_sends_tokens_interrupts_and_speaks_again(served):
    """Send 200 words one by one, hear audio before the second sentence is complete, interrupt, and speak again."""
    served.engine.delay_s = 0.002
    async with connected(served) as client:
        for n, word in enumerate(WORDS):
            speaker = {"speaker": "lipakshi", "format": "pcm"} if n == 0 else {}
            await client.send(type="text", context_id="a", text=word + " ", **speaker)
            if n == 9:  # the second sentence has two of its nine words
                assert any(await client.until_audio())
        await client.send(type="end", context_id="a")
        end = await client.until("end")
        texts = "".join(event["text"] for event in client.events if event["type"] == "chunk")
        assert " ".join(texts.split()) == " ".join(WORDS)
        assert end["seconds"] * 16_000 == pytest.approx(len(b"".join(client.audio["a"])) / 2)

        served.engine.forever = True
        await client.send(**SPEAK, context_id="b")
        await client.until_audio()
        cancelled_at = time.perf_counter()
        await client.send(type="cancel", context_id="b")
        await client.until("cancelled", "b")
        assert served.engine.unfinished == 0  # before the acknowledgement
        assert time.perf_counter() - cancelled_at < WITHIN_S

        served.engine.forever = False
        received = len(client.audio["b"])
        await client.send(**SPEAK, context_id="c", seed=1)
        await client.until("end", "c")
        assert len(client.audio["b"]) == received
        assert len(b"".join(client.audio["c"])) == served.engine.length * HOP * 2
    assert served.app.state.service.queue == {"running": 0, "waiting": 0}


async def test_flush_speaks_the_text_so_far_and_is_acknowledged(common):
    async with connected(common) as client:
        await client.send(
            type="text", context_id="a", text="No end yet", speaker="lipakshi", format="pcm", framing="tagged"
        )
        await client.send(type="flush", context_id="a")
        await client.until("flushed", "a")
        first = len(client.audio["a"])
        assert first == common.engine.length and common.app.state.service.queue["running"] == 0
        await client.send(type="text", context_id="a", text="and so on")
        await client.send(type="end", context_id="a")
        end = await client.until("end", "a")
    assert client.kinds().count("start") == 1 and end["chunks"] == 2
    chunks = [event for event in client.events if event["type"] == "chunk"]
    assert [event["index"] for event in chunks] == [0, 1] and chunks[0]["end_s"] == chunks[1]["start_s"]
    tags = [struct.unpack("<II", frame[:8]) for frame in client.audio["a"]]
    assert tags == [(n, HOP * n) for n in range(2 * first)]


async def test_contexts_on_one_socket_give_independent_audio(served):
    served.engine.delay_s = 0.001
    async with connected(served) as client:
        for name in "abcd":
            await client.send(**SPEAK, context_id=name, seed=ord(name))
        ends = [await client.until("end") for _ in range(4)]
    assert {event["context_id"] for event in ends} == set("abcd")
    for name in "abcd":
        alone = await asyncio.to_thread(served.generate, seed=ord(name), format="pcm")
        assert b"".join(client.audio[name]) == alone.content


async def test_open_context_is_not_opened_again_and_contexts_are_bounded(served):
    served.engine.forever, served.engine.delay_s = True, 0.01
    async with connected(served) as client:
        await client.send(**SPEAK, context_id="a")
        await client.send(**SPEAK, context_id="a")
        assert "still open" in (await client.until("error"))["error"]["message"]
        for n in range(16):
            await client.send(**SPEAK, context_id=f"b{n}")
        assert "at most 16" in (await client.until("error"))["error"]["message"]


async def test_cancelled_contexts_are_not_counted_as_clients_that_left(tiny: Checkpoint):
    """Cancel one context that speaks and one that waits for a slot; then the client leaves."""
    engine = FakeEngine(tiny.vocabulary, forever=True, delay_s=0.002)
    with serving(tiny, engine, Settings(max_running=1)) as served:
        service = served.app.state.service
        async with connected(served) as client:
            await client.send(**SPEAK, context_id="a")
            await client.until_audio()
            await client.send(**SPEAK, context_id="b")
            await asyncio.to_thread(served.until, lambda: service.queue["waiting"])
            await client.send(type="cancel")
            await client.until("cancelled", "b")
            assert served.metric("requests_aborted_total", reason="cancelled") == 2
            await client.send(**SPEAK, context_id="c")
            await client.until_audio()
        left = partial(served.metric, "requests_aborted_total", reason="client_left")
        await asyncio.to_thread(served.until, lambda: left() == 1)


async def test_cancel_without_a_context_cancels_all_or_none(served):
    served.engine.forever, served.engine.delay_s = True, 0.005
    async with connected(served) as client:
        for name in "ab":
            await client.send(**SPEAK, context_id=name)
        await client.until("start", "a")
        await client.send(type="cancel")
        assert {(await client.until("cancelled"))["context_id"] for _ in range(2)} == {"a", "b"}
        assert served.engine.unfinished == 0
        await client.send(type="cancel")
        await client.until("cancelled")


async def test_pause_stops_audio_and_generation_until_resume(tiny: Checkpoint):
    settings = Settings(window_first=4, window_lookahead=3, window_steady=8, frame_queue=5)
    with serving(tiny, FakeEngine(tiny.vocabulary, length=400, delay_s=0.001), settings) as served:
        async with connected(served) as client:
            await client.send(**SPEAK, context_id="a")
            await client.until_audio()
            await client.send(type="pause")
            await client.until("paused")
            received = len(client.audio["a"])
            await asyncio.to_thread(served.stand_still)
            assert served.engine.unfinished == 1 and received < 400
            await client.send(type="ping")
            assert (await client.receive())["type"] == "pong"  # no frame was sent before it
            await client.send(type="resume")
            await client.until("end")
            assert client.kinds()[-1] == "end" and len(client.audio["a"]) == 400


async def test_client_that_leaves_frees_the_engine(served):
    served.engine.forever, served.engine.delay_s = True, 0.002
    async with connected(served) as client:
        for name in "ab":
            await client.send(**SPEAK, context_id=name)
        await client.until_audio()
        client.socket.transport.abort()
        assert await freed(served) < WITHIN_S


async def test_engine_failure_is_an_error_of_its_context(served):
    served.engine.fail_after = 40
    async with connected(served) as client:
        await client.send(**SPEAK, context_id="a")
        event = await client.until("error")
        assert event["context_id"] == "a" and event["error"]["code"] == "GPU_FAULT"
