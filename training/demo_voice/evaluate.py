"""Measures a demo checkpoint on unseen sentences: is it understood, does it keep time, does it stop, how fast is it.

Run as `python -m training.demo_voice.evaluate --checkpoint voices/demo --out FILE.json`; prints a table. Needs flite
(the teacher, for comparison) and pocketsphinx (the listener).
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import fmean

import numpy as np
import numpy.typing as npt
import soundfile
import torch

from shared.types import Voice
from training.demo_voice.codes import SPEAKERS, onsets, snap
from training.demo_voice.flite import FliteVoice
from training.demo_voice.recogniser import Listener, errors, words
from training.demo_voice.speak import Demo, Speech

TEACHERS = {speaker.id: speaker.teacher for speaker in SPEAKERS}


@dataclass(frozen=True, slots=True)
class Result:
    """One voice, over all its sentences; `picked` and `teacher_picked` are shares recognised in the closed set."""

    voice: str
    sentences: int
    picked: float
    teacher_picked: float
    word_error: float
    teacher_word_error: float
    phone_error: float
    duration_ratio: float
    empty: int
    not_stopped: int
    real_time_factor: float


def teacher_wave(teacher: str, text: str) -> npt.NDArray[np.float64]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", teacher, "-t", text, "-o", file.name], check=True)
        samples, _ = soundfile.read(file.name)
    return np.asarray(samples, np.float64)


class Judge:
    """Holds the listeners; `sentences` is the closed set."""

    def __init__(self, sentences: list[str]) -> None:
        self._sentences = sentences
        self._closed, self._free = Listener(sentences), Listener()

    def picked(self, text: str, samples: npt.NDArray[np.floating]) -> bool:
        return self._closed.hear(samples) == words(text)

    def word_errors(self, text: str, samples: npt.NDArray[np.floating]) -> int:
        return errors(words(text), self._free.hear(samples))

    def judge(self, voice: Voice, speeches: list[Speech]) -> Result:
        teacher = FliteVoice(TEACHERS[voice.id], waves=False)
        references = [snap(teacher.phones(text)) for text in self._sentences]
        waves = [teacher_wave(TEACHERS[voice.id], text) for text in self._sentences]
        pairs = list(zip(self._sentences, speeches, strict=True))
        word_count = sum(len(words(text)) for text in self._sentences)
        phones = [[span.phone for span in spans] for spans in references]
        wrong = sum(errors(row, onsets(speech.tokens)) for row, speech in zip(phones, speeches, strict=True))
        return Result(
            voice=voice.id,
            sentences=len(pairs),
            picked=fmean(self.picked(text, speech.samples) for text, speech in pairs),
            teacher_picked=fmean(map(self.picked, self._sentences, waves)),
            word_error=sum(self.word_errors(text, speech.samples) for text, speech in pairs) / word_count,
            teacher_word_error=sum(map(self.word_errors, self._sentences, waves)) / word_count,
            phone_error=wrong / sum(map(len, phones)),
            duration_ratio=fmean(
                len(speech.tokens) / sum(span.frames for span in spans)
                for speech, spans in zip(speeches, references, strict=True)
            ),
            empty=sum(not speech.tokens for speech in speeches),
            not_stopped=sum(not speech.stopped for speech in speeches),
            real_time_factor=sum(speech.seconds for speech in speeches)
            / max(0.02, sum(len(speech.tokens) for speech in speeches) * 0.02),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("voices/demo"))
    parser.add_argument("--texts", type=Path, default=Path("tests/data/unseen_sentences_en.txt"))
    parser.add_argument("--sentences", type=int, default=20)
    parser.add_argument("--skip", type=int, default=0, help="sentences passed over at the head of the file")
    parser.add_argument("--temperature", type=float, help="instead of the checkpoint's own")
    parser.add_argument("--unpinned", action="store_true", help="let the model emit the global tokens")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--waves", type=Path, help="folder to keep the sound in")
    parser.add_argument("--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    sentences = options.texts.read_text().splitlines()[options.skip : options.skip + options.sentences]
    demo = Demo(options.checkpoint)
    if options.temperature is not None:
        demo.sampling = replace(demo.sampling, temperature=options.temperature)
    judge, results = Judge(sentences), []
    for voice in demo.checkpoint.voices:
        speeches = [
            demo.speak(text, voice, seed=options.seed + i, pinned=not options.unpinned)
            for i, text in enumerate(sentences)
        ]
        print(f"{voice.id}: spoken", flush=True)
        if options.waves:
            options.waves.mkdir(parents=True, exist_ok=True)
            for i, speech in enumerate(speeches):
                soundfile.write(options.waves / f"{voice.id}_{i:02d}.wav", speech.samples, 16_000)
        results.append(judge.judge(voice, speeches))
    for field in fields(Result):
        values = [getattr(result, field.name) for result in results]
        print(f"{field.name:20}" + "".join(f"{v:>14.3f}" if isinstance(v, float) else f"{v:>14}" for v in values))
    if options.out:
        report = {
            "model": demo.checkpoint.model_version,
            "sampling": asdict(demo.sampling),
            "pinned": not options.unpinned,
            "voices": [asdict(result) for result in results],
        }
        options.out.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
