"""Rules for amounts of money: sign or code of the currency, number, magnitude, and the unit that it buys."""

import re

from processing.normalise.languages import VERBALIZERS
from processing.normalise.surroundings import describes_noun, keep_stop, next_word, seen_before
from processing.normalise.verbalizer import Amount, Verbalizer
from processing.normalise.written import (
    DASH,
    LONG,
    MAGNITUDE_BEGINS,
    MAGNITUDES,
    NOUN_ENDINGS,
    NUMBER,
    RATES,
    Rule,
    alternatives,
    codes_of_forms,
    forms_of_all,
    read_amount,
)

_CODE_OF = codes_of_forms(lambda written: written.currencies)
_FORM = alternatives(_CODE_OF)
_RUPEES = alternatives(form for form, code in _CODE_OF.items() if code == "INR" and form != "₹")
_PER = alternatives(RATES)
_PER_WORD = alternatives({verbalizer.written.per for verbalizer in VERBALIZERS} - {""})
_NAME_AFTER = rf"(?: (?:{alternatives(forms_of_all(lambda written: written.currency_names))}))?"
_ANY = r"(?P<any> ?/ ?)(?=\d{1,4}(?:\.\d{1,2})? ?[^\W\d_]|[^\W\d_])"
"""Stroke before what an amount buys, if it is no known unit: '₹50/visit', '₹65,000/10 g'."""
_TAIL = rf"(?P<magnitude>{MAGNITUDES})(?: ?/-)?{_NAME_AFTER}(?: ?(?:/|(?:{_PER_WORD}) ) ?(?P<per>{_PER})(?![\w\u0900-\u0963\u0966-\u0d7f])(?:/(?P<and_per>{_PER})(?![\w\u0900-\u0963\u0966-\u0d7f]))?|{_ANY})?"
_ENDING = rf"(?:(?P<ending>{alternatives(NOUN_ENDINGS)})(?![\u0900-\u0903\u093c-\u094d]))?"
_CASE_APART = re.compile(
    rf"(?<![A-Za-z\u0900-\u0963\u0966-\u0d7f])(?P<amount>(?:{_FORM}) ?{NUMBER}) (?=(?:चा|ची|चे|च्या|चं|ला|ने|मध्ये|पर्यंत|पासून|पेक्षा|साठी)(?![\u0900-\u0963]))"
)
_CASE_BEHIND = re.compile(
    rf"(?<![\w.,₹])(?<!₹ )(?P<number>{NUMBER}{MAGNITUDES}) ?(?:रु\.?|रुपये) (?P<case>चा|ची|चे|च्या|ला|ने|नी|मध्ये|पर्यंत|पासून|पेक्षा|साठी)(?![\u0900-\u0963])"
)
_SPACED = re.compile(
    rf"(?<![A-Za-z\u0900-\u0963\u0966-\u0d7f])(?P<currency>{_FORM}) ?(?P<number>\d{{1,3}}(?: \d{{2,3}}){{1,3}} \d{{3}})(?!\d| \d|[.,]?\d)"
    rf"|(?<![\w.,])(?<!\d )(?P<round>\d{{1,3}}(?: 000){{2,4}})(?! ?\d)"
)
_BEFORE_AMOUNT = re.compile(
    rf"(?:(?<![A-Za-z\u0900-\u0963\u0966-\u0d7f])|(?=[₹€£])|(?<=[a-z])(?=\$))(?P<currency>{_FORM}) ?(?P<number>{NUMBER})"
    rf"(?P<first_magnitude>{MAGNITUDES})(?:{DASH}(?:{_FORM})? ?(?P<second>{NUMBER}))?{_TAIL}{_ENDING}"
)
_AFTER_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<low>{NUMBER}){DASH})?(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES}) ?(?:(?P<currency>{_FORM})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f])|/-(?!\d))"
    rf"(?:/-)?(?: ?/ ?(?P<per>{_PER})(?![\w\u0900-\u0963\u0966-\u0d7f])|{_ANY})?"
)
_HYPHENED = re.compile(
    rf"(?<![A-Za-z\u0900-\u0963\u0966-\u0d7f])(?P<amount>(?:{_FORM}) ?{NUMBER})-(?P<first>thousand|lakh|crore|cr|million|billion|trillion|mn|bn|tn)(?:-(?P<second>crore))?(?![A-Za-z])"
)
_OVER = re.compile(
    rf"(?<![A-Za-z\u0900-\u0963\u0966-\u0d7f])(?P<amount>(?:{_FORM}) ?{NUMBER}{MAGNITUDES})\+(?P<magnitude>{MAGNITUDES})(?![\d=])"
)
_ONE = re.compile(r"(?<![A-Za-z.])Re\.? ?(?=1(?:\.00)?(?:/-)?(?![\d,]|\.\d))")
_SIDE = re.compile(
    rf"(?P<amount>(?:{_FORM}) ?\d{{1,3}}(?:,\d{{2,3}}){{0,4}}\.\d\d) ?(?P<side>CR|DR)(?:\.(?= [a-z]))?(?![A-Za-z\d])"
)
_STROKE_BEFORE_NAME = re.compile(
    rf"(?<=\d) ?/-(?= ?(?:(?:{_RUPEES})(?![A-Za-z\u0900-\u0963\u0966-\u0d7f.]| ?\d)|(?i:rupees?|rupaye)\b|रुपय|रुपए|रूपय|రూపాయ))"
)
_PRICED = re.compile(r"\d ?\Z")
_GROUPED = re.compile(r"\d,\d{3} ?\Z")
_AFTER_SUM = frozenset("में से को का की के पर तक प्रति है हैं था और या मध्ये ला चा ची चे पर्यंत जमा नकद रोख मात्र फक्त".split())
"""Words behind an amount whose currency is written before it."""
_TO_PRICE = re.compile(rf"(?<=\d)(?P<currency> ?(?:{_RUPEES})\.?) ?[-–] ?(?={NUMBER} ?(?:{_RUPEES}))")
_COINS = re.compile(
    rf"(?<![\w.,])(?P<cents>[1-9]\d?) ?(?:(?P<coin>p)(?<=\dp)|¢)(?!\w)(?: ?/ ?(?P<per>{_PER})(?![\w\u0900-\u0963\u0966-\u0d7f]))?"
)


