"""Pairs of texts and tokens for the voice's aligner, from the teachers' timings: the tokens of a perfect model.

Run as `python -m training.intonation.aligner_pairs --work DIR` after timings; writes DIR/pairs.jsonl, which
`veena3 train-aligner FOLDER --pairs DIR/pairs.jsonl` takes. Every line is sung by two of the speakers.
"""

import argparse
import random
from pathlib import Path

from tools.aligner.pairs import Pair, PairFile
from training.intonation.lines import load
from training.intonation.scores import score
from training.intonation.speakers import SPEAKERS

SPEAKERS_OF_A_LINE = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    lines = [line for rows in load(options.work).values() for line in rows]
    sung = [(line, speaker) for line in lines for speaker in rng.sample(SPEAKERS, SPEAKERS_OF_A_LINE)]
    rng.shuffle(sung)
    store = PairFile(options.work / "pairs.jsonl")
    for line, speaker in sung:
        store.append(Pair(line.text, tuple(score(line, speaker).tokens)))


if __name__ == "__main__":
    main()
