"""The thread that encodes recordings: neither the event loop's nor the decoder's."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import torch

from audio.reference import Waveform
from core.bicodec.checkpoint import BiCodecCheckpoint
from core.bicodec.fingerprint import codec_fingerprint
from core.cloning.encoder import EncodedRecording, RecordingEncoder, load_recording_encoder
from shared.config import CloningMode
from shared.errors import CheckpointInvalid, CloningUnsupported, Overloaded

MAX_WAITING = 8
"""Recordings that may wait for the thread. Chosen: each takes about a second."""


class Cloning:
    """Encoder of recordings, one at a time, with the reasons why it cannot where it cannot.

    `fingerprint` is that of the loaded codec.
    """

    def __init__(self, encoder: RecordingEncoder | None, mode: CloningMode, *, fingerprint: str, threads: int) -> None:
        self._encoder, self.mode, self.fingerprint = encoder, mode, fingerprint
        self._thread = ThreadPoolExecutor(1, "cloning", lambda: torch.set_num_threads(threads))
        self._waiting = 0

    @property
    def clones(self) -> bool:
        """Report whether voices can be made of recordings."""
        return self._encoder is not None

    @property
    def reads_speech(self) -> bool:
        """Report whether transcripts have an effect."""
        return self._encoder is not None and self._encoder.reads_speech

    def check(self, *, with_transcript: bool = False) -> None:
        """Raise CloningUnsupported where no voice can be made of a recording, or none with a transcript."""
        if self.mode is CloningMode.OFF:
            raise CloningUnsupported("voices are not made of recordings here: the setting CLONING is off")
        if self._encoder is None:
            raise CloningUnsupported(
                "the loaded checkpoint has no speaker encoder, so it makes no voice of a recording"
            )
        if with_transcript and not self._encoder.reads_speech:
            raise CloningUnsupported(
                "transcript: has no effect here, because the setting CLONING is speaker, not full; leave it out",
                details={"field": "transcript"},
            )

    async def encode(self, wave: Waveform, *, with_speech: bool) -> EncodedRecording:
        """Encode `wave` (N,) at the codec's rate. Raises CloningUnsupported, Overloaded."""
        self.check(with_transcript=with_speech)
        assert self._encoder
        if self._waiting >= MAX_WAITING:
            raise Overloaded("too many recordings are being encoded; try again later", retry_after_s=5)
        self._waiting += 1
        try:
            loop, encoder = asyncio.get_running_loop(), self._encoder
            return await loop.run_in_executor(self._thread, lambda: encoder.encode(wave, with_speech=with_speech))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the thread; a recording that is being encoded is finished first."""
        self._thread.shutdown(cancel_futures=True)


def no_cloning() -> Cloning:
    """Return a Cloning that makes no voices, for runtimes without a codec of their own."""
    return Cloning(None, CloningMode.OFF, fingerprint="", threads=1)


@asynccontextmanager
async def open_cloning(
    root: Path, checkpoint: BiCodecCheckpoint, mode: CloningMode, *, threads: int
) -> AsyncIterator[Cloning]:
    """Load what `mode` asks for, as far as the checkpoint has it. Raises CheckpointInvalid if `full` lacks a part."""
    fingerprint = await asyncio.to_thread(codec_fingerprint, checkpoint)
    encoder = await asyncio.to_thread(_load, root, checkpoint, mode)
    cloning = Cloning(encoder, mode, fingerprint=fingerprint, threads=threads)
    try:
        yield cloning
    finally:
        cloning.close()


def _load(root: Path, checkpoint: BiCodecCheckpoint, mode: CloningMode) -> RecordingEncoder | None:
    if mode is CloningMode.FULL and not checkpoint.reads_speech:
        lacks = "encoder of speech" if checkpoint.can_encode else "encode side"
        raise CheckpointInvalid(f"{checkpoint.weights}: has no {lacks}, which CLONING=full needs")
    if mode is CloningMode.OFF or not checkpoint.can_encode:
        return None
    return load_recording_encoder(root, checkpoint, with_speech=mode is CloningMode.FULL)
