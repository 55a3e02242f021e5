"""Short texts that a checkpoint speaks for its aligner: rows of common words in its languages, at times with English.

Rows of words teach letters as well as sentences do. No digits: texts are in their spoken form.
"""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
"""Lines of a language's code, a colon and words; `en-more`: English words that the demo voice's mixed lines lack."""
GUEST = "en"
"""Language whose words are mixed into the others'."""
GUEST_ROWS, GUEST_SHARE = 0.25, 0.3
"""Share of rows of other languages that are mixed, and share of English words in them. Chosen."""
LENGTHS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
"""Words of a row, each as likely."""
COMMA_SHARE, AGAIN_SHARE = 0.08, 0.15
"""Share of words with a comma, and of rows that repeat a word."""
ENDS = {"hi": ("।", "।", ".", "?", "!"), "mr": ("।", ".", ".", "?", "!")}
_OTHER_ENDS = (".", ".", ".", "?", "!", "")


@cache
def word_lists() -> dict[str, tuple[str, ...]]:
    """Return the words of each language."""
    found: dict[str, list[str]] = {}
    for line in WORDS.read_text("utf-8").splitlines():
        language, _, words = line.partition(": ")
        found.setdefault(language.removesuffix("-more"), []).extend(words.split())
    return {language: tuple(dict.fromkeys(words)) for language, words in found.items()}


def rows(languages: Sequence[str], seed: int) -> Iterator[str]:
    """Yield texts without end, the languages in turn; those without a list are left out, English stands for none."""
    lists, rng = word_lists(), random.Random(seed)
    spoken = [language for language in languages if language in lists] or [GUEST]
    while True:
        for language in spoken:
            yield _row(language, lists, rng)


def _row(language: str, lists: dict[str, tuple[str, ...]], rng: random.Random) -> str:
    words = rng.choices(lists[language], k=rng.choice(LENGTHS))
    if language != GUEST and rng.random() < GUEST_ROWS:
        words = [rng.choice(lists[GUEST]) if rng.random() < GUEST_SHARE else word for word in words]
    if rng.random() < AGAIN_SHARE:
        words.insert(rng.randrange(len(words) + 1), rng.choice(words))
    last = len(words) - 1
    words = [word + "," if at < last and rng.random() < COMMA_SHARE else word for at, word in enumerate(words)]
    text = " ".join(words) + rng.choice(ENDS.get(language, _OTHER_ENDS))
    return text[0].upper() + text[1:]


def lines_of(path: Path) -> list[str]:
    """Return the lines of a file of texts in their spoken form, without empty ones."""
    return [re.sub(r"\s+", " ", line).strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
