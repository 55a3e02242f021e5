"""Evaluation of the demo voice through the service's pipeline: intelligibility, intonation, failures and speed.

Run as `python -m training.demo_voice.evaluate --out voices/demo/evaluation.json` (`make eval-voice`); prints tables and
writes them into the README beside the file. `--against FOLDER` compares another checkpoint, such as the last version.
Needs flite and espeak-ng (the teachers) and the packages of the group `train`.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean, median

import numpy as np
import numpy.typing as npt
import soundfile
from tqdm import tqdm

from ops.reference.parts import fill
from services.runtime import Runtime, open_runtime
from shared.config import EngineKind
from shared.process import prepare_process
from training.demo_voice.measures.comparison import Comparison, Plan
from training.demo_voice.measures.figures import VoiceFigures
from training.demo_voice.measures.listeners import listeners
from training.demo_voice.measures.report import Report, read_report
from training.demo_voice.measures.systems import checkpoint_folder, settings_of
from training.demo_voice.measures.takes import TAKES, TakeStore
from training.demo_voice.recogniser import Recogniser, errors, phone_error, words
from training.demo_voice.recordings import RATE, Recording, record, record_all, steps_at_seams
from training.demo_voice.references import TEACHERS, teacher_phones, teacher_recordings
from training.demo_voice.retrieval import cepstra, nearest, told_apart, voice_print
from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.unseen import DATA, Kind, unseen_sentences

PRINT_SENTENCES = 3
"""Sentences that every voice speaks for voice prints."""


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one language over all its sentences; -1: not measured.

    No teacher speaks mixed lines alone, and phones are known only where the scheme of the tokens is.

    `phone_error` compares the phones of the language model with those of the teachers, without pauses. `seam_step` is
    the largest step between neighbouring samples at a seam, over the largest elsewhere.
    """

    language: str
    sentences: int
    failures: int
    phone_error: float
    seam_step: float
    real_time_factor: float
    first_audio_ms: float
    retrieved: int = -1
    duration_ratio: float = -1
    word_error: float = -1
    teacher_word_error: float = -1


def word_error(pairs: Sequence[tuple[str, npt.NDArray[np.floating]]]) -> float:
    """Return the word error rate of the recogniser on texts and their sounds."""
    recogniser = Recogniser()
    wrong = sum(errors(words(text), recogniser.recognise(samples)) for text, samples in tqdm(pairs, desc="recognising"))
    return wrong / sum(len(words(text)) for text, _ in pairs)


def judge(language: str, recordings: Sequence[Recording]) -> Result:
    """Return the figures of one language's recordings."""
    sentences = [one.text for one in recordings]
    made = [one for one in recordings if not one.failed]
    result = Result(
        language=language,
        sentences=len(recordings),
        failures=len(recordings) - len(made),
        phone_error=_phone_error(language, recordings),
        seam_step=steps_at_seams(made),
        real_time_factor=sum(one.whole_s for one in made) / sum(len(one.samples) / RATE for one in made),
        first_audio_ms=1000 * median(one.first_s for one in made),
    )
    if language not in TEACHERS:
        return result
    references = teacher_recordings(language, sentences)
    patterns = [cepstra(reference) for reference in references]
    numbered = [(i, one) for i, one in enumerate(recordings) if not one.failed]
    found = [(i, nearest(cepstra(one.samples), patterns)) for i, one in tqdm(numbered, desc="retrieving")]
    for i, near in found:
        if i != near:
            print(f"{language}: {sentences[i]!r} by {recordings[i].voice} is nearest to {sentences[near]!r}")
    ratios = [_spoken_s(one.samples) / _spoken_s(references[i]) for i, one in numbered]
    result = replace(result, retrieved=sum(i == near for i, near in found), duration_ratio=fmean(ratios))
    if language != "en":
        return result
    own = word_error([(one.text, one.samples) for one in made])
    teachers = word_error([(one.text, reference) for one, reference in zip(recordings, references, strict=True)])
    return replace(result, word_error=own, teacher_word_error=teachers)


def _phone_error(language: str, recordings: Sequence[Recording]) -> float:
    phones = [one.phones for one in recordings]
    if not any(phones):
        return -1
    return phone_error(zip(phones, teacher_phones(language, [one.text for one in recordings]), strict=True))


