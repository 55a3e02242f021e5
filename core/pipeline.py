"""The line from text to sound, in data order. Every transport uses this one line.

    text chunks       SpeechLine.text_chunks      the script's chunks, then those of text that arrives later
    => started        SpeechLine.started_chunks   each chunk's generation runs in a task of its own
         prompt => tokens => speech tokens => windows => sound          core/chunk_attempt.py, for each chunk
    => in order       SpeechLine.in_order         chunk, its sound, next chunk, its sound ...
    => joined         audio.level, audio.delivery, audio.seams
                      one loudness, then each chunk's own rate and gain, the script's pauses between chunks
    => post-processed SpeechLine.post_processed   mark, super-resolution, speed, rate, limiter, silence for no sound

`=>` is an async stream. core/scheduling/ decides which window is decoded next and how large windows are.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from audio.delivery import DeliveryStage
from audio.level import Leveller
from audio.limiter import RAMP_S, PeakLimiter
from audio.mark.pattern import Signs
from audio.mark.stage import Marker
from audio.resample import Resampler
from audio.seams import OVERLAP_S, SeamJoiner
from audio.silence import SILENCE_S, SilenceFiller
from audio.speed import HELD_S, SpeedChanger
from core.chunk_attempt import GenerationParts
from core.generation import TOO_LONG_TO_ALIGN, ChunkGeneration, is_too_long
from core.request_state import RequestState
from core.scheduling.stream_state import StreamState
from core.super_resolution import SuperResolution
from core.voice_cache import VoiceCache
from core.word_times import WordTimes
from processing.script import Script, ScriptRules, write_steps
from shared.aio import prefetch, through
from shared.passages import MarkedText, SourcedText
from shared.types import Pcm, TextChunk, Utterance

STREAM_BLOCKS_AHEAD = 4
"""Decoded windows of one chunk that may wait for the sender of a stream: bounds the memory of a slow client."""
FILE_BLOCKS_AHEAD = 64
"""The same for a file, whose sender takes everything: more windows than a chunk has."""
NO_ALIGNER = "this checkpoint has no aligner"
"""Reason why an answer has no times of words."""
SHORT_TEXT = 150
"""Characters up to which a script is started on the event loop: that takes 0.3 ms, at most 2.4 ms (measured)."""

StartedChunk: TypeAlias = tuple[ChunkGeneration, AsyncGenerator[Pcm, None]]


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """Chunks of a text that are generated concurrently: `ahead` of the one that plays, or `at_once` for a file."""

    ahead: int
    at_once: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline(GenerationParts):
    """The loaded parts that all requests share; `speak` connects them for one request."""

    voices: VoiceCache
    chunks: ChunkPlan
    rules: ScriptRules
    super_resolution: SuperResolution | None
    mark: Signs | None = None

    @asynccontextmanager
    async def speak(
        self, request: RequestState, more: AsyncGenerator[str, None] | None = None
    ) -> AsyncIterator[AsyncGenerator[Pcm, None]]:
        """Yield the blocks of sound. When the context exits, for whatever reason, engine and codec are free.

        `more` yields text that follows the request's own as it is written, in whole sentences.
        """
        request.script = await self.script(request.utterance, self.rules)
        request.script_at = time.perf_counter()
        line = SpeechLine(self, request, request.script)
        depth = self.chunks.ahead if request.utterance.stream else self.chunks.at_once - 1
        chunk_turns = asyncio.Semaphore(depth + 1)  # the chunk that plays, and those generated ahead of it
        async with (
            AsyncExitStack() as resources,
            prefetch(line.started_chunks(line.text_chunks(more), chunk_turns, resources), ahead=depth + 1) as started,
        ):
            resources.enter_context(self.scheduler.open(line.playback))
            levelled = through(line.in_order(started, chunk_turns), Leveller())
            joined = through(through(levelled, DeliveryStage()), line.joiner)
            async with aclosing(line.post_processed(joined)) as blocks:
                yield blocks

    async def script(self, utterance: Utterance, rules: ScriptRules) -> Script:
        """Write the script of a text, on the text worker's thread unless the text is short."""
        short = len(utterance.text) <= SHORT_TEXT and not utterance.lexicon and not utterance.passages
        steps = write_steps(utterance, rules)
        return await self.texts.run(steps, speaking=self.scheduler.is_generating, at_once=short)


