"""The line from text to sound; reads top to bottom in data order. One line serves every transport."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from audio.level import Leveller
from audio.limiter import PeakLimiter
from audio.resample import Resampler
from audio.seams import SeamJoiner
from audio.speed import SpeedChanger
from core.codec import Codec
from core.engine import TokenEngine
from core.guard import LoopGuard
from core.parser import CodecTable, SpeechParser
from core.prompt import PromptBuilder
from core.request_state import RequestState
from core.scheduling.scheduler import StreamScheduler
from core.scheduling.stream_state import StreamState
from core.super_resolution import SuperResolution
from core.text_worker import TextWorker
from core.voice_cache import VoiceCache
from core.windows import WindowPlan, WindowPlanner
from processing.script import Script, ScriptRules, write_steps
from shared.aio import amap, prefetch, through
from shared.errors import GenerationError
from shared.types import GlobalTokens, Pcm, TextChunk, TokenDelta, Utterance, Window

STREAM_BLOCKS_AHEAD = 4
"""Decoded windows of a chunk that wait for the sender of a stream."""
FILE_BLOCKS_AHEAD = 64
"""The same for a file, which wants everything: no chunk has more windows."""
RETRY_SEED_SHIFT = 2**31
"""Added to the seed of a second attempt: far from the seeds of the other chunks, which count up from the first."""
SHORT_TEXT = 150
"""Characters up to which a script is started on the event loop: that takes 0.3 ms, 2.4 ms at worst (measured)."""


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """How many chunks of a text are generated `ahead` of the one that plays, and `at_once` for a file."""

    ahead: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The parts that a loaded model speaks with; `speak` lays the line through them for one request."""

    engine: TokenEngine
    codec: Codec
    table: CodecTable
    prompts: PromptBuilder
    voices: VoiceCache
    windows: WindowPlan
    scheduler: StreamScheduler
    chunks: ChunkPlan
    rules: ScriptRules
    super_resolution: SuperResolution | None
    texts: TextWorker

    @asynccontextmanager
    async def speak(
        self, request: RequestState, more: AsyncGenerator[str, None] | None = None
    ) -> AsyncIterator[AsyncGenerator[Pcm, None]]:
        """Yield the blocks of sound. Engine and codec are free when the context has exited, however it exits.

        `more` is text that follows the request's own as it is written, in whole sentences.
        """
        request.script = await self.script(request.utterance, self.rules)
        request.script_at = time.perf_counter()
        line = SpeechLine(self, request, request.script, await self.voices.get(request.utterance.voice))
        depth = self.chunks.ahead if request.utterance.stream else self.chunks.at_once - 1
        room = asyncio.Semaphore(depth + 1)  # the chunk that plays, and those that are generated ahead of it
        async with (
            AsyncExitStack() as held,
            prefetch(line.started(line.written(more), room, held), ahead=depth + 1) as started,
        ):
            held.enter_context(self.scheduler.open(line.playback))
            joined = through(through(line.in_order(started, room), Leveller()), line.joiner)
            async with aclosing(line.finished(joined)) as blocks:
                yield blocks

    async def script(self, utterance: Utterance, rules: ScriptRules) -> Script:
        """Write the script of a text, on the thread for text unless it is short."""
        short = len(utterance.text) <= SHORT_TEXT and not utterance.lexicon
        return await self.texts.run(write_steps(utterance, rules), at_once=short)


