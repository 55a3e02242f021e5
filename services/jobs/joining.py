"""Join the parts of a job to one file: even loudness, pauses between parts, the job's format. Runs on a thread."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import TypeVar

import numpy as np

from audio.encoders import ENCODERS, Tags
from audio.level import Leveller
from audio.limiter import PeakLimiter
from audio.seams import SeamJoiner
from services.jobs.audio_store import AudioStore, part_name
from services.jobs.parts import FORMATS
from services.whole_file import EncodedFile
from shared.aio import Transformer
from shared.steps import Steps
from shared.types import Pcm, Samples, TextChunk

LARGEST_SEALED = 2**32 - 2**16
"""Bytes above which a file's header keeps the sizes of a stream: those of WAV have 32 bits."""

T = TypeVar("T")
U = TypeVar("U")


def join_steps(
    store: AudioStore,
    job_id: str,
    pauses_s: Sequence[float],
    file: EncodedFile,
    *,
    format: str,
    rate: int,
    tags: Tags | None = None,
) -> Steps[None]:
    """Write the job's audio to `file`, in steps of some seconds of sound. Raises OSError."""
    parts = _through(_stored(store, job_id, len(pauses_s), format=format, rate=rate), Leveller())
    joined = _through(_through(parts, SeamJoiner(pauses_s)), PeakLimiter(rate=rate))
    with closing(ENCODERS[format].encoder(rate, tags)) as encoder:
        for piece in _through(joined, encoder):
            file.append(piece)
            yield
        if file.size < LARGEST_SEALED:
            file.append(encoder.seal(file.head, file.size))


def _stored(store: AudioStore, job_id: str, parts: int, *, format: str, rate: int) -> Iterator[TextChunk | Pcm]:
    """Yield each part as the joiner takes it: a chunk, then its sound."""
    for number in range(parts):
        yield TextChunk(number, "", last=number == parts - 1)
        for piece in store.read(job_id, part_name(number)):
            yield Pcm(_samples(piece, format), rate)


def _samples(piece: bytes, format: str) -> Samples:
    if format in FORMATS:
        return np.frombuffer(piece, "<f4")
    samples: Samples = np.frombuffer(piece, "<i2").astype(np.float32) / np.float32(32767)
    return samples


def _through(items: Iterable[T], stage: Transformer[T, U]) -> Iterator[U]:
    for item in items:
        yield from stage.feed(item)
    yield from stage.finish()
