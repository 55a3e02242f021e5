"""Evaluation of the speaker encoder: unseen voices are cloned, and the clones compared with them and with the twelve.

Run as `python -m training.intonation.evaluate_encoder --encoder DIR/encoder.pt`, or with a checkpoint directory; prints
a table. Source and clone are targets of the decoder, so neither the decoder nor the language model takes part. Needs
flite and espeak-ng.
"""

import argparse
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from audio.reference import reference_clip, volume_normalize
from core.bicodec.checkpoint import open_bicodec
from core.bicodec.mel import MelSpectrogram
from core.bicodec.speaker import SpeakerEncoder, VoiceTokenizer, load_voice_tokenizer
from training.demo_voice.flite import RATE
from training.demo_voice.target import spectra
from training.demo_voice.teachers import teacher
from training.intonation.anybody import told
from training.intonation.decoder_config import config
from training.intonation.encoder_data import Analysed, spoken_by, sung
from training.intonation.encoder_digits import source
from training.intonation.evaluate_target import levels
from training.intonation.melodies import MIDDLE_HZ, measured, notes
from training.intonation.scores import Line
from training.intonation.speakers import SPEAKERS, Speaker

Array = npt.NDArray[np.float64]
TEXTS = Path("tests/data")
SENTENCES, RECORDED = 4, 20
"""Sentences that source, clone and the twelve speak, and sentences after them that make the recordings."""
ORDER, FRAME, HOP = 18, 640, 320
"""Order of the linear prediction that finds formants, and its frame and hop in samples."""
LAGS = np.subtract.outer(np.arange(ORDER), np.arange(ORDER))
FORMANTS_HZ = ((250, 1000), (900, 2600), (1900, 3700))
"""Bands in which the first three formants are looked for."""


def tokenizer(path: Path) -> VoiceTokenizer:
    """Return the tokenizer of a checkpoint directory, or of a training's file at the width that the service loads."""
    if path.is_dir():
        return load_voice_tokenizer(open_bicodec(path / "BiCodec"))
    encoder = SpeakerEncoder(config().speaker_encoder)
    encoder.load_state_dict(torch.load(path, map_location="cpu")["model"])
    return VoiceTokenizer(MelSpectrogram(config().mel_params), encoder.eval().requires_grad_(False))


def analysed(language: str) -> list[Analysed]:
    """Return unseen sentences of a language as its teacher speaks them."""
    voice, found = teacher(language, waves=True), list[Analysed]()
    for text in (TEXTS / f"unseen_sentences_{language}.txt").read_text("utf-8").splitlines()[: SENTENCES + RECORDED]:
        samples, phones = voice.speak(text)
        sounds = notes(phones, measured(samples), MIDDLE_HZ[language])
        spans = [note.span for note in sounds]
        named, frames = tuple(span.phone for span in spans), tuple(span.frames for span in spans)
        line = Line(text, named, frames, tuple(value for note in sounds for value in note.semitones))
        found.append((spectra(samples, spans), spans, line))
    return found


def formants(sound: Array) -> Array:
    """Return the medians of the first three formants over the loud frames, in semitones above 1 Hz."""
    rows = np.lib.stride_tricks.sliding_window_view(np.append(0, np.diff(sound)), FRAME)[::HOP] * np.hamming(FRAME)
    power = (rows**2).sum(1)
    found: list[list[float]] = [[] for _ in FORMANTS_HZ]
    for row in rows[power > 0.1 * power.mean()]:
        delays = np.correlate(row, row, "full")[FRAME - 1 : FRAME + ORDER]
        delays[0] *= 1 + 1e-4
        poles = np.roots(np.append(1.0, -np.linalg.solve(delays[np.abs(LAGS)], delays[1:])))
        narrow = poles[(poles.imag > 0) & (np.abs(poles) > 0.9)]
        hertz = np.angle(narrow) * RATE / (2 * np.pi)
        for band, (low, high) in zip(found, FORMANTS_HZ, strict=True):
            band += hertz[(hertz > low) & (hertz < high)][:1].tolist()
    return 12 * np.log2([np.median(band) for band in found])


def heard(sounds: list[Array]) -> Array:
    """Return pitch (semitones above 1 Hz), tilt (dB from 0.5-2 to 3-7.6 kHz) and the mean formant (semitones)."""
    whole = np.concatenate(sounds)
    f0 = measured(whole)
    bands = levels(whole)
    return np.array([12 * np.log2(np.median(f0[f0 > 0])), bands[4:].mean() - bands[1:3].mean(), formants(whole).mean()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True)
    parser.add_argument("--voices", type=int, default=10)
    parser.add_argument("--language", choices=("en", "hi", "te"), default="en")
    parser.add_argument("--seed", type=int, default=22)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng, encode = random.Random(options.seed), tokenizer(options.encoder)
    sentences = analysed(options.language)
    test, recorded = sentences[:SENTENCES], sentences[SENTENCES:]
    presets = [spoken_figures(test, speaker) for speaker in SPEAKERS]
    spread = np.std(presets, axis=0)
    rows = []
    print("| voice | pitch, Hz | stretch, tilt, breath | told | error, st | tilt | formants |\n" + "|---" * 7 + "|")
    for number in range(options.voices):
        voice = source(rng)
        recording = volume_normalize(spoken_by(recorded, voice, rng))
        clip = reference_clip(recording, rate=RATE, seconds=6.0, hop=320)
        clone = told(encode.tokens(clip.astype(np.float32)).ids)
        own, made = (
            spoken_figures(test, voice),
            spoken_figures(test, replace(clone, range=voice.range, rate=voice.rate)),
        )
        away = np.abs(made - own) / spread
        others = np.abs(made - presets) / spread
        nearer = np.hypot(*away[1:]) < np.hypot(*others[:, 1:].T).min()
        semitones = abs(made[0] - own[0])
        rows.append((semitones <= 0.5, nearer, away[1] < others[:, 1].min(), away[2] < others[:, 2].min()))
        print(
            f"| {number} | {voice.pitch_hz:.0f} | {_throat(voice)} | {clone.pitch_hz:.0f} Hz {_throat(clone)} "
            f"| {semitones:.2f} | {made[1] - own[1]:+.1f} dB | {made[2] - own[2]:+.2f} st |"
        )
    told_of = np.sum(rows, axis=0)
    print(
        f"of {options.voices}: pitch within half a semitone {told_of[0]}; nearer to the source than to any of the "
        f"twelve in tilt and formants {told_of[1]}, in tilt alone {told_of[2]}, in formants alone {told_of[3]}"
    )


def spoken_figures(test: list[Analysed], voice: Speaker) -> Array:
    """Return what is heard when a voice speaks the test sentences."""
    return heard([sung(*one, voice) for one in test])


def _throat(voice: Speaker) -> str:
    throat = voice.throat
    return f"{throat.stretch:.2f} {throat.tilt_db:+.1f} {throat.breath_db:.1f}"


if __name__ == "__main__":
    main()
