"""Rules for initialisms in small or mixed letters, spelt letter by letter: 'otp', 'pdfs', 'IoT', 'RoI'."""

import re
from string import ascii_uppercase

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

SMALL = frozenset(
    """otp upi atm emi pnr kyc gst pdf sms mms url usb cvv cvc ifsc imps rtgs utr rrn html css http https ftp ssh sql cpu gpu
    dvd ngo mla ceo cfo cto mba bba bca mca phd gps lpg cng hdfc sbi icici irctc ipl gdp rbi vip faq fyi eta asap bhk
    pnb dth epf epfo itr mrp tv ipo etf nri usa uae omg ott icu opd mri ecg pvr bsnl jee upsc ssc ncert
    cbse icse rto fir api aet wfh eod eow tbd tbc rsvp kpi""".split()
)
"""Initialisms that are also typed in small letters and are no English words."""
_SMALL = re.compile(
    rf"(?<![\w@#'’./\\-])(?<!dot )(?P<word>{alternatives(SMALL)})(?P<more>s?)(?![\w@'’/\\]|\.\w|-[a-z]| dot )"
)
_MIXED = re.compile(r"(?<![\w@#.-])(?!LoL)(?P<word>[A-Z]o[A-Z]|CrPC)(?P<more>s?)(?![\w.]\w|\w)")
_RANK = re.compile(r"(?<![\w.])AIR(?=(?:[ :-]{1,2}| of | is )\d)")


def _say_small(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " ".join(match["word"].upper()) + "'s" * bool(match["more"])


def _say_mixed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " ".join(match["word"].upper()) + "'s" * bool(match["more"])


def _say_rank(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters of 'AIR 312' and 'AIR 1973 SC', a rank and a law report, which are no air."""
    return "A I R"


_JOINED = re.compile(r"(?<![\w&])[A-Z]{2}(?=&[A-Z]{1,2}(?![\w&]))|(?<=[A-Z]&)[A-Z]{2}(?![\w&])")


def _say_joined(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'A T' of 'AT&T', which is no word there."""
    return " ".join(match[0])


_STATE = re.compile(
    r"(?:(?<=& )|(?<=and ))UP(?=[.,;:)]|$)|(?:(?<=in )|(?<=of )|(?<=from )|(?<=, )|(?<=\()|(?<=the )|(?<=across ))UP(?=[.,;:)]|$| (?:and|to|govt|government|[Pp]olice|CM|polls|elections?|[Bb]oard|cabinet|STF|ATS|minister|\d{6})(?![a-z]))"
)


def _say_state(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'U P' of 'in UP', a state and no word."""
    return "U P"


RULES = (Rule(_STATE, _say_state, "U", needs="UP"), Rule(_RANK, _say_rank, "A"), Rule(_JOINED, _say_joined, "&"))
"""Rules before those of figures."""

_ARTICLE = re.compile(r"(?<![A-Za-z'’])(?<!slash )(?<!dot )(?<!dash )a (?=(?:eight|eleven)(?:y|een)?(?:[ -]|$))")


def _say_article(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the article of 'a ₹18,541' as it is said before "eighteen"."""
    return "an " if verbalizer.code == "en" else None


WORDS = (
    Rule(_ARTICLE, _say_article, "e", needs="a e"),
    Rule(_MIXED, _say_mixed, ascii_uppercase),
    Rule(_SMALL, _say_small, "".join({form[-1] for form in SMALL} | {"s"})),
)
"""Rules behind those of figures, which look for names such as "otp" beside a code."""
