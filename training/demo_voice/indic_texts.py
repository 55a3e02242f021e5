"""Training lines of Hindi and Telugu, with or without English words: rows of dictionary words and common words.

Both scripts are nearly phonemic, so that rows of words teach reading as well as sentences do.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tools.aligner.texts import WORDS

DICTIONARIES = {"hi": Path("/usr/share/hunspell/hi_IN.dic"), "te": Path("/usr/share/hunspell/te_IN.dic")}
MAX_CHARACTERS = 100
COMMON_SHARE, COMMA_SHARE = 0.5, 0.1
LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14)
ENDS = {"hi": ("।", "।", "।", ".", "?", "!", ""), "te": (".", ".", ".", "?", "!", "")}
_SCRIPT = {"hi": re.compile(r"[ऀ-ॣ]+"), "te": re.compile(r"[ఀ-ౣ]+")}


def common_words() -> dict[str, list[str]]:
    """Return the words of the aligner's list by language; `en` has English words of Indian sentences."""
    found: dict[str, list[str]] = {}
    for line in WORDS.read_text("utf-8").splitlines():
        language, _, words = line.partition(": ")
        found.setdefault(language, []).extend(words.split())
    return found


def dictionary(language: str) -> list[str]:
    """Return the dictionary's words of at most 18 characters in one script."""
    entries = (line.split("/")[0] for line in DICTIONARIES[language].read_text("utf-8").splitlines()[1:])
    return [entry for entry in entries if len(entry) <= 18 and _SCRIPT[language].fullmatch(entry)]


def lines(language: str, rng: random.Random, *, english_share: float) -> Iterator[str]:
    """Yield lines without end; `english_share` of the words are English, at least one if it is above 0."""
    common, rare = common_words(), dictionary(language)
    while True:
        count = rng.choice(LENGTHS)
        row = [rng.choice(common[language] if rng.random() < COMMON_SHARE else rare) for _ in range(count)]
        if english_share:
            row = [rng.choice(common["en"]) if rng.random() < english_share else word for word in row]
            row[rng.randrange(count)] = rng.choice(common["en"])
        row = [word + "," if rng.random() < COMMA_SHARE and i < count - 1 else word for i, word in enumerate(row)]
        text = " ".join(row) + rng.choice(ENDS[language])
        if 2 <= len(text) <= MAX_CHARACTERS:
            yield text
