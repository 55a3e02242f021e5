"""Evaluation of the demo voice's aligner against the truth: its tokens name their phones, the teachers the words.

Run as `python -m training.demo_voice.evaluate_aligner --out voices/demo/aligner/truth.json`; prints a table.
The voice's language model speaks the unseen sentences, the twelve voices in turn; tokens arrive one by one. A word has
no known start where the model read its first phone, or the phone before it, otherwise than the teachers.
`--save` stores tokens and starts of some sentences for the tests. Needs flite and espeak-ng.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from tqdm import tqdm

from core.alignment import TokenAligner, load_aligner
from core.checkpoint.reading import open_checkpoint
from core.engines import open_engine
from shared.config import EngineKind, Settings
from shared.process import prepare_process
from tools.aligner.evaluation import spans_in_time, starts_of, whole
from tools.aligner.faults import Bounded, Injection, injected
from tools.aligner.pairs import Pair, PairGenerator
from training.demo_voice.codes import FRAMES_PER_PHONE, PAUSE, PHONES
from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.word_truth import WordTeacher, word_starts

TEXTS = Path("tests/data")
_PAUSE = PHONES.index(PAUSE)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sentence as the voice spoke it: its tokens, and the first token of the words whose start is known."""

    language: str
    pair: Pair
    words: tuple[str, ...]
    starts: dict[int, int]

    @property
    def complete(self) -> bool:
        """Report whether every word has a known start."""
        return len(self.starts) == len(self.words)


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one language: shares of the words with a known start, and of the chunks without and with a fault."""

    language: str
    sentences: int
    words: int
    known: float
    within_40_ms: float
    within_120_ms: float
    largest_ms: int
    mean_ms: float
    once_in_order: float
    false_alarms: float
    removed: float
    doubled: float
    replaced: float
    tail: float


async def speak(checkpoint_path: Path, engine: EngineKind, sentences: int) -> list[Spoken]:
    """Let the voice speak the unseen sentences of all languages."""
    checkpoint = open_checkpoint(checkpoint_path)
    settings = Settings(checkpoint=checkpoint_path, engine=engine)
    spoken: list[Spoken] = []
    async with open_engine(settings, checkpoint) as running:
        generator = PairGenerator(running, checkpoint)
        for language in LANGUAGES:
            lines = (TEXTS / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()[:sentences]
            pairs = await generator.answers(lines, at_once=settings.max_running)
            teacher = WordTeacher(language)
            for pair in filter(None, tqdm(pairs, desc=language)):
                starts = word_starts(pair.tokens, teacher.phones(pair.text))
                spoken.append(Spoken(language, pair, tuple(pair.text.casefold().split()), starts))
    return spoken


def judge(aligner: TokenAligner, language: str, rows: Sequence[Spoken]) -> Result:
    """Return the figures of one language."""
    errors: list[int] = []
    ordered = words = 0
    for row in rows:
        spans, _ = spans_in_time(aligner, row.pair)
        starts = starts_of(spans)
        words += len(starts)
        indices = list(dict.fromkeys(span.index for span in spans))
        ordered += indices == list(range(len(row.words))) and starts == sorted(starts)
        errors += [starts[word] - true for word, true in row.starts.items()]
    bounded = [_bounded(row) for row in rows if row.complete]
    tried, told = Counter[str](), Counter[str]()
    for kind, pair in injected(bounded, seed=1):
        name = kind.value if kind else "none"
        tried[name] += 1
        told[name] += bool(whole(aligner, pair)[1].faults)
    off = 20 * np.array(errors)
    return Result(
        language=language,
        sentences=len(rows),
        words=words,
        known=len(errors) / words,
        within_40_ms=float((abs(off) <= 40).mean()),
        within_120_ms=float((abs(off) <= 120).mean()),
        largest_ms=int(abs(off).max()),
        mean_ms=float(off.mean()),
        once_in_order=ordered / len(rows),
        false_alarms=told["none"] / tried["none"],
        **{kind.value: told[kind.value] / tried[kind.value] for kind in Injection},
    )


def _bounded(row: Spoken) -> Bounded:
    end = len(row.pair.tokens)
    while end and row.pair.tokens[end - 1] // FRAMES_PER_PHONE == _PAUSE:
        end -= 1
    return Bounded(row.pair, row.words, (*(row.starts[word] for word in range(len(row.words))), end))


def save(rows: Sequence[Spoken], path: Path, count: int) -> None:
    """Store the first sentences of each language whose words all have known starts."""
    kept: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            if not row.complete or kept[row.language] == count:
                continue
            kept[row.language] += 1
            starts = [row.starts[word] for word in range(len(row.words))]
            stored = {"language": row.language, "text": row.pair.text, "starts": starts, "tokens": row.pair.tokens}
            file.write(json.dumps(stored, ensure_ascii=False, separators=(",", ":")) + "\n")


def table(results: Sequence[Result]) -> list[str]:
    """Return the lines of a Markdown table with one column for each language."""
    lines = ["| | " + " | ".join(result.language for result in results) + " |", "|---" * (len(results) + 1) + "|"]
    for field in fields(Result)[1:]:
        values = [getattr(result, field.name) for result in results]
        shown = (f"{value:.3f}" if isinstance(value, float) else str(value) for value in values)
        lines.append(f"| {field.name.replace('_', ' ')} | " + " | ".join(shown) + " |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--sentences", type=int, default=100, help="of each language, at most")
    parser.add_argument("--save", type=Path, help="file for tokens and starts of some sentences")
    parser.add_argument("--count", type=int, default=12, help="stored sentences of each language")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    prepare_process()
    aligner = load_aligner(options.checkpoint)
    assert aligner is not None, "the checkpoint has no aligner"
    rows = asyncio.run(speak(options.checkpoint, options.engine, options.sentences))
    if options.save:
        save(rows, options.save, options.count)
    results = [judge(aligner, language, [row for row in rows if row.language == language]) for language in LANGUAGES]
    print("\n".join(table(results)))
    if options.out:
        options.out.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
