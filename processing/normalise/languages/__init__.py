"""Registry of the languages."""

from collections.abc import Mapping

from processing.normalise.languages.english import ENGLISH
from processing.normalise.languages.hindi import Hindi
from processing.normalise.languages.hindi_words import DEVANAGARI
from processing.normalise.languages.marathi import Marathi
from processing.normalise.languages.romanised import Romanised
from processing.normalise.languages.telugu import Telugu
from processing.normalise.languages.typed_hindi_words import TYPED
from processing.normalise.verbalizer import Verbalizer, check_data

_TYPED_HINDI = Hindi(TYPED)
_MARATHI, _TELUGU = Marathi(), Telugu()
VERBALIZERS: tuple[Verbalizer, ...] = (
    ENGLISH,
    Hindi(DEVANAGARI),
    _TYPED_HINDI,
    _MARATHI,
    _TELUGU,
)
"""Verbalizers of all languages. The earlier one reads a sentence that fits two scripts, or two languages of one script,
equally."""

LATIN_FORMS: Mapping[str, Verbalizer] = {
    "hi": _TYPED_HINDI,
    "mr": Romanised(_MARATHI, drops_schwa=True),
    "te": Romanised(_TELUGU, drops_schwa=False),
}
"""Readers of sentences in Latin letters, by the code of the language that a request declares."""

for verbalizer in (*VERBALIZERS, *LATIN_FORMS.values()):
    check_data(verbalizer)
