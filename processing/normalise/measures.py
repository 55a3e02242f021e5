"""Rules for measures, ordinals and fractions."""

import re
from collections.abc import Callable
from string import ascii_letters

from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import describes_noun, keep_stop, next_word, seen_before, seen_near
from processing.normalise.units import ATTACHED_ONLY, SPACED_ONLY
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import (
    BEFORE,
    DASH,
    MAGNITUDE_BEGINS,
    MAGNITUDES,
    NOUN_ENDINGS,
    NUMBER,
    RATES,
    UNITS,
    WORD_GOES_ON,
    Rule,
    alternatives,
    read_amount,
)

_JOINED_LETTERS = [verbalizer.letters for verbalizer in VERBALIZERS if verbalizer.word_goes_on != verbalizer.letters]
_NO_LETTER_OF_SAME_SCRIPT = "".join(rf"(?!(?<=[{letters}])[{letters}])" for letters in _JOINED_LETTERS)
"""Not before a letter of the unit's own script, in languages whose endings join a unit in another script."""
_MEASURE = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES})(?P<over>\+)?(?:{DASH}(?P<second>{NUMBER}))?"
    rf"(?P<space>[ -]?)(?P<unit>{alternatives(UNITS)})(?: ?/ ?(?P<per>{alternatives(RATES)})(?:/(?P<and_per>{alternatives(RATES)}))?)?"
    rf"(?:(?P<ending>{alternatives(NOUN_ENDINGS)})(?![\u0900-\u0963\u0966-\u0d7f])|(?![0-9{WORD_GOES_ON}]){_NO_LETTER_OF_SAME_SCRIPT})"
)
_PLAYED = re.compile(r"(?i:runs|lasts|lasting|duration|runtime|track|clocked|time of|in) \Z")
"""Words before 10'30\" that make it minutes and seconds."""
_APART = frozenset("ahead behind faster slower clear adrift apart more longer rest".split())
"""Words behind '10 s' that make it seconds."""
_BASEBALL = re.compile(r"RBI|AVG|OPS|ERA|MLB|(?i:homers?|innings|batting|season|Dodgers|Yankees)(?![a-z])")
"""Words beside '54 HR', home runs and no hours."""
_LIQUIDS = frozenset(
    "o2 oxygen blood saline fluids fluid soda beer coke paint of milk water oil petrol diesel juice doodh paani pani tel capacity bottle jar tank engine electric kettle cooker geyser bucket jug flask combo can cans fridge refrigerator cylinder drum backpack bin dustbin purifier oven cooler".split()
)
_POURED = re.compile(
    r"(?<![A-Za-z])(?i:milk|water|oil|petrol|diesel|juice|bottles?|jar|litres?|liters?|tank|engine|fridge|refrigerator|boot)(?![a-z])|పాలు|పాల |నీటి|నీళ్లు|వాటర్|ట్యాంక్|నూనె|పెట్రోల్|డీజిల్|\d ?ml(?![a-z])"
)
_HELD = re.compile(
    r"(?<![A-Za-z])(?i:capacity|cap|tank|volume|cooler|geyser|fridge|boot|occupies|contains)(?![a-z])[^\d.;]{0,16}\Z"
)
"""Words before '1000 L' that make it liters."""
_EARNED = re.compile(
    r"(?<![a-z])(?i:earn(?:s|ed|ing)?|salary|package|ctc|rent|maint|maintenance|worth|budget|bhk|villa|gold|gratuity|pension|gpf|land|yards?|cents|total|ola|scoot(?:er|y)|platelets?|plt|bill|subsidy|insurance|claim|scheme|grant|advance|payment|estimate|lakhs?|priced?|costs?|loan|paid|pays?|invest(?:ed)?|turnover"
    r"|revenue|profit|fees?|income|deposit|per annum|a year|p\.a|limit|upi|txns?|transactions?|tax(?:es)?|exempt(?:ion)?|assured|sum insured|valued?|valuation|deduct(?:ion)?s?|insured|cover|premium|fund|bonus|prize|raised|sold|bought|subscribers?|followers?|users|views|downloads|members|students|customers|devotees|voters)(?![a-z])|वेतन|सैलरी|कमाई|कमाता|कमाती|జీతం|ఆదాయం|బంగార|ధర|ఖర్చు|రుణ|అప్పు|पगार"
)
"""Words near '47L' that make it an amount of money."""
_ON_ROAD = re.compile(r",? (?i:on[- ]road|ex-showroom|nashtam|loss|profit|labham|kharchu|kharcha)(?![a-z])")
"""Words behind the price of a car, '19.2L on road', and behind a loss."""
_LENGTHS = frozenset("दूर दूरी लंबा लंबी लम्बा लम्बी ऊँचा ऊँची ऊंचा ऊंची चौड़ा चौड़ी गहरा गहरी दौड़ कपड़ा कपड़े ऊपर नीचे आगे तक".split())
_VOLTAGES = frozenset("11 22 33 66 110 132 220 400 765".split())
"""Voltages of lines before 'KV', which is a school elsewhere."""
_ENDS = re.compile(r"\s?$|[,;)]| =|\.(?:\s?$| [A-Z])")
"""End of a clause behind a unit of one letter."""
_INCHES = re.compile(
    r"(?<=\d)(?:in(?![\w-])| in\.(?= ?[=,;)x×]| [a-z\d]))|(?<=\d)(?P<feet> ?(?:ft|feet|foot) ?\d{1,2}) in(?![\w-])"
)
_HEIGHT = re.compile(r"(?<![\w.,])(\d{1,2})['’] ?(\d{1,2})(?:[\"”]|['’]{2})")
_ORDINAL = re.compile(rf"{BEFORE}(\d{{1,9}}|\d{{1,3}}(?:,\d{{2,3}}){{1,3}})(?:st|nd|rd|th|ST|ND|RD|TH)(?![A-Za-z0-9])")
_ORDINAL_RANGE = re.compile(r"(?<=\d)(st|nd|rd|th) ?[-–] ?(?=\d{1,3}(?:st|nd|rd|th)(?![A-Za-z0-9]))")
_PARTS = re.compile(r"(?<=\d/\d)(?:(?:rds|ths)(?!\w)|వ(?= వంతు))")
_SPACED_ORDINAL = re.compile(rf"{BEFORE}(\d{{1,4}}) (st|nd|rd|th)(?![A-Za-z0-9'’.-])")
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8), "⅜": (3, 8)}
_UNIT = alternatives(UNITS.keys() - ATTACHED_ONLY)
_OF_UNIT = rf"(?: ?(?P<unit>{_UNIT})(?![0-9{WORD_GOES_ON}]){_NO_LETTER_OF_SAME_SCRIPT})?"
_VULGAR_FORM = re.compile(rf"(?:{BEFORE}(?P<whole>\d{{1,9}}) ?)?(?P<vulgar>[{''.join(_VULGAR)}]){_OF_UNIT}")
_FRACTION = re.compile(
    rf"{BEFORE}(?:(?P<whole>\d{{1,4}})[ -])?(?P<over>\d{{1,2}})/(?P<under>\d{{1,2}})(?![\d/]){_OF_UNIT}"
)
_PLAIN_RATES = [form for form in RATES if len(form) > 2 and form[0].isalpha() and not set(". /²³") & set(form)] + [
    form
    for form in RATES
    if form[0] in "µμ" or form in ("kg", "pc") or form in ("kg", "Kg", "KG", "gm", "gms", "L", "q", "qtl")
]
_PER = re.compile(
    rf"(?<![\w.,/])(?:(?P<first>{NUMBER}){DASH})?(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES}) ?/ ?(?P<per>{alternatives(_PLAIN_RATES)})"
    rf"(?![0-9{WORD_GOES_ON}]|\.\w)"
)
_SHORT_RATES = frozenset({"wk", "hr", "yr", "mo"})
_NOUN_PER = re.compile(
    rf"(?<![\w.,/])(?P<counted>{NUMBER} (?P<noun>[a-z]{{3,20}}|SMS))/(?P<per>{alternatives(form for form in RATES if (len(form) > 2 or form in _SHORT_RATES) and form.isascii())})"
    rf"(?![A-Za-z0-9{WORD_GOES_ON}])"
)
_TIMES_PER = re.compile(
    rf"(?<![\w.,/])(?P<counted>{NUMBER} ?(?:సార్లు|సార్లే|గంటలు|మాత్రలు|రోజులు|గ్లాసులు|కప్పులు|మంది))/(?P<per>రోజు|వారం|నెల|ఏడాది|సంవత్సరం|గంట)(?![\u0c00-\u0c7f])"
)
_NOUN_PER_NOUN = re.compile(rf"(?<![\w.,/])(?P<counted>{NUMBER} [a-z]{{2,18}}s)/(?P<one>[a-z]{{3,14}})(?![\w/'’-])")
_NOUN_IN = re.compile(
    rf"(?<![\w.,/])(?P<counted>{NUMBER} [a-z]{{3,18}})/(?=\d{{1,2}} ?(?:hrs?|hours?|days?|weeks?|wks?|months?|mins?|minutes?)(?![a-z]))"
)
_SEED_PER = re.compile(
    rf"(?<![\w.,/])(?P<counted>{NUMBER} ?[A-Za-z]{{1,4}} (?P<noun>[a-z]{{3,15}}))/(?P<per>{alternatives(form for form in RATES if len(form) > 1 and form.isascii())})"
    rf"(?![A-Za-z0-9{WORD_GOES_ON}])"
)
_TELUGU = NOUN_ENDINGS["కి"]
_SAME_UNIT = re.compile(r"(?<=\d)(%|°C?) ?[-–—] ?(?=\d{1,6}(?:\.\d{1,3})?\1)")


