"""Training data of the decoder: tokens, amplitudes and noise of some hundred utterances, each in several throats.

Run as `python -m training.demo_voice.waves --work DIR` after timings; writes DIR/waves_LANGUAGE_PART.npz. Parts that
have their file are skipped. Half of the throats are the speakers', the others are drawn from the whole space. A part of
the utterances has an emotion tag; laughter and breath have the spectra of flite's "ha".
"""

import argparse
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.demo_voice.codes import BREATH, LAUGH
from training.demo_voice.envelopes import on_grid, spectra
from training.demo_voice.flite import RATE
from training.demo_voice.lines import load
from training.demo_voice.phases import phases
from training.demo_voice.phones import Span, snap
from training.demo_voice.scores import Line, Score
from training.demo_voice.speakers import MIDDLES_HZ, SPACE, SPEAKERS, Speaker, Throat
from training.demo_voice.tagged import tagged
from training.demo_voice.targets import stretched, target
from training.demo_voice.teachers import Teacher, teacher

LANGUAGES = ("en", "hi", "te")
VOICES_OF_A_LINE = 2
"""Throats of each utterance: phones in new places are worth more than more voices."""
PART = 40
"""Utterances of a file."""
LENGTHS = (16, 70)
"""Characters of the shortest and of the longest line."""


def drawn(rng: random.Random) -> Speaker:
    """Return a speaker, or one with a throat and a manner from anywhere in the space."""
    speaker = rng.choice(SPEAKERS)
    if rng.random() < 0.5:
        return speaker
    middle = rng.choice(MIDDLES_HZ)
    throat = Throat(middle, *(round(rng.uniform(low, high), 3) for low, high in SPACE[1:]))
    manner = {"range": rng.uniform(0.5, 1.1), "rate": rng.uniform(0.9, 1.12)}
    return replace(speaker, throat=throat, pitch_hz=middle + rng.uniform(-9, 9), **manner)


def spoken(voice: Teacher, line: Line) -> tuple[np.ndarray, list[Span]]:
    """Return the teacher's sound and spans; no spans if they are not those of the line."""
    samples, found = voice.speak(line.text)
    spans = snap(found)
    return samples, spans if tuple(span.phone for span in spans) == line.phones else []


def laughing() -> tuple[np.ndarray, dict[int, Span]]:
    """Return flite's "ha", and the spans of breath and laughter in it."""
    samples, phones = teacher("en", waves=True).speak("ha.")
    _, breath, laugh, _ = snap(phones)
    before_vowel = breath.start_s + 0.7 * (breath.end_s - breath.start_s)
    return samples, {BREATH: replace(breath, end_s=before_vowel), LAUGH: laugh}


def spans_of(sung: Score, spans: list[Span], sounds: dict[int, Span]) -> list[Span]:
    """Return the spans of the sounds of a score: those of its line, and before or behind them those of a tag."""
    added = len(sung.sounds) - len(spans)
    first = len(spans) - 1 if sung.sounds[-2] in sounds else 1
    begun = [sounds.get(sound, spans[0]) for sound in sung.sounds[first : first + added]]
    return stretched([*spans[:first], *begun, *spans[first:]], sung.frames)


def shifted(span: Span, seconds: float) -> Span:
    """Return a span of a later part of the sound."""
    return replace(span, start_s=span.start_s + seconds, end_s=span.end_s + seconds)


def render(language: str, lines: list[Line], path: Path, rng: random.Random, tag_share: float) -> None:
    """Write the training data of some lines."""
    voice = teacher(language, waves=True)
    ha, of_ha = laughing()
    tokens, speakers, offsets = list[int](), list[list[int]](), [0]
    middles, amplitudes, sounds = list[float](), list[np.ndarray](), list[np.ndarray]()
    for line in tqdm(lines, desc=path.stem, mininterval=10):
        samples, spans = spoken(voice, line)
        if not spans:
            continue
        later = {sound: shifted(span, len(samples) / RATE) for sound, span in of_ha.items()}
        found = spectra(np.concatenate((samples, ha * (samples.std() / ha.std()))), [*spans, *later.values()])
        for _ in range(VOICES_OF_A_LINE):
            speaker = drawn(rng)
            _, sung = tagged(line, speaker, rng, tag_share)
            envelopes = on_grid(found, spans_of(sung, spans, later))
            made = target(envelopes, sung.tokens, phases(sung.tokens, speaker.middle_hz), speaker.throat)
            tokens += sung.tokens
            amplitudes.append(made.amplitudes.astype(np.float16))
            sounds.append((np.clip(made.noise, -0.99, 0.99) * 32767).astype(np.int16))
            speakers.append(speaker.global_tokens)
            middles.append(speaker.middle_hz)
            offsets.append(len(tokens))
    np.savez(
        path,
        tokens=np.array(tokens, np.int32),
        offsets=np.array(offsets),
        speakers=np.array(speakers, np.uint8),
        middles=np.array(middles),
        amplitudes=np.concatenate(amplitudes),
        noise=np.concatenate(sounds),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--parts", type=int, default=10, help="of each language")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=LANGUAGES)
    parser.add_argument("--tag-share", type=float, default=0.3, help="share of utterances with an emotion tag")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for part in range(options.parts):
        for language, lines in load(options.work, options.languages).items():
            path = options.work / f"waves_{language}_{part:02d}.npz"
            usable = [line for line in lines if LENGTHS[0] <= len(line.text) <= LENGTHS[1]]
            random.Random(options.seed).shuffle(usable)
            if not path.exists() and len(usable) > PART * part:
                rng = random.Random(f"{options.seed} {language} {part}")
                render(language, usable[PART * part : PART * (part + 1)], path, rng, options.tag_share)


if __name__ == "__main__":
    main()
