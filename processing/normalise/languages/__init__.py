"""Registry of the languages, and the written forms of all of them together."""

from processing.normalise.languages.english import ENGLISH
from processing.normalise.languages.hindi import Hindi
from processing.normalise.languages.hindi_words import DEVANAGARI
from processing.normalise.languages.telugu import Telugu
from processing.normalise.languages.typed_hindi_words import TYPED
from processing.normalise.verbalizer import Verbalizer

VERBALIZERS: tuple[Verbalizer, ...] = (
    ENGLISH,
    Hindi(DEVANAGARI),
    Hindi(TYPED),
    Telugu(),
)
"""Every language. Where a sentence fits two equally, the earlier one reads it."""