def _say_measure(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    written, per = match["unit"], match["per"]
    if written in ATTACHED_ONLY and match["space"] and not per and not _is_measuring(match):
        return None
    if written == "L" and _is_earned(match):
        return None
    if written == "HR" and seen_near(_BASEBALL, match, 40):
        return None
    if written in SPACED_ONLY and not match["space"]:
        return None
    amount = read_amount(match["number"], magnitudes=match["magnitude"])
    words = verbalizer.percentage(amount) if written == "%" else verbalizer.amount(amount, counted=True)
    if match["over"]:
        words = f"{words} {verbalizer.signs['over']}"
    if match["second"]:
        second = verbalizer.amount(read_amount(match["second"]), counted=True)
        joint = "" if match["second"] == match["number"] else f"{verbalizer.signs['to']} "
        words = f"{verbalizer.amount(amount)} {joint}{second}"
    said = verbalizer.measure(
        words,
        UNITS[written],
        RATES[per] if per else None,
        one=(not match["second"] and not match["over"] and amount.is_one)
        or (verbalizer.hyphen_means_one and _is_attribute(match)),
        ahead=next_word(match.string, match.end()),
    )
    if match["and_per"]:
        said = verbalizer.rate(said, RATES[match["and_per"]])
    if match["ending"]:
        return NOUN_ENDINGS[match["ending"]].with_noun_ending(said, match["ending"])
    return keep_stop(match, said)


def _is_attribute(match: re.Match[str]) -> bool:
    """Return whether the measure describes the noun behind it: 'a 20-foot wall', 'a 108MP camera'."""
    return match["space"] == "-" or describes_noun(match)


def _is_earned(match: re.Match[str]) -> bool:
    """Return whether 'L' stands for lakh, as words about money nearby show: not before a liquid."""
    near = match.start() - 40 if match.start() > 40 else 0
    ahead = next_word(match.string, match.end()).lower().strip(".,;:!?।")
    if _ON_ROAD.match(match.string, match.end()):
        return True
    priced = seen_before(_EARNED, match, 16)
    if not priced and _POURED.search(match.string, near, match.end() + 24):
        return False
    return ahead not in _LIQUIDS and _EARNED.search(match.string, near, match.end() + 40) is not None


def _is_measuring(match: re.Match[str]) -> bool:
    """Return whether 'L' stands before a liquid, or another letter before what it measures: '2 L दूध', '5 मी दूर'."""
    ahead = next_word(match.string, match.end()).lower().strip(".,;:!?।")
    if match["unit"] in ("s", "h"):
        ends = _ENDS.match(match.string, match.end()) is not None
        return ends or ahead in _APART or (match["unit"] == "s" and "." in match["number"] and not ahead[:1].isdigit())
    if match["unit"] == "मी":
        return ahead in _LENGTHS
    if match["unit"] == "KV":
        return match["number"] in _VOLTAGES and match.string[match.start() - 1 : match.start()] != "/"
    before = match.string[max(0, match.start() - 24) : match.start()].rstrip(" (,:–-").rpartition(" ")[2].lower()
    second = next_word(match.string, match.end() + len(ahead) + 1).lower().strip(".,;:!?।")
    named = ahead in _LIQUIDS or second in _LIQUIDS - {"of"} or (before in _LIQUIDS and before not in ("of", "tel"))
    if match["unit"] != "L":
        return False
    return (
        match["space"] == "-" or named or "\u0900" <= ahead[:1] <= "\u0d7f" or seen_before(_HELD, match, 24) is not None
    )


def _say_inches(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '6in' or '6 ft 2 in' with the word 'inch', for the rule of measures."""
    return f"{match['feet'] or ''} inch"


def _say_height(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the feet and inches of a height, or the minutes and seconds of a length of time."""
    timed = seen_before(_PLAYED, match, 24)
    units = ("min", "sec") if timed else ("ft", "inch")
    feet, inches = (
        verbalizer.measure(verbalizer.cardinal(int(figure)), UNITS[unit], one=int(figure) == 1)
        for figure, unit in zip(match.groups(), units, strict=True)
    )
    return f"{feet} {inches}"


def _whole(match: re.Match[str]) -> int:
    return int(match[1].replace(",", ""))


def _say_english_ordinal(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return ENGLISH.ordinal(_whole(match))


def _say_ordinal_range(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '14th-16th' with the word for the dash."""
    return f"{match[1]} {verbalizer.signs['to']} "


def _say_spaced_ordinal(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '5 th' or '21 st' if the ending fits the number."""
    number = int(match[1])
    teen = 10 < number % 100 < 14
    fits = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return ENGLISH.ordinal(number) if match[2] == fits else None


def _say_ordinal(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return verbalizer.ordinal(_whole(match), match["ending"]) + (match.groupdict().get("rest") or "")


def _saying_ordinal(written: Verbalizer) -> Callable[[re.Match[str], Verbalizer], str | None]:
    """Return the reader of ordinals as the language `written` writes them.

    Languages of one script do not read each other's: 'ला' is an ordinal's ending in one and a case in another.
    """

    def say(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
        if written.block is not None and written.block == verbalizer.block and written.code != verbalizer.code:
            return None
        joined = match.end(1) == match.start("ending")
        ahead = next_word(match.string, match.end())
        if not written.is_ordinal(_whole(match), match["ending"], joined=joined, ahead=ahead):
            return None
        return _say_ordinal(match, verbalizer)

    return say


def _ordinal_rule(verbalizer: Verbalizer) -> Rule:
    """Return the rule for ordinals as one language writes them; the verbalizer of the sentence reads them."""

    endings = verbalizer.written.ordinal_endings
    joint = "-?" if verbalizer.block is None else " ?-?"
    pattern = (
        rf"{BEFORE}(\d{{1,9}}|\d{{1,3}}(?:,\d{{2,3}}){{1,3}}){joint}(?P<ending>{endings})(?![{verbalizer.letters}])"
    )
    return Rule(re.compile(pattern), _saying_ordinal(verbalizer), "".join(ending[0] for ending in endings.split("|")))


def _say_vulgar(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return _part(match, *_VULGAR[match["vulgar"]], verbalizer)


def _say_fraction(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '1 3/4' or '1/2 kg'; leave two numbers alone with a stroke to later rules."""
    over, under = int(match["over"]), int(match["under"])
    alone = not match["unit"] and (not match["whole"] or over > 9)
    return _part(match, over, under, verbalizer) if 0 < over < under and not alone else None


def _part(match: re.Match[str], over: int, under: int, verbalizer: Verbalizer) -> str:
    whole = int(match["whole"] or 0)
    if not match["unit"]:
        ahead = next_word(match.string, match.end())
        return verbalizer.fraction(whole, over, under) if whole else verbalizer.part(over, under, ahead)
    words = verbalizer.fraction(whole, over, under)
    said = verbalizer.measure(words, UNITS[match["unit"]], one=not whole)
    return keep_stop(match, said)


def _say_per(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '4/day', '2/person' and '1,850-2,400/q'."""
    amount = read_amount(match["number"], magnitudes=match["magnitude"])
    words = verbalizer.agree(verbalizer.amount(amount), match["magnitude"])
    if match["first"]:
        words = f"{verbalizer.amount(read_amount(match['first']))} {verbalizer.signs['to']} {words}"
    return verbalizer.rate(words, RATES[match["per"]])


def _say_noun_per(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '12 calls/hour' with the word for the stroke; the figure is left to later rules."""
    if match["noun"] in UNITS:
        return None
    return keep_stop(match, verbalizer.rate(match["counted"], RATES[match["per"]]))


def _say_times_per(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'వారానికి 3సార్లు' of '3సార్లు/వారం'; the figure is left to later rules."""
    return f"{_TELUGU.units[RATES[match['per']]].per} {match['counted']}"


def _say_noun_per_noun(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '500 sheets per ream' of '500 sheets/ream'; two plurals are alternatives."""
    if match["one"].endswith("s") or verbalizer.code != ENGLISH.code:
        return None
    return f"{match['counted']} {verbalizer.each} {match['one']}"


def _say_noun_in(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '8 puffs per 24 hrs' of '8 puffs/24 hrs'."""
    return f"{match['counted']} {verbalizer.each} "


def _say_dash(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "-"


def _say_nothing(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the fraction of '2/3rds' and '1/3వ వంతు' without its letters."""
    return ""


BEFORE_DATES = (Rule(_ORDINAL_RANGE, _say_ordinal_range, "-–"), Rule(_PARTS, _say_nothing, "rtవ"))

RULES = (
    Rule(_NOUN_PER, _say_noun_per, " ", needs="/"),
    Rule(_TIMES_PER, _say_times_per, "సగమరక ", needs="/"),
    Rule(_NOUN_IN, _say_noun_in, " ", needs="/"),
    Rule(_NOUN_PER_NOUN, _say_noun_per_noun, " ", needs="/"),
    Rule(_SEED_PER, _say_noun_per, " " + ascii_letters, needs="/"),
    Rule(_SAME_UNIT, _say_dash, "%°"),
    Rule(_INCHES, _say_inches, "i"),
    Rule(_HEIGHT, _say_height, "'’"),
    Rule(_FRACTION, _say_fraction, "/"),
    Rule(_VULGAR_FORM, _say_vulgar, "".join(_VULGAR)),
    Rule(_MEASURE, _say_measure, "".join({form[0] for form in UNITS}) + MAGNITUDE_BEGINS + "-–+"),
    Rule(_PER, _say_per, "/" + MAGNITUDE_BEGINS),
    Rule(_ORDINAL, _say_english_ordinal, "tnrsTNRS"),
    Rule(_SPACED_ORDINAL, _say_spaced_ordinal, "tnrs"),
    *[_ordinal_rule(verbalizer) for verbalizer in VERBALIZERS if verbalizer.written.ordinal_endings],
)
