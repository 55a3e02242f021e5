"""Registry of the languages."""

from processing.normalise.languages.english import ENGLISH
from processing.normalise.languages.hindi import Hindi
from processing.normalise.languages.hindi_words import DEVANAGARI
from processing.normalise.languages.telugu import Telugu
from processing.normalise.languages.typed_hindi_words import TYPED
from processing.normalise.verbalizer import Verbalizer, check_data

VERBALIZERS: tuple[Verbalizer, ...] = (
    ENGLISH,
    Hindi(DEVANAGARI),
    Hindi(TYPED),
    Telugu(),
)
"""Verbalizers of all languages. If a sentence fits two scripts equally, the earlier verbalizer reads it."""

for verbalizer in VERBALIZERS:
    check_data(verbalizer)
