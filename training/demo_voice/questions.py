"""Questions for training: the texts have few of them, and hardly any with a question word in Hindi and Telugu.

Run as `python -m training.demo_voice.questions --work DIR` after training.demo_voice.texts; writes DIR/questions.txt in
the form of DIR/texts.txt.
"""

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from training.demo_voice.everyday import Everyday
from training.demo_voice.indic_texts import common_words as indic_words
from training.demo_voice.indic_texts import dictionary
from training.demo_voice.scores import OPEN_WORDS
from training.demo_voice.texts import common_words, fingerprint
from training.demo_voice.unseen import held_out

WHETHER = {"hi": "क्या ", "te": ""}
"""Beginning of a question for yes or no."""
LENGTHS = (2, 3, 4, 5, 6, 7)
"""Words of a question besides the question word."""


def english(rng: random.Random) -> Iterator[str]:
    """Yield questions of the everyday grammar without end; a few follow a statement."""
    grammar = Everyday(common_words(), rng)
    while True:
        text = grammar.sentence()
        if text.endswith("?"):
            yield text


def indic(language: str, rng: random.Random) -> Iterator[str]:
    """Yield questions of common and rare words without end, half of them open ones."""
    common, rare = indic_words()[language], dictionary(language)
    while True:
        row = [rng.choice(common if rng.random() < 0.7 else rare) for _ in range(rng.choice(LENGTHS))]
        if rng.random() < 0.5:
            row.insert(rng.randrange(len(row) + 1), rng.choice(OPEN_WORDS[language]))
            yield " ".join(row) + "?"
        else:
            yield WHETHER[language] + " ".join(row) + "?"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    unseen = held_out()
    forbidden = {*unseen, *map(fingerprint, unseen)}
    rows = []
    for language, source in {"en": english(rng), "hi": indic("hi", rng), "te": indic("te", rng)}.items():
        found: set[str] = set()
        for text in source:
            if text not in forbidden and (language != "en" or fingerprint(text) not in forbidden):
                found.add(text)
            if len(found) == options.count:
                break
        rows += [f"{language}\t{text}\n" for text in sorted(found)]
    rng.shuffle(rows)
    (options.work / "questions.txt").write_text("".join(rows), "utf-8")


if __name__ == "__main__":
    main()
