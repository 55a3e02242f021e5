"""Evaluation of the speaker encoder on people: the pitch that it tells, beside that of the recordings.

Run as `python -m training.demo_voice.evaluate_people --encoder voices/demo /usr/share/asterisk/sounds/*`; each folder
has the recordings of one person, as Debian's packages asterisk-core-sounds-*-wav and alsa-utils do. Several encoders
may be given. Prints a table, one row for each clip of six seconds.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from audio.reference import load_audio, reference_clip, volume_normalize
from training.demo_voice.anybody import PITCHES_HZ, told
from training.demo_voice.encoder_data import CLIP
from training.demo_voice.evaluate_encoder import tokenizer
from training.demo_voice.flite import RATE
from training.demo_voice.measures.pitch import track

Array = npt.NDArray[np.float64]
CLIPS = 3
"""Clips of a person."""
LONGEST_S = 60.0
"""Seconds of a recording, at most."""
NEAR_ST = 1.0
"""Largest error of a pitch that counts as near."""


def clips(folder: Path, rng: np.random.Generator) -> list[Array]:
    """Return clips of one person: recordings in random order, as the service prepares them."""
    paths, made = sorted(folder.glob("*.wav")), list[Array]()
    while len(made) < CLIPS and paths:
        pieces, count = list[Array](), 0
        for place in rng.permutation(len(paths)):
            pieces.append(load_audio(paths[place], rate=RATE, max_s=LONGEST_S))
            count += len(pieces[-1])
            if count >= CLIP:
                break
        made.append(reference_clip(volume_normalize(np.concatenate(pieces)), rate=RATE, seconds=CLIP / RATE, hop=320))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--encoder", type=Path, nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rng, encoders = np.random.default_rng(options.seed), [tokenizer(path) for path in options.encoder]
    print("| person | pitch, Hz | " + " | ".join(map(str, options.encoder)) + " |")
    print("|---" * (2 + len(encoders)) + "|")
    errors = list[list[float]]()
    for folder in options.folders:
        for clip in clips(folder, rng):
            hz = track(clip).hz
            pitch = float(np.median(hz[hz > 0]))
            heard = [told(encode.tokens(clip.astype(np.float32)).ids).pitch_hz for encode in encoders]
            print(f"| {folder.name} | {pitch:.0f} | " + " | ".join(f"{one:.0f}" for one in heard) + " |")
            if PITCHES_HZ[0] <= pitch <= PITCHES_HZ[1]:
                errors.append([abs(12 * np.log2(one / pitch)) for one in heard])
    for path, away in zip(options.encoder, np.transpose(errors), strict=True):
        near = (away <= NEAR_ST).mean()
        print(f"{path}: {np.median(away):.1f} semitones off in the median, within a semitone {near:.2f} of {len(away)}")


if __name__ == "__main__":
    main()
