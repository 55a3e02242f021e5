"""Evaluation of the speaker encoder: unseen voices are cloned, and the clones compared with them and with the twelve.

Tilt and formants are compared twice: as the target's parameters, among which the breath, which brightens as well, is
not counted; and as the long-term spectrum of what is heard, which all three make.

Run as `python -m training.demo_voice.evaluate_encoder --encoder DIR/encoder.pt`, or with a checkpoint directory; prints
a table. Source and clone are targets of the decoder, so neither the decoder nor the language model takes part. Needs
flite and espeak-ng.
"""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from audio.reference import reference_clip, volume_normalize
from core.bicodec.checkpoint import open_bicodec
from core.bicodec.mel import MelSpectrogram
from core.bicodec.speaker import SpeakerEncoder, VoiceTokenizer, load_voice_tokenizer
from training.demo_voice.anybody import told
from training.demo_voice.decoder_config import config
from training.demo_voice.encoder_data import Analysed, spoken_by
from training.demo_voice.encoder_digits import source
from training.demo_voice.envelopes import spectra
from training.demo_voice.flite import RATE
from training.demo_voice.lines import line_of
from training.demo_voice.measures.spectrum import distance_db, long_term_spectrum
from training.demo_voice.melodies import MIDDLE_HZ, measured, notes
from training.demo_voice.speakers import SPEAKERS, Speaker
from training.demo_voice.sung import sung
from training.demo_voice.teachers import teacher

Array = npt.NDArray[np.float64]
TEXTS = Path("tests/data")
SENTENCES, RECORDED = 4, 20
"""Sentences that source and clone speak, and sentences after them that make the recordings."""
NEAR_ST = 0.5
"""Largest error of a pitch that counts as the same."""


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
        found.append((spectra(samples, spans), spans, line_of(text, sounds)))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """Measures of a voice in the test sentences: median pitch in semitones above 1 Hz, and long-term spectrum."""

    pitch_st: float
    spectrum: Array


def heard(test: list[Analysed], voice: Speaker) -> Heard:
    """Measure a voice that speaks the test sentences."""
    recordings = [sung(*one, voice)[0] for one in test]
    f0 = measured(np.concatenate(recordings))
    return Heard(float(12 * np.log2(np.median(f0[f0 > 0]))), long_term_spectrum(recordings))


def place(voice: Speaker) -> Array:
    """Return formants and tilt of a voice; the target's spectrum is a function of both and of the breath."""
    return np.array([voice.throat.stretch, voice.throat.tilt_db])


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
    presets = np.array([place(speaker) for speaker in SPEAKERS])
    spectra_of_presets = [heard(test, speaker).spectrum for speaker in SPEAKERS]
    spread = presets.std(0)
    rows = []
    print(
        "| voice | pitch, Hz | stretch, tilt, breath | told | error of the pitch, st "
        "| spectrum: dB from the source, and of the nearest of the twelve |"
    )
    print("|---" * 6 + "|")
    for number in range(options.voices):
        voice = source(rng)
        recording = volume_normalize(spoken_by(recorded, voice, rng))
        clip = reference_clip(recording, rate=RATE, seconds=6.0, hop=320)
        clone = told(encode.tokens(clip.astype(np.float32)).ids)
        source_sound, clone_sound = heard(test, voice), heard(test, clone)
        semitones = abs(clone_sound.pitch_st - source_sound.pitch_st)
        away_db = distance_db(clone_sound.spectrum, source_sound.spectrum)
        nearest_db = min(distance_db(clone_sound.spectrum, other) for other in spectra_of_presets)
        away, others = (np.abs(place(clone) - other) / spread for other in (place(voice), presets))
        nearer = np.hypot(*away) < np.hypot(*others.T).min()
        rows.append((semitones <= NEAR_ST, nearer, away_db < nearest_db))
        ends = f"{semitones:.2f} | {away_db:.1f}, {nearest_db:.1f} |{' nearer by its parameters' if nearer else ''}"
        print(f"| {number} | {voice.pitch_hz:.0f} | {_throat(voice)} | {clone.pitch_hz:.0f}, {_throat(clone)} | {ends}")
    near, nearer, nearest = np.sum(rows, axis=0)
    print(
        f"of {options.voices}: pitch within half a semitone {near}; nearer to the source than to any of the twelve: by "
        f"the parameters of tilt and formants {nearer}, by the spectrum of their sound {nearest}"
    )


def _throat(voice: Speaker) -> str:
    throat = voice.throat
    return f"{throat.stretch:.2f} {throat.tilt_db:+.1f} {throat.breath_db:.1f}"


if __name__ == "__main__":
    main()
