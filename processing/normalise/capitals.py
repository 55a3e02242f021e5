"""Rule for words in capitals: spoken as words, or spelt letter by letter."""

import re
from string import ascii_lowercase, ascii_uppercase

from processing.normalise.capital_words import (
    AMBIGUOUS_CAPITALS,
    ORDINARY_CAPITALS,
    SPELT,
    WORD_LIKE,
)
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import INDIC_LETTERS, Rule

_ONSETS = frozenset(
    """BL BR CH CL CR DR FL FR GL GN GR KH KN PH PL PR PS QU SC SH SK SL SM SN SP SQ ST SW TH TR TW WH WR BH DH GH GU
    SCH SCR SHR SPH SPL SPR STR SQU THR THW CHR PHR""".split()
)
"""Groups of consonants with which English words, and Indian names in Latin letters, begin."""
_CODAS = frozenset(
    """BS BT CE CH CK CKS CS CT CTS DGE DS DTH FF FFS FT FTS FTH GE GH GHT GHTS GHS GN GNS GS KE KS LD LDS LE LF LK LKS LL
    LLS LM LMS LP LPS LS LT LTS LTH LVE MB MBS MES MN MP MPS MPT MPTS MS NCE NCH ND NDS NDL NG NGS NGTH NK NKS NS NT NTS NTH
    NTHS PH PHS PS PT PTS RB RBS RCH RD RDS RF RFS RGE RK RKS RL RLD RLDS RLS RM RMS RMTH RN RNS RP RPS RS RST RSTS RT RTS RTH
    RTHS SE SH SK SKS SM SMS SP SPS SS ST STS TCH TE TH THS TS TT TTS VE WD WDS WL WLS WN WNS WS WTH XT XTS YS ZZ DD GG
    NN RR TTE""".split()
)
"""Groups of consonants with which English words end."""
_PARTS = re.compile(r"([^AEIOUY]*)([AEIOUY].*[AEIOUY]|[AEIOUY])([^AEIOUY]*)")
_CLUSTER = re.compile(r"[^AEIOUY]{3,}")
_VOWELS = re.compile(r"[AEIOUY]{4,}|([AIU])\1")
"""Vowels in a row as no English word has them."""
_CAPITALS = re.compile(
    r"(?<![A-Za-z\d.@#&])([A-Z]{2,6}|[B-DF-HJ-NP-TV-XZ]{7,9}|[A-Z]{2,3}PDCL)(s?)(?![A-Za-z\d])(?:-(?=[A-Z]{2}))?"
)
_WORD = re.compile(r"[A-Za-z]{2,24}")
_INDIC_LETTER = re.compile(rf"[{INDIC_LETTERS}]")
_SAID = frozenset(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand lakh crore and oh point percent rupees
    account number first second third to by ending January February March April May June July August September October
    November December""".split()
)
"""Words of rules for figures, which are in small letters in a text in capitals too."""
_WINDOW = 40
"""Characters on either side of a word that show whether all of the text is in capitals."""


def spell(word: str, *, beside_digit: bool = False) -> str:
    """Return `word` with spaces between its letters if it is spelt ('GDP'), else unchanged ('NASA', 'Phone')."""
    if beside_digit and len(word) <= 3 and (word.isupper() or len(word) == 1 or not _has_vowel(word)):
        return word if word in WORD_LIKE else " ".join(word.upper())
    return " ".join(word) if word.isupper() and len(word) > 1 and _is_spelt(word) else word


def _has_vowel(word: str) -> bool:
    return not set("AEIOUaeiou").isdisjoint(word)


def _is_spelt(word: str) -> bool:
    if word in SPELT:
        return True
    if word in WORD_LIKE or word in ORDINARY_CAPITALS:
        return False
    return len(word) <= 3 or not _is_pronounceable(word)


def _is_pronounceable(word: str) -> bool:
    parts = _PARTS.fullmatch(word)
    if parts is None:
        return False
    onset, inner, coda = parts.groups()
    if (len(onset) > 1 and onset not in _ONSETS) or (len(coda) > 1 and coda not in _CODAS) or _VOWELS.search(inner):
        return False
    return all(map(_parts_two_syllables, _CLUSTER.findall(inner)))


def _parts_two_syllables(cluster: str) -> bool:
    """Return whether consonants between two vowels split into the end of a syllable and the beginning of the next."""
    return any(
        (at < 2 or cluster[:at] in _CODAS) and (len(cluster) - at < 2 or cluster[at:] in _ONSETS)
        for at in range(1, len(cluster))
    )


def _say_capitals(match: re.Match[str], verbalizer: Verbalizer) -> str:
    word, plural = match[1], match[2]
    hyphen = " " if match[0].endswith("-") else ""
    ordinary = word in ORDINARY_CAPITALS or (word in AMBIGUOUS_CAPITALS and not plural)
    if ordinary and word in AMBIGUOUS_CAPITALS:
        ordinary = _is_shouted(match) or (word == "AM" and match.string[: match.start()].endswith("I "))
    if ordinary:
        return word + plural + hyphen
    said = spell(word)
    if plural and said != word and match.string[match.end() : match.end() + 1] not in ("'", "’"):
        return f"{said}'s{hyphen}"
    return said + plural + hyphen


def _is_shouted(match: re.Match[str]) -> bool:
    """Return whether the words around the match are in capitals too, and one of them is an ordinary word."""
    around = match.string[max(0, match.start() - _WINDOW) : match.end() + _WINDOW]
    if _INDIC_LETTER.search(around):
        return False
    words = _WORD.findall(around)
    words.remove(match[1]) if match[1] in words else None
    shouted = [word for word in words if word in ORDINARY_CAPITALS or (len(word) > 3 and not _is_spelt(word))]
    shouted = [word for word in shouted if word.isupper()]
    if around.isupper():
        return bool(shouted)
    if match[1] == "US":
        return False
    others = [word for word in words if not word.isupper() and word not in _SAID]
    return len(shouted) > 1 and len(others) < len(shouted) / 2


_MIXED = re.compile(r"(?<![A-Za-z\d.@#&/])(?!iOS|cURL)([a-z])([A-Z]{2,5})(s?)(?![A-Za-z\d])")


def _say_mixed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'E G F R' of 'eGFR', 'M R N A' of 'mRNA' and "V C P U's" of 'vCPUs'."""
    return f"{match[1].upper()} {spell(match[2])}{chr(39) * bool(match[3])}{match[3]}"


CAPITALS = (
    Rule(_MIXED, _say_mixed, ascii_lowercase),
    Rule(_CAPITALS, _say_capitals, ascii_uppercase),
)
"""Rules after those of figures, whose units and codes are also capitals."""
