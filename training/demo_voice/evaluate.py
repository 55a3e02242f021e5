"""Measures the demo voice through the service's own line: is it understood, does it keep time, does it stop, how fast.

Run as `python -m training.demo_voice.evaluate --out voices/demo/evaluation.json` (`make eval-voice`); prints a table.
Needs flite and espeak-ng (the teachers) and pocketsphinx (the listener).
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
from shared.config import CodecMode, EngineKind, Settings, prepare_process
from training.demo_voice.recogniser import Listener, errors, phone_error, words
from training.demo_voice.references import TEACHERS, teachers_phones, teachers_takes
from training.demo_voice.retrieval import cepstra, nearest, told_apart, voice_print
from training.demo_voice.takes import RATE, Take, speak_all, steps_at_seams, take
from training.demo_voice.teachers import LANGUAGES

TEXTS = Path("tests/data")
PRINT_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Result:
    """One language over all its sentences; -1 where nobody can tell: no teacher speaks mixed lines in one voice.

    `phone_error`: what the language model reads against what the teachers read, pauses left out. `seam_step`: the
    largest step between neighbouring samples at a seam, over the largest elsewhere.
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
    listener = Listener()
    wrong = sum(errors(words(text), listener.hear(samples)) for text, samples in tqdm(pairs, desc="listening"))
    return wrong / sum(len(words(text)) for text, _ in pairs)


def judge(language: str, takes: Sequence[Take]) -> Result:
    sentences = [one.text for one in takes]
    made = [one for one in takes if not one.failed]
    result = Result(
        language=language,
        sentences=len(takes),
        failures=len(takes) - len(made),
        phone_error=phone_error(zip([one.phones for one in takes], teachers_phones(language, sentences), strict=True)),
        seam_step=steps_at_seams(made),
        real_time_factor=sum(one.whole_s for one in made) / sum(len(one.samples) / RATE for one in made),
        first_audio_ms=1000 * median(one.first_s for one in made),
    )
    if language not in TEACHERS:
        return result
    references = teachers_takes(language, sentences)
    patterns = [cepstra(reference) for reference in references]
    numbered = [(i, one) for i, one in enumerate(takes) if not one.failed]
    found = [nearest(cepstra(one.samples), patterns) == i for i, one in tqdm(numbered, desc="retrieving")]
    ratios = [_spoken_s(one.samples) / _spoken_s(references[i]) for i, one in numbered]
    result = replace(result, retrieved=sum(found), duration_ratio=fmean(ratios))
    if language != "en":
        return result
    own = word_error([(one.text, one.samples) for one in made])
    teachers = word_error([(one.text, reference) for one, reference in zip(takes, references, strict=True)])
    return replace(result, word_error=own, teacher_word_error=teachers)


def _spoken_s(samples: npt.NDArray[np.floating]) -> float:
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return float(loud[-1] - loud[0]) / RATE


def table(results: Sequence[Result]) -> Iterator[str]:
    """Markdown, a column a language."""
    yield "| | " + " | ".join(result.language for result in results) + " |"
    yield "|---" * (len(results) + 1) + "|"
    for field in fields(Result)[1:]:
        values = [getattr(result, field.name) for result in results]
        row = ("-" if v == -1 else f"{v:.3f}" if isinstance(v, float) else str(v) for v in values)
        yield f"| {field.name.replace('_', ' ')} | " + " | ".join(row) + " |"


async def separation(runtime: Runtime, sentences: Sequence[str]) -> tuple[int, int]:
    """Takes whose voice print is nearest to their own voice's, and all takes; every voice says every sentence."""
    prints = []
    for voice in tqdm(runtime.checkpoint.voices, desc="telling voices apart"):
        takes = [await take(runtime.pipeline, voice, text, runtime.checkpoint.sampling) for text in sentences]
        prints.append([voice_print(one.samples) for one in takes])
    return told_apart(prints), len(prints) * len(sentences)


async def evaluate(options: argparse.Namespace) -> tuple[list[Result], tuple[int, int]]:
    settings = Settings(checkpoint=options.checkpoint, engine=options.engine, codec_mode=CodecMode.FAST)
    results = []
    async with open_runtime(settings) as runtime:
        voices = [v for v in runtime.checkpoint.voices if options.voice in (None, v.id)]
        for language in options.languages:
            lines = (options.texts / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()
            sentences = lines[: options.sentences]
            takes = await speak_all(runtime, language, sentences, voices)
            if options.waves:
                options.waves.mkdir(parents=True, exist_ok=True)
                for i, one in enumerate(takes):
                    soundfile.write(options.waves / f"{language}_{i:02d}_{one.voice}.wav", one.samples, RATE)
            results.append(judge(language, takes))
        english = (options.texts / "unseen_sentences_en.txt").read_text("utf-8").splitlines()
        apart = await separation(runtime, english[-PRINT_SENTENCES:])
    return results, apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--texts", type=Path, default=TEXTS, help="folder with unseen_sentences_LANGUAGE.txt")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--voice", help="one voice for all sentences; without it all of them in turn")
    parser.add_argument("--engine", type=EngineKind, default=EngineKind.TRANSFORMERS)
    parser.add_argument("--waves", type=Path, help="folder to keep the sound in")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    prepare_process()
    results, (apart, of) = asyncio.run(evaluate(options))
    print("\n".join(table(results)), f"\nvoices told apart: {apart} of {of} takes")
    if options.out:
        report = {"languages": [asdict(result) for result in results], "voices_told_apart": apart, "takes": of}
        options.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
