"""Rules for notations of daily life: keys of a telephone, stars, blood groups, marks, scores, clauses, picture sizes."""

import re
from string import ascii_uppercase

from processing.normalise import plurals
from processing.normalise.languages.english import ENGLISH
from processing.normalise.lengths import LENGTHS
from processing.normalise.shares import SHARES
from processing.normalise.surroundings import seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import UNITS, Rule

_KEYS = re.compile(r"(?<![\w*#])[*#]{1,2}\d{1,12}(?:[*#]{1,2}\d{1,12}){0,4}#(?!\w)")
_KEY = re.compile(r"(?<![\w*#])([*#])(?=[\s.,;:!?)'\"]|$)")
_PRESS = re.compile(r"(?i:press|dial|key|button|hit|sign|symbol|tag|dabaye|dabaen)|दबा|डायल|నొక్క|డయల్")
_STARS = re.compile(
    r"(?<=\d) ?(?:[★⭐]+|\*(?=(?: ?(?:hotels?|resorts?|rated|ratings?|property|reviews?)(?!\w)| ?(?:होटल|रिसॉर्ट|रेटिंग|హోటల్|రిసార్ట్|రేటింగ్))))(?P<ahead> ?\w)?"
)
_UNRATED = re.compile(r"(?:by|from|on|in|and|out|based|with|for|at|after|is|was|to)(?![a-z])")
"""Words behind the stars of a rating that they do not describe."""
_SIGNED = re.compile(r"(?<![\w+-])(?P<sign>[-+–])ve(?![\w-])")
_BLOOD_VE = re.compile(r"(?<![\w+-])(?P<group>A[12]?B|A[12]?|B|O) ?(?P<sign>[-+])ve(?!\w)")
_BLOOD = re.compile(r"(?<![\w+-])(?P<group>AB|A|B|O)(?P<sign>[-+])(?![\w+-])")
_BLOOD_WORD = re.compile(r"(?i:blood|donor)|रक्त|ब्लड|ख़ून|खून|రక్త|బ్లడ్|నెత్తురు")
_BLOOD_AHEAD = re.compile(
    rf"(?:(?:,| [^\W\d]{{1,8}})? (?:AB|A|B|O)[-+]){{0,4}}[\s,(]{{0,2}}(?:(?i:group|type|donors?)|{_BLOOD_WORD.pattern})"
)
_GRADE = re.compile(r"(?<![\w+-])([A-F])-(?=[\s.,;:)!?]|$)(?! ?\d| [A-Z]{3})")
_NOT_OUT = re.compile(r"(?<=\d)\*(?= ?\(\d)")
_BATTED = re.compile(r"(?<=\d)\*(?=[\s.,;:!?)।]|$)(?! ?\d)")
_BATTING = re.compile(
    r"(?i:scored|unbeaten|century|fifty|innings|batting|balls|wicket|runs|made|all out|overs?|trail(?:s|ed)?|chas(?:e|ing)|off \d|spell|stumps|crease|opener|partnership|stand)|\d/\d|(?<=\d)\(\d{1,3}\)|रन|नाबाद|बनाए|पारी|विकेट|जीत|शतक|धावा|\d बाद|रणजी|कसोटी|వికెట్|పరుగు|నాటౌట్"
)
_BATTED_ALONE = re.compile(r"(?<![A-Za-z])[A-Z][a-z]{2,14} \d{1,3}\Z")
_OTHER_STARS = re.compile(r"[A-Z][a-z]{2,14} \d{1,3}\*[^*]{1,40}[A-Z][a-z]{2,14} \d{1,3}\*")
"""Name and score of another batter in 'Jaiswal 58*, Pant 7*'."""
_SAID_NOT_OUT = re.compile(r"(?i:not out|unbeaten)|नाबाद|नॉट ?आउट|అజేయ|నాటౌట్")
_FACTORIAL = re.compile(r"(?<=\d)!(?= ?[-=+*/×)])|(?:(?<=minus \d)|(?<=plus \d)|(?<=times \d))!(?=$|[.,;?])")
_ALONE = re.compile(r"[(/+*×-]\d{1,4}\Z")
_PICTURE = re.compile(r"(?<![\w.])(144|240|360|480|540|720|1080|1440|2160|4320)[pPi](?!\w)")
_AIRCRAFT = re.compile(r"(?<=Boeing |Airbus )(A?)(\d{3})-(\d{3,4})(?!\w)")
_CLAUSE = re.compile(
    r"(?<=[\dA-Z])\((?P<first>\d{1,2}[A-Z]?|[a-z]{1,4}|[\u0904-\u0d7f]{1,3})\)(?:\((?P<second>\d{1,2}|[a-z]{1,4}|[\u0904-\u0d7f]{1,3})\))?(?:\((?P<third>[a-z]{1,4}|[\u0904-\u0d7f]{1,3})\))?"
)
_CLAUSE_WORD = re.compile(r"(?i:clause|section|article|rule|under|sub|para|act|order)|धारा|अनुच्छेद|सेक्शन|సెక్షన్|ఆర్టికల్")
_KELVIN = re.compile(r"(?<=\d)(?: K(?!\w|\.\w)|K(?=[,.;:)]|$))")
_HOT = re.compile(r"°|(?i:temperature|kelvin|superconduct|plasma)|(?<![A-Za-z])T ?[=≈]|तापमान|ఉష్ణోగ్రత")
_CARAT = re.compile(r"(?<![\w.])(9|14|18|20|22|24) ?(?:[Kk](?:t|T)?|[Cc]t|CT)(?![\w.])")
_GOLD = re.compile(
    r"(?i:gold|silver|carat|jewel|(?<![a-z])(?:coin|chain|bangle|necklace|ornament|hallmark)|/gm)|सोन|స్వర్ణ|బంగార"
)
_FOR_WEIGHT = re.compile(r"(?<=\d\d\d) ?/ ?(?=\d{1,4} ?(?:gms?|grams?|g|kg|ml)(?!\w))")
_SQUARED = re.compile(r"(?:(?<=\d)(?P<gap> ?)|(?P<stroke>/ ?))(?P<unit>km|cm|m|ft|mi)(?P<power>[²³]|\^[23])(?![\w²³])")
_SQUARES = {"cm": "sq cm"}
_LABORATORY = {
    "SpO2": "S P O two",
    "HbA1c": "H B A one C",
    "HbA1C": "H B A one C",
    "PaO2": "P A O two",
    "FiO2": "F I O two",
    "pCO2": "P C O two",
    "Hb": "H B",
    "pH": "P H",
    "pKa": "P K A",
}
_LABORATORY_NAME = re.compile(rf"(?<![\w])(?:{'|'.join(_LABORATORY)})(?:-(?=\d)|(?=[ :=(,.]|$))")
_TIMES = re.compile(
    r"(?<=\d) ?(?:[xX×](?= (?:faster|slower|more|less|better|higher|lower|cheaper|larger|bigger|smaller|year on year|quarter on quarter|YoY|QoQ)(?![a-z]))"
    r"|[x×](?= (?:wages?|pay|salary|salaries|speed|rewards?|points|cashback|memory|battery|storage|the|as|its|their|his|her|our|your|my|that|what|last|normal|usual|average|earnings|sales|revenue|book|EBITDA|oversubscribed|subscribed|leverage|coverage|growth|returns?|(?:a|per|every) (?:day|week|month|year)|daily|weekly|monthly)(?![a-z])))"
)
_GREW = re.compile(
    r"(?<![A-Za-z])(?P<grew>(?:P/E|P/B|EBITDA|trades at|trading at|subscribed|oversubscribed|booked|max|maximum|min|minimum|upto|up to|least|most|retry|repeat|up|down|gr[eo]wn?|grows|ris(?:e|es|en)|rose|jump(?:s|ed)|surged|increased?|fell|by|nearly|almost|another)"
    r" (?:by |to |about |nearly |almost |over )?\d{1,3}(?:\.\d{1,2})?)[xX](?![\w×]| ?\d)"
)
_TIMES_SIGN = re.compile(r"(?<=\d) ?×(?= ?[a-z])(?! ?(?:ft|feet|cm|mm|m|in|inch|inches)(?![a-z]))")
_ARC = re.compile(
    r"(?<=\d)° ?(?P<minutes>\d{1,2})['’](?: ?(?P<seconds>\d{1,2}(?:\.\d{1,3})?)[\"”])?(?= ?[NSEW](?![A-Za-z])|[ ,.;)]|$)"
)
_SUBJECT = re.compile(r"(?<![\w.])Sub(?=\.? ?:)")
_QUARTER_YEAR = re.compile(r"(?<![A-Za-z\d])(?P<period>Q[1-4]|H[12]|FY|AY) ?['’](?P<year>\d\d)(?!\d)")
_NAME_YEAR = re.compile(r"(?<=[A-Z]{2})['’](?=\d\d(?!\d))")
_SECTION_SIGN = re.compile(r"§{1,2} ?(?=\d)")
_ROUND_THE_CLOCK = re.compile(r"(?<![\w.])24 ?[xX×*] ?7(?![\w.]| ?=)")

