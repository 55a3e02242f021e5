"""Synthesizers that are compared: checkpoints through the service's pipeline, flite and espeak-ng.

espeak-ng has one voice at a time in a process: while one system speaks, no other code may use it.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from services.runtime import Runtime, open_runtime
from shared.config import CodecMode, EngineKind, Settings
from training.demo_voice.espeak import EspeakVoice
from training.demo_voice.flite import FliteVoice
from training.demo_voice.recordings import FIRST_SEED, record
from training.demo_voice.teachers import ENGLISH_VOICE

Samples = npt.NDArray[np.float32]
FLITE_VOICES = ("rms", "slt")
ESPEAK_VOICES = {"en": "en-us", "hi": "hi", "te": "te"}
TEACHERS = {"en": ("flite", ENGLISH_VOICE), "hi": ("espeak-ng", "hi"), "te": ("espeak-ng", "te")}
"""System and voice that each language was learnt from."""


class System(Protocol):
    """Synthesizer with voices. `key` tells its sounds from those of another version."""

    name: str
    key: str

    def voices(self, language: str) -> Sequence[str]:
        """Return the voices that speak a language, none if it is not spoken."""

    async def speak(self, voice: str, text: str) -> Samples:
        """Return samples at 16 kHz; none if the system fails."""


class Flite:
    """flite with its voices that a teacher may have; it speaks English alone."""

    name = key = "flite"

    def __init__(self) -> None:
        self._voices = {name: FliteVoice(name, waves=True) for name in FLITE_VOICES}

    def voices(self, language: str) -> Sequence[str]:
        return FLITE_VOICES if language == "en" else ()

    async def speak(self, voice: str, text: str) -> Samples:
        return self._voices[voice].speak(text)[0].astype(np.float32)


class Espeak:
    """espeak-ng with one voice for each language."""

    name = key = "espeak-ng"

    def __init__(self) -> None:
        self._current: tuple[str, EspeakVoice] | None = None

    def voices(self, language: str) -> Sequence[str]:
        return (ESPEAK_VOICES[language],)

    async def speak(self, voice: str, text: str) -> Samples:
        if self._current is None or self._current[0] != voice:
            self._current = voice, EspeakVoice(voice)
        return self._current[1].speak(text)[0].astype(np.float32)


class CheckpointSystem:
    """Voices of a loaded checkpoint."""

    def __init__(self, runtime: Runtime) -> None:
        checkpoint = runtime.checkpoint
        self.name = checkpoint.model_version
        self.key = f"{checkpoint.model_version}-{fingerprint(checkpoint.root)}"
        self._runtime = runtime
        self._voices = {voice.id: voice for voice in checkpoint.voices}

    def voices(self, language: str) -> Sequence[str]:
        return [voice.id for voice in self._voices.values() if language in voice.languages]

    async def speak(self, voice: str, text: str) -> Samples:
        """Return the samples of the text with the checkpoint's sampling; the seed depends on the text alone."""
        seed = FIRST_SEED + int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big")
        sampling = replace(self._runtime.checkpoint.sampling, seed=seed)
        return (await record(self._runtime.pipeline, self._voices[voice], text, sampling)).samples


def fingerprint(folder: Path) -> str:
    """Return eight characters that depend on the files of a checkpoint that make its sound."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".json", ".safetensors", ".yaml"} and path.name != "evaluation.json":
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:8]


def settings_of(checkpoint: Path, engine: EngineKind) -> Settings:
    """Return the service's settings for an evaluation of a checkpoint."""
    return Settings(checkpoint=checkpoint, engine=engine, codec_mode=CodecMode.FAST)


@asynccontextmanager
async def open_checkpoint_system(checkpoint: Path, engine: EngineKind) -> AsyncIterator[CheckpointSystem]:
    """Load a checkpoint as it is served."""
    async with open_runtime(settings_of(checkpoint, engine)) as runtime:
        yield CheckpointSystem(runtime)
