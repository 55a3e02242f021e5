"""Fresh sentences for choosing what the aligner judges by: lines of the training texts' generators with another seed.

The unseen sentences of `unseen` are kept for measuring. Needs the Debian packages that `texts` names.
"""

import contextlib
import random
import sys

from training.demo_voice.teachers import LANGUAGES
from training.demo_voice.texts import collect, collect_indic

_SPARE = 1.2
"""Lines that are drawn for each that is wanted in English, because the shares of the generators are rounded down."""


def fresh_sentences(count: int, seed: int) -> dict[str, list[str]]:
    """Return `count` lines of each language; the seed of the training texts is 1."""
    rng = random.Random(seed)
    with contextlib.redirect_stdout(sys.stderr):  # the generator reports its progress
        found = {"en": collect(int(count * _SPARE) + len(LANGUAGES), rng)[:count]}
    for language, line in collect_indic({name: count for name in LANGUAGES if name != "en"}, rng):
        found.setdefault(language, []).append(line)
    return found