_NEAR = 40  # characters in which a word may show what a notation means


def _say_signed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'positive' of 'NS1 +ve'."""
    return verbalizer.signs["positive" if match["sign"] == "+" else "negative"]


def _say_keys(match: re.Match[str], verbalizer: Verbalizer) -> str:
    names = {"*": verbalizer.signs["star"], "#": verbalizer.signs["hash"]}
    return " ".join([names.get(sign) or verbalizer.digits(sign) for sign in match[0]])


def _say_key(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return verbalizer.signs["star" if match[1] == "*" else "hash"] if seen_near(_PRESS, match, _NEAR) else None


def _say_stars(match: re.Match[str], verbalizer: Verbalizer) -> str:
    ahead = match["ahead"] or ""
    rated = ahead[-1:].isalpha() and not _UNRATED.match(match.string, match.end() - 1)
    said = verbalizer.signs["star" if rated else "stars"]
    return f" {said}{' ' if ahead and not ahead.startswith(' ') else ''}{ahead}"


def _say_blood(match: re.Match[str], verbalizer: Verbalizer) -> str:
    sign = verbalizer.signs["positive" if match["sign"] == "+" else "negative"]
    group = [ENGLISH.cardinal(int(part)) if part.isdigit() else part for part in match["group"]]
    return f"{' '.join(group)} {sign}"


def _say_blood_or_grade(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    shown = seen_near(_BLOOD_WORD, match, _NEAR, behind=0) or _BLOOD_AHEAD.match(match.string, match.end())
    return _say_blood(match, verbalizer) if shown else None


def _say_grade(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match[1]} {verbalizer.signs['minus']}"


def _say_not_out(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.signs['not out']} " if _shows_not_out(match) else ""


def _shows_not_out(match: re.Match[str]) -> bool:
    """Return whether the words before a score do not say "not out" themselves."""
    return seen_before(_SAID_NOT_OUT, match, 16) is None


def _say_batted(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of the star in 'scored 82* off 53 balls'."""
    pair = seen_before(_BATTED_ALONE, match, 20) and seen_near(_OTHER_STARS, match, 60)
    if not (pair or seen_near(_BATTING, match, 2 * _NEAR)):
        return None
    return f" {verbalizer.signs['not out']}" if _shows_not_out(match) else ""


