"""Rules for identifiers with their name: one-time codes, accounts, references, postal codes. Read digit by digit.

A word beside the number shows what it is (`identifier_words.py`). A number that counts something, or has a unit, stays.
"""

import re

from processing.normalise.capitals import spell
from processing.normalise.identifier_forms import EDGE, LINK, NO, WHOLE, counts, grouped_digits, words_pattern
from processing.normalise.identifier_words import (
    HOUSES,
    NAMED,
    ONES_OWN,
    ORDERED,
    PLACES,
    SECRETS,
    SHOWS_NUMBER,
    STRONG,
    TELEPHONES,
    YEARLY,
)
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import last_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives

_NAMED_CODE = re.compile(
    rf"(?P<name>{words_pattern(SECRETS + STRONG + NAMED + TELEPHONES)})(?P<link>{LINK})"
    rf"(?P<mask>[Xx*•]{{1,16}}[ -]?(?:[Xx*•]{{1,4}}[ -]?){{0,3}}|\.{{2,4}}|…)?(?P<code>\d{{3,5}}(?: \d{{3,5}}){{2,4}}|\d{{4,5}} \d{{5}}|\d{{2}}(?: \d{{4}}){{2,3}}|\d{{6,12}}/\d{{1,4}}|\d{{1,4}}/\d{{6,12}}|(?=[\d/]{{0,24}}\d{{5}})\d{{1,8}}(?:/\d{{2,12}}){{2,4}}|\d{{4}}/\d{{1,2}}/\d{{3,8}}|\d{{2,6}}/\d{{3,6}}/\d{{3,8}}|\d{{3,18}}|\d{{1,9}}(?:-\d{{2,10}}){{1,3}}){WHOLE}"
)
_STROKED = re.compile(
    r"(?<![\w/])(?P<code>[A-Z]{1,6}/(?:[A-Z\d]{1,8}(?:-\d{2,4})?/){1,3}[A-Z]?\d{3,8}(?:-\d{3,8})?)(?![\w/])"
)
_SIGN = re.compile(r"[A-Z]+|\d+")
_SPLIT_CODE = re.compile(
    rf"(?P<name>{words_pattern((*SECRETS, 'code'))})(?P<link>{LINK})(?P<code>\d{{3,4}} \d{{3,4}}|\d{{2}}(?: \d{{2}}){{2,3}}|\d{{2,4}}(?:-\d{{2,4}}){{1,3}}){WHOLE}(?! \d)"
)
_MASKED = re.compile(r"(?<![\w*•])(?:[Xx*•]{2,16}[ -]?(?:[Xx*•]{2,4}[ -]?){0,3})(?P<code>\d{3,6})(?![\d*])")
_MASKED_INSIDE = re.compile(
    r"(?<![\w+.])(?P<plus>\+?)(?P<head>\d{1,4}(?:[ -]\d{1,4})?)[Xx*•]{3,8}(?P<code>\d{2,4})(?!\w)"
)
_BANK_BRANCH = re.compile(r"(?<!\w)(?P<bank>[A-Z]{4})(?P<branch>0[A-Z\d]{6})(?!\w)")
_HOUSE = re.compile(
    rf"(?P<name>{words_pattern(HOUSES)}{LINK})(?P<code>\d{{1,4}}(?:[-/]\d{{1,4}}){{1,5}})(?:[-/]?(?P<letter>[A-Z])(?!\w))?(?!\d|[.,]\d| ?%)"
)
_FILED = re.compile(
    rf"(?P<name>{words_pattern(YEARLY)}\.?[ :-]{{0,3}})(?P<code>\d{{1,5}}) ?/ ?(?=(?:19|20)\d\d(?:-\d\d)?(?!\d))"
)
_FILE_OF = re.compile(r"पत्रांक|पत्र|क्रमांक|क्र\.|संख्या|सं\.|शासनादेश|निर्णय|నంబర్|సంఖ్య|నం\.")
"""Words before the number of a file, which may name an office behind a stroke."""
_FILE_PART = re.compile(r"(?<=\d)/(?=[\u0904-\u0939\u0c05-\u0c39][\u0900-\u0d7f]{2})")
_POSTAL = re.compile(
    rf"(?P<place>{EDGE}(?:{alternatives(PLACES)}))(?P<between>\.? ?[-–,]? ?\(?)(?P<code>[1-8]\d{{2}} ?\d{{3}}){WHOLE}"
)
_TWO_GROUPS = re.compile(
    rf"(?P<name>{EDGE}(?:(?i:no|number|id|consumer|customer|a/c)|నంబర్|నంబరు|నెంబర్|संख्या|नंबर)\.?[ :]{{1,3}}(?:[A-Z]{{2,5}} )?)(?P<code>\d{{2,5}} \d{{4,6}}){WHOLE}(?! \d)"
)
_ENDS = re.compile(
    r"(?<![A-Za-z])(?P<name>(?i:aadhaar|aadhar|pan|card|account|a/c|number|no|phone|mobile|passport)[a-z0-9 ]{0,16}? (?:ends|ending|ended|begins|starts)"
    rf" (?:with|in) )(?P<code>\d{{3,6}}){WHOLE}"
)
_ENDING_IN = re.compile(
    rf"(?P<name>(?i:(?<![a-z])(?:ending|ends|ended)(?: (?:in|with))?) )(?P<code>\d{{3,5}}){WHOLE}(?! (?:years?|AD|BC|months?|days?)(?![a-z]))"
)
_CARDS = re.compile(
    r"(?i:visa|master ?card|amex|american express|rupay|maestro|discover|card|account|a/c|acct|checking|savings|number|phone|mobile|wallet|aadhaa?r|debit|credit|iban)"
)
_MASKED_BEHIND = re.compile(r"(?<![\w.,])(?P<code>\d{3,6})[Xx*•]{3,10}+(?!\w)")


