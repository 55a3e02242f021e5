"""Measures the demo voice through the service's own line: is it understood, does it keep time, does it stop, how fast.

Run as `python -m training.demo_voice.evaluate --out voices/demo/evaluation.json` (`make eval-voice`); prints a table.
Needs flite and espeak-ng (the teachers) and pocketsphinx (the listener).
"""

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean, median

import numpy as np
import numpy.typing as npt
import soundfile
from tqdm import tqdm

from core.pipeline import Pipeline
from services.runtime import Runtime, open_runtime
from shared.config import CodecMode, EngineKind, Settings, prepare_process
from shared.errors import GenerationError
from shared.types import Sampling, Utterance, Voice
from training.demo_voice.recogniser import Listener, errors, words
from training.demo_voice.retrieval import cepstra, nearest, told_apart, voice_print
from training.demo_voice.teachers import teacher

RATE = 16_000
TEXTS = Path("tests/data")
LANGUAGES = ("en", "hi", "te")
PRINT_SENTENCES, FIRST_SEED = 3, 1000
EDGE = 2
"""Samples on each side of a seam whose steps count as the seam's."""


@dataclass(frozen=True, slots=True)
class Take:
    """One sentence as the line spoke it: samples at RATE, seconds to the first and the last block, seams in samples."""

    text: str
    voice: str
    samples: npt.NDArray[np.float32]
    first_s: float
    whole_s: float
    seams: tuple[int, ...]
    failed: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One language over all its sentences. Word errors are -1 where no recogniser knows the language.

    `seam_step` is the largest step between neighbouring samples at a seam, over the largest elsewhere.
    """

    language: str
    sentences: int
    retrieved: int
    word_error: float
    teacher_word_error: float
    duration_ratio: float
    failures: int
    seam_step: float
    real_time_factor: float
    first_audio_ms: float


def teachers_takes(language: str, sentences: Sequence[str]) -> list[npt.NDArray[np.float32]]:
    voice = teacher(language, waves=True)
    return [voice.speak(text)[0].astype(np.float32) for text in sentences]


async def take(pipeline: Pipeline, voice: Voice, text: str, sampling: Sampling) -> Take:
    """Streamed, as for a listener."""
    utterance = Utterance(text, voice, sampling, RATE, stream=True)
    begun, first = time.perf_counter(), None
    seams: list[int] = []
    blocks: list[npt.NDArray[np.float32]] = []
    try:
        async with pipeline.speak(utterance) as speech:
            async for block in speech.blocks:
                first = first or time.perf_counter()
                blocks.append(block.samples)
            seams += speech.joint.starts[1:]
    except GenerationError:
        return Take(text, voice.id, np.zeros(0, np.float32), 0.0, 0.0, (), failed=True)
    ended = time.perf_counter()
    samples = np.concatenate([*blocks, np.zeros(0, np.float32)])
    chunk = seams[0] if seams else len(samples)
    seams += _window_edges(pipeline, chunk)
    return Take(text, voice.id, samples, (first or ended) - begun, ended - begun, tuple(seams), failed=not len(samples))


def _window_edges(pipeline: Pipeline, stop: int) -> Iterator[int]:
    """Samples of the first chunk at which one decode window's sound ends and the next one's begins."""
    keep, edge = pipeline.windows.first, 0
    while (edge := edge + keep * pipeline.codec.hop) < stop:
        yield edge
        keep = min(2 * keep, pipeline.windows.steady)


def steps_at_seams(takes: Sequence[Take]) -> float:
    """Largest step within EDGE samples of a seam, over the largest elsewhere, each in one whole set of takes."""
    at, elsewhere = 0.0, 1e-9
    for one in takes:
        steps = np.abs(np.diff(one.samples, prepend=one.samples[:1]))
        near = np.zeros(len(steps), bool)
        for seam in one.seams:
            near[max(0, seam - EDGE) : seam + EDGE] = True
        at = max(at, float(steps[near].max(initial=0)))
        elsewhere = max(elsewhere, float(steps[~near].max(initial=0)))
    return at / elsewhere


def word_error(pairs: Sequence[tuple[str, npt.NDArray[np.floating]]]) -> float:
    listener = Listener()
    wrong = sum(errors(words(text), listener.hear(samples)) for text, samples in tqdm(pairs, desc="listening"))
    return wrong / sum(len(words(text)) for text, _ in pairs)


def judge(language: str, takes: Sequence[Take], references: Sequence[npt.NDArray[np.float32]]) -> Result:
    """`references`: the teacher's recordings of the same sentences, in the same order."""
    made = [(i, one) for i, one in enumerate(takes) if not one.failed]
    patterns = [cepstra(reference) for reference in references]
    right = sum(nearest(cepstra(one.samples), patterns) == i for i, one in tqdm(made, desc="retrieving"))
    english = language == "en"
    return Result(
        language=language,
        sentences=len(takes),
        retrieved=right,
        word_error=word_error([(one.text, one.samples) for _, one in made]) if english else -1.0,
        teacher_word_error=(
            word_error(list(zip([one.text for one in takes], references, strict=True))) if english else -1.0
        ),
        duration_ratio=fmean(_spoken_s(one.samples) / _spoken_s(references[i]) for i, one in made),
        failures=len(takes) - len(made),
        seam_step=steps_at_seams([one for _, one in made]),
        real_time_factor=sum(one.whole_s for _, one in made) / sum(len(one.samples) / RATE for _, one in made),
        first_audio_ms=1000 * median(one.first_s for _, one in made),
    )


def _spoken_s(samples: npt.NDArray[np.floating]) -> float:
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return float(loud[-1] - loud[0]) / RATE


async def speak_all(runtime: Runtime, language: str, sentences: Sequence[str], voices: Sequence[Voice]) -> list[Take]:
    """The sentences by the voices in turn, one after the other."""
    sampling = runtime.checkpoint.sampling
    return [
        await take(runtime.pipeline, voices[i % len(voices)], text, replace(sampling, seed=FIRST_SEED + i))
        for i, text in enumerate(tqdm(sentences, desc=f"speaking {language}"))
    ]


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
            results.append(judge(language, takes, teachers_takes(language, sentences)))
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
