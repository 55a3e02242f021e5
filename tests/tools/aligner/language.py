"""An invented language: each letter sounds as three to six tokens out of its own eight codes, words follow at once."""

import random

from tools.aligner.pairs import Pair

LETTERS = "abcdefgh"
CODES = 8 * (len(LETTERS) + 1)
_SILENCE = 8 * len(LETTERS)


def speak(text: str, rng: random.Random) -> Pair:
    """Return the pair of a text."""
    tokens = [_SILENCE, _SILENCE + 1]
    for letter in text.replace(" ", ""):
        first = 8 * LETTERS.index(letter)
        tokens += [first + at for at in range(rng.randint(3, 6))]
    return Pair(text, (*tokens, _SILENCE, _SILENCE + 2, _SILENCE + 3))


def pairs(count: int, seed: int) -> list[Pair]:
    """Return pairs of random texts of two to eight words."""
    rng = random.Random(seed)

    def word() -> str:
        return "".join(rng.choices(LETTERS, k=rng.randint(1, 6)))

    return [speak(" ".join(word() for _ in range(rng.randint(2, 8))), rng) for _ in range(count)]
