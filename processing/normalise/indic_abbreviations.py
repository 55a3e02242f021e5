"""Rules for abbreviations in Indic scripts: 'डॉ.', 'రూ.', initials such as 'एस. के.'."""

import re

from processing.abbreviations import LETTER_NAMES, LETTER_NAMES_OR_WORDS
from processing.normalise.indic_short_forms import INDIC, INDIC_BEFORE_NUMBER, INDIC_WITHOUT_STOP
from processing.normalise.indic_short_forms_beside import BESIDE
from processing.normalise.languages import VERBALIZERS
from processing.normalise.surroundings import closes_sentence, last_word, next_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import INDIC_LETTERS, NOUN_ENDINGS, UNITS, Rule, alternatives

_INDIC_SHORT = re.compile(
    r"(?<![\u0900-\u0963\u0966-\u0d7f.])(?:[\u0900-\u0963\u0971-\u0d7f\u200c\u200d]{1,8}\.){1,6}(?:-(?=\d))?"
)
_INDIC_BARE = re.compile(rf"(?<![\u0900-\u0963\u0966-\u0d7f])(?:{alternatives(INDIC_WITHOUT_STOP)})(?:-| )(?=\d)")
_MONTH_NAMES = {name for verbalizer in VERBALIZERS for names in verbalizer.months for name in names.split()}
_NUMBERED = re.compile(r" ?(?:\d|[A-Z]{2}[- ]?\d)")
"""Number, or the number of a vehicle."""
_SPOON = re.compile(r"(?:(?<=बड़े )|(?<=बड़ा )|(?<=छोटे )|(?<=छोटा ))च\.")
_SIDES = {
    "द": "दक्षिण",
    "उ": "उत्तर",
    "पू": "पूर्वी",
    "प": "पश्चिम",
    "ద": "దక్షిణ",
    "ఉ": "ఉత్తర",
    "తూ": "తూర్పు",
    "ప": "పశ్చిమ",
}
_SIDE = re.compile(
    rf"(?<![\u0900-\u0d7f.])(?P<side>{alternatives(_SIDES)})\. ?(?=अफ़्रीका|अफ्रीका|आफ्रिका|कोरिया|अमेरिका|बंगाल|दिल्ली|భారత|ఆఫ్రికా|కొరియా|అమెరికా|బెంగాల్|గోదావరి|కోస్తా|ఢిల్లీ)"
)
_PART = re.compile(r"(?<=[\u0900-\u0963] \()(?P<part>पू|प|द|उ)\.?(?=\))")
"""Part of a town behind its name: 'ठाणे (प.)'."""
_STATES = {"राज": "राजस्थान", "गुज": "गुजरात", "महा": "महाराष्ट्र", "हरि": "हरियाणा", "झार": "झारखंड", "पंजा": "पंजाब"}
_STATE = re.compile(rf"(?<=\()(?P<state>{alternatives(_STATES)})\.(?=\))")
_YEARS = re.compile(r"(?<=\d) ?సం\.(?P<ending>లు|లకు|లలో|ల)?(?![\u0c00-\u0c63])")
_COUNT = re.compile(r"(?<![\d.,])\d{1,3}\Z")
_AGED = tuple(
    """వయ లోప పైబడ పైన అనుభవ తర్వాత తరువాత క్రితం పాటు మధ్య వరకు దాకా బాలుడు బాలిక బాలు యువ వ్యక్తి మహిళ వృద్ధ రైతు జైలు శిక్ష వారంటీ కాల గడువు డిగ్రీ కోర్సు
    చిన్నారి పాప బాబు మనిషి""".split()
)
"""Beginnings of words before which years are oblique."""
_ENDING = re.compile(r"(?:లలో|లకు|లను|లు|ల|లో|కి|కు|ను)(?![\u0c00-\u0c63])")
"""Case ending directly behind an abbreviation: 'గ్రా.పం.లలో'."""
_HOURS_AND_MINUTES = re.compile(r"(?<=\d) ?గం\. ?(?=\d{1,2} ?ని(?![\u0c00-\u0c63]))")
_PER_UNIT = re.compile(
    r"(?<![\u0c00-\u0c7f\d.])(?<!\d )(?:(?P<unit>కి\.మీ|కి\.గ్రా|మి\.లీ|చ\.అ)\.?|(?P<short>మీ|గ్రా|లీ)\.)(?:కు|కి)(?![\u0c00-\u0c63.])"
)
_TELUGU = NOUN_ENDINGS["కి"]
_QUARTER = re.compile(r"(?<=\d) ?పా\.(?![\u0c00-\u0c63])")
"""Quarter of a star: 'కృత్తిక 1 పా.'."""
_LAKHS = re.compile(r"(?<=\d) ?(?P<short>ల|కో)\.(?![\u0c00-\u0c63])")
_MAGNITUDES = {"ల": "లక్షలు", "కో": "కోట్లు"}
_PRICED = re.compile(r"(?:₹|రూ\.?|[Rr]s\.?) ?[\d,.]{1,12}\Z")
_LETTERS_BEHIND = re.compile(r"[\u0900-\u0963\u0971-\u097f\u0c00-\u0c63]{0,8}\.?")
_INDIC_LETTER = re.compile(rf"[{INDIC_LETTERS}]")


