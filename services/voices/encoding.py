"""Read and encode the recordings of a voice, for one that is kept and for one of a single request."""

import asyncio
from collections.abc import Sequence

import numpy as np

from audio.reference import Waveform
from services.runtime import Runtime
from services.voices.recordings import MAX_S, RecordingReader
from services.voices.stored import VoiceTokens
from shared.errors import RecordingUnusable
from shared.types import Reference

MAX_TRANSCRIBED_S = 30.0
"""Longest recording with a transcript, in seconds. Chosen: each second takes 50 tokens of every prompt."""
MIN_TRANSCRIPT = 2
"""Characters below which a transcript counts as none, as upstream has it."""


def is_transcribed(transcript: str) -> bool:
    """Return whether a transcript is one: a shorter one counts as none."""
    return len(transcript.strip()) >= MIN_TRANSCRIPT


async def encode_recordings(
    runtime: Runtime, reader: RecordingReader, recordings: Sequence[bytes], transcript: str
) -> tuple[VoiceTokens, dict[str, object]]:
    """Return the tokens of a voice, and what was heard in each recording.

    Raises CloningUnsupported, RecordingUnusable with the reason, Overloaded.
    """
    transcript = transcript.strip()
    with_speech = is_transcribed(transcript)
    runtime.cloning.check(with_transcript=with_speech)
    wave, heard = await _read_all(reader, recordings, rate=runtime.codec.rate, transcribed=with_speech)
    encoded = await runtime.cloning.encode(wave, with_speech=with_speech)
    reference = Reference(_as_prompted(transcript), encoded.semantic) if with_speech else None
    return VoiceTokens(encoded.voice.ids, reference), heard


async def _read_all(
    reader: RecordingReader, recordings: Sequence[bytes], *, rate: int, transcribed: bool
) -> tuple[Waveform, dict[str, object]]:
    """Return all recordings as one, and what was heard in each."""
    longest_s = MAX_TRANSCRIBED_S if transcribed else MAX_S
    read = [await reader.read(data, rate=rate, max_s=longest_s) for data in recordings]
    wave: Waveform = await asyncio.to_thread(np.concatenate, [one.wave for one in read], dtype=np.float64)
    if len(wave) > longest_s * rate:
        raise RecordingUnusable(f"audio: the recordings are longer than {longest_s:g} s together")
    heard: dict[str, object] = {"recordings": [one.heard for one in read]}
    return wave, heard


def _as_prompted(transcript: str) -> str:
    """Return the transcript as prompts have it: a space follows, so that no token spans it and the text.

    Chinese and Japanese have no spaces between sentences.
    """
    return transcript if "\u3040" <= transcript[-1] <= "\u9fff" else f"{transcript} "
