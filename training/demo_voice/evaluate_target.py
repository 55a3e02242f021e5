"""Evaluation of the decoder's target, before anything is learned: is it understood, does it move, is it as bright?

Run as `python -m training.demo_voice.evaluate_target --sentences 20`; prints a table of the teacher and of the
speakers' targets, and with `--decoder DIR/decoder.pt` of that decoder on the same tokens. Needs flite and pocketsphinx.
"""

import argparse
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from tqdm import tqdm

from core.bicodec.model import BiCodec
from training.demo_voice.decoder_config import config
from training.demo_voice.envelopes import spectra
from training.demo_voice.flite import RATE, FliteVoice
from training.demo_voice.lines import line_of
from training.demo_voice.melodies import MIDDLE_HZ, measured, notes
from training.demo_voice.phones import snap
from training.demo_voice.recogniser import Recogniser, errors, words
from training.demo_voice.scores import Score
from training.demo_voice.speakers import SPEAKERS, Speaker
from training.demo_voice.sung import sung
from training.demo_voice.teachers import ENGLISH_VOICE

Array = npt.NDArray[np.float64]
TEXTS = Path("tests/data/unseen_sentences_en.txt")
BANDS_HZ = (0, 500, 1000, 2000, 3000, 4000, 6000, 7600)
"""Edges of the bands whose levels are compared with the teacher's."""
SIZE = 1024
STEPS_PER_FRAME = 4
"""Values of the measured pitch in a frame."""


@dataclass(slots=True)
class Figures:
    """Figures of one voice, summed over sentences."""

    wrong: int = 0
    words: int = 0
    correlations: list[float] = field(default_factory=list)
    ranges: list[float] = field(default_factory=list)
    levels: list[Array] = field(default_factory=list)


def load_codec(path: Path) -> BiCodec:
    """Return the decoder of a training's checkpoint."""
    codec = BiCodec(config())
    codec.load_state_dict(torch.load(path, map_location="cpu")["model"])
    return codec.eval()


@torch.inference_mode()
def decoded(codec: BiCodec, made: Score, speaker: Speaker) -> Array:
    """Return the decoder's sound of a score's tokens."""
    samples: Array = codec.detokenize(torch.tensor([made.tokens]), torch.tensor([[speaker.global_tokens]])).numpy()[
        0, 0
    ]
    return samples.astype(float)


def levels(samples: Array) -> Array:
    """Return the mean level in each band in dB, of the sound at a root mean square of 1."""
    rows = np.lib.stride_tricks.sliding_window_view(samples / samples.std(), SIZE)[:: SIZE // 2] * np.hanning(SIZE)
    power = (np.abs(np.fft.rfft(rows, axis=1)) ** 2).mean(0)
    hertz = np.fft.rfftfreq(SIZE, 1 / RATE)
    means = [power[(hertz >= low) & (hertz < high)].mean() for low, high in pairwise(BANDS_HZ)]
    return 10 * np.log10(np.array(means))


def moved(samples: Array, made: Score) -> tuple[float, float]:
    """Return the correlation of the measured pitch with the score's, and its range in semitones.

    The range is from the 5th to the 95th percentile. The tracker's octave errors are left out.
    """
    f0 = measured(samples)[: STEPS_PER_FRAME * len(made.hz)]
    wanted = np.repeat(made.hz, STEPS_PER_FRAME)[: len(f0)]
    near = (f0 > 0) & (np.abs(np.log2(np.maximum(f0, 1) / wanted)) < 0.4)
    low, high = np.percentile(f0[near], (5, 95))
    return float(np.corrcoef(np.log(f0[near]), np.log(wanted[near]))[0, 1]), float(12 * np.log2(high / low))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=20)
    parser.add_argument("--speakers", nargs="+", default=[speaker.id for speaker in SPEAKERS])
    parser.add_argument("--decoder", type=Path, help="decoder.pt of a training")
    parser.add_argument("--waves", type=Path, help="folder to write the sounds to")
    options = parser.parse_args()
    teacher, recogniser = FliteVoice(ENGLISH_VOICE, waves=True), Recogniser()
    chosen = [speaker for speaker in SPEAKERS if speaker.id in options.speakers]
    codec = load_codec(options.decoder) if options.decoder else None
    table: dict[str, Figures] = {}
    for i, text in enumerate(tqdm(TEXTS.read_text("utf-8").splitlines()[: options.sentences])):
        samples, phones = teacher.speak(text)
        spans = snap(phones)
        found = spectra(samples, spans)
        line = line_of(text, notes(phones, measured(samples), MIDDLE_HZ["en"]))
        sounds = {"teacher": samples}
        for speaker in chosen:
            sounds[speaker.id], made = sung(found, spans, line, speaker)
            sung_by = [speaker.id]
            if codec is not None:
                sung_by.append(f"{speaker.id} decoded")
                sounds[sung_by[-1]] = decoded(codec, made, speaker)
            for name in sung_by:
                correlation, range_st = moved(sounds[name], made)
                figures = table.setdefault(name, Figures())
                figures.correlations.append(correlation)
                figures.ranges.append(range_st)
        for name, sound in sounds.items():
            figures = table.setdefault(name, Figures())
            figures.wrong += errors(words(text), recogniser.recognise(sound))
            figures.words += len(words(text))
            figures.levels.append(levels(sound))
            if options.waves:
                options.waves.mkdir(parents=True, exist_ok=True)
                soundfile.write(options.waves / f"{name.replace(' ', '_')}_{i:02d}.wav", 0.5 * sound, RATE)
    usual = np.mean(table["teacher"].levels, axis=0)
    print("| voice | word error | correlation | range, st | levels against the teacher, dB |\n|---|---|---|---|---|")
    for name, one in table.items():
        motion = [f"{np.mean(row):.2f}" if row else "-" for row in (one.correlations, one.ranges)]
        difference = " ".join(f"{value:+.1f}" for value in np.mean(one.levels, axis=0) - usual)
        print(f"| {name} | {one.wrong / one.words:.3f} | {motion[0]} | {motion[1]} | {difference} |")


if __name__ == "__main__":
    main()
