"""Comparison of checkpoints with each other, flite and espeak-ng: the same sentences, spoken by every voice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from shared.config import EngineKind
from training.demo_voice.measures.figures import WORDS, Teacher, VoiceFigures, voice_figures
from training.demo_voice.measures.listeners import Listener
from training.demo_voice.measures.systems import TEACHERS, Espeak, Flite, System, open_checkpoint_system
from training.demo_voice.measures.takes import Line, Take, TakeStore, spread
from training.demo_voice.unseen import DATA, Kind, sentences_of, unseen_sentences

LISTENERS_LANGUAGE = "en"
"""Language that the listeners understand."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Extent of a comparison.

    Of each of `kinds`, at most `sentences` are spoken, each by `voices_a_sentence` voices of a checkpoint. Listeners
    hear the first `heard` English sentences from every voice.
    """

    languages: Sequence[str] = ("en", "hi", "te")
    kinds: Sequence[Kind] = tuple(Kind)
    sentences: int = 36
    voices_a_sentence: int = 2
    heard: int = 24
    texts: Path = DATA

    def __str__(self) -> str:
        kinds = ", ".join(self.kinds)
        return (
            f"At most {self.sentences} sentences of each kind ({kinds}) and language, each by {self.voices_a_sentence}"
            f" of a checkpoint's voices; {self.heard} English sentences of every voice for the listeners."
        )

    def lines(self, voices: Sequence[str], language: str, voices_a_sentence: int) -> list[Line]:
        """Return the lines of a system in one language."""
        spoken = []
        for kind in self.kinds:
            texts = sentences_of(kind, language, self.texts)[: self.sentences]
            spoken += [Line(voice, language, kind, text) for voice, text in spread(voices, texts, voices_a_sentence)]
        if language == LISTENERS_LANGUAGE:
            heard = unseen_sentences(language, self.texts)[: self.heard]
            spoken += [Line(voice, language, WORDS, text) for voice in voices for text in heard]
        return spoken


class Comparison:
    """Figures of systems, measured one after the other; the teachers' takes come from flite and espeak-ng."""

    def __init__(self, plan: Plan, store: TakeStore, hearing: Mapping[str, Listener]) -> None:
        self._plan = plan
        self._store = store
        self._hearing = hearing
        self._teachers: dict[str, Teacher] = {}
        self.takes: dict[str, list[Take]] = {}
        """Takes of each system, by its name, or by its key where two versions have the same name."""

    async def references(self) -> list[VoiceFigures]:
        """Return the figures of flite and espeak-ng, and keep the teachers' takes."""
        systems: list[System] = [Flite(), Espeak()]
        for system in systems:
            await self._speak(system.name, system, voices_a_sentence=len(system.voices("en")))
        for language, (name, voice) in TEACHERS.items():
            own = [take for take in self.takes[name] if (take.line.language, take.line.voice) == (language, voice)]
            self._teachers[language] = Teacher({take.line.text: take.samples for take in own})
        return [row for system in systems for row in self._measure(system.name)]

    async def checkpoint(self, folder: Path, engine: EngineKind) -> list[VoiceFigures]:
        """Return the figures of a checkpoint, after those of the references."""
        async with open_checkpoint_system(folder, engine) as system:
            label = system.name if system.name not in self.takes else system.key
            await self._speak(label, system, voices_a_sentence=self._plan.voices_a_sentence)
        return self._measure(label)

    async def _speak(self, label: str, system: System, *, voices_a_sentence: int) -> None:
        lines = [
            line
            for language in self._plan.languages
            for line in self._plan.lines(system.voices(language), language, voices_a_sentence)
        ]
        self.takes[label] = await self._store.speak(system, lines)

    def _measure(self, name: str) -> list[VoiceFigures]:
        by_voice: dict[tuple[str, str], list[Take]] = {}
        for take in self.takes[name]:
            by_voice.setdefault((take.line.language, take.line.voice), []).append(take)
        return [
            voice_figures(name, takes, self._teachers[language], self._hearing)
            for (language, _), takes in tqdm(by_voice.items(), desc=f"measuring {name}")
        ]
