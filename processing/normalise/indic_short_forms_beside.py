"""Abbreviations in Devanagari whose long form depends on the words beside them."""

import re

from processing.abbreviations import BEHIND_DAY, SHORT_DAYS
from processing.normalise.indic_short_forms import INDIC, INDIC_BEFORE_WORD
from processing.normalise.surroundings import closes_sentence, keep_stop
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_OF_WORD: dict[str, list[tuple[frozenset[str], str]]] = {}
for (_short, _long), _nouns in INDIC_BEFORE_WORD.items():
    _OF_WORD.setdefault(_short, []).append((frozenset(_nouns.split()), _long))
_BEFORE_WORD = re.compile(
    rf"(?<![\u0900-\u0d7f.])(?P<short>{alternatives(_OF_WORD)})\.(?P<gap> ?)(?=(?P<noun>[\u0900-\u0963\u200c\u200d]{{1,14}})(?P<stop>\.?))"
)
_SPACED = re.compile(r"(?<![\u0900-\u0d7f.])[\u0900-\u0963]{1,6}\.(?: [\u0900-\u0963]{1,6}\.){1,4}")
_VILLAGE = re.compile(r"(?<![\u0900-\u0d7f.\d])(?<!\d )ग्रा\. (?=[\u0904-\u0939])")
_FIRM = re.compile(r"(?<![\u0900-\u0d7f.\d])(?<!\d )(?:मे|मै)\. (?=[\u0904-\u0939][\u0900-\u0963]{2})")
_MONTHS = {"जन": "जनवरी", "नव": "नवंबर", "अक्तू": "अक्टूबर"}
_MONTH = re.compile(rf"(?<=\d )(?P<month>{alternatives(_MONTHS)})\.")
"""Short names of months that are words elsewhere."""
_MEN_AND_WOMEN = re.compile(r"(?<![\u0900-\u0d7f])पु\. ?(?P<men>\d[\d,]{0,11}[^\w.]{1,3})(?P<women>म|स्त्री)\.? ?(?=\d)")
_PER_HOUR = re.compile(r"(?<=प्रति )घं\.?(?![\u0900-\u0963])")
_SEVEN_TWELVE = re.compile(r"(?<![\w./-])7/12(?= ?(?:उता[रऱ]|नोंद|वर|चा|ची|चे|च्या|दाखल|खात))")
"""Register of land in Maharashtra, 'सातबारा'."""
_UNTIL_HOUR = re.compile(r"(?<=\d) ?वा\.? ?(?=(?:पर्यंत|पासून)(?![\u0900-\u0963]))")
_HOUSES = {"विस": "विधानसभा", "लोस": "लोकसभा"}
_HOUSE = re.compile(
    rf"(?<![\u0900-\u0d7f])(?P<house>{alternatives(_HOUSES)})(?=,|\.?\s?$| \d| (?:में|की|के|का|चुनाव|सीट|क्षेत्र|उपचुनाव|सत्र|अध्यक्ष|स्पीकर|प्रत्याशी|भंग))"
)
_RUPEES = re.compile(
    r"(?<![\u0900-\u0d7f\d])(?<!\d )(?:रु|रू)(?:\.|(?=[/)]))(?P<per> ?/ ?(?=[\u0904-\u0939]))?(?!/?-? ?[\d\u0966-\u096f])"
)
_SECTOR = re.compile(r"(?:(?<=, )|^)(?:से|सेक)\. ?(?=\d)")
_RESIDENT = re.compile(r"(?:(?<=, )|(?<=\()|^)रा\. ?(?=मु\.|[\u0904-\u0939][\u0900-\u0963]{2,14}(?![\u0900-\u0963.]))")
_TRAIN_NAME = re.compile(r"(?<=[\u0900-\u0963] )(?P<short>एक्स|एक्स्प्र|एक्सप्र|पैसें|पॅसें)\.(?! ?[\u0900-\u0963]{1,5}\.)")
_SHORT_DAY = re.compile(
    rf"(?<![\u0900-\u0963])(?P<day>{alternatives(SHORT_DAYS)})\.(?= ?(?:[,)]|\d|{alternatives(BEHIND_DAY)}))"
)
_LETTERS = "".join(map(chr, range(0x0904, 0x093A)))
"""Letters of Devanagari."""