def _say_case_apart(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹500 चा' without its space, for the rule of amounts, where the language joins endings of cases."""
    return match["amount"] if verbalizer.code == "mr" else None


def _say_case_behind(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹1000पर्यंत' of '1000 रु. पर्यंत', for the rule of amounts, where the language joins endings of cases."""
    case = match["case"].replace("नी", "ने")
    return f"₹{match['number']}{case}" if verbalizer.code == "mr" else None


def _say_spaced(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹ 5 00 000' or '1 000 000' with commas, for later rules."""
    number = match["round"] or match["number"]
    return f"{match['currency'] or ''}{number.replace(' ', ',')}"


def _say_before(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if _stands_behind(match):
        return None
    currency = _CODE_OF[match["currency"]]
    western = currency != "INR"
    per = RATES[match["per"]] if match["per"] else None
    if match["second"] is None:
        magnitudes = match["first_magnitude"] or match["magnitude"]
        amount = read_amount(match["number"], magnitudes=magnitudes, western=western)
        words = verbalizer.agree(verbalizer.money(amount, currency, per), magnitudes)
        if match["and_per"]:
            words = verbalizer.rate(words, RATES[match["and_per"]])
        return (
            _gap(match)
            + keep_stop(match, _with_ending(_denomination(words, currency, match, verbalizer), match["ending"]))
            + _each(match, verbalizer)
        )
    magnitudes = match["magnitude"]
    first = read_amount(match["number"], magnitudes=match["first_magnitude"], western=western)
    second = read_amount(match["second"], magnitudes=magnitudes or match["first_magnitude"], western=western)
    joint = "" if match["number"] == match["second"] else f"{verbalizer.signs['to']} "  # '₹5-5 लाख': five lakh each
    words = verbalizer.agree(verbalizer.money(second, currency, per), magnitudes or match["first_magnitude"])
    said = _with_ending(_denomination(words, currency, match, verbalizer), match["ending"])
    return f"{_gap(match)}{verbalizer.amount(first)} {joint}{said}"


def _stands_behind(match: re.Match[str]) -> bool:
    """Return whether the currency is that of the number before it: '2,000 रु. 9.8 करोड़ किसानों को'."""
    if not match["currency"].startswith("र") or not seen_before(_PRICED, match, 8):
        return False
    ahead = next_word(match.string, match.end())
    return seen_before(_GROUPED, match, 8) is not None or (
        "\u0904" <= ahead[:1] <= "\u0939" and ahead.strip(".,;:!?)।") not in _AFTER_SUM
    )


def _gap(match: re.Match[str]) -> str:
    """Return a space behind a letter or a digit: 'MRP₹1,299', '₹1,299₹999'."""
    before = match.string[max(0, match.start() - 1) : match.start()]
    return " " * (before.isalnum() or "\u0900" <= before <= "\u0d7f")


def _each(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.each} " if match["any"] else ""


def _denomination(words: str, currency: str, match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the amount as it describes the noun behind it, 'five hundred rupee' before 'note'; unchanged behind an ending."""
    if match.groupdict().get("ending"):
        return words
    names = verbalizer.currencies[currency]
    if verbalizer.hyphen_means_one and describes_noun(match) and words.endswith(names.many):
        return words.removesuffix(names.many) + names.one
    return verbalizer.describing(words, next_word(match.string, match.end()), names)


def _with_ending(words: str, ending: str | None) -> str:
    return NOUN_ENDINGS[ending].with_noun_ending(words, ending) if ending else words


def _say_hyphened(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹18-lakh-crore' with spaces, for later rules."""
    return " ".join(filter(None, match.groups()))


def _say_one(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Re 1' with the sign of its currency, for later rules."""
    return "₹"


def _say_over(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹1,000+ cr' with the word for the plus behind the amount, for later rules."""
    ahead = match.string[match.end() : match.end() + 1]
    return f"{match['amount']}{match['magnitude']} {verbalizer.signs['over']}{' ' * ahead.isalnum()}"


def _say_side(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹2,340.00 credit' of the balance '₹2,340.00 CR', which is no crore, for later rules."""
    return f"{match['amount']} {'credit' if match['side'] == 'CR' else 'debit'}"


def _say_stroke_before_name(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '500 रु.' of '500/- रु.', for later rules."""
    return "" if match.string[match.end() : match.end() + 1] == " " else " "


def _say_to_price(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '80 रु. से 95 रु.' of '80 रु.-95 रु.', for the rule of amounts."""
    return f"{match['currency']} {verbalizer.signs['to']} "


def _say_coins(match: re.Match[str], verbalizer: Verbalizer) -> str:
    currency = "INR" if match["coin"] == "p" else "USD"
    return verbalizer.money(Amount(0, match["cents"].zfill(2)), currency, RATES[match["per"]] if match["per"] else None)


def _say_after(match: re.Match[str], verbalizer: Verbalizer) -> str:
    currency = _CODE_OF[match["currency"] or "₹"]
    amount = read_amount(match["number"], magnitudes=match["magnitude"], western=currency != "INR")
    words = verbalizer.money(amount, currency, RATES[match["per"]] if match["per"] else None)
    if match["low"]:
        words = f"{_low(match, amount, verbalizer)}{words}"
    return keep_stop(match, _denomination(words, currency, match, verbalizer)) + _each(match, verbalizer)


_A_MONTH = re.compile(
    r"(?P<amount>(?:₹|(?<![A-Za-z])(?:[Rr]s\.?|INR)) ?\d[\d,.]{0,10}(?: ?[-–] ?\d[\d,.]{0,10})?(?:[kKL]| ?lakh| ?/-)?) ?pm(?![\w'’])"
)


def _say_a_month(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹5-6k per month' of '₹5-6k pm', for the rules of amounts."""
    return f"{match['amount']} per month" if verbalizer.code == "en" else None


_EITHER = re.compile(
    rf"(?P<first>(?:{_FORM}) ?(?P<low>\d{{1,2}}))/(?P<high>\d{{1,2}})(?= ?(?:lakhs?|lacs?|crores?|cr|L|k|K)(?![A-Za-z]))"
)


def _say_either(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹2-3 lakh' of '₹2/3 lakh', for the rules of amounts; the second number is the next one."""
    near = int(match["high"]) - int(match["low"]) in (1, 2, 5)
    return f"{match['first']}-{match['high']}" if near else None


def _low(match: re.Match[str], high: Amount, verbalizer: Verbalizer) -> str:
    """Return the lower end of '200-300 रु.' with its joint; a number that is no lower end keeps its dash."""
    low = read_amount(match["low"])
    if not high.magnitude and low.whole >= high.whole:
        return match.string[match.start() : match.start("number")]
    return f"{verbalizer.amount(low)} {verbalizer.signs['to']} "


NAMES = (Rule(_SIDE, _say_side, "R"), Rule(_EITHER, _say_either, "/"), Rule(_A_MONTH, _say_a_month, "p", needs="pm"))
"""Rules before those of abbreviations."""

RULES = (
    Rule(_CASE_APART, _say_case_apart, "₹.ु"),
    Rule(_CASE_BEHIND, _say_case_behind, "र ", needs="रु"),
    Rule(_ONE, _say_one, "e. ", needs="Re"),
    Rule(_SPACED, _say_spaced, LONG),
    Rule(_HYPHENED, _say_hyphened, "-"),
    Rule(_OVER, _say_over, "+" + MAGNITUDE_BEGINS, needs="+"),
    Rule(_STROKE_BEFORE_NAME, _say_stroke_before_name, "/", needs="/-"),
    Rule(_TO_PRICE, _say_to_price, "-–", needs="र"),
    Rule(_COINS, _say_coins, "¢p"),
    Rule(_BEFORE_AMOUNT, _say_before, "".join({form[-1] for form in _CODE_OF})),
    Rule(_AFTER_AMOUNT, _say_after, "".join({form[0] for form in _CODE_OF}) + MAGNITUDE_BEGINS + "/"),
)
