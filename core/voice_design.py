"""Generate the tokens of a designed voice: the model answers its labels with values of pitch and speed and a timbre."""

from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import replace

from core.checkpoint.style_tokens import StyleTokens
from core.engine import TokenEngine
from core.parser import CodecTable, VoiceParser
from core.prompt import PromptBuilder
from shared.aio import through
from shared.errors import GenerationError, TokenStreamInvalid
from shared.types import GlobalTokens, Sampling, Style, TokenDelta, Voice, VoiceSource

ATTEMPTS = 3
"""Attempts at one voice, each with another seed. Chosen."""
SEED_STEP = 1_000_003
"""Distance between the seeds of two attempts: a prime, far from the step of 1 between candidates."""


class StyleParser:
    """Stage that extracts the values of the acoustic block and the 32 global tokens; it yields them once.

    Values that `style` has stay. Raises TokenStreamInvalid for an answer without them or with other tokens in their
    place, EmptySpeech for one without speech.
    """

    def __init__(self, table: CodecTable, tokens: StyleTokens, style: Style) -> None:
        self._voice, self._style = VoiceParser(table), style
        self._pitches = {token: value for value, token in enumerate(tokens.pitch_value)}
        self._speeds = {token: value for value, token in enumerate(tokens.speed_value)}

    def feed(self, delta: TokenDelta) -> Iterable[tuple[Style, GlobalTokens]]:
        for token in delta.ids:
            if self._style.pitch_value is None and token in self._pitches:
                self._style = replace(self._style, pitch_value=self._pitches[token])
            elif self._style.speed_value is None and token in self._speeds:
                self._style = replace(self._style, speed_value=self._speeds[token])
        return tuple((self._complete(), voice) for voice in self._voice.feed(delta))

    def finish(self) -> Iterable[tuple[Style, GlobalTokens]]:
        self._voice.finish()
        return ()

    def _complete(self) -> Style:
        if self._style.pitch_value is None or self._style.speed_value is None:
            raise TokenStreamInvalid("the model generated no values of pitch and speed")
        return self._style


class VoiceDesigner:
    """Designer of voices with the engine of one checkpoint."""

    def __init__(
        self, engine: TokenEngine, table: CodecTable, prompts: PromptBuilder, tokens: StyleTokens, sampling: Sampling
    ) -> None:
        self._engine, self._table, self._prompts = engine, table, prompts
        self._tokens, self._sampling = tokens, sampling

    async def design(self, text: str, style: Style, *, seed: int) -> tuple[Style, GlobalTokens]:
        """Return the style with its values, and the global tokens, of a voice that speaks `text`.

        Raises GenerationError after ATTEMPTS.
        """
        for attempt in range(ATTEMPTS):
            try:
                return await self._attempt(text, style, (seed + attempt * SEED_STEP) % 2**32)
            except GenerationError:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def _attempt(self, text: str, style: Style, seed: int) -> tuple[Style, GlobalTokens]:
        voice = Voice("design", "design", source=VoiceSource.DESIGNED, style=style)
        prompt = self._prompts.build(text, voice, replace(self._sampling, seed=seed), global_tokens=None)
        found = through(self._engine.stream(prompt), StyleParser(self._table, self._tokens, style))
        async with aclosing(found):
            return await anext(found)  # the parser raises if the answer holds none
