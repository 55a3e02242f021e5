"""Evaluation of the demo voice through the service's pipeline: intelligibility, durations, failures and speed.

Run as `python -m training.demo_voice.evaluate --out voices/demo/evaluation.json` (`make eval-voice`); prints a table.
Needs flite and espeak-ng (the teachers) and pocketsphinx (the recogniser).
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

from services.runtime import Runtime, open_runtime
from shared.config import CodecMode, EngineKind, Settings
from shared.process import prepare_process
from training.demo_voice.recogniser import Recogniser, errors, phone_error, words
from training.demo_voice.recordings import RATE, Recording, record, record_all, steps_at_seams
from training.demo_voice.references import TEACHERS, teacher_phones, teacher_recordings
from training.demo_voice.retrieval import cepstra, nearest, told_apart, voice_print
from training.demo_voice.teachers import LANGUAGES

TEXTS = Path("tests/data")
PRINT_SENTENCES = 3
"""Sentences that every voice speaks for voice prints."""


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one language over all its sentences; -1: not measured, because no teacher speaks mixed lines alone.

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
        phone_error=phone_error(
            zip([one.phones for one in recordings], teacher_phones(language, sentences), strict=True)
        ),
        seam_step=steps_at_seams(made),
        real_time_factor=sum(one.whole_s for one in made) / sum(len(one.samples) / RATE for one in made),
        first_audio_ms=1000 * median(one.first_s for one in made),
    )
    if language not in TEACHERS:
        return result
    references = teacher_recordings(language, sentences)
    patterns = [cepstra(reference) for reference in references]
    numbered = [(i, one) for i, one in enumerate(recordings) if not one.failed]
    found = [nearest(cepstra(one.samples), patterns) == i for i, one in tqdm(numbered, desc="retrieving")]
    ratios = [_spoken_s(one.samples) / _spoken_s(references[i]) for i, one in numbered]
    result = replace(result, retrieved=sum(found), duration_ratio=fmean(ratios))
    if language != "en":
        return result
    own = word_error([(one.text, one.samples) for one in made])
    teachers = word_error([(one.text, reference) for one, reference in zip(recordings, references, strict=True)])
    return replace(result, word_error=own, teacher_word_error=teachers)


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
    settings = Settings(checkpoint=options.checkpoint, engine=options.engine, codec_mode=CodecMode.FAST)
    results = []
    async with open_runtime(settings) as runtime:
        voices = [v for v in runtime.checkpoint.voices if options.voice in (None, v.id)]
        for language in options.languages:
            lines = (options.texts / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
            sentences = lines[: options.sentences]
            recordings = await record_all(runtime, language, sentences, voices)
            if options.waves:
                options.waves.mkdir(parents=True, exist_ok=True)
                for i, one in enumerate(recordings):
                    soundfile.write(options.waves / f"{language}_{i:02d}_{one.voice}.wav", one.samples, RATE)
            results.append(judge(language, recordings))
        english = (options.texts / "unseen_sentences_en.txt").read_text("utf-8").splitlines()
        apart = await separation(runtime, english[-PRINT_SENTENCES:])
    return results, apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--texts", type=Path, default=TEXTS, help="folder with unseen_sentences_LANGUAGE.txt")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--voice", help="voice for all sentences; default: all voices in turn")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--waves", type=Path, help="folder to write the recordings to")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    prepare_process()
    results, (apart, of) = asyncio.run(evaluate(options))
    print("\n".join(table(results)), f"\nvoices told apart: {apart} of {of} recordings")
    if options.out:
        report = {"languages": [asdict(result) for result in results], "voices_told_apart": apart, "takes": of}
        options.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
