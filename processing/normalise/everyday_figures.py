"""Rules for figures of daily life: '97.6%ile', '322-185 BCE', '28D' of a tariff, '4/5 stars'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import closes_sentence, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import BEFORE, Rule, read_amount

_NEAR = 40
"""Characters in which a word may show what a figure means."""
_DAY_DASH = re.compile(
    r"(?:(?<=[Dd]ay \d)|(?<=[Dd]ay \d\d)|(?<=[Ww]eek \d)|(?<=[Ss]tage \d)|(?<=[Rr]ound \d)|(?<=[Ll]eg \d)|(?<=[Ss]tep \d)) [-–] "
    r"(?=₹?\d[\d,.]{0,8} ?(?:km|kms|m|ft|hrs?|mins?|reps|sets|pages|runs|kg|lakh|cr)(?![a-z]))"
)
_PERCENTILE = re.compile(r"(?<=\d) ?(?:%|percent)[ -]?(?:ile|tile)(?![a-z])")
_ERA = re.compile(rf"{BEFORE}(?P<first>\d{{1,4}}) ?[-–—] ?(?P<second>\d{{1,4}})(?= ?(?:BCE|BC|B\.C\.))")
_DAYS = re.compile(r"(?<![\w.,/-])(?P<count>\d{1,3}) ?D(?![\w.'])")
_PER_DAY = re.compile(r"(?<=[GM]B)/D(?!\w)")
_TARIFF = re.compile(r"(?i:validity|valid|recharge|plan|pack|data|unlimited|prepaid|topup|top-up)|\dGB")
_ATMOSPHERES = re.compile(r"(?<![\w.,])(?P<number>\d{1,4}(?:\.\d{1,4})?) ?atm(?![A-Za-z])")
_WARMTH = re.compile(r"(?<=\d) ?(?P<scale>[FC])(?![\w+#'’-]|\.\w)")
_WARM = re.compile(
    r"(?i:fever|temperature|temp|thermometer|preheat(?:ed)?|oven|bak(?:e|ed|ing)|roast|grill|air-?fry(?:er)?|weather|humidity|freezing|below zero|(?-i:[Bb]elow \()|high of|low of|mercury (?:rose|fell|touched))(?![a-z])"
    r"|टेम्प|तापमान|बुखार|ताप(?![\u0900-\u0963])|ओवन|ओव्हन"
)
_TIMED = re.compile(r"(?<![A-Za-z])(?P<word>Dep|Arr|DEP|ARR|dep|arr)\.?:? ?(?=\d{1,2}[:.]\d\d(?!\d)|\d{4} ?hrs)")
_TIMED_BEHIND = re.compile(r"(?<=[:.]\d\d) (?P<word>[Dd]ep|[Aa]rr|DEP|ARR)(?:\.(?= ?[a-z,;)])|(?=[,;)]|\.?\s?$))")
_COUNTDOWN = re.compile(
    r"(?<![\w-])T ?(?P<sign>[-+]) ?(?=\d{1,4} ?(?:h|hr|hrs|hours?|m|mins?|minutes?|s|secs?|seconds?|days?|weeks?)(?![a-z]))"
)
_DEGREES = re.compile(r"(?<=\d) ?deg(?:\.(?= [a-zCF\d])|(?![a-z.])|(?=\.\s?$))(?: ?(?P<scale>[CF])(?!\w))?")
_CLASS = re.compile(r"(?<![\w.-])(?P<roman>X{1,2}(?:IX|IV|V?I{0,3})|IX|IV|VI{0,3})(?:th|TH)(?!\w)")
_ROMANS = {"X": 10, "V": 5, "I": 1}
_TERM = re.compile(r"(?<![\w.,/-])(?P<count>\d{1,2})Y(?!\w)")
_BOND = re.compile(
    r" (?:yields?|bonds?|notes?|treasur(?:y|ies)|G-?[Ss]ecs?|gilts?|bunds?|FD|swaps?|mortgages?|fixed|rate|paper)(?![a-z])"
)
_YIELD = re.compile(r"(?i:return|xirr|cagr|yield|sip|fund|bond|tenure|lock-in|g-sec)")
_POWER = re.compile(r"(?<=\d) W(?=[\s.,;)]|$)")
_POWERED = re.compile(
    r"(?<![A-Za-z])P =|Ω|(?i:bulb|lamp|led|charg|power|ohms?(?![a-z])|solar|panel|speaker|heater|motor|geyser|tube ?light|volt|appliance)|\d ?V(?!\w)|kWh|बल्ब|पंख|सोलर|बिजली|वीज|यूनिट|युनिट|मोटर|हीटर|गीज़र"
)
_CURRENT = re.compile(r"(?<![\w.,])(?P<number>\d{1,3}(?:\.\d{1,3})?) ?A(?=[\s.,;)]|$)")
_PLUG = re.compile(
    r" (?:hookups?|breakers?|fuses?|circuits?|services?|outlets?|plugs?|sockets?|chargers?|MCBs?)(?![a-z])"
)
_WIRED = re.compile(
    r"(?i:hookups?|outlets?|plugs?|current|amp|fuse|draws|socket|circuit|breaker|mcb|resistance|battery|inverter)|\d ?V(?!\w)"
)
_TIME_AND_TIME = re.compile(r"(?<![\d:])(?P<first>\d{1,2}:[0-5]\d) ?/ ?(?=\d{1,2}:[0-5]\d(?![\d:]))")
_LAKH_EACH = re.compile(
    r"(?<=\d) ?L(?= ?/ ?(?:µL|μL|uL|µl|cumm|cmm|mm³|acre|yr|year|annum|month|mo|flat|plot|unit|sq|seat)| (?:staff|pensioners|employees|youth|taxpayers|girls|boys|accounts|connections|members|shares|units|people|users|voters|votes|farmers|students|families|houses|homes|jobs|tonnes|tons|passengers|devotees|pilgrims|cases|subscribers|vehicles|cars|customers|investors|beneficiaries|followers|views|visitors|hectares|acres|candidates|posts|children|women|workers|households|seats)(?![a-z]))"
)
_QUINTALS = re.compile(r"(?<=\d) ?q(?=/(?:acre|ac|ha|hectare|bigha)|(?: of| per) [a-z]|ntls?(?!\w))(?:ntls?)?")
_LAKH_SUM = re.compile(r"(?<=\d)L(?![\w/'’-])")
_SUMS = re.compile(
    r"(?:SIP|EMI|FD|PPF|CTC)(?![A-Za-z])|(?i:invest|salary|package|loan|savings?|corpus|budget|income|premium|worth|portfolio|mutual fund|deposit|scholarship)"
)
_LIQUIDS = re.compile(
    r"(?i:water|milk|oil|petrol|diesel|fuel|bottle|tank|engine|cooker|fridge|bag|litre|liter|juice|paint)"
)
_WATCH = re.compile(
    r"(?<![\w.,:/-])(?P<first>(?:[01]\d|2[0-3])[0-5]\d) ?[-–] ?(?P<second>(?:[01]\d|2[0-4])[0-5]\d)(?P<hours> ?(?:hrs|Hrs|HRS|hours))?(?![\w-])"
)
_DUTY = re.compile(r"(?i:shift|duty|watch|timings?|roster)")
_LIVED = re.compile(
    r"(?<=[ (])(?P<what>[bd])\. ?(?=(?:\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8}\.?,? |[A-Z][a-z]{2,8}\.? \d{1,2}, )?(?:1\d|20)\d\d(?!\d))"
)
_LAW = re.compile(r"(?<![A-Za-z.])S\. ?(?=\d{1,3}[A-Z]?(?!\d))")
_LAWS = re.compile(r"(?<![A-Za-z])(?:Act|IPC|BNS|CrPC|BNSS|r/w|read with|[Uu]nder|of the)(?![A-Za-z])")
_PHASE = re.compile(
    r"(?<![A-Za-z])(?:Ph(?=-(?:[IVX]{1,4}|\d)(?!\w))|ph(?=-\d(?!\w))|[Pp]h\.? (?=\d{1,2}(?:[A-Z]\d{0,2})?(?![\w+-]|[ .]\d)))"
)
_SOAKED = re.compile(r"(?<=\d)['’](?=[\s,.;)]|$)")
_COOKED = re.compile(
    r"(?i:soak|cook|bake|boil|rest|simmer|knead|steam|fry|chill|marinate|roast|grill|proof|whisk)[a-z]{0,3}[: a-z]{0,12}(?:\d{1,3}[-–])?\d{1,3}\Z"
)
_PAIR = re.compile(r"(?<=\d) ?pr(?P<more>s?)\.?(?=[\s,;:)]|$)(?! ?\d)")
_PC = re.compile(
    r"(?<=\d) ?pc(?P<stop>\.)?(?![\w.]\w|\w)(?P<ahead> (?:set|kit|combo|pack|meal|box|plate|dinner|of (?:cabin|hand|check|baggage|luggage|bread|cake|chicken|fish|paneer|sweet|fruit|chocolate|cloth|roti|naan|idli|vada|dosa|soap))(?![a-z]))?"
)
_SHARE = re.compile(
    r" ?(?:of|in|on|to|from|growth|rise|hike|fall|drop|cut|stake|vote|votes|share|quota|jump|gain|dip|decline|increase|decrease|reservation"
    r"|interest|tax|duty|discount|more|less|higher|lower|at|for|this|last|against|and|while|as|during|by)(?![a-z])"
)
_QUESTIONS = re.compile(
    r"(?<![\w.])Q(?:s\.? ?|(?:ns?|uestions?)\.? |\. ?| ?)(?P<first>\d{1,2})(?: ?[-–] ?| to )(?:Q\.? ?)?(?P<last>\d{1,2})(?![\w%]|[.,]\d|[-–/])"
)
_QUARTERS = re.compile(
    r"(?i:quarter|revenue|profit|results|earnings|growth|sales|fiscal|margin|guidance|GDP)|FY|[YQ]oY"
)
_OUT_OF = re.compile(rf"{BEFORE}(?P<part>\d(?:\.\d)?)/(?P<whole>5|10)(?= ?(?:stars?|rating|rated|★|\(\d))")


def _say_day_dash(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the pause of 'Day 1 - 8 km', which is no range."""
    return ", "


