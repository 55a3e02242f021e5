"""The line from text to sound, in data order. Every transport uses this one line.

    text chunks       SpeechLine.text_chunks      the script's chunks, then those of text that arrives later
    => started        SpeechLine.started_chunks   each chunk's generation runs in a task of its own
         prompt => tokens => speech tokens => windows => sound          SpeechLine.sound, for each chunk
    => in order       SpeechLine.in_order         chunk, its sound, next chunk, its sound ...
    => joined         audio.level, audio.seams    one loudness, the script's pauses between chunks
    => post-processed SpeechLine.post_processed   super-resolution, speed, rate, limiter, silence for no sound

`=>` is an async stream. core/scheduling/ decides which window is decoded next and how large windows are.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from audio.level import Leveller
from audio.limiter import PeakLimiter
from audio.resample import Resampler
from audio.seams import SeamJoiner
from audio.silence import SilenceFiller
from audio.speed import SpeedChanger
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
from core.super_resolution import SuperResolution
from core.text_worker import TextWorker
from core.voice_cache import VoiceCache
from core.windows import WindowPlan, WindowPlanner
from processing.script import Script, ScriptRules, write_steps
from shared.aio import amap, prefetch, through
from shared.types import GlobalTokens, Pcm, Sampling, TextChunk, TokenDelta, Utterance, Window

STREAM_BLOCKS_AHEAD = 4
"""Decoded windows of one chunk that may wait for the sender of a stream: bounds the memory of a slow client."""
FILE_BLOCKS_AHEAD = 64
"""The same for a file, whose sender takes everything: more windows than a chunk has."""
SHORT_TEXT = 150
"""Characters up to which a script is started on the event loop: that takes 0.3 ms, at most 2.4 ms (measured)."""


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """Chunks of a text that are generated concurrently: `ahead` of the one that plays, or `at_once` for a file."""

    ahead: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The loaded parts that all requests share; `speak` connects them for one request."""

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
        """Yield the blocks of sound. When the context exits, for whatever reason, engine and codec are free.

        `more` yields text that follows the request's own as it is written, in whole sentences.
        """
        request.script = await self.script(request.utterance, self.rules)
        request.script_at = time.perf_counter()
        line = SpeechLine(self, request, request.script, await self.voices.get(request.utterance.voice))
        depth = self.chunks.ahead if request.utterance.stream else self.chunks.at_once - 1
        chunk_turns = asyncio.Semaphore(depth + 1)  # the chunk that plays, and those generated ahead of it
        async with (
            AsyncExitStack() as resources,
            prefetch(line.started_chunks(line.text_chunks(more), chunk_turns, resources), ahead=depth + 1) as started,
        ):
            resources.enter_context(self.scheduler.open(line.playback))
            joined = through(through(line.in_order(started, chunk_turns), Leveller()), line.joiner)
            async with aclosing(line.post_processed(joined)) as blocks:
                yield blocks

    async def script(self, utterance: Utterance, rules: ScriptRules) -> Script:
        """Write the script of a text, on the text worker's thread unless the text is short."""
        short = len(utterance.text) <= SHORT_TEXT and not utterance.lexicon
        return await self.texts.run(write_steps(utterance, rules), at_once=short)


class SpeechLine:
    """The stages of one request, in data order."""

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

    async def text_chunks(self, more: AsyncGenerator[str, None] | None) -> AsyncGenerator[TextChunk, None]:
        """Yield each chunk once its text is known. While text may follow, no chunk is marked as the last."""
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

    async def started_chunks(
        self, chunks: AsyncGenerator[TextChunk, None], chunk_turns: asyncio.Semaphore, resources: AsyncExitStack
    ) -> AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None]:
        """Yield each chunk with its sound, once generation has started. `resources` owns the generating task."""
        ahead = STREAM_BLOCKS_AHEAD if self._utterance.stream else FILE_BLOCKS_AHEAD
        async with aclosing(chunks):
            async for chunk in chunks:
                await chunk_turns.acquire()
                yield chunk, await resources.enter_async_context(prefetch(self.sound(chunk), ahead=ahead))

    async def sound(self, chunk: TextChunk) -> AsyncGenerator[Pcm, None]:
        """Yield the sound of one chunk. A chunk whose generation fails is retried once, with another seed."""
        attempts = with_retry(partial(self._attempt, chunk), self._request, streaming=self._utterance.stream)
        with self._scheduler.count_chunk(self.playback):
            async with aclosing(attempts):
                async for block in attempts:
                    yield block

    def _attempt(self, chunk: TextChunk, seed_shift: int) -> AsyncGenerator[Pcm, None]:
        """Generate and decode one chunk: prompt => tokens => speech tokens => windows => sound."""
        parts, utterance, scheduler, playback = self._parts, self._utterance, self._scheduler, self.playback
        sampling = replace(utterance.sampling, seed=(utterance.sampling.seed + chunk.index + seed_shift) % 2**32)
        deadline = partial(scheduler.deadline, playback, chunk.index)
        tokens = self._tokens(chunk, sampling, deadline)
        speech = through(through(tokens, SpeechParser(parts.table)), LoopGuard())
        sizer = scheduler.window_sizer(playback, chunk.index, parts.windows.sizes, parts.codec.costs)
        windows = through(speech, WindowPlanner(parts.windows, self._voice, sizer))

        async def decode(window: Window) -> Pcm:
            block = await parts.codec.decode(window, deadline=deadline())
            scheduler.window_decoded(playback, chunk.index, block.seconds)
            self._request.stages.codec.record(time.perf_counter(), taken=window.keep, given=len(block.samples))
            return block

        return amap(windows, decode)

    async def _tokens(
        self, chunk: TextChunk, sampling: Sampling, deadline: Callable[[], float]
    ) -> AsyncGenerator[TokenDelta, None]:
        """Yield the tokens of one chunk, and count them. The prompt of a long text is built by the text worker."""
        parts, utterance, table = self._parts, self._utterance, self._parts.table
        building = parts.prompts.build_steps(chunk.text, utterance.voice, sampling, global_tokens=self._voice)
        prompt = await parts.texts.run(building, at_once=len(chunk.text) <= PART)
        prompt = replace(prompt, streaming=utterance.stream, deadline=deadline)
        async with aclosing(parts.engine.stream(prompt)) as tokens:
            async for delta in tokens:
                semantic = sum([table[token] >= 0 for token in delta.ids])
                self._request.record_tokens(time.perf_counter(), tokens=len(delta.ids), semantic=semantic)
                yield delta

    async def in_order(
        self, started: AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None], chunk_turns: asyncio.Semaphore
    ) -> AsyncGenerator[TextChunk | Pcm, None]:
        """Yield each chunk, then its sound, in the order of the text."""
        async for chunk, sound in started:
            self._scheduler.chunk_reached(self.playback, chunk.index, is_last=chunk.last)
            yield chunk
            async for block in sound:
                self._scheduler.block_taken(self.playback, chunk.index, block.seconds)
                self._request.stages.joiner.record(time.perf_counter(), taken=len(block.samples))
                yield block
            chunk_turns.release()

    def post_processed(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """Convert joined sound to the rate and speed of the answer."""
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
        limited = through(blocks, PeakLimiter(rate=utterance.rate))
        return through(limited, SilenceFiller(rate=utterance.rate))  # for a text without anything to speak