def _say_indic_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    token = match[0].removesuffix("-")[:-1]
    own = verbalizer.written.abbreviations.get(token)
    words = (
        INDIC.get(token) if own is None or match.string[max(0, match.start() - 1) : match.start()].isdigit() else own
    )
    if token in INDIC_BEFORE_NUMBER and _NUMBERED.match(match.string, match.end()):
        words = INDIC_BEFORE_NUMBER[token]
    if match[0].endswith("-") and words is None:
        return None
    if match[0].endswith("-") and words in _MONTH_NAMES:
        return f"{words}-"
    if _is_unit(token, match):
        return None
    if words is None and _INDIC_LETTER.match(match.string, match.end()):
        return None
    if words is None and _is_initial(token, match) and not closes_sentence(match):
        words = token
    if words is None:
        parts = token.split(".")
        if len(parts) < 2 or any(len(part) > 5 for part in parts):
            return None
        words = " ".join(parts)
    if words.endswith("ा चम्मच") and last_word(match.string, match.start()).isdigit():
        words = words if last_word(match.string, match.start()) == "1" else words.replace("ा ", "े ")
    return words + "." if closes_sentence(match) else _joined(words, match)


def _joined(words: str, match: re.Match[str]) -> str:
    """Return the long form as it stands before what follows: a case ending is joined to it."""
    ending = _ENDING.match(match.string, match.end())
    if ending is None:
        return words + " " * (match.string[match.end() : match.end() + 1] not in ("", " ", ",", ")", "\n", "/", "-"))
    if ending[0].startswith("ల") and words.endswith("లు"):
        return words[:-2]
    return words + "\u200c" * words.endswith("్")


def _is_unit(token: str, match: re.Match[str]) -> bool:
    """Return whether `token` is a unit behind a figure or a stroke, or has a case ending as in '8 గం.లకు.' or '500కు.'.

    Later rules read these.
    """
    if token in NOUN_ENDINGS and match.string[max(0, match.start() - 1) : match.start()].isdigit():
        return True
    unit, _, ending = token.rpartition(".")
    before = match.string[max(0, match.start() - 2) : match.start()].rstrip()[-1:]
    with_ending = before.isdigit() and f"{unit}." in UNITS and ending in NOUN_ENDINGS
    behind = _LETTERS_BEHIND.match(match.string, match.end())
    whole = match[0] + (behind[0] if behind else "")  # 'चौ.सेमी'
    return with_ending or (
        not UNITS.keys().isdisjoint((match[0], whole, token)) and (before.isdigit() or before == "/")
    )


def _say_years(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'సంవత్సరాలు' of '34 సం.'; '2025 సం.' is a year."""
    count = seen_before(_COUNT, match, 5)
    if count is None:
        return None
    ending, ahead = match["ending"], next_word(match.string, match.end())
    if count[0] == "1" and not ending:
        name = " సంవత్సరం"
    elif ending:
        name = f" సంవత్సరా{ending}"
    else:
        name = " సంవత్సరాల" if ahead.startswith(_AGED) else " సంవత్సరాలు"
    return name + "." * (not ending and closes_sentence(match))


def _say_per_unit(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'కిలోమీటరుకు' of 'కి.మీ.కు' without a figure."""
    return _TELUGU.units[UNITS[f"{match['unit'] or match['short']}."]].per


def _say_lakhs(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'లక్షలు' of '3.1ల.', which is no amount of money."""
    if seen_before(_PRICED, match, 20):
        return None
    name = _MAGNITUDES[match["short"]]
    counts = verbalizer.is_counting("", match.string[match.end() : match.end() + 40])
    return f" {name[:-1] if counts else name}" + "." * closes_sentence(match)


def _say_spoon(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '2 बड़े च. तेल'."""
    return "चम्मच"


def _say_side(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the side of 'द. अफ्रीका' and of 'తూ.గోదావరి'."""
    return f"{_SIDES[match['side']]} "


def _say_part(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the part of a town in 'मुलुंड (पू.)'."""
    return _SIDES[match["part"]].removesuffix("ी")


def _say_state(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the state of 'जि. अलवर (राज.)'."""
    return _STATES[match["state"]]


def _say_indic_bare(match: re.Match[str], verbalizer: Verbalizer) -> str:
    short = match[0][:-1]
    return f"{INDIC.get(short) or INDIC_BEFORE_NUMBER[short]} "


def _is_initial(token: str, match: re.Match[str]) -> bool:
    """Return whether `token` names a letter; a name that is also a word counts beside another initial."""
    if token in LETTER_NAMES:
        return True
    if token not in LETTER_NAMES_OR_WORDS:
        return False
    ahead = next_word(match.string, match.end())
    return last_word(match.string, match.start()).endswith(".") or (
        ahead.endswith(".") and ahead[:-1] in LETTER_NAMES | LETTER_NAMES_OR_WORDS
    )


RULES = (
    *BESIDE,
    Rule(_SPOON, _say_spoon, ".", needs="च."),
    Rule(_SIDE, _say_side, "."),
    Rule(_PART, _say_part, "(", needs=")"),
    Rule(_STATE, _say_state, ".", needs=".)"),
    Rule(_YEARS, _say_years, ".", needs="సం."),
    Rule(_HOURS_AND_MINUTES, lambda match, verbalizer: " గం. ", ".", needs="గం."),
    Rule(_PER_UNIT, _say_per_unit, "కమగలచ"),
    Rule(_QUARTER, lambda match, verbalizer: " పాదం" + "." * closes_sentence(match), ".", needs="పా."),
    Rule(_LAKHS, _say_lakhs, ".", needs="."),
    Rule(_INDIC_SHORT, _say_indic_short, "."),
    Rule(_INDIC_BARE, _say_indic_bare, "".join({form[-1] for form in INDIC_WITHOUT_STOP})),
)
