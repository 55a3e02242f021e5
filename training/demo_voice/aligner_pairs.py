"""Pairs of texts and tokens for the voice's aligner, from the teachers' timings: the tokens of a perfect model.

A pair is a line as one of the speakers speaks it, in some with the tokens of an emotion tag, whose name the text of a
pair lacks. Pairs have the starts of their words where the teachers name each phone's word. In some a word is said
twice, in the text and in the tokens, because the teachers' lines rarely do.
Run as `python -m training.demo_voice.aligner_pairs --work DIR` after timings; writes DIR/pairs.jsonl, which
`veena3 train-aligner FOLDER --pairs DIR/pairs.jsonl` takes.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from processing.words import find_words
from tools.aligner.pairs import Pair, PairFile
from training.demo_voice.anybody import anybody
from training.demo_voice.lines import load
from training.demo_voice.lm_data import NAMELESS_SHARE, TAG_SHARE
from training.demo_voice.scores import Line
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.tagged import tagged
from training.demo_voice.word_truth import WordTeacher, word_starts

AGAIN_SHARE = 0.25
"""Share of the pairs in which a word is said twice. Chosen."""


def pairs(language: str, lines: Sequence[Line], rng: random.Random) -> Iterator[Pair]:
    """Yield the pairs of one language."""
    teacher = WordTeacher(language)
    for line in tqdm(lines, desc=language, mininterval=10):
        speaker = anybody(rng) if rng.random() < NAMELESS_SHARE else rng.choice(SPEAKERS)
        _, sung = tagged(line, speaker, rng, TAG_SHARE)
        tokens, expected = sung.tokens, teacher.phones(line.text)
        starts = word_starts(tokens, expected) if expected else {}
        complete = bool(starts) and len(starts) == expected[-1].word + 1
        yield Pair(line.text, tuple(tokens), tuple(starts[word] for word in range(len(starts))) if complete else None)


def with_word_again(pair: Pair, rng: random.Random) -> Pair:
    """Return the pair with one of its words twice; the last word is never said again, and starts must be known."""
    spans = find_words(pair.text)
    if pair.starts is None or len(spans) < 2:
        return pair
    again = rng.randrange(len(spans) - 1)
    start, end = pair.starts[again : again + 2]
    word = spans[again]
    text = f"{pair.text[: word.end]} {pair.text[word.start : word.end]}{pair.text[word.end :]}"
    tokens = pair.tokens[:end] + pair.tokens[start:]
    starts = pair.starts[: again + 1] + tuple(one + end - start for one in pair.starts[again:])
    return Pair(text, tokens, starts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    rows = [pair for language, lines in load(options.work).items() for pair in pairs(language, lines, rng)]
    rng.shuffle(rows)
    rows = [with_word_again(row, rng) if rng.random() < AGAIN_SHARE else row for row in rows]
    store = PairFile(options.work / "pairs.jsonl")
    for row in rows:
        store.append(row)


if __name__ == "__main__":
    main()