def _say_named(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    name, link, code = match["name"].lower(), match["link"], match["code"]
    digits = sum(map(str.isdigit, code))
    shown = not {word.strip(".:#=(–-") for word in link.lower().split()}.isdisjoint(SHOWS_NUMBER) or "#" in link
    if name in SECRETS:
        least = 3
    elif name in STRONG:
        least = 3 if name in ("id", "आईडी", "ఐడీ", "ఐడి") else 4
    elif name in TELEPHONES:
        least = 6
    elif name in ORDERED and last_word(match.string, match.start()).lower() in ONES_OWN:
        least = 4 if shown else 5
    else:
        least = 4 if shown or name in ("account", "acct", "a/c") else 7
    if match["mask"]:
        least = 3
    first, _, second = code.partition("-")
    whole = (shown or name in STRONG) and second and len(second) != len(first)  # '5567-02' and '171-9923' are no spans
    if (
        digits < least
        or (not whole and not code.isdigit() and digits < (6 if "#" in link else 8 if shown or name == "issn" else 9))
        or counts(match)
    ):
        return None
    words = (
        verbalizer.digits(code)
        if name in TELEPHONES or (" " in code and name not in STRONG)
        else grouped_digits(code, verbalizer)
    )
    return f"{match['name']}{_spoken_link(link, match['mask'], verbalizer)}{words}"


def _spoken_link(link: str, mask: str | None, verbalizer: Verbalizer) -> str:
    """Return the words between a name and its digits; a mask of English is "ending"."""
    plain = NO.sub("number", re.sub(r" ?[#=–-] ?", " ", link)).rstrip() or " "
    ends = mask and verbalizer.code == ENGLISH.code and not re.search(r"(?i)end(?:ing|s|ed)", link)
    return f"{plain.rstrip()}{' ending' if ends else ''}{'' if plain.endswith('(') else ' '}"


def _say_stroked(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the parts of 'CLM/24/88123': long figures digit by digit, years and short ones as numbers."""
    said: list[str] = []
    for part in _SIGN.findall(match["code"]):
        if part.isalpha():
            said.append(spell(part) if len(part) > 2 else " ".join(part))
        elif len(part) == 4 and part[:2] in ("19", "20"):
            said.append(verbalizer.year(int(part)))
        else:
            said.append(verbalizer.cardinal(int(part)) if len(part) < 3 and part[0] != "0" else verbalizer.digits(part))
    return " ".join(said)


def _say_split_code(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a code in two groups, 'code 4471 9920'."""
    if counts(match):
        return None
    return f"{match['name']}{_spoken_link(match['link'], None, verbalizer)}{verbalizer.digits(match['code'])}"


def _say_masked(match: re.Match[str], verbalizer: Verbalizer) -> str:
    before = match.string[max(0, match.start() - 14) : match.start()].lower()
    ending = "ending " if verbalizer.code == ENGLISH.code and not re.search(r"end(?:ing|s|ed)", before) else ""
    return ending + verbalizer.digits(match["code"])


def _say_masked_inside(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits on both sides of a mask, '+91-98XXXXXX21'."""
    plus = f"{verbalizer.signs['plus']} " if match["plus"] else ""
    ending = " ending" if verbalizer.code == ENGLISH.code else ","
    return f"{plus}{verbalizer.digits(match['head'])}{ending} {verbalizer.digits(match['code'])}"


def _say_two_groups(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of 'No. 102 33451' and of 'Aadhaar ends with 4417'."""
    return None if counts(match) else f"{match['name']}{verbalizer.digits(match['code'])}"


def _say_ending_in(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of 'Visa ending in 4021', behind a word about cards, accounts or numbers."""
    if seen_before(_CARDS, match, 40) is None or counts(match):
        return None
    return f"{match['name']}{verbalizer.digits(match['code'])}"


def _say_masked_behind(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits before a mask, '3412XXXX'."""
    return verbalizer.digits(match["code"])


def _say_branch(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters and digits of a bank's branch code, 'HDFC0001234'."""
    branch = [ENGLISH.digits(sign) if sign.isdigit() else sign for sign in match["branch"]]
    return " ".join([*match["bank"], *branch])


def _say_house(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '8-2-293/A' as numbers one after the other; a single stroke is spoken."""
    code, letter = match["code"], match["letter"] or ""
    single = code.count("/") == 1 and "-" not in code
    first, *others = (int(part) for part in re.findall(r"\d+", code))
    words, last = verbalizer.cardinal(first), first
    for part in others:
        heard_as_one = (0 < part < 10 and last > 10 and last % 10 == 0) or (last < 10 and part >= 100)
        words += f" {verbalizer.signs['by']} " if single else ", " if heard_as_one else " "
        words, last = words + verbalizer.cardinal(part), part
    return f"{match['name']}{words} {letter}".rstrip()


def _say_filed(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the number of a file before its year, as in 'संख्या 07/2024-25', which is no month."""
    return f"{match['name']}{verbalizer.cardinal(int(match['code']))} {verbalizer.signs['by']} "


def _say_file_part(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return a pause for the stroke of 'पत्र सं. 12/2024/राजस्व', where no choice is meant."""
    return ", " if seen_before(_FILE_OF, match, 48) else None


def _say_postal(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if counts(match) or match["code"].endswith("000"):
        return None
    if match["between"].endswith("("):
        return f"{match['place']} ({verbalizer.digits(match['code'])}"
    dashed = "," if match["between"].strip(" .") else ""
    return f"{match['place']}{dashed} {verbalizer.digits(match['code'])}"


RULES = (
    Rule(_STROKED, _say_stroked, "/"),
    Rule(_MASKED_BEHIND, _say_masked_behind, "Xx*•"),
    Rule(_MASKED_INSIDE, _say_masked_inside, "Xx*•"),
    Rule(_BANK_BRANCH, _say_branch, LONG),
    Rule(_FILE_PART, _say_file_part, "/"),
    Rule(_FILED, _say_filed, "/"),
    Rule(_HOUSE, _say_house, "-/"),
    Rule(_SPLIT_CODE, _say_split_code, LONG + "-:"),
    Rule(_NAMED_CODE, _say_named, LONG),
    Rule(_ENDS, _say_two_groups, LONG),
    Rule(_ENDING_IN, _say_ending_in, LONG),
    Rule(_MASKED, _say_masked, LONG),
    Rule(_TWO_GROUPS, _say_two_groups, LONG),
    Rule(_POSTAL, _say_postal, LONG),
)
"""Rules before all others for figures."""
