"""The straight line from text to sound; reads top to bottom in data order. One line serves every transport."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace

from audio.level import Leveller
from audio.limiter import Limiter
from audio.resample import Resampler
from audio.seams import SeamJoiner
from audio.speed import SpeedChanger
from core.codec import Codec
from core.engine import TokenEngine
from core.flow import Flow
from core.guard import LoopGuard
from core.headroom import Audience, Listener, Stream
from core.parser import CodecTable, TokenParser
from core.pins import VoicePins
from core.prompt import PromptBuilder
from core.super_resolution import SuperResolution
from core.windows import WindowPlan, WindowPlanner
from processing.script import Script, ScriptRules, write_script
from shared.aio import amap, prefetch, through
from shared.errors import GenerationError
from shared.types import Pcm, TextChunk, TokenDelta, Utterance, Window

STREAM_BLOCKS_AHEAD = 4  # decoded windows that wait for a listener
FILE_BLOCKS_AHEAD = 64  # for a file everything is wanted; a chunk has fewer windows than this
RETRY_SEED_SHIFT = 2**31  # far from the seeds of every other chunk
LONG_TEXT = 2_000  # characters above which the script is written on a thread, off the event loop


@dataclass(slots=True)
class Progress:
    """What a running utterance has done so far; times are `time.perf_counter()`."""

    stream: Stream = field(repr=False)
    flow: Flow = field(repr=False)
    script_written: float = 0.0
    first_token: float | None = None
    tokens: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Speech:
    """A running utterance. `blocks` is its sound; the rest may be read at any time and is final when `blocks` ends."""

    blocks: AsyncGenerator[Pcm, None]
    script: Script
    progress: Progress
    joint: SeamJoiner = field(repr=False)
    samples_per_s: float  # of `joint`, for a second of the finished sound
    super_resolved: bool

    @property
    def listener(self) -> Listener:
        """Whoever sends a block of a stream on tells the listener, whose headroom says what is made next."""
        return self.progress.stream.listener

    @property
    def begun(self) -> int:
        """Chunks whose sound has begun."""
        return len(self.joint.starts)

    def spans(self) -> Iterator[tuple[TextChunk, float, float]]:
        """Where each chunk begun so far lies in the sound: chunk, start and end in seconds."""
        edges = [*self.joint.starts, self.joint.samples]
        for chunk, start, end in zip(self.script.chunks, edges, edges[1:], strict=False):
            yield chunk, start / self.samples_per_s, end / self.samples_per_s


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """Pieces of a text generated ahead of a listener, and at once for a file."""

    ahead: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a loaded model speaks with; `speak` lays the line through it for one utterance."""

    engine: TokenEngine
    codec: Codec
    table: CodecTable
    prompts: PromptBuilder
    pins: VoicePins
    windows: WindowPlan
    audience: Audience
    chunks: ChunkPlan
    rules: ScriptRules
    super_resolution: SuperResolution | None

    @asynccontextmanager
    async def speak(self, utterance: Utterance, more: AsyncGenerator[str, None] | None = None) -> AsyncIterator[Speech]:
        """Whatever the utterance holds in engine and codec is free when this context has exited, however it exits.

        `more`: text that follows the utterance's own, as it is written, in whole sentences.
        """
        script = await self._script(utterance)
        stream = Stream(heard=utterance.stream, token_s=self.codec.hop / self.codec.rate, speed=utterance.speed)
        progress = Progress(stream, Flow(self.codec.hop), script_written=time.perf_counter())
        joint = SeamJoiner(script.pauses_s)
        pinned = await self.pins.get(utterance.voice)
        chunks = self._written(utterance, script, stream, more)
        depth = self.chunks.ahead if utterance.stream else self.chunks.at_once - 1
        room = asyncio.Semaphore(depth + 1)  # for the chunk that sounds and those that are made meanwhile
        async with (
            AsyncExitStack() as held,
            prefetch(self._begun(utterance, chunks, pinned, progress, room, held), ahead=depth + 1) as begun,
        ):
            held.enter_context(self.audience.joined(stream))
            blocks = through(through(_chunk_by_chunk(begun, room, progress), Leveller()), joint)
            rate = self.codec.rate
            if wide := self._wide(utterance):
                blocks, rate = wide.stream(blocks, stream.due_sent, stream.has_more), wide.rate_out
            if utterance.speed != 1.0:
                blocks = through(blocks, SpeedChanger(rate=rate, speed=utterance.speed))
            if utterance.rate != rate:
                blocks = through(blocks, Resampler(rate_in=rate, rate_out=utterance.rate))
            blocks = through(blocks, Limiter(rate=utterance.rate))
            async with aclosing(blocks):
                samples_per_s = self.codec.rate * utterance.speed
                yield Speech(blocks, script, progress, joint, samples_per_s, super_resolved=wide is not None)

    def _wide(self, utterance: Utterance) -> SuperResolution | None:
        """Super-resolution, where it is asked for, loaded, and the answer's rate can carry what it adds."""
        return self.super_resolution if utterance.wide and utterance.rate > self.codec.rate else None

    async def _script(self, utterance: Utterance) -> Script:
        if len(utterance.text) > LONG_TEXT:
            return await asyncio.to_thread(write_script, utterance, self.rules)
        return write_script(utterance, self.rules)

    async def _written(
        self, utterance: Utterance, script: Script, stream: Stream, more: AsyncGenerator[str, None] | None
    ) -> AsyncGenerator[TextChunk, None]:
        """Each chunk once its text is there. While text may follow, no chunk is known to be the last."""
        for chunk in script.chunks:
            yield chunk if more is None else replace(chunk, last=False)
        if more is None:
            return
        async with aclosing(more):
            async for text in more:
                stream.resume()
                for chunk in script.add(await self._script(replace(utterance, text=text))):
                    yield replace(chunk, last=False)

    async def _begun(
        self,
        utterance: Utterance,
        chunks: AsyncGenerator[TextChunk, None],
        pinned: tuple[int, ...],
        progress: Progress,
        room: asyncio.Semaphore,
        held: AsyncExitStack,
    ) -> AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None]:
        """Each chunk and its sound, which is already being made; `held` owns what that holds."""
        blocks_ahead = STREAM_BLOCKS_AHEAD if utterance.stream else FILE_BLOCKS_AHEAD
        async with aclosing(chunks):
            async for chunk in chunks:
                await room.acquire()
                sound = self._sound(utterance, chunk, pinned, progress)
                yield chunk, await held.enter_async_context(prefetch(sound, ahead=blocks_ahead))

    async def _sound(
        self, utterance: Utterance, chunk: TextChunk, pinned: tuple[int, ...], progress: Progress
    ) -> AsyncGenerator[Pcm, None]:
        """One chunk of text as sound; a model that fails unheard is asked once more, with another seed.

        A file's chunk is heard only when it is whole. Of a stream, only what fails before its first sound can be saved.
        """
        for seed_shift in (0, RETRY_SEED_SHIFT):
            heard = False
            take = self._take(utterance, chunk, pinned, seed_shift, progress)
            try:
                with progress.stream.making():
                    async with aclosing(take if utterance.stream else _once_whole(take)) as blocks:
                        async for block in blocks:
                            heard = True
                            yield block
                return
            except GenerationError:
                if heard or seed_shift:
                    raise
                progress.retries += 1

    def _take(
        self, utterance: Utterance, chunk: TextChunk, pinned: tuple[int, ...], seed_shift: int, progress: Progress
    ) -> AsyncGenerator[Pcm, None]:
        """One attempt at a chunk."""
        seed = (utterance.sampling.seed + chunk.index + seed_shift) % 2**32
        sampling = replace(utterance.sampling, seed=seed)
        voice, heard = utterance.voice, utterance.stream
        prompt = self.prompts.build(chunk.text, voice, sampling, pinned=pinned, heard=heard)
        tokens = _counted(self.engine.stream(prompt), self.table, progress)
        speech = through(through(tokens, TokenParser(self.table, pinned)), LoopGuard())
        stream = progress.stream
        sizes = self.audience.sizes(self.windows, self.codec.times, stream, chunk.index)

        async def decode(window: Window) -> Pcm:
            block = await self.codec.decode(window, due=self.audience.due(stream, chunk.index))
            self.audience.made(stream, chunk.index, block.seconds)
            progress.flow.codec.saw(taken=window.keep, given=len(block.samples))
            return block

        return amap(through(speech, WindowPlanner(self.windows, sizes)), decode)


async def _chunk_by_chunk(
    begun: AsyncGenerator[tuple[TextChunk, AsyncGenerator[Pcm, None]], None],
    room: asyncio.Semaphore,
    progress: Progress,
) -> AsyncGenerator[TextChunk | Pcm, None]:
    """Each chunk, then its sound."""
    async for chunk, sound in begun:
        progress.stream.turn(chunk.index, last=chunk.last)
        yield chunk
        async for block in sound:
            progress.stream.taken(chunk.index, block.seconds)
            progress.flow.chunker.saw(taken=len(block.samples))
            yield block
        room.release()


async def _once_whole(blocks: AsyncGenerator[Pcm, None]) -> AsyncGenerator[Pcm, None]:
    async with aclosing(blocks):
        taken = [block async for block in blocks]
    for block in taken:
        yield block


async def _counted(
    tokens: AsyncGenerator[TokenDelta, None], table: CodecTable, progress: Progress
) -> AsyncGenerator[TokenDelta, None]:
    async with aclosing(tokens):
        async for delta in tokens:
            if progress.first_token is None:
                progress.first_token = time.perf_counter()
            progress.tokens += len(delta.ids)
            progress.flow.engine.saw(given=sum([table[token] >= 0 for token in delta.ids]))
            yield delta
