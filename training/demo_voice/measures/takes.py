"""Takes: sentences spoken by the voices of a system, kept in a folder so that each is synthesized once."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from training.demo_voice.measures.pitch import RATE
from training.demo_voice.measures.systems import Samples, System

TAKES = Path("build/voice-takes")
"""Default folder of takes."""


@dataclass(frozen=True, slots=True)
class Line:
    """Sentence and the voice that speaks it. `purpose` is what the take is measured for."""

    voice: str
    language: str
    purpose: str
    text: str


@dataclass(frozen=True, slots=True)
class Take:
    """Spoken sentence at RATE; without samples if the system failed."""

    line: Line
    samples: Samples


class TakeStore:
    """Folder of takes, as FLAC, one folder for each system's key. Failures are not kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, system_key: str, line: Line) -> Path:
        """Return the place of a take."""
        name = hashlib.sha256(line.text.encode()).hexdigest()[:16]
        return self._folder / system_key / line.language / line.voice / f"{name}.flac"

    async def speak(self, system: System, lines: Sequence[Line]) -> list[Take]:
        """Return the takes of all lines; those that are missing are synthesized."""
        return [Take(line, await self._samples(system, line)) for line in tqdm(lines, desc=system.name)]

    async def _samples(self, system: System, line: Line) -> Samples:
        path = self.path(system.key, line)
        if path.exists():
            return np.asarray(soundfile.read(path, dtype="float32")[0])
        samples = await system.speak(line.voice, line.text)
        if not len(samples):
            return samples
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        soundfile.write(part, np.clip(samples, -1, 1), RATE, format="FLAC")
        part.rename(path)
        return samples


def spread(voices: Sequence[str], sentences: Sequence[str], takes: int) -> Iterator[tuple[str, str]]:
    """Yield voice and sentence so that `takes` voices speak each sentence, and all voices about as many."""
    takes = min(takes, len(voices))
    for i, sentence in enumerate(sentences):
        for k in range(takes):
            yield voices[(i + k * len(voices) // takes) % len(voices)], sentence