def _say_percentile(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " percentile"


def _say_era(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the years of '322-185 BCE', which go down."""
    first, second = int(match["first"]), int(match["second"])
    return f"{verbalizer.year(first)} {verbalizer.signs['to']} {verbalizer.year(second)}"


def _is_tariff(match: re.Match[str]) -> bool:
    return seen_near(_TARIFF, match, _NEAR) is not None


def _say_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '28 days' of '28D' beside words of a tariff, for the rule of measures."""
    return f"{match['count']} day{'s' * (match['count'] != '1')}" if _is_tariff(match) else None


def _say_per_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "/day"


def _say_atmospheres(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match['number']} atmosphere{'s' * (match['number'] != '1')}"


def _say_warmth(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '101.4 F' with the sign for degrees, beside words about warmth."""
    near = seen_near(_WARM, match, _NEAR)
    return f"°{match['scale']}" if near else None


def _say_timed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'Dep 06:25'."""
    word = "departure" if match["word"].lower() == "dep" else "arrival"
    return f"{word if match['word'].islower() else word.capitalize()} "


def _say_timed_behind(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '06:15 dep'."""
    return " departure" if match["word"].lower() == "dep" else " arrival"


def _say_countdown(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'T minus' of 'T-10 min'."""
    return f"T {verbalizer.signs['minus' if match['sign'] == '-' else 'plus']} "


def _say_degrees(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '43 deg' and '43 deg. C' with the sign, for the rule of measures."""
    return f"°{match['scale'] or ''}"


def _say_class(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the ordinal of 'XIIth'."""
    values = [_ROMANS[letter] for letter in match["roman"]]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return ENGLISH.ordinal(sum(-value if value < after else value for value, after in pairs))


def _say_term(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '3 yrs' of '3Y' beside words of investments, for the rule of measures, and '10-year' of '10Y yield'."""
    if _BOND.match(match.string, match.end()):
        return f"{match['count']}-year"
    return f"{match['count']} yrs" if seen_near(_YIELD, match, _NEAR) else None


def _say_power(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '60W' of '60 W' beside words of electricity, for the rule of measures."""
    return "W" if seen_near(_POWERED, match, _NEAR) else None


def _say_current(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if verbalizer.code != ENGLISH.code or not seen_near(_WIRED, match, _NEAR):
        return None
    if _PLUG.match(match.string, match.end()):
        return f"{match['number']} amp"
    return f"{match['number']} ampere{'s' * (match['number'] != '1')}"


def _say_time_and_time(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '06:10, ' of '06:10/08:25', two times of day."""
    return f"{match['first']}, "


def _say_lakh_each(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " lakh"


def _say_quintals(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the quintals of '24 q/acre', for the rule of measures."""
    return " qtl"


def _say_lakh_sum(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'grown to 3.4L' beside words of money, which are no liters."""
    return " lakh" if seen_near(_SUMS, match, _NEAR) and not seen_near(_LIQUIDS, match, _NEAR) else None


def _say_watch(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '0600 hrs to 1400 hrs' of '0600-1400', for the rule of hours."""
    if not (match["hours"] or seen_near(_DUTY, match, _NEAR)):
        return None
    return f"{match['first']} hrs {verbalizer.signs['to']} {match['second']} hrs"


def _say_lived(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "born " if match["what"] == "b" else "died "


def _say_law(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'S. 138 of the NI Act'."""
    return "section " if seen_near(_LAWS, match, _NEAR) else None


def _say_phase(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{'Phase' if match[0][0] == 'P' else 'phase'}{' ' * match[0].endswith(' ')}"


def _say_soaked(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the minutes of "soak 30'"."""
    return " min" if seen_before(_COOKED, match, 28) else None


def _say_pair(match: re.Match[str], verbalizer: Verbalizer) -> str:
    one = match.string[max(0, match.start() - 2) : match.start()].strip() == "1"
    return f" pair{'s' * (not one)}" + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_pc(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'piece' of '1 pc' and '3 pc set', and 'percent' of 'up 7.2 pc' and 'a 5 pc stake'."""
    stop = "." * (bool(match["stop"]) and closes_sentence(match))
    behind = match.string[max(0, match.start() - 8) : match.start()].split()[-1]
    share = "." in behind or _SHARE.match(match.string, match.end()) is not None
    if match["ahead"] or (behind == "1" and not share):
        return f" piece{match['ahead'] or ''}{stop}"
    ends = not match.string[match.end() : match.end() + 2].strip()[:1].strip(".,;)")
    return f" {verbalizer.signs['percent']}{stop}" if share or (ends and behind.isdigit()) else None


def _say_questions(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'questions 1 to 5' of 'Q1-5'; 'Q1-4' beside words of business are quarters."""
    first, last = int(match["first"]), int(match["last"])
    if first >= last:
        return None
    if last <= 4 and seen_near(_QUARTERS, match, _NEAR):
        return f"Q{first} {verbalizer.signs['to']} Q{last}"
    return f"questions {first} {verbalizer.signs['to']} {last}"


def _say_out_of(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the marks of a rating, '3/5 stars', which are no fraction."""
    return verbalizer.out_of(verbalizer.amount(read_amount(match["part"])), int(match["whole"]))


RULES = (
    Rule(_TIMED, _say_timed, "pPrR"),
    Rule(_TIMED_BEHIND, _say_timed_behind, "pPrR"),
    Rule(_COUNTDOWN, _say_countdown, "-+", needs="T"),
    Rule(_LIVED, _say_lived, "bd", needs="."),
    Rule(_LAW, _say_law, "S"),
    Rule(_PHASE, _say_phase, "Pp"),
    Rule(_CLASS, _say_class, "XVI"),
    Rule(_QUESTIONS, _say_questions, "Q"),
)
"""Rules before those of abbreviations."""

FIGURES = (
    Rule(_SOAKED, _say_soaked, "'’"),
    Rule(_PAIR, _say_pair, "p ", needs="pr"),
    Rule(_PC, _say_pc, "p ", needs="pc"),
    Rule(_DAY_DASH, _say_day_dash, "-–"),
    Rule(_PERCENTILE, _say_percentile, "% p", needs="ile"),
    Rule(_ERA, _say_era, "-–—"),
    Rule(_DAYS, _say_days, "D"),
    Rule(_PER_DAY, _say_per_day, "B"),
    Rule(_ATMOSPHERES, _say_atmospheres, "a ", needs="atm"),
    Rule(_WARMTH, _say_warmth, "FC"),
    Rule(_TIME_AND_TIME, _say_time_and_time, "/"),
    Rule(_LAKH_EACH, _say_lakh_each, "L ", needs="L"),
    Rule(_QUINTALS, _say_quintals, "q "),
    Rule(_LAKH_SUM, _say_lakh_sum, "L"),
    Rule(_WATCH, _say_watch, "-–"),
    Rule(_DEGREES, _say_degrees, "d ", needs="deg"),
    Rule(_TERM, _say_term, "Y"),
    Rule(_POWER, _say_power, "W ", needs="W"),
    Rule(_CURRENT, _say_current, "A ", needs="A"),
    Rule(_OUT_OF, _say_out_of, "/"),
)
"""Rules before those of measures, fractions and ranges."""