def _say_factorial(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of '5! = 120' and '(5!)'; '(save $200!)' is a cry."""
    closed = match.string[match.end() : match.end() + 1] == ")"
    if closed and not seen_before(_ALONE, match, 5):
        return None
    return f" {verbalizer.signs['factorial']}"


def _say_picture(match: re.Match[str], verbalizer: Verbalizer) -> str:
    lines = int(match[1])
    return f"{ENGLISH.cardinal(lines // 100)} {ENGLISH.cardinal(lines % 100)} {match[0][-1].upper()}"


def _say_aircraft(match: re.Match[str], verbalizer: Verbalizer) -> str:
    kind = ENGLISH.cardinal(int(match[3])) if match[3].endswith("00") else ENGLISH.digits(match[3])
    return f"{match[1]} {ENGLISH.digits(match[2])} {kind}".strip()


def _say_clause(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if not seen_near(_CLAUSE_WORD, match, _NEAR, behind=0):
        return None
    return "".join([f", {part}" for part in match.groups() if part])


def _say_kelvin(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return " kelvin" if seen_near(_HOT, match, _NEAR) else None


def _say_carat(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return f"{match[1]} carat" if seen_near(_GOLD, match, _NEAR) else None


def _say_for_weight(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.each} "


def _say_section(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "section "


def _say_squared(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '5 m²' as '5 sq m', a form of the rule of measures; None for what has no such form."""
    unit, power = match["unit"], match["power"][-1]
    said = f"cu {unit}" if power in "³3" else _SQUARES.get(unit, f"sq {unit}")
    written = said in UNITS
    return f"{match['stroke'] or ' '}{said}" if written else None


def _say_laboratory_name(match: re.Match[str], verbalizer: Verbalizer) -> str:
    name = match[0].removesuffix("-")
    return _LABORATORY[name] + " " * (name != match[0])


def _say_times(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return " times" if verbalizer.code == ENGLISH.code else None


def _say_grew(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'up 3 times' of 'up 3x', for the rules of numbers."""
    return f"{match['grew']} times" if verbalizer.code == ENGLISH.code else None


def _say_arc(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '° 4 min' of 8°4'N, for the rule of measures."""
    seconds = f" {match['seconds']} sec" if match["seconds"] else ""
    gap = " " * match.string[match.end() : match.end() + 1].isalpha()
    return f"° {match['minutes']} min{seconds}{gap}"


def _say_subject(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Subject"


def _say_quarter_year(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return "Q3'25" with its whole year, for the rules of years."""
    return f"{match['period']} 20{match['year']}"


def _say_space(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " "


def _say_round_the_clock(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{verbalizer.cardinal(24)} {verbalizer.signs['cross']} {verbalizer.cardinal(7)}"


RULES = (
    Rule(_KEYS, _say_keys, "#"),
    Rule(_KEY, _say_key, "*#"),
    Rule(_BLOOD_VE, _say_blood, "-+", needs="ve"),
    Rule(_SIGNED, _say_signed, "-+–", needs="ve"),
    Rule(_BLOOD, _say_blood_or_grade, "+-"),
    Rule(_GRADE, _say_grade, "-"),
    Rule(_SECTION_SIGN, _say_section, "§"),
    Rule(_SUBJECT, _say_subject, ":"),
    *SHARES,
    Rule(_LABORATORY_NAME, _say_laboratory_name, "OHK"),
)
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_ARC, _say_arc, "°"),
    Rule(_GREW, _say_grew, "xX"),
    Rule(_TIMES, _say_times, "xX×"),
    Rule(_TIMES_SIGN, _say_times, "×"),
    Rule(_QUARTER_YEAR, _say_quarter_year, "'’"),
    Rule(_NAME_YEAR, _say_space, "'’"),
    Rule(_SQUARED, _say_squared, "²³^"),
    Rule(_STARS, _say_stars, "★⭐*"),
    Rule(_NOT_OUT, _say_not_out, "*"),
    Rule(_BATTED, _say_batted, "*"),
    Rule(_FACTORIAL, _say_factorial, "!"),
    *plurals.FIGURES,
    Rule(_PICTURE, _say_picture, "pPi"),
    Rule(_AIRCRAFT, _say_aircraft, "-"),
    Rule(_CLAUSE, _say_clause, "(" + ascii_uppercase),
    Rule(_KELVIN, _say_kelvin, "K"),
    Rule(_CARAT, _say_carat, "KkCc"),
    Rule(_FOR_WEIGHT, _say_for_weight, "/"),
    *LENGTHS,
    Rule(_ROUND_THE_CLOCK, _say_round_the_clock, "xX×*"),
)
"""Rules before the other ones for figures."""
