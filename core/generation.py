"""Sound of one chunk of text, in data order: prompt => tokens => speech tokens => windows => sound.

`=>` is an async stream. The pipeline generates several chunks of a request at once, and joins their sound.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from core.attempts import with_retry
from core.checkpoint.vocabulary import PART
from core.codec import Codec
from core.engine import TokenEngine
from core.guard import LoopGuard
from core.parser import CodecTable, SpeechParser
from core.prompt import PromptBuilder
from core.request_state import RequestState
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.stream_state import StreamState
from core.text_worker import TextWorker
from core.windows import WindowPlan, WindowPlanner
from shared.aio import amap, through
from shared.types import GlobalTokens, Pcm, TextChunk, TokenDelta, Voice, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationParts:
    """The loaded parts that turn a chunk of text into sound."""

    engine: TokenEngine
    codec: Codec
    table: CodecTable
    prompts: PromptBuilder
    windows: WindowPlan
    scheduler: StreamScheduler
    texts: TextWorker


@dataclass(frozen=True, slots=True)
class ChunkGeneration:
    """Generation of one chunk with the global tokens of its voice."""

    parts: GenerationParts
    request: RequestState
    playback: StreamState
    chunk: TextChunk
    voice: GlobalTokens

    async def sound(self) -> AsyncGenerator[Pcm, None]:
        """Yield the sound. A chunk whose generation fails is retried once, with another seed."""
        attempts = with_retry(
            self._attempt,
            self.request,
            streaming=self.request.utterance.stream,
            without_transcript=self._attempt_without if self._voice.reference else None,
        )
        with self.parts.scheduler.count_chunk(self.playback):
            async with aclosing(attempts):
                async for block in attempts:
                    yield block

    @property
    def _voice(self) -> Voice:
        return self.chunk.delivery.voice or self.request.utterance.voice

    def _attempt_without(self, seed_shift: int) -> AsyncGenerator[Pcm, None]:
        return self._attempt(seed_shift, replace(self._voice, reference=None))

    def _attempt(self, seed_shift: int, voice: Voice | None = None) -> AsyncGenerator[Pcm, None]:
        parts, index = self.parts, self.chunk.index
        tokens = self._tokens(seed_shift, voice or self._voice)
        speech = through(through(tokens, SpeechParser(parts.table)), LoopGuard())
        sizer = parts.scheduler.window_sizer(self.playback, index, parts.windows.options(), parts.codec.costs)
        return amap(through(speech, WindowPlanner(parts.windows, self.voice, sizer)), self._decode)

    async def _tokens(self, seed_shift: int, voice: Voice) -> AsyncGenerator[TokenDelta, None]:
        """Yield the tokens, and count them. The prompt of a long text is built by the text worker."""
        parts, utterance, table, text = self.parts, self.request.utterance, self.parts.table, self.chunk.text
        seed = (utterance.sampling.seed + self.chunk.index + seed_shift) % 2**32
        sampling = replace(utterance.sampling, seed=seed)
        building = parts.prompts.build_steps(text, voice, sampling, global_tokens=self.voice)
        prompt = await parts.texts.run(building, at_once=len(text) <= PART)
        prompt = replace(prompt, streaming=utterance.stream, deadline=self._deadline)
        async with aclosing(parts.engine.stream(prompt)) as tokens:
            async for delta in tokens:
                semantic = sum([table[token] >= 0 for token in delta.ids])
                self.request.record_tokens(time.perf_counter(), tokens=len(delta.ids), semantic=semantic)
                yield delta

    async def _decode(self, window: Window) -> Pcm:
        block = await self.parts.codec.decode(window, deadline=self._deadline())
        self.parts.scheduler.window_decoded(self.playback, self.chunk.index, block.seconds / self.chunk.delivery.rate)
        self.request.stages.codec.record(time.perf_counter(), taken=window.keep, given=len(block.samples))
        return block

    def _deadline(self) -> float:
        return self.parts.scheduler.deadline(self.playback, self.chunk.index)