class SpeechLine:
    """The stages of one request: chunks of text -> sound of each chunk -> joined sound -> the answer's sound."""

    def __init__(self, parts: Pipeline, request: RequestState, script: Script, voice: GlobalTokens) -> None:
        self._parts, self._request, self._script, self._voice = parts, request, script, voice
        self._utterance, self._scheduler = request.utterance, parts.scheduler
        codec, speed = parts.codec, request.utterance.speed
        self.joiner = SeamJoiner(script.pauses_s)
        self.playback = StreamState(
            streaming=request.utterance.stream, token_s=codec.hop / codec.rate / speed, speed=speed
        )
        request.playback, request.timeline = self.playback, self.joiner.timeline
        request.hop, request.samples_per_s = codec.hop, codec.rate * speed

    async def written(self, more: AsyncGenerator[str, None] | None) -> AsyncGenerator[TextChunk, None]:
        """Yield each chunk once its text is there. While text may follow, no chunk is known to be the last."""
        for chunk in self._script.chunks:
            yield chunk if more is None else replace(chunk, last=False)
        if more is None:
            return
        async with aclosing(more):
            async for text in more:
                self._scheduler.text_resumed(self.playback)
                later = replace(self._utterance, text=text, lexicon={})  # the script's rules hold the lexicon
                for chunk in self._script.add(await self._parts.script(later, self._script.rules)):
                    yield replace(chunk, last=False)

    async def started(
        self, chunks: AsyncGenerator[TextChunk, None], room: asyncio.Semaphore, held: AsyncExitStack
    ) -> AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None]:
        """Yield each chunk with its sound, whose generation has started; `held` owns what that holds."""
        ahead = STREAM_BLOCKS_AHEAD if self._utterance.stream else FILE_BLOCKS_AHEAD
        async with aclosing(chunks):
            async for chunk in chunks:
                await room.acquire()
                yield chunk, await held.enter_async_context(prefetch(self.sound(chunk), ahead=ahead))

    async def sound(self, chunk: TextChunk) -> AsyncGenerator[Pcm, None]:
        """Yield the sound of one chunk. A generation that fails is retried once, with another seed.

        A file's chunk is emitted only when it is whole; of a stream, only a failure before its first sound is retried.
        """
        for seed_shift in (0, RETRY_SEED_SHIFT):
            emitted = False
            attempt = self._attempt(chunk, seed_shift)
            try:
                with self._scheduler.generating(self.playback):
                    async with aclosing(attempt if self._utterance.stream else _once_whole(attempt)) as blocks:
                        async for block in blocks:
                            emitted = True
                            yield block
                return
            except GenerationError:
                if emitted or seed_shift:
                    raise
                self._request.retries += 1

    def _attempt(self, chunk: TextChunk, seed_shift: int) -> AsyncGenerator[Pcm, None]:
        """Generate and decode one chunk: prompt -> tokens -> windows -> sound."""
        parts, utterance, scheduler, playback = self._parts, self._utterance, self._scheduler, self.playback
        seed = (utterance.sampling.seed + chunk.index + seed_shift) % 2**32
        sampling = replace(utterance.sampling, seed=seed)
        prompt = parts.prompts.build(
            chunk.text, utterance.voice, sampling, global_tokens=self._voice, streaming=utterance.stream
        )
        speech = through(through(self._counted(parts.engine.stream(prompt)), SpeechParser(parts.table)), LoopGuard())
        sizer = scheduler.window_sizer(playback, chunk.index, parts.windows.sizes, parts.codec.costs)

        async def decode(window: Window) -> Pcm:
            block = await parts.codec.decode(window, deadline=scheduler.deadline(playback, chunk.index))
            scheduler.window_decoded(playback, chunk.index, block.seconds)
            self._request.stages.codec.record(time.perf_counter(), taken=window.keep, given=len(block.samples))
            return block

        return amap(through(speech, WindowPlanner(parts.windows, self._voice, sizer)), decode)

    async def _counted(self, tokens: AsyncGenerator[TokenDelta, None]) -> AsyncGenerator[TokenDelta, None]:
        request, table = self._request, self._parts.table
        async with aclosing(tokens):
            async for delta in tokens:
                now = time.perf_counter()
                if request.first_token_at is None:
                    request.first_token_at = now
                request.tokens += len(delta.ids)
                request.stages.engine.record(now, given=sum([table[token] >= 0 for token in delta.ids]))
                yield delta

    async def in_order(
        self, started: AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None], room: asyncio.Semaphore
    ) -> AsyncGenerator[TextChunk | Pcm, None]:
        """Yield each chunk, then its sound, in the order of the text."""
        async for chunk, sound in started:
            self._scheduler.chunk_reached(self.playback, chunk.index, is_last=chunk.last)
            yield chunk
            async for block in sound:
                self._scheduler.block_taken(self.playback, chunk.index, block.seconds)
                self._request.stages.chunker.record(time.perf_counter(), taken=len(block.samples))
                yield block
            room.release()

    def finished(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """Bring joined sound to the rate and speed of the answer."""
        utterance, rate = self._utterance, self._parts.codec.rate
        resolver = self._parts.super_resolution
        if resolver and utterance.super_resolve and utterance.rate > rate:
            self._request.super_resolved = True
            deadline = partial(self._scheduler.send_deadline, self.playback)
            blocks, rate = resolver.stream(blocks, deadline, self.playback.has_more), resolver.rate_out
        if utterance.speed != 1.0:
            blocks = through(blocks, SpeedChanger(rate=rate, speed=utterance.speed), on_thread=True)
        if utterance.rate != rate:
            blocks = through(blocks, Resampler(rate_in=rate, rate_out=utterance.rate))
        return through(blocks, PeakLimiter(rate=utterance.rate))


async def _once_whole(blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
    """Yield the blocks once all of them are there."""
    async with aclosing(blocks):
        taken = [block async for block in blocks]
    for block in taken:
        yield block
