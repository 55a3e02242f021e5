"""Which language a sentence is spoken in, by its scripts and, within Latin letters, by its words."""

import re
from enum import StrEnum

from processing.words import split_words


class Language(StrEnum):
    ENGLISH = "en"
    HINDI = "hi"
    TYPED_HINDI = "hi-Latn"
    TELUGU = "te"


_DEVANAGARI = re.compile(r"[\u0900-\u0965\u0970-\u097f\u200c\u200d]+")
_TELUGU = re.compile(r"[\u0c00-\u0c65\u0c70-\u0c7f\u200c\u200d]+")
_LATIN = re.compile(r"[A-Za-z]+")
_INDIC_DIGIT = re.compile(r"(?P<hi>[०-९])|(?P<te>[౦-౯])")
_HOUR_TYPED = re.compile(r"\d ?(?:baje|rupaye|rupaiye|rupay|saal|din|log|ghante)\b", re.IGNORECASE)
_TYPED = frozenset(
    split_words("""hai hain hoon hun ho tha thi mein nahi nahin nhi kya kyun kyon kaise kaisa kab kahan kitna kitne kitni aur bhi ka ki
    ke ko se pe mera meri mere tera teri tere hamara tumhara apna apni apne mujhe tujhe unhe use usne maine tumne humne
    aap tum yeh ye woh wo iska uska inka unka aaj abhi phir baje karo karna karke kar raha rahi rahe gaya gayi gaye diya
    kiya liya hua hui hue hoga hogi chahiye wala wali wale bahut thoda accha acha theek thik haan ji yaar bhai chalo milte
    aana jana dena lena dekho suno bolo rupaye rupaiye paise saal din ghante mahine tak bas sirf lekin magar kyunki agar
    subah shaam raat dopahar aaya aaye aayi kuch koi sab jab tab hum hamein tumhe uski uske iski iske
    jaise lagta lagega milega milegi hota hoti hote karta karti rahega pehle andar bahar neeche zyada jyada paisa dost ghar
    bhejo""")
)
"""Hindi words in Latin letters that are not English words too."""


def language_of(sentence: str, otherwise: Language) -> Language:
    """The language that numbers in `sentence` are read in; `otherwise` where it has no letters to tell.

    A sentence with a quarter of its words in an Indian script is in that script's language: the Latin words are guests.
    """
    hindi = len(_DEVANAGARI.findall(sentence))
    telugu = len(_TELUGU.findall(sentence))
    if not hindi and not telugu and not sentence.isascii():
        digit = _INDIC_DIGIT.search(sentence)
        if digit:
            return Language.HINDI if digit["hi"] else Language.TELUGU
    latin = _LATIN.findall(sentence)
    if max(hindi, telugu) * 3 >= max(1, len(latin)):
        return Language.HINDI if hindi >= telugu else Language.TELUGU
    if not latin:
        return otherwise
    typed = sum(word.lower() in _TYPED for word in latin)
    if typed * 3 >= len(latin) or _HOUR_TYPED.search(sentence):
        return Language.TYPED_HINDI
    if otherwise is not Language.ENGLISH and sum(len(word) for word in latin) <= 3:
        return otherwise
    return Language.ENGLISH
