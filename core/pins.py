"""The 32 global tokens of each voice, found once. Knows nothing of requests."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

from core.engine import TokenEngine
from core.parser import CodecTable, TokenParser
from core.prompt import PromptBuilder
from shared.aio import through
from shared.errors import EmptySpeech
from shared.types import GlobalTokens, Sampling, Voice

PIN_TEXT = "Hello."
PIN_SEED = 0


class VoicePins:
    """Ask the model once for a voice's global tokens, with a fixed text and seed, and keep them.

    So every chunk, retry and request has the same timbre, and starts 34 decode steps earlier. Voices that ship their
    globals need no asking. Bounded by the number of voices.
    """

    def __init__(self, engine: TokenEngine, table: CodecTable, prompts: PromptBuilder, sampling: Sampling) -> None:
        self._engine, self._table, self._prompts = engine, table, prompts
        self._sampling = replace(sampling, seed=PIN_SEED)
        self._found: dict[str, tuple[int, ...]] = {}
        self._asking = asyncio.Lock()

    async def get(self, voice: Voice) -> tuple[int, ...]:
        """The voice's 32 global indices. Raises what the engine and the parser raise."""
        if voice.global_tokens is not None:
            return voice.global_tokens
        async with self._asking:
            if voice.id not in self._found:
                self._found[voice.id] = await self._ask(voice)
            return self._found[voice.id]

    async def _ask(self, voice: Voice) -> tuple[int, ...]:
        prompt = self._prompts.build(PIN_TEXT, voice, self._sampling, pinned=None)
        tokens = through(self._engine.stream(prompt), TokenParser(self._table, None))
        async with aclosing(tokens):
            async for item in tokens:
                if isinstance(item, GlobalTokens):
                    return item.ids
        raise EmptySpeech("the model gave no voice")
