"""An invented language: each letter sounds as three to six tokens out of its own eight codes, words follow at once."""

import random

from tools.aligner.pairs import Pair

LETTERS = "abcdefgh"
CODES = 8 * (len(LETTERS) + 1)
_SILENCE = 8 * len(LETTERS)


def speak(text: str, rng: random.Random) -> tuple[Pair, list[int]]:
    """Return the pair of a text, and the first token of each word."""
    tokens, starts = [_SILENCE, _SILENCE + 1], []
    for word in text.split():
        starts.append(len(tokens))
        for letter in word:
            first = 8 * LETTERS.index(letter)
            tokens += [first + min(at, 7) for at in range(rng.randint(3, 6))]
    return Pair(text, (*tokens, _SILENCE, _SILENCE + 2, _SILENCE + 3)), starts


def texts(count: int, seed: int) -> list[str]:
    """Return texts of two to eight words."""
    rng = random.Random(seed)
    words = lambda: "".join(rng.choices(LETTERS, k=rng.randint(1, 6)))  # noqa: E731 - drawn anew each time
    return [" ".join(words() for _ in range(rng.randint(2, 8))) for _ in range(count)]


def pairs(count: int, seed: int) -> list[Pair]:
    """Return pairs of random texts."""
    rng = random.Random(seed)
    return [speak(text, rng)[0] for text in texts(count, seed)]
