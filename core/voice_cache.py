"""The 32 global tokens of each voice. Knows nothing of requests."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from core.engine import TokenEngine
from core.parser import CodecTable, VoiceParser
from core.prompt import PromptBuilder
from shared.aio import through
from shared.types import GlobalTokens, Sampling, Voice

PROBE_TEXT = "Hello."
PROBE_SEED = 0


class VoiceCache:
    """Ask the model once for a voice's global tokens, with a fixed text and seed, and keep them.

    Every chunk, retry and request then has the same timbre and starts 34 decode steps earlier. Voices that ship their
    global tokens need no asking. Bounded by the number of voices.
    """

    def __init__(self, engine: TokenEngine, table: CodecTable, prompts: PromptBuilder, sampling: Sampling) -> None:
        self._engine, self._table, self._prompts = engine, table, prompts
        self._sampling = replace(sampling, seed=PROBE_SEED)
        self._found: dict[str, GlobalTokens] = {}
        self._asking = asyncio.Lock()

    async def get(self, voice: Voice) -> GlobalTokens:
        """Return the voice's global tokens. Raises what the engine and the parser raise."""
        if voice.global_tokens is not None:
            return GlobalTokens(voice.global_tokens)
        async with self._asking:
            if voice.id not in self._found:
                self._found[voice.id] = await self._ask(voice)
            return self._found[voice.id]

    async def _ask(self, voice: Voice) -> GlobalTokens:
        prompt = self._prompts.build(PROBE_TEXT, voice, self._sampling, global_tokens=None)
        found = through(self._engine.stream(prompt), VoiceParser(self._table))
        async with aclosing(found):
            return await anext(found)  # the parser raises where there is none
