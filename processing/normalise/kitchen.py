"""Rules for measures that only English has here: '2 c. flour', '12 fl oz', '1 qt', '4 GiB', '9 in, 40 lb'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import closes_sentence, describes_noun
from processing.normalise.units import read_unit_names
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import NUMBER, Rule, alternatives, read_amount

_NAMES = read_unit_names(
    """
fl oz = fluid ounce
fl. oz. = fluid ounce
fl. oz = fluid ounce
qt = quart
qts = quart
gal = gallon
gals = gallon
pint = pint
ac = acre
nmi = nautical mile
GiB = gibibyte
MiB = mebibyte
KiB = kibibyte
TiB = tebibyte
mpg = mile per gallon | miles per gallon
sqm = square meter
kcals = kilocalorie
""",
    plural="s",
)
_MEASURE = re.compile(
    rf"(?<![\w.,/])(?P<number>{NUMBER})(?P<joint>[ -]?)(?P<unit>{alternatives(_NAMES)})(?P<stop>\.?)(?![\w/])"
)
_GAS_MARK = re.compile(r"(?<=[Mm]ark \d) ?/ ?(?=\d{2,3} ?°?[CF])")
_BAKED_FOR = re.compile(
    r"(?<=[°º][CF]) ?[xX×] ?(?=\d{1,3}(?: ?[-–] ?\d{1,3})? ?(?:mins?|minutes|hrs?|hours?)(?![a-z]))"
)
_VULGAR = "½⅓⅔¼¾⅛"
_SPOON = re.compile(
    rf"(?<![\w.,])(?P<amount>(?:\d{{1,2}}(?: ?[{_VULGAR}]| \d/\d)?|[{_VULGAR}]|\d/\d)) ?(?P<spoon>[cTt])(?:\.? (?=[a-z]{{3}})|(?P<close>\) )(?=[a-z]{{3}}))(?! ?(?:is|are|was|and|shirt|shirts)(?![a-z]))"
)
_SPOONS = {"c": "cup", "T": "tbsp", "t": "tsp"}
_COOKED = re.compile(
    r"(?i:dal|urad|moong|chana|atta|maida|rava|besan|poha|jaggery|ghee|coconut|flour|sugar|salt|butter|milk|water|oil|rice|cream|cheese|pepper|cinnamon|vanilla|baking|soda|powder|chopped|diced|onions?|garlic"
    r"|broth|stock|sauce|oats|nuts|honey|yogh?urt|juice|vinegar|paprika|cumin|minced|shredded|softened|melted|packed|brown|eggs?)(?![a-z])"
)
_INCHES = re.compile(r"(?<=\d) in(?P<stop>\.?)(?=[,;)]|$|(?<=\.) [A-Z])")
_NEAR = 40


def _say_gas_mark(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the pause in 'Gas Mark 6/200°C'."""
    return ", "


def _say_baked_for(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of '170°C x 40 min'."""
    return " for " if verbalizer.code == ENGLISH.code else None


def _say_measure(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'twelve fluid ounces' of '12 fl oz'; one describes the noun behind it: 'a 5 gal bucket'."""
    if verbalizer.block is not None or (match["unit"] == "ac" and not match["joint"]):
        return None
    amount, names = read_amount(match["number"]), _NAMES[match["unit"]]
    one = amount.is_one or match["joint"] == "-" or describes_noun(match)
    stop = "." if match["stop"] and closes_sentence(match) else ""
    return f"{ENGLISH.amount(amount)} {names.one if one else names.many}{stop}"


def _say_spoon(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the measure of '2 c. flour' and '1 T. sugar' as it is written in full, for the rules of measures."""
    if verbalizer.code != ENGLISH.code or not _COOKED.search(match.string, match.end(), match.end() + _NEAR):
        return None
    amount = match["amount"]
    end = match["close"] or " "
    if match["spoon"] != "c":
        return f"{amount} {_SPOONS[match['spoon']]}{end}"
    one = amount == "1" or not amount[0].isdigit() or "/" in amount[:3]
    return f"{amount} cup{'s' * (not one)}{end}"


def _say_inches(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '22 x 14 x 9 in,' and of a length that ends its sentence, for the rule of measures."""
    return " inch" + "." * bool(match["stop"] and closes_sentence(match))


FIGURES = (
    Rule(_BAKED_FOR, _say_baked_for, "xX×"),
    Rule(_GAS_MARK, _say_gas_mark, "/"),
    Rule(_SPOON, _say_spoon, "cTt "),
    Rule(_INCHES, _say_inches, "i ", needs=" in"),
    Rule(_MEASURE, _say_measure, "".join({form[0] for form in _NAMES}) + " -"),
)
"""Rules before those of fractions, models and measures."""
