import asyncio
from dataclasses import replace

import pytest

from core.parser import build_codec_table
from core.prompt import PromptBuilder
from core.voice_cache import VoiceCache
from shared.errors import RuntimeDead
from shared.types import GlobalTokens
from tests.fakes import FakeEngine


@pytest.fixture
def engine(tiny):
    return FakeEngine(tiny.vocabulary)


@pytest.fixture
def cache(tiny, engine):
    return VoiceCache(engine, build_codec_table(tiny.vocabulary), PromptBuilder(tiny), tiny.sampling)


async def test_concurrent_requests_generate_a_voice_once(tiny, engine, cache):
    voice = replace(tiny.voices[0], global_tokens=None)
    first, *others = await asyncio.gather(*(cache.get(voice) for _ in range(5)))
    assert len(first.ids) == 32 and all(other == first for other in others)
    assert (engine.started, engine.unfinished) == (1, 0)
    await cache.get(replace(voice, id="another"))
    assert engine.started == 2


async def test_stored_global_tokens_need_no_generation(tiny, engine, cache):
    voice = replace(tiny.voices[0], global_tokens=tuple(range(32)))
    assert await cache.get(voice) == GlobalTokens(tuple(range(32)))
    assert engine.started == 0


async def test_failed_generation_is_not_cached(tiny, engine, cache):
    voice = replace(tiny.voices[0], global_tokens=None)
    engine.dead = True
    with pytest.raises(RuntimeDead):
        await cache.get(voice)
    engine.dead = False
    assert len((await cache.get(voice)).ids) == 32
