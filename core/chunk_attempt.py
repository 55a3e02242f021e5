"""One attempt at a chunk of text, in data order: prompt => tokens => speech tokens => windows => sound.

`=>` is an async stream. Where words are told or completeness is judged, the speech tokens pass an alignment.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from audio.seams import EDGE_S, faded_out
from core.alignment.protocol import Aligner, Verdict
from core.alignment_failures import AlignmentFailures
from core.checkpoint.vocabulary import PART
from core.chunk_alignment import ChunkAlignment
from core.codec import Codec
from core.completeness import UNJUDGED, CompletenessRules
from core.engine import TokenEngine
from core.guard import LoopGuard
from core.parser import CodecTable, SpeechParser
from core.prompt import PromptBuilder
from core.request_state import RequestState
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.stream_state import StreamState
from core.text_end import BabbleCutter, until_text_ends
from core.text_worker import TextWorker
from core.windows import WindowPlan, WindowPlanner
from shared.aio import amap, through
from shared.types import GlobalTokens, Pcm, SpeechTokens, TextChunk, TokenDelta, Voice, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationParts:
    """The loaded parts that turn a chunk of text into sound. `aligner`: None for a checkpoint without one."""

    engine: TokenEngine
    codec: Codec
    table: CodecTable
    prompts: PromptBuilder
    windows: WindowPlan
    scheduler: StreamScheduler
    texts: TextWorker
    aligner: Aligner | None = None
    completeness: CompletenessRules = UNJUDGED
    alignment_failures: AlignmentFailures = field(default_factory=AlignmentFailures)


@dataclass(slots=True, eq=False, kw_only=True)
class ChunkAttempt:
    """An attempt with its own seed. `voice_tokens` are the global tokens of `voice`.

    `alignment` reads the tokens, if given. `decoded_s`: seconds of sound decoded so far, at the answer's speed of 1.
    """

    parts: GenerationParts
    request: RequestState
    playback: StreamState
    chunk: TextChunk
    voice: Voice
    voice_tokens: GlobalTokens
    seed_shift: int
    alignment: ChunkAlignment | None
    decoded_s: float = 0.0
    _decoded_tokens: int = 0
    _cutter: BabbleCutter | None = None

    @property
    def verdict(self) -> Verdict | None:
        return self.alignment.verdict if self.alignment else None

    @property
    def cut_tokens(self) -> int:
        return self._cutter.cut_tokens if self._cutter else 0

    def sound(self) -> AsyncGenerator[Pcm, None]:
        """Generate the sound. Raises what engine, parser and guard raise."""
        parts, index = self.parts, self.chunk.index
        speech = through(through(self._tokens(), SpeechParser(parts.table)), LoopGuard())
        sizer = parts.scheduler.window_sizer(self.playback, index, parts.windows.options(), parts.codec.costs)
        windows = through(self._aligned(speech), WindowPlanner(parts.windows, self.voice_tokens, sizer))
        if self.alignment and parts.completeness.mends:
            self._cutter = BabbleCutter(self.alignment)
            windows = through(windows, self._cutter)
        return amap(windows, self._decode)

    def _aligned(self, speech: AsyncGenerator[SpeechTokens, None]) -> AsyncGenerator[SpeechTokens, None]:
        if self.alignment is None:
            return speech
        if self.parts.completeness.mends:
            speech = until_text_ends(speech, self.alignment)
        return through(speech, self.alignment)

    async def _tokens(self) -> AsyncGenerator[TokenDelta, None]:
        """Yield the tokens, and count them. The prompt of a long text is built by the text worker."""
        parts, utterance, table, text = self.parts, self.request.utterance, self.parts.table, self.chunk.text
        seed = (utterance.sampling.seed + self.chunk.index + self.seed_shift) % 2**32
        sampling = replace(utterance.sampling, seed=seed)
        building = parts.prompts.build_steps(text, self.voice, sampling, global_tokens=self.voice_tokens)
        speaking = parts.scheduler.is_generating
        prompt = await parts.texts.run(building, speaking=speaking, at_once=len(text) <= PART)
        prompt = replace(prompt, streaming=utterance.stream, deadline=self._deadline)
        async with aclosing(parts.engine.stream(prompt)) as tokens:
            async for delta in tokens:
                semantic = sum([table[token] >= 0 for token in delta.ids])
                self.request.record_tokens(time.perf_counter(), tokens=len(delta.ids), semantic=semantic)
                yield delta

    async def _decode(self, window: Window) -> Pcm:
        if self.alignment:  # it reads the window's tokens beside the decoder
            asyncio.get_running_loop().call_soon(self.alignment.align)
        patient = not self.request.utterance.stream
        block = await self.parts.codec.decode(window, deadline=self._deadline(), patient=patient)
        block_s = block.seconds / self.chunk.delivery.rate
        self.decoded_s += block_s
        self._decoded_tokens += window.keep
        self.parts.scheduler.window_decoded(self.playback, self.chunk.index, block_s)
        self.request.stages.codec.record(time.perf_counter(), taken=window.keep, given=len(block.samples))
        if self._cutter and self._cutter.cut_at == self._decoded_tokens:
            return Pcm(faded_out(block.samples, round(EDGE_S * block.rate)), block.rate)
        return block

    def _deadline(self) -> float:
        return self.parts.scheduler.deadline(self.playback, self.chunk.index)
