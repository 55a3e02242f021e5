"""Synthesizers that are compared: checkpoints through the service's pipeline, flite and espeak-ng.

espeak-ng has one voice at a time in a process: while one system speaks, no other code may use it.
"""

import argparse
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.checkpoint.reading import open_checkpoint
from services.runtime import Runtime, open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.errors import StartupError
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
    """Voices of a checkpoint, as it is served; the engine is loaded when the first sentence is spoken."""

    def __init__(self, folder: Path, engine: EngineKind, resources: AsyncExitStack) -> None:
        self._checkpoint = open_checkpoint(folder)
        self._settings, self._resources = settings_of(folder, engine), resources
        self._runtime: Runtime | None = None
        self.name = self._checkpoint.model_version
        self.key = f"{self.name}-{fingerprint(folder)}"

    def voices(self, language: str) -> Sequence[str]:
        return [voice.id for voice in self._checkpoint.voices if language in voice.languages]

    async def speak(self, voice: str, text: str) -> Samples:
        """Return the samples of the text with the checkpoint's sampling; the seed depends on the text alone."""
        if self._runtime is None:
            self._runtime = await self._resources.enter_async_context(open_runtime(self._settings))
        seed = FIRST_SEED + int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big")
        sampling = replace(self._checkpoint.sampling, seed=seed)
        speaker = next(one for one in self._checkpoint.voices if one.id == voice)
        return (await record(self._runtime.pipeline, speaker, text, sampling)).samples


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


def checkpoint_folder(name: str) -> Path:
    """Return the folder of a valid checkpoint, as the type of a command's argument."""
    try:
        return open_checkpoint(Path(name)).root
    except StartupError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


@asynccontextmanager
async def open_checkpoint_system(folder: Path, engine: EngineKind) -> AsyncIterator[CheckpointSystem]:
    """Open a checkpoint; the engine is released at the end."""
    async with AsyncExitStack() as resources:
        yield CheckpointSystem(folder, engine, resources)
