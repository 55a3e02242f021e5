"""Amounts of money: the currency's sign or code, the amount, its lakhs and millions, what it buys."""

import re

from processing.normalise.tongue import Amount, Tongue
from processing.normalise.units import RATES
from processing.normalise.written import DASH, MAGNITUDES, NUMBER, Rule, alternatives, closes_sentence, read_amount

CURRENCIES = {
    "INR": "₹ Rs. Rs rs. rs RS INR Re. रु. रु रू. रू రూ. రూ",
    "USD": "US$ $ USD",
    "EUR": "€ EUR",
    "GBP": "£ GBP",
    "JPY": "¥ JPY",
}
"""ISO 4217 codes and what is written for them."""

_CODE_OF = {form: code for code, forms in CURRENCIES.items() for form in forms.split()}
_FORM = alternatives(_CODE_OF)
_PER = alternatives(RATES)
_SAID = r"(?: (?:rupees|Rupees|रुपये|रुपए|रूपये|रुपया|రూపాయలు|rupaye|dollars))?"
_TAIL = rf"(?P<magnitude>{MAGNITUDES})(?: ?/-)?{_SAID}(?: ?(?:/|per |प्रति ) ?(?P<per>{_PER})(?![\w\u0900-\u0d7f]))?"
_CASE = r"(?P<case>లకు|లతో|లలో|కు|కి|తో|లో|ను|ని)?"
_BEFORE_AMOUNT = re.compile(
    rf"(?<![A-Za-z\u0900-\u0d7f])(?P<currency>{_FORM}) ?(?P<number>{NUMBER})"
    rf"(?P<first_magnitude>{MAGNITUDES})(?:{DASH}(?:{_FORM})? ?(?P<second>{NUMBER}))?{_TAIL}{_CASE}"
)
_AFTER_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES}) ?(?:(?P<currency>{_FORM})(?![A-Za-z\u0900-\u0d7f])|/-)"
    rf"(?:/-)?(?: ?/ ?(?P<per>{_PER})(?![\w\u0900-\u0d7f]))?"
)
_COINS = re.compile(r"(?<![\w.,])(?P<cents>[1-9]\d?) ?(?:(?P<coin>p)(?<=\dp)|¢)(?!\w)")


def _say_before(match: re.Match[str], tongue: Tongue) -> str:
    currency = _CODE_OF[match["currency"]]
    western = currency != "INR"
    per = RATES[match["per"]] if match["per"] else None
    if match["second"] is None:
        magnitudes = match["first_magnitude"] or match["magnitude"]
        amount = read_amount(match["number"], magnitudes=magnitudes, western=western)
        words = tongue.money(amount, currency, per)
        if magnitudes.endswith("ల") and words.endswith("లు"):
            words = words[:-1]
        return _keep_stop(match, _with_case(words, match["case"]))
    magnitudes = match["magnitude"]
    first = read_amount(match["number"], magnitudes=match["first_magnitude"], western=western)
    second = read_amount(match["second"], magnitudes=magnitudes or match["first_magnitude"], western=western)
    if not first.magnitude and first.whole == second.whole == 1:
        return _with_case(tongue.money(second, currency, per), match["case"])
    return (
        f"{tongue.amount(first)} {tongue.signs['to']} {_with_case(tongue.money(second, currency, per), match['case'])}"
    )


def _keep_stop(match: re.Match[str], words: str) -> str:
    """'₹5 cr.' at the end of a sentence: the stop is the sentence's too."""
    return words + "." * (match[0].endswith(".") and closes_sentence(match))


def _with_case(words: str, case: str | None) -> str:
    """A Telugu case ending, moved from the figure to the currency's name: '₹500కి' -> '… రూపాయలకు'."""
    if not case:
        return words
    if not words.endswith("లు"):
        return words + case
    return words[:-1] + {"కి": "కు"}.get(case, case).removeprefix("ల")


def _say_coins(match: re.Match[str], tongue: Tongue) -> str:
    currency = "INR" if match["coin"] == "p" else "USD"
    return tongue.money(Amount(0, match["cents"].zfill(2)), currency)


def _say_after(match: re.Match[str], tongue: Tongue) -> str:
    currency = _CODE_OF[match["currency"] or "₹"]
    amount = read_amount(match["number"], magnitudes=match["magnitude"], western=currency != "INR")
    return _keep_stop(match, tongue.money(amount, currency, RATES[match["per"]] if match["per"] else None))


RULES = (
    Rule(_COINS, _say_coins, "¢p"),
    Rule(_BEFORE_AMOUNT, _say_before, "₹$€£¥.seSRDPYुूూ"),
    Rule(_AFTER_AMOUNT, _say_after, "₹$€£¥RrUEGJरర/lcmkbtLCMKBTकलహలకकमబమ"),
)