def _spoken_s(samples: npt.NDArray[np.floating]) -> float:
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return float(loud[-1] - loud[0]) / RATE


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of a Markdown table with one column for each language."""
    yield "| | " + " | ".join(result.language for result in results) + " |"
    yield "|---" * (len(results) + 1) + "|"
    for field in fields(Result)[1:]:
        values = [getattr(result, field.name) for result in results]
        row = ("-" if v == -1 else f"{v:.3f}" if isinstance(v, float) else str(v) for v in values)
        yield f"| {field.name.replace('_', ' ')} | " + " | ".join(row) + " |"


async def separation(runtime: Runtime, sentences: Sequence[str]) -> tuple[int, int]:
    """Return the number of recordings whose voice print is nearest to their own voice's, and of all recordings."""
    prints = []
    for voice in tqdm(runtime.checkpoint.voices, desc="telling voices apart"):
        recordings = [await record(runtime.pipeline, voice, text, runtime.checkpoint.sampling) for text in sentences]
        prints.append([voice_print(one.samples) for one in recordings])
    return told_apart(prints), len(prints) * len(sentences)


async def evaluate(options: argparse.Namespace) -> tuple[list[Result], tuple[int, int]]:
    """Evaluate all languages, and how well the voices differ."""
    results = []
    async with open_runtime(settings_of(options.checkpoint, options.engine)) as runtime:
        voices = [v for v in runtime.checkpoint.voices if options.voice in (None, v.id)]
        for language in options.languages:
            sentences = unseen_sentences(language, options.texts)[: options.sentences]
            recordings = await record_all(runtime, language, sentences, voices)
            if options.waves:
                options.waves.mkdir(parents=True, exist_ok=True)
                for i, one in enumerate(recordings):
                    soundfile.write(options.waves / f"{language}_{i:02d}_{one.voice}.wav", one.samples, RATE)
            results.append(judge(language, recordings))
        apart = await separation(runtime, unseen_sentences("en", options.texts)[-PRINT_SENTENCES:])
    return results, apart


def plan_of(options: argparse.Namespace) -> Plan:
    """Return the extent of the comparison."""
    return Plan(
        languages=[language for language in options.languages if language in TEACHERS],
        kinds=options.kinds,
        sentences=options.of_each_kind,
        voices_a_sentence=options.voices_a_sentence,
        heard=options.heard,
        texts=options.texts,
    )


async def compare(options: argparse.Namespace, plan: Plan) -> list[VoiceFigures]:
    """Compare flite, espeak-ng, the checkpoint of `against` if there is one, and the evaluated checkpoint, the last."""
    comparison = Comparison(plan, TakeStore(options.takes), listeners() if options.heard else {})
    rows = await comparison.references()
    for folder in filter(None, (options.against, options.checkpoint)):
        rows += await comparison.checkpoint(folder, options.engine)
    return rows


def write(report: Report, out: Path) -> None:
    """Write the figures, and their tables into the README beside them."""
    out.write_text(json.dumps(report.document(), indent=2) + "\n")
    card = out.with_name("README.md")
    if card.exists():
        card.write_text(fill(card.read_text("utf-8"), report.parts()), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=checkpoint_folder, default=Path("voices/demo"))
    parser.add_argument("--against", type=checkpoint_folder, help="another checkpoint to compare")
    parser.add_argument("--texts", type=Path, default=DATA, help="folder with unseen_sentences_LANGUAGE.txt")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument(
        "--sentences", type=int, default=100, help="unseen sentences of each language; 0: comparison alone"
    )
    parser.add_argument(
        "--of-each-kind", type=int, default=36, help="sentences of each kind to compare; 0: no comparison"
    )
    parser.add_argument(
        "--kinds", nargs="+", type=Kind, choices=list(Kind), default=list(Kind), help="kinds to compare"
    )
    parser.add_argument("--voices-a-sentence", type=int, default=2, help="voices that speak each compared sentence")
    parser.add_argument("--heard", type=int, default=24, help="English sentences of each voice for the listeners")
    parser.add_argument("--voice", help="voice for all unseen sentences; default: all voices in turn")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--waves", type=Path, help="folder to write the recordings of the unseen sentences to")
    parser.add_argument("--takes", type=Path, default=TAKES, help="folder that keeps the takes of the comparison")
    parser.add_argument(
        "--out", type=Path, help="JSON file for the figures; parts that are not measured stay as they are"
    )
    options = parser.parse_args()
    prepare_process()
    report = read_report(options.out)
    if options.sentences:
        results, (apart, of) = asyncio.run(evaluate(options))
        report = replace(report, languages=[asdict(result) for result in results], voices_told_apart=apart, takes=of)
        print("\n".join(table(results)), f"\nvoices told apart: {apart} of {of} recordings")
    if options.of_each_kind:
        plan = plan_of(options)
        report = replace(report, extent=str(plan), comparison=asyncio.run(compare(options, plan)))
    print("\n\n".join(part() for part in report.parts().values()))
    if options.out:
        write(report, options.out)


if __name__ == "__main__":
    main()
