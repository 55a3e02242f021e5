"""Cache of each voice's 32 global tokens. Knows nothing of requests."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from core.engine import TokenEngine
from core.parser import CodecTable, VoiceParser
from core.prompt import PromptBuilder
from shared.aio import through
from shared.types import GlobalTokens, Sampling, Voice

PROBE_TEXT = "Hello."
"""Text that the model is prompted with to generate a voice's global tokens. Any short text serves."""
PROBE_SEED = 0
"""Sampling seed of that prompt. Fixed, so that a voice sounds the same after each start."""


class VoiceCache:
    """Cache that generates a voice's global tokens on first use.

    With them in the prompt, every chunk, retry and request has the same timbre, and generation starts 34 decode steps
    earlier. A checkpoint may store them, in which case nothing is generated. The size is bounded by the number of
    voices.
    """

    def __init__(self, engine: TokenEngine, table: CodecTable, prompts: PromptBuilder, sampling: Sampling) -> None:
        self._engine, self._table, self._prompts = engine, table, prompts
        self._sampling = replace(sampling, seed=PROBE_SEED)
        self._cached: dict[str, GlobalTokens] = {}
        self._generating = asyncio.Lock()

    async def get(self, voice: Voice) -> GlobalTokens:
        """Return the voice's global tokens. Raises what the engine and the parser raise."""
        if voice.global_tokens is not None:
            return GlobalTokens(voice.global_tokens)
        async with self._generating:
            if voice.id not in self._cached:
                self._cached[voice.id] = await self._generate(voice)
            return self._cached[voice.id]

    async def _generate(self, voice: Voice) -> GlobalTokens:
        prompt = self._prompts.build(PROBE_TEXT, voice, self._sampling, global_tokens=None)
        found = through(self._engine.stream(prompt), VoiceParser(self._table))
        async with aclosing(found):
            return await anext(found)  # the parser raises if the answer holds none