class SpeechLine:
    """The stages of one request, in data order."""

    def __init__(self, parts: Pipeline, request: RequestState, script: Script) -> None:
        self._parts, self._request, self._script = parts, request, script
        self._utterance, self._scheduler = request.utterance, parts.scheduler
        codec, speed = parts.codec, request.utterance.speed
        self.joiner = SeamJoiner(script.pauses_s)
        self.joiner.lead_s, self.joiner.tail_s = script.lead_s, script.tail_s
        self.playback = StreamState(
            streaming=request.utterance.stream,
            token_s=codec.hop / codec.rate / speed,
            speed=speed,
            delay_s=self._delay_s(),
            seam_s=OVERLAP_S / speed,
        )
        self._begun = asyncio.Event()  # the first block was decoded; a chunk without one raises EmptySpeech
        request.playback, request.timeline = self.playback, self.joiner.timeline
        request.hop, request.samples_per_s = codec.hop, codec.rate * speed
        if request.utterance.word_times:
            if parts.aligner is None:
                request.alignment_unavailable = NO_ALIGNER
            elif any(is_too_long(chunk.text) for chunk in script.chunks):
                request.alignment_unavailable = TOO_LONG_TO_ALIGN
            else:
                request.words = WordTimes(
                    self.joiner.timeline,
                    hop=codec.hop,
                    samples_per_s=request.samples_per_s,
                    early_s=0.0 if speed == 1.0 else HELD_S,
                )

    async def text_chunks(self, more: AsyncGenerator[str, None] | None) -> AsyncGenerator[TextChunk, None]:
        """Yield each chunk once its text is known. While text may follow, no chunk is marked as the last."""
        for chunk in self._script.chunks:
            yield chunk if more is None else replace(chunk, last=False)
        if more is None:
            return
        async with aclosing(more):
            async for text in more:
                self._scheduler.text_resumed(self.playback)
                passages = text.passages if isinstance(text, MarkedText) else ()
                sources = text.sources if isinstance(text, SourcedText) else None
                # The script's rules hold the lexicon.
                later = replace(self._utterance, text=text, passages=passages, sources=sources, lexicon={})
                added = self._script.add(await self._parts.script(later, self._script.rules))
                self.joiner.lead_s, self.joiner.tail_s = self._script.lead_s, self._script.tail_s
                for chunk in added:
                    yield replace(chunk, last=False)

    async def started_chunks(
        self, chunks: AsyncGenerator[TextChunk, None], chunk_turns: asyncio.Semaphore, resources: AsyncExitStack
    ) -> AsyncGenerator[StartedChunk, None]:
        """Yield each chunk with its sound, once generation has started. `resources` owns the generating task."""
        ahead = STREAM_BLOCKS_AHEAD if self._utterance.stream else FILE_BLOCKS_AHEAD
        async with aclosing(chunks):
            async for chunk in chunks:
                await chunk_turns.acquire()
                if chunk.index and self._scheduler.defers_ahead(self.playback):
                    await self._begun.wait()
                if self._request.words:
                    self._request.words.add(chunk)
                voice = await self._parts.voices.get(chunk.delivery.voice or self._utterance.voice)
                generation = ChunkGeneration(self._parts, self._request, self.playback, chunk, voice)
                sound = await resources.enter_async_context(prefetch(generation.sound(), ahead=ahead))
                yield generation, sound

    async def in_order(
        self, started: AsyncGenerator[StartedChunk, None], chunk_turns: asyncio.Semaphore
    ) -> AsyncGenerator[TextChunk | Pcm, None]:
        """Yield each chunk, then its sound, in the order of the text."""
        async for generation, sound in started:
            if generation.gate:
                await generation.gate.claim()
            chunk = generation.chunk
            self._scheduler.chunk_reached(self.playback, chunk.index, is_last=chunk.last)
            yield chunk
            async for block in sound:
                self._scheduler.block_taken(self.playback, chunk.index, block.seconds / chunk.delivery.rate)
                self._request.stages.joiner.record(time.perf_counter(), taken=len(block.samples))
                self._begun.set()
                yield block
            chunk_turns.release()

    def _delay_s(self) -> float:
        """Return the seconds of playback that `post_processed` holds back."""
        resolver, held_s = self._resolver(), 0.0 if self._utterance.speed == 1.0 else HELD_S
        return RAMP_S + (held_s + (resolver.delay_s if resolver else 0.0)) / self._utterance.speed

    def _resolver(self) -> SuperResolution | None:
        utterance, rate = self._utterance, self._parts.codec.rate
        return self._parts.super_resolution if utterance.super_resolve and utterance.rate > rate else None

    def _marked(self, blocks: AsyncGenerator[Pcm, None], rate: int) -> AsyncGenerator[Pcm, None]:
        """Add the mark, where the deployment has one."""
        if self._parts.mark is None:
            return blocks
        self._request.marked = True
        return through(blocks, Marker(self._parts.mark, rate=rate))

    def post_processed(self, blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
        """Convert joined sound to the rate and speed of the answer."""
        utterance, rate = self._utterance, self._parts.codec.rate
        changes_speed = utterance.speed != 1.0
        if not changes_speed:  # a change of speed takes out and repeats periods, and the echoes with them
            blocks = self._marked(blocks, rate)
        if resolver := self._resolver():
            self._request.super_resolved = True
            deadline = partial(self._scheduler.send_deadline, self.playback)
            blocks, rate = resolver.stream(blocks, deadline, self.playback.has_more), resolver.rate_out
        if changes_speed:
            blocks = through(blocks, SpeedChanger(rate=rate, speed=utterance.speed), on_thread=True)
            blocks = self._marked(blocks, rate)
        if utterance.rate != rate:
            blocks = through(blocks, Resampler(rate_in=rate, rate_out=utterance.rate))
        limited = through(blocks, PeakLimiter(rate=utterance.rate))
        # For a text without anything to speak, which may have pauses.
        least_s = max(SILENCE_S, self._script.lead_s / utterance.speed)
        return through(limited, SilenceFiller(rate=utterance.rate, seconds=least_s))
