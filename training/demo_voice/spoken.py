"""Unseen sentences as the demo voice speaks them, with the truth about their words. Needs flite and espeak-ng."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tqdm import tqdm

from core.alignment import Fault
from core.checkpoint.reading import open_checkpoint
from core.engines import open_engine
from processing.words import find_word_spans
from shared.config import EngineKind, Settings
from tools.aligner.faults import Bounded
from tools.aligner.pairs import Pair, PairGenerator
from training.demo_voice.codes import SOUND_OF
from training.demo_voice.lines import line_of
from training.demo_voice.melodies import MelodyTeacher
from training.demo_voice.phones import PAUSE, PHONES
from training.demo_voice.scores import score
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.word_truth import SpokenPhone, WordTeacher, misread_words, word_starts

_PAUSE = PHONES.index(PAUSE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sentence as the voice spoke it: its tokens, and the first token of the words whose start is known.

    `misread`: words with other phones than the teachers'.
    """

    language: str
    pair: Pair
    words: tuple[str, ...]
    starts: dict[int, int]
    misread: frozenset[int]

    @property
    def faultless(self) -> bool:
        """Report whether every word was spoken as the teachers speak it, and has a known start."""
        return len(self.starts) == len(self.words) and not self.misread

    def bounded(self) -> Bounded:
        """Return the bounds of the words; every one must be known."""
        end = len(self.pair.tokens)
        while end and SOUND_OF[self.pair.tokens[end - 1]] == _PAUSE:
            end -= 1
        return Bounded(self.pair, self.words, (*(self.starts[word] for word in range(len(self.words))), end))

    def is_false(self, fault: Fault) -> bool:
        """Report whether no word that a fault concerns, none beside them, and none at its tokens was misread."""
        beside = range(fault.words.start - 1, fault.words.stop + 1)
        at = any(begin <= fault.end and fault.start < end for begin, end in map(self._tokens, self.misread))
        return self.misread.isdisjoint(beside) and not at

    def _tokens(self, word: int) -> tuple[int, int]:
        """Return the tokens from the last known start up to a word, to the next known one."""
        begin = max((start for other, start in self.starts.items() if other <= word), default=0)
        end = min((start for other, start in self.starts.items() if other > word), default=len(self.pair.tokens))
        return begin, end


async def speak(
    checkpoint_path: Path, engine: EngineKind, sentences: Mapping[str, Sequence[str]]
) -> list[tuple[str, Pair]]:
    """Let the voice speak the sentences of each language; return the language and the pair of each."""
    checkpoint = open_checkpoint(checkpoint_path)
    settings = Settings(checkpoint=checkpoint_path, engine=engine)
    spoken: list[tuple[str, Pair]] = []
    async with open_engine(settings, checkpoint) as running:
        generator = PairGenerator(running, checkpoint)
        for language, lines in tqdm(sentences.items(), desc="speaking"):
            pairs = await generator.answers(lines, at_once=settings.max_running)
            spoken += [(language, pair) for pair in pairs if pair]
    return spoken


def taught(sentences: Mapping[str, Sequence[str]]) -> list[tuple[str, Pair]]:
    """Return the language and the pair of each sentence with the teachers' tokens; without those they cannot read."""
    pairs: list[tuple[str, Pair]] = []
    for language, lines in sentences.items():
        teacher = MelodyTeacher(language)
        for text, speaker in zip(lines, cycle(SPEAKERS)):
            if notes := teacher.notes(text):
                pairs.append((language, Pair(text, tuple(score(line_of(text, notes), speaker).tokens))))
    return pairs


def store(spoken: Sequence[tuple[str, Pair]], path: Path) -> None:
    """Write what was spoken, one JSON object a line."""
    rows = (json.dumps({"language": language} | pair.as_json(), ensure_ascii=False) for language, pair in spoken)
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")


def read(path: Path) -> list[tuple[str, Pair]]:
    """Return what `store` wrote."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [(row["language"], Pair(row["text"], tuple(row["tokens"]))) for row in rows]


def with_truth(spoken: Iterable[tuple[str, Pair]]) -> Iterator[Spoken]:
    """Yield the sentences with the truth about their words."""
    teachers: dict[str, WordTeacher] = {}
    for language, pair in spoken:
        if language not in teachers:  # espeak-ng speaks one language at a time
            teachers = {language: WordTeacher(language)}
        yield _with_truth(language, pair, teachers[language].phones(pair.text))


def _with_truth(language: str, pair: Pair, expected: Sequence[SpokenPhone]) -> Spoken:
    words = tuple(pair.text[start:end].casefold() for start, end in find_word_spans(pair.text))
    if not expected:  # the teacher divides the text into other words
        return Spoken(language, pair, words, {}, frozenset(range(len(words))))
    starts = word_starts(pair.tokens, expected)
    return Spoken(language, pair, words, starts, misread_words(pair.tokens, expected))
