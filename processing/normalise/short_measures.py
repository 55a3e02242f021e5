"""Rules for measures and stages in one letter: 'keeps 3-4 d.', 'weighs 9 st 2 lb', 'doubled to 3.2m', 'stage IIIB'."""

import re
from string import ascii_letters

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import closes_sentence, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import NUMBER, RATES, WORD_GOES_ON, Rule, alternatives

_NEAR = 40
"""Characters in which a word may show what a letter means."""
_KEPT_DAYS = re.compile(r"(?<!\dw\d)(?<!\dw \d)(?<=\d) ?d(?:\.|(?=[\s,;)]|$))(?!')")
_KEEPS = re.compile(
    r"(?<![a-z])for(?= \d)|(?i:keeps?|stor(?:e|es|ed)|lasts?|fridge|refrigerat\w{0,4}|freez\w{1,3}|ferment\w{0,3}|marinate\w?|age|shelf|stay|nights?|trip|ETA|ships?|deliver\w{0,3}|takes?|within|every|valid(?:ity)?|unlimited|plan|pack|recharge|offer|airtel|jio|\dGB|GB)(?![a-z])"
)
_STONE = re.compile(r"(?<=\d) ?st(?=(?P<pounds> \d{1,2} ?lbs?(?![a-z]))?)(?=[\s.,;)]|$)")
_WEIGHED = re.compile(r"(?i:weigh(?:s|ed|ing|t)?|lost|lose|gained|down to|heavy)(?![a-z])")
_MANY = re.compile(r"(?<=\d)m(?![\w²³/^'’-])")
_COUNTED = re.compile(
    r"(?i:population|people|users|viewers|views|copies|jobs|customers|subscribers|followers|households|residents|visitors|voters"
    r"|downloads|members|passengers|vehicles|tonnes|barrels|shares|workers|migrants|tickets|homes|streams|revenue|sales|units sold"
    r"|sold|patients|refugees|pupils|students|doses|listeners|players|accounts|records|budget|funding|raised|turnover)(?![a-z])"
)
_STRETCHED = re.compile(
    r"(?i:race|run|ran|sprint|swim|swam|freestyle|hurdles|relay|throw|threw|jump|leap|tall|high|height|deep|depth|wide|width|long"
    r"|length|away|above|below|radius|altitude|elevation|distance|far|tower|wall|pool|road|tunnel|bridge|tide|wave|snow)(?![a-z])"
)
"""Words beside '3.2m' that make it meters; words of counts make it millions."""
_STAGE = re.compile(r"(?:(?<=[Ss]tage )|(?<=[Gg]rade )|(?<=[Tt]ype ))(?P<roman>I{1,3}|IV)(?P<part>[A-C]\d?)(?!\w)")


_EACH = (
    """दिवस महिना आठवडा बीघा एकर हेक्टेयर हेक्टर गुंठा पौधा पेड़ झाड व्यक्ती छात्र विद्यार्थी परिवार कुटुंब बोरी पेटी क्रेट कट्टा""".split()
)
"""Nouns behind the stroke of a rate that are no units."""
_INDIC_RATE = alternatives([*(form for form in RATES if form[0] >= "\u0900"), *_EACH])
_INDIC_PER = re.compile(
    rf"(?<![\w.,/])(?P<counted>(?:{NUMBER} ?[-–] ?)?{NUMBER}(?: ?[A-Za-z]{{2,6}}| ?[\u0900-\u0963\u0971-\u0d7f]{{2,20}}\.?)(?: [\u0904-\u0939][\u0900-\u0963]{{1,12}})?) ?/ ?(?P<per>{_INDIC_RATE})(?![{WORD_GOES_ON}])"
    rf"(?:/(?P<period>{_INDIC_RATE})(?![{WORD_GOES_ON}]))?"
)


def _say_indic_per(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '5 ग्राम/दिन' and '12 क्विं./बीघा' with the word for the stroke, for later rules."""
    words = match["counted"]
    for per in filter(None, (match["per"], match["period"])):
        words = verbalizer.rate(words, RATES[per]) if per in RATES else f"{words} {verbalizer.each} {per}"
    return words


_RATED = re.compile(
    r"(?<=\d)(?P<unit> ?(?:k?V|k?W|A|Hz|kVA|HP|hp|[GT]B))/(?=\d{1,4} ?(?:k?V|k?W|A|Hz|kVA|HP|hp|[GT]B)(?![A-Za-z]))"
)


def _say_rated(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the pause between the ratings of an appliance, '220V/50Hz' and '16GB/512GB', which are no choice."""
    return f"{match['unit']}, "


_STOPPED_RATE = alternatives(form for form in RATES if form[0] >= "\u0900" and form.endswith("."))
_EACH_PACK = re.compile(
    rf"(?<![\w.,/₹])(?<![₹.ु] )(?P<price>{NUMBER})/(?:(?P<per>{_STOPPED_RATE})"
    rf"|(?=(?:{alternatives(_EACH)})(?![{WORD_GOES_ON}]))|(?=(?:100|200|250|500|750|1000) ?(?:मिली|ग्राम|ग्रा|ml|gm?|ग्रॅम)(?![{WORD_GOES_ON}])))"
)


def _say_each_pack(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word for the stroke of '266.5/बोरी', '17,000/हे.' and '225/500 मिली', a price for a pack."""
    if verbalizer.block is None:
        return None
    if match["per"]:
        return verbalizer.rate(match["price"], RATES[match["per"]])
    return f"{match['price']} {verbalizer.each} "


def _say_kept_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'keeps 3-4 d.', for the rule of measures."""
    if verbalizer.code != ENGLISH.code or seen_before(_KEEPS, match, _NEAR) is None:
        return None
    one = match.string[max(0, match.start() - 2) : match.start()].strip() == "1"
    return f" day{'s' * (not one)}" + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_stone(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'weighs 9 st 2 lb'."""
    shown = match["pounds"] or seen_before(_WEIGHED, match, _NEAR)
    return " stone" if shown else None


def _say_many(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'the population doubled to 3.2m' beside words of counts, which are no meters."""
    return " million" if seen_near(_COUNTED, match, _NEAR) and not seen_near(_STRETCHED, match, _NEAR) else None


def _say_stage(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'three B' of 'stage IIIB'."""
    number = 4 if match["roman"] == "IV" else len(match["roman"])
    return f"{ENGLISH.cardinal(number)} {match['part']}"


RULES = (Rule(_STAGE, _say_stage, "I"),)
"""Rule before those of Roman numerals."""

FIGURES = (
    Rule(_EACH_PACK, _say_each_pack, "/", needs="/"),
    Rule(_RATED, _say_rated, "VWAHB", needs="/"),
    Rule(_INDIC_PER, _say_indic_per, " " + ascii_letters + "".join(map(chr, range(0x0904, 0x093A))), needs="/"),
    Rule(_KEPT_DAYS, _say_kept_days, "d "),
    Rule(_STONE, _say_stone, "s ", needs="st"),
    Rule(_MANY, _say_many, "m"),
)
"""Rules before those of measures, fractions and ranges."""
