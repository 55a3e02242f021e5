"""Sound of later chunks of a stream is withheld until its verdict, and never longer than the player can wait."""

import asyncio
import time

import numpy as np
import pytest

from core.scheduling.stream_state import StreamState
from core.withholding import MARGIN_S, ReleaseGate, passing, withholding_all
from shared.errors import GenerationError
from shared.types import Pcm

BLOCK = Pcm(np.ones(160, np.float32), 16_000)


class Sound:
    """Sound of `blocks` blocks, the last of which comes once `go` is set; then it may fail."""

    def __init__(self, blocks=3, *, fails=False):
        self.go, self.given, self.closed = asyncio.Event(), 0, False
        self._blocks, self._fails = blocks, fails

    async def generate(self):
        try:
            for number in range(self._blocks):
                if number == self._blocks - 1:
                    await self.go.wait()
                self.given += 1
                yield BLOCK
            if self._fails:
                raise GenerationError("this attempt fails")
        finally:
            self.closed = True


def playing(seconds):
    """Return the state of a player that has so many seconds to play."""
    playback = StreamState(streaming=True, token_s=0.02)
    playback.buffer.receive(seconds, now=time.perf_counter())
    return playback


async def collected(gate, sound):
    async with gate.withholding(sound.generate()) as (blocks, ended):
        return ended, len([block async for block in blocks])


async def test_chunk_that_the_sender_has_not_reached_is_withheld_to_its_end():
    gate, sound = ReleaseGate(StreamState(streaming=True, token_s=0.02)), Sound()
    taking = asyncio.create_task(collected(gate, sound))
    await asyncio.sleep(0.02)
    assert not taking.done() and sound.given == 2
    sound.go.set()
    assert await taking == (True, 3)


@pytest.mark.parametrize(("seconds", "ended"), [(0.0, False), (MARGIN_S - 0.1, False), (60.0, True)])
async def test_reached_chunk_is_withheld_while_the_player_has_more_than_the_margin(seconds, ended):
    gate, sound = ReleaseGate(playing(seconds)), Sound()
    claiming = asyncio.create_task(gate.claim())
    taking = asyncio.create_task(collected(gate, sound))
    await asyncio.sleep(0.02)
    assert not taking.done() and not claiming.done()  # released sound waits for its last block as well
    sound.go.set()
    assert await taking == (ended, 3)
    gate.release()
    await claiming


async def test_sound_is_released_when_the_player_has_the_margin_left():
    gate, sound = ReleaseGate(playing(MARGIN_S + 0.1)), Sound()
    asyncio.get_running_loop().call_soon(asyncio.ensure_future, gate.claim())
    begun = time.perf_counter()
    async with gate.withholding(sound.generate()) as (blocks, ended):
        assert not ended and time.perf_counter() - begun > 0.05
        await anext(blocks)
    assert sound.closed
    gate.release()


@pytest.mark.parametrize("way", ["gate", "file"])
async def test_failure_of_withheld_sound_is_raised_before_any_of_it(way):
    sound = Sound(fails=True)
    sound.go.set()
    withholding = ReleaseGate(playing(60)).withholding if way == "gate" else withholding_all
    with pytest.raises(GenerationError):
        async with withholding(sound.generate()):
            raise AssertionError("sound was given")
    assert sound.closed


@pytest.mark.parametrize("way", ["gate", "passing"])
async def test_leaving_early_closes_the_sound(way):
    sound = Sound()
    gate = ReleaseGate(playing(0))
    asyncio.get_running_loop().call_soon(asyncio.ensure_future, gate.claim())
    async with (gate.withholding if way == "gate" else passing)(sound.generate()) as (blocks, ended):
        assert not ended
        await anext(blocks)
    assert sound.closed
    gate.release()
