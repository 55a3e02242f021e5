"""Pairs of texts and tokens for the demo voice's aligner, from the teachers' timings: the tokens of a perfect model.

Run as `python -m training.demo_voice.aligner_pairs --work DIR` after timings; writes DIR/pairs.jsonl, which
`veena3 train-aligner voices/demo --pairs DIR/pairs.jsonl` takes.
"""

import argparse
import random
from pathlib import Path

from tools.aligner.pairs import Pair, PairFile
from training.demo_voice.codes import codes
from training.demo_voice.lm_data import load


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    utterances = load(options.work)
    rows = [Pair(one.text, tuple(codes(one.phones, one.frames))) for each in utterances.values() for one in each]
    random.Random(options.seed).shuffle(rows)
    store = PairFile(options.work / "pairs.jsonl")
    for row in rows:
        store.append(row)


if __name__ == "__main__":
    main()
