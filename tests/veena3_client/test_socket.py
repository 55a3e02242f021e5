"""Contexts of a WebSocket, in both forms of the client."""

import asyncio
import json
import time
from threading import Thread

import pytest

from tests.api.client import WITHIN_S
from tests.api.conftest import Served
from tests.fakes import HOP
from veena3_client import (
    AsyncVeena3,
    BadRequestError,
    StreamInterruptedError,
    UsageError,
    Veena3,
)
from veena3_client.decoding import MessageDecoder

SPEAKER = "lipakshi"
TURN = 60 * HOP * 2
"""Bytes of one chunk of the fake engine's speech, as PCM at 16 kHz."""


async def test_text_in_pieces_is_spoken_while_it_arrives(server: Served, async_client: AsyncVeena3):
    async with async_client.tts.websocket() as socket:
        context = socket.context(speaker=SPEAKER)
        for word in "This is the first sentence. And here the second one begins".split():
            await context.send(word + " ")
        audio = b""
        async for event in context:  # before the text has ended
            audio += event.audio
            if len(audio) > TURN / 2:  # the end of a sentence is joined to the next one
                break
        await context.flush()
        async for event in context:
            audio += event.audio
            if event.type == "flushed":
                break
        await context.send("Another sentence.")
        await context.end()
        events = [event async for event in context]
    assert events[-1].type == "end" and len(audio) >= 2 * TURN
    audio += b"".join(event.audio for event in events)
    assert {event.context_id for event in events} == {context.id} and len(audio) >= 3 * TURN
    assert events[-1].fields["seconds"] == pytest.approx(len(audio) / 32_000)


def test_synchronous_socket_does_the_same(server: Served, client: Veena3):
    with client.tts.websocket() as socket, socket.context(speaker=SPEAKER, format="pcm", seed=5) as context:
        context.send("Hello ")
        context.send("there.")
        context.end()
        audio = b"".join(context.audio())
    assert audio == server.generate(seed=5, format="pcm").content


async def test_contexts_that_are_read_at_once_have_their_own_audio(server: Served, async_client: AsyncVeena3):
    async with async_client.tts.websocket() as socket:

        async def speech(seed: int) -> bytes:
            context = socket.context(speaker=SPEAKER, seed=seed)
            await context.speak("Hello there.")
            return b"".join([audio async for audio in context.audio()])

        spoken = await asyncio.gather(*(speech(seed) for seed in range(4)))
    assert spoken == [server.generate(seed=seed, format="pcm").content for seed in range(4)]


def test_threads_read_contexts_of_one_socket(server: Served, client: Veena3):
    spoken: dict[int, bytes] = {}
    with client.tts.websocket() as socket:

        def speak(seed: int) -> None:
            context = socket.context(speaker=SPEAKER, seed=seed)
            context.speak("Hello there.")
            spoken[seed] = b"".join(context.audio())

        threads = [Thread(target=speak, args=(seed,)) for seed in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert spoken == {seed: server.generate(seed=seed, format="pcm").content for seed in range(3)}


async def test_context_that_is_cancelled_frees_the_engine_and_the_socket_speaks_on(changing: Served):
    changing.engine.forever = True
    async with AsyncVeena3(base_url=changing.url) as client, client.tts.websocket() as socket:
        context = socket.context(speaker=SPEAKER)
        await context.speak("On and on.")
        reading = asyncio.create_task(anext(context.audio()))
        assert await reading
        begun = time.perf_counter()
        await context.cancel()
        assert changing.engine.unfinished == 0 and time.perf_counter() - begun < WITHIN_S
        assert [event.type async for event in context] == ["cancelled"]
        changing.engine.forever = False
        async with socket.context(speaker=SPEAKER) as second:
            await second.speak("Hello there.")
            assert len(b"".join([audio async for audio in second.audio()])) == TURN
            await second.cancel()  # it has ended
        changing.engine.forever = True
        async with socket.context(speaker=SPEAKER) as third:
            await third.speak("On and on.")
            await anext(third.audio())
        assert changing.engine.unfinished == 0


def test_synchronous_context_that_is_left_is_cancelled(changing: Served):
    changing.engine.forever = True
    with Veena3(base_url=changing.url) as client, client.tts.websocket() as socket:
        with socket.context(speaker=SPEAKER) as context:
            context.speak("On and on.")
            next(iter(context.audio()))
        assert changing.engine.unfinished == 0


async def test_error_of_a_context_leaves_the_others(server: Served, async_client: AsyncVeena3):
    async with async_client.tts.websocket() as socket:
        wrong, right = socket.context(speaker="nobody"), socket.context(speaker=SPEAKER)
        await wrong.send("Hello.")
        await right.speak("Hello there.")
        assert len(b"".join([audio async for audio in right.audio()])) == TURN
        with pytest.raises(BadRequestError) as refused:
            [event async for event in wrong]
    assert refused.value.code == "INVALID_SPEAKER"


async def test_context_needs_text_before_it_ends(async_client: AsyncVeena3):
    async with async_client.tts.websocket() as socket:
        context = socket.context(speaker=SPEAKER)
        for work in (context.flush, context.end):
            with pytest.raises(UsageError, match="no text yet"):
                await work()
        await context.cancel()
        await socket.end()
        assert [event async for event in context] == []


async def test_connection_that_closes_early_is_an_interruption(changing: Served):
    changing.engine.forever = True
    async with AsyncVeena3(base_url=changing.url) as client, client.tts.websocket() as socket:
        context = socket.context(speaker=SPEAKER)
        await context.speak("On and on.")
        await anext(context.audio())
        await socket.close()
        with pytest.raises(StreamInterruptedError):
            while True:
                await anext(context.audio())


def test_times_of_words_are_passed_on():
    decoder = MessageDecoder()
    word = {"word": "Hello", "start_s": 0.1, "end_s": 0.4, "from": 0, "to": 5}
    (found,) = decoder.feed(json.dumps({"type": "words", "context_id": "a", "words": [word]})).words
    assert (found.word, found.start_s, found.end_s, found.text_start, found.text_end) == ("Hello", 0.1, 0.4, 0, 5)
    with pytest.raises(ValueError, match="no start_s"):
        decoder.feed('{"type": "words", "context_id": "a", "words": [{"word": "Hello"}]}')
