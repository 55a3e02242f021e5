"""Runtime: the loaded model and all that synthesis needs, opened from the settings."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.alignment.aligner import load_aligner
from core.alignment.protocol import Aligner
from core.bicodec.checkpoint import BiCodecCheckpoint, open_bicodec
from core.checkpoint.manifest import verify_manifest
from core.checkpoint.reading import Checkpoint, open_checkpoint
from core.cloning.worker import Cloning, open_cloning
from core.codec import Codec
from core.completeness import CompletenessRules
from core.device import GpuInfo, find_device, gpu_info
from core.documents import read_text
from core.engine import TokenEngine
from core.engines import open_engine
from core.parser import build_codec_table
from core.pipeline import ChunkPlan, Pipeline
from core.prompt import PromptBuilder
from core.request_state import Arrival, RequestState
from core.scheduling.policy import HeadroomPolicy
from core.scheduling.scheduler import StreamScheduler
from core.super_resolution import SuperResolution
from core.text_worker import TextWorker
from core.voice_cache import VoiceCache
from core.windows import DEFAULT_FIRST_LOOKAHEAD, DEFAULT_LOOKAHEAD, WindowPlan
from processing.chunks import TARGET, THRESHOLD
from processing.lexicon import Lexicon, parse_lexicon, read_lexicon
from processing.script import ScriptRules
from services.provenance import mark_signs
from services.sound import check_super_resolution, open_sound
from shared.config import Settings
from shared.contexts import Timed, together
from shared.errors import ServiceError, StartupError, ValidationFailed
from shared.gpus import with_one_gpu
from shared.logging import get_logger
from shared.types import Utterance

WARM_UP_TEXT = "One, two, three."

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A loaded model and its pipeline. `gpu` is None on a CPU; `load_s` is the seconds that loading took."""

    checkpoint: Checkpoint
    engine: TokenEngine
    codec: Codec
    pipeline: Pipeline
    cloning: Cloning
    gpu: GpuInfo | None
    load_s: float

    def check_health(self) -> None:
        """Raise RuntimeDead once engine or GPU is gone. Cheap: reads flags only."""
        self.engine.check_health()
        self.codec.check_health()


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Load checkpoint, engine, codec and super-resolution, the latter two beside the engine; synthesize once.

    Raises StartupError with a message of one line, and releases everything then.
    """
    begun, settings = time.perf_counter(), with_one_gpu(settings)
    await asyncio.to_thread(verify_manifest, settings.checkpoint, revision=settings.checkpoint_revision)
    checkpoint, bicodec, aligner = await asyncio.to_thread(_check_files, settings)
    checked_s, device = time.perf_counter() - begun, find_device(settings.device)
    opening_engine = Timed(open_engine(settings, checkpoint))
    opening_sound = Timed(open_sound(settings, bicodec, device))
    with closing(TextWorker()) as texts:
        async with (
            together(opening_engine, opening_sound) as (engine, sound),
            open_cloning(checkpoint.root, bicodec, settings.cloning, threads=sound.codec.choice.threads) as cloning,
        ):
            pipeline = build_pipeline(
                settings, checkpoint, engine, sound.codec, sound.super_resolution, texts=texts, aligner=aligner
            )
            await first_sound(pipeline, checkpoint)
            load_s = time.perf_counter() - begun
            log.info(
                "ready",
                engine=engine.name,
                codec_mode=sound.codec.choice.mode,
                codec_threads=sound.codec.choice.threads,
                codec_reason=sound.codec.choice.reason,
                super_resolution=sound.super_resolution.mode if sound.super_resolution else None,
                load_s=round(load_s, 2),
                checked_s=round(checked_s, 2),
                engine_s=round(opening_engine.took_s, 2),
                decoder_s=round(opening_sound.took_s, 2),
            )
            with kept_for_good():
                yield Runtime(checkpoint, engine, sound.codec, pipeline, cloning, gpu_info(device), load_s)


def _check_files(settings: Settings) -> tuple[Checkpoint, BiCodecCheckpoint, Aligner | None]:
    """Check every file as far as that is fast, so that a fault is found before an engine starts; load the aligner."""
    checkpoint = open_checkpoint(settings.checkpoint)
    check_super_resolution(settings, rate=checkpoint.codec.rate)
    return checkpoint, open_bicodec(checkpoint.codec_path), load_aligner(checkpoint.root)


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Exclude all present objects from garbage collection while this context is open.

    A collection over everything that was imported and loaded would stop every stream for tenths of a second.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def build_pipeline(
    settings: Settings,
    checkpoint: Checkpoint,
    engine: TokenEngine,
    codec: Codec,
    super_resolution: SuperResolution | None = None,
    *,
    texts: TextWorker,
    aligner: Aligner | None = None,
) -> Pipeline:
    """Return the pipeline of these parts, with the sizes of the settings."""
    prompts, table = PromptBuilder(checkpoint), build_codec_table(checkpoint.vocabulary)
    threshold = settings.chunk_threshold or checkpoint.chunk_threshold or THRESHOLD
    rules = ScriptRules(
        threshold=threshold,
        target=min(threshold, settings.chunk_target or checkpoint.chunk_target or TARGET),
        emotions=checkpoint.emotions,
        scripts=checkpoint.scripts,
        unknown_emotions=settings.unknown_emotions,
        lexicon=_lexicon(settings.lexicon),
    )
    return Pipeline(
        engine=engine,
        codec=codec,
        table=table,
        prompts=prompts,
        windows=_window_plan(settings, checkpoint, codec),
        scheduler=StreamScheduler(HeadroomPolicy(min_headroom_s=settings.min_headroom_s)),
        texts=texts,
        voices=VoiceCache(engine, table, prompts, checkpoint.sampling),
        chunks=ChunkPlan(ahead=settings.chunks_ahead, at_once=settings.chunks_at_once),
        rules=rules,
        super_resolution=super_resolution,
        aligner=aligner,
        completeness=CompletenessRules(settings.completeness, settings.completeness_threshold),
        mark=mark_signs(settings),
    )


def _window_plan(settings: Settings, checkpoint: Checkpoint, codec: Codec) -> WindowPlan:
    """Return the sizes of windows. A look-ahead of the settings holds for every window."""
    given, own = settings.window_lookahead, checkpoint.window_lookahead
    right = DEFAULT_LOOKAHEAD if own is None else own
    first = DEFAULT_FIRST_LOOKAHEAD if own is None else checkpoint.window_lookahead_first
    if given is not None:
        right = first = given
    if settings.window_lookahead_first is not None:
        first = settings.window_lookahead_first
    return WindowPlan(
        left=codec.context_left,
        right=right,
        first=settings.window_first,
        steady=settings.window_steady,
        first_right=first,
        exact=codec.context_right if given is None else given,
    )


def _lexicon(path: Path | None) -> Lexicon:
    if path is None:
        return Lexicon()
    try:
        return read_lexicon(parse_lexicon(read_text(path)))
    except ValidationFailed as error:
        where = ", ".join(f"{name} {value}" for name, value in (error.details or {}).items())
        raise StartupError(f"{path}: {error.message} ({where})") from None


async def first_sound(pipeline: Pipeline, checkpoint: Checkpoint) -> NDArray[np.float32]:
    """Cache every voice and synthesize once; return the samples, float32.

    No caller pays for a first time then, and a model without sound never serves. Raises StartupError.
    """
    try:
        for voice in checkpoint.voices:
            await pipeline.voices.get(voice)
        voice, sampling = checkpoint.voices[0], replace(checkpoint.sampling, seed=0)
        utterance = Utterance(WARM_UP_TEXT, voice, sampling, pipeline.codec.rate, word_times=True)
        request = RequestState(Arrival("warm-up", time.perf_counter()), utterance)
        async with pipeline.speak(request) as blocks:
            sound = [block.samples async for block in blocks]
        samples: NDArray[np.float32] = np.concatenate([np.zeros(0, np.float32), *sound])
    except ServiceError as error:
        raise StartupError(f"{checkpoint.root}: the model cannot speak: {error}") from error
    if not 0 < np.abs(samples).max(initial=0) < float("inf"):
        raise StartupError(f"{checkpoint.root}: the model made no sound")
    return samples