def _say_before_word(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the long form of 'अनु. लागत' and 'अनु. जाति', as the noun behind it asks."""
    for nouns, words in _OF_WORD[match["short"]]:
        if match["noun"] in nouns and (match["gap"] or not match["stop"]):
            return f"{words} "
    return None


def _say_spaced(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ग्रा.पं.' of 'ग्रा. पं.' and 'म.नं.' of 'म. नं.', for the rule of short forms, if it knows them."""
    parts = match[0].split(" ")
    for first in range(len(parts) - 1):
        for end in range(len(parts), first + 1, -1):
            joined = "".join(parts[first:end])
            known = joined[:-1] in verbalizer.written.abbreviations or joined[:-1] in INDIC
            if known and (end - first > 2 or (end == len(parts) and parts[first] != "प्रा.")):
                return " ".join([*parts[:first], joined, *parts[end:]])
    return None


def _say_village(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'ग्रा. बरौली, पो. खैर'; behind a number it is a gram."""
    return "ग्राम "


def _say_firm(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'मे. जोशी ट्रेडर्स'; behind a day it is the month of May."""
    return "मेसर्स "


_BEHIND_NUMBER = {
    "ता": {"mr": "तारीख", "hi": "तारीख"},
    "दि": {"mr": "दिवस", "hi": "दिन"},
    "चौ": {"mr": "चौकार"},
    "ष": {"mr": "षटकार"},
}
_HOURS_BEHIND = re.compile(r"(?<=\d )ता\.(?= ?\d{1,2} ?मि)")
_COUNTED = re.compile(rf"(?<=\d )(?P<short>{alternatives(_BEHIND_NUMBER)})\.(?=[\s,;)]|$)(?! ?(?:\d|फ|मी|कि|ग))")
"""Abbreviations behind a number: '5 ता. रद्द', 'मुदतवाढ 10 दि.', '4 चौ.'."""


def _say_counted(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    words = _BEHIND_NUMBER[match["short"]].get(verbalizer.code)
    return keep_stop(match, words) if words else None


def _say_month(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the month of '30 नव.', which is another word elsewhere."""
    return keep_stop(match, _MONTHS[match["month"]])


def _say_men_and_women(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '(पु. 2,310, म. 2,202)'."""
    women = "महिला" if match["women"] == "म" else "स्त्री"
    return f"पुरुष {match['men']}{women} "


def _say_per_hour(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return verbalizer.units["h"].per


def _say_seven_twelve(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the register of '7/12 उतारा'; elsewhere it is a date or a fraction."""
    return "सातबारा" if verbalizer.code == "mr" else None


def _say_until_hour(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '10 वाजेपर्यंत' of '10 वा. पर्यंत', for the rule of times."""
    return " वाजे"


def _say_house(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the house of parliament of 'विस चुनाव' and 'लोस सीट', as headlines write them."""
    return _HOUSES[match["house"]]


def _say_rupees(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the currency of 'राशि (रु. में)' and 'दर रु./किलो', where no amount stands beside it."""
    per = f" {verbalizer.each} " if match["per"] else ""
    glue = " " * match.string[match.end() : match.end() + 1].isalpha()
    return f"रुपये{per or glue}{'.' * (not per and closes_sentence(match))}"


def _say_sector(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'साई कृपा, से. 17'; behind a number it is a second."""
    return "सेक्टर "


def _say_resident(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'पाटील, रा. कोथरूड'; elsewhere it is an initial."""
    return "राहणार " if verbalizer.code == "mr" else None


def _say_train_name(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'एक्सप्रेस' of 'राजधानी एक्स.'."""
    return "एक्सप्रेस" if match["short"].startswith("ए") else "पैसेंजर"


def _say_short_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the day of 'रवि. बंद'."""
    return f"{match['day']}वार"


BESIDE = (
    Rule(_SPACED, _say_spaced, _LETTERS, needs=". "),
    Rule(_BEFORE_WORD, _say_before_word, "".join({short[0] for short in _OF_WORD}), needs="."),
    Rule(_VILLAGE, _say_village, "ग", needs="ग्रा."),
    Rule(_FIRM, _say_firm, "म", needs=". "),
    Rule(_HOURS_BEHIND, lambda match, verbalizer: "तास", "त", needs="ता."),
    Rule(_COUNTED, _say_counted, "तदचष", needs="."),
    Rule(_MONTH, _say_month, "".join({short[0] for short in _MONTHS}), needs="."),
    Rule(_MEN_AND_WOMEN, _say_men_and_women, "प", needs="पु."),
    Rule(_PER_HOUR, _say_per_hour, "घ", needs="प्रति घं"),
    Rule(_SEVEN_TWELVE, _say_seven_twelve, "/", needs="7/12"),
    Rule(_UNTIL_HOUR, _say_until_hour, "व", needs="वा"),
    Rule(_HOUSE, _say_house, "वल", needs="स"),
    Rule(_RUPEES, _say_rupees, "र", needs="र"),
    Rule(_SECTOR, _say_sector, "स", needs="से"),
    Rule(_RESIDENT, _say_resident, "र", needs="रा."),
    Rule(_TRAIN_NAME, _say_train_name, "एप", needs="."),
    Rule(_SHORT_DAY, _say_short_day, "समबगशर", needs="."),
)
"""Rules for abbreviations that the words beside them explain."""
