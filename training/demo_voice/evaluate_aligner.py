"""Evaluation of the demo voice's aligner against the truth: its tokens name their phones, the teachers the words.

Run as `python -m training.demo_voice.evaluate_aligner --out voices/demo/aligner/truth.json`; prints a table.
The voice's language model speaks the unseen sentences, the twelve voices in turn; tokens arrive one by one.
A word has no known start where the model read its first phone, or the phone before it, otherwise than the teachers.
An alarm is false if the words that it concerns, and those beside them, have the teachers' phones.
`--fresh SEED` takes fresh sentences of the training texts' generators instead, most of which are rows of words, and
`--teachers` the teachers' tokens instead of the voice's. `--spoken FILE` keeps what was spoken, and reads it if the
file exists, so that several aligners hear the same. `--roc` adds false alarms and faults found for several scores of a
jump. `--save` stores tokens and starts of some sentences for the tests. Needs flite and espeak-ng.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np

from core.alignment import TokenAligner, load_aligner
from shared.config import EngineKind
from shared.process import prepare_process
from tools.aligner.evaluation import spans_in_time, starts_of, whole
from tools.aligner.faults import Injection, injected
from training.demo_voice.fresh import fresh_sentences
from training.demo_voice.spoken import Spoken, read, speak, store, taught, with_truth
from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.unseen import unseen_sentences

ROC_JUMPS = (-6.0, -8.0, -10.0, -14.0)
"""Scores of a jump in the table of `--roc`."""


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one language: shares of the words with a known start, and of the chunks.

    `misread`: chunks with a word that has other phones than the teachers', `misread_told`: the share of these that a
    verdict tells. `removed` to `tail`: shares of the faults put into the other chunks.
    """

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
    misread: float
    misread_told: float
    removed: float
    doubled: float
    replaced: float
    tail: float


def judge(aligner: TokenAligner, language: str, rows: Sequence[Spoken], rounds: int) -> Result:
    """Return the figures of one language, with so many faults of each kind put into each sentence."""
    errors: list[int] = []
    ordered = words = 0
    alarms = Counter[str]()
    for row in rows:
        spans, verdict = spans_in_time(aligner, row.pair)
        alarms["false"] += any(map(row.is_false, verdict.faults))
        alarms["misread"] += bool(row.misread)
        alarms["told"] += bool(row.misread) and bool(verdict.faults)
        starts = starts_of(spans)
        words += len(starts)
        indices = list(dict.fromkeys(span.index for span in spans))
        ordered += indices == list(range(len(row.words))) and starts == sorted(starts)
        errors += [starts[word] - true for word, true in row.starts.items()]
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
        false_alarms=alarms["false"] / len(rows),
        misread=alarms["misread"] / len(rows),
        misread_told=alarms["told"] / alarms["misread"] if alarms["misread"] else -1.0,
        **{kind.value: share for kind, share in found_share(aligner, rows, rounds).items()},
    )


def roc(aligner: TokenAligner, rows: Sequence[Spoken]) -> list[str]:
    """Return the lines of a Markdown table: false alarms, and faults found, of all languages for each jump's score."""
    lines = ["| score of a jump | false alarms | " + " | ".join(Injection) + " |", "|---" * (len(Injection) + 2) + "|"]
    for jump in ROC_JUMPS:
        tried = TokenAligner(aligner.network, replace(aligner.standard, jump=jump))
        false = sum(any(map(row.is_false, whole(tried, row.pair)[1].faults)) for row in rows) / len(rows)
        found = found_share(tried, rows, 1).values()
        lines.append(f"| {jump:g} | " + " | ".join(f"{value:.3f}" for value in (false, *found)) + " |")
    return lines


def found_share(aligner: TokenAligner, rows: Sequence[Spoken], rounds: int) -> dict[Injection, float]:
    """Return the share of faults put into faultless rows, by kind, that a verdict tells; -1 without such rows."""
    tried, told = Counter[Injection](), Counter[Injection]()
    languages = {row.language for row in rows}
    for language in sorted(languages):
        bounded = [row.bounded() for row in rows if row.language == language and row.faultless]
        for kind, pair in (each for seed in range(1, rounds + 1) for each in injected(bounded, seed)):
            if kind:
                tried[kind] += 1
                told[kind] += bool(whole(aligner, pair)[1].faults)
    return {kind: told[kind] / tried[kind] if tried[kind] else -1.0 for kind in Injection}


def save(rows: Sequence[Spoken], path: Path, count: int) -> None:
    """Store the first sentences of each language whose words all have known starts."""
    kept: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            if not row.faultless or kept[row.language] == count:
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


def rows_of(options: argparse.Namespace) -> list[Spoken]:
    """Return the sentences that the options ask for, as they were spoken, with the truth about their words."""
    if options.spoken and options.spoken.exists():
        return list(with_truth(read(options.spoken)))
    if options.fresh is None:
        lines = {language: unseen_sentences(language)[: options.sentences] for language in LANGUAGES}
    else:
        lines = fresh_sentences(options.sentences, options.fresh)
    spoken = taught(lines) if options.teachers else asyncio.run(speak(options.checkpoint, options.engine, lines))
    if options.spoken:
        store(spoken, options.spoken)
    return list(with_truth(spoken))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that `rows_of` reads."""
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--sentences", type=int, default=100, help="of each language, at most")
    parser.add_argument("--fresh", type=int, help="seed of fresh sentences, instead of the unseen ones")
    parser.add_argument("--teachers", action="store_true", help="tokens of the teachers, instead of the voice's")
    parser.add_argument("--spoken", type=Path, help="file for what was spoken")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--rounds", type=int, default=1, help="faults of each kind that are put into a sentence")
    parser.add_argument("--roc", action="store_true")
    parser.add_argument("--save", type=Path, help="file for tokens and starts of some sentences")
    parser.add_argument("--count", type=int, default=12, help="stored sentences of each language")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    prepare_process()
    aligner = load_aligner(options.checkpoint)
    assert aligner is not None, "the checkpoint has no aligner"
    rows = rows_of(options)
    if options.save:
        save(rows, options.save, options.count)
    results = [
        judge(aligner, language, [row for row in rows if row.language == language], options.rounds)
        for language in LANGUAGES
    ]
    print("\n".join(table(results)))
    if options.roc:
        print("\n".join(roc(aligner, rows)))
    if options.out:
        options.out.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n")


if __name__ == "__main__":
    main()
