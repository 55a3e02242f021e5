"""Rules for amounts of money: sign or code of the currency, number, magnitude, and the unit that it buys."""

import re

from processing.normalise.languages import VERBALIZERS
from processing.normalise.verbalizer import Amount, Verbalizer
from processing.normalise.written import (
    DASH,
    MAGNITUDE_BEGINS,
    MAGNITUDES,
    NUMBER,
    RATES,
    Rule,
    alternatives,
    codes_of_forms,
    forms_of_all,
    keep_stop,
    read_amount,
)

_CODE_OF = codes_of_forms(lambda written: written.currencies)
_FORM = alternatives(_CODE_OF)
_PER = alternatives(RATES)
_PER_WORD = alternatives({verbalizer.written.per for verbalizer in VERBALIZERS} - {""})
_NAME_AFTER = rf"(?: (?:{alternatives(forms_of_all(lambda written: written.currency_names))}))?"
_TAIL = rf"(?P<magnitude>{MAGNITUDES})(?: ?/-)?{_NAME_AFTER}(?: ?(?:/|(?:{_PER_WORD}) ) ?(?P<per>{_PER})(?![\w\u0900-\u0d7f]))?"
_LANGUAGE_OF = {ending: verbalizer for verbalizer in VERBALIZERS for ending in verbalizer.written.money_endings}
_ENDING = f"(?P<ending>{alternatives(_LANGUAGE_OF)})?"
_BEFORE_AMOUNT = re.compile(
    rf"(?<![A-Za-z\u0900-\u0d7f])(?P<currency>{_FORM}) ?(?P<number>{NUMBER})"
    rf"(?P<first_magnitude>{MAGNITUDES})(?:{DASH}(?:{_FORM})? ?(?P<second>{NUMBER}))?{_TAIL}{_ENDING}"
)
_AFTER_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES}) ?(?:(?P<currency>{_FORM})(?![A-Za-z\u0900-\u0d7f])|/-)"
    rf"(?:/-)?(?: ?/ ?(?P<per>{_PER})(?![\w\u0900-\u0d7f]))?"
)
_COINS = re.compile(r"(?<![\w.,])(?P<cents>[1-9]\d?) ?(?:(?P<coin>p)(?<=\dp)|¢)(?!\w)")


def _say_before(match: re.Match[str], verbalizer: Verbalizer) -> str:
    currency = _CODE_OF[match["currency"]]
    western = currency != "INR"
    per = RATES[match["per"]] if match["per"] else None
    if match["second"] is None:
        magnitudes = match["first_magnitude"] or match["magnitude"]
        amount = read_amount(match["number"], magnitudes=magnitudes, western=western)
        words = verbalizer.agree(verbalizer.money(amount, currency, per), magnitudes)
        return keep_stop(match, _with_ending(words, match["ending"]))
    magnitudes = match["magnitude"]
    first = read_amount(match["number"], magnitudes=match["first_magnitude"], western=western)
    second = read_amount(match["second"], magnitudes=magnitudes or match["first_magnitude"], western=western)
    if not first.magnitude and first.whole == second.whole == 1:
        return _with_ending(verbalizer.money(second, currency, per), match["ending"])
    return f"{verbalizer.amount(first)} {verbalizer.signs['to']} {_with_ending(verbalizer.money(second, currency, per), match['ending'])}"


def _with_ending(words: str, ending: str | None) -> str:
    return _LANGUAGE_OF[ending].with_money_ending(words, ending) if ending else words


def _say_coins(match: re.Match[str], verbalizer: Verbalizer) -> str:
    currency = "INR" if match["coin"] == "p" else "USD"
    return verbalizer.money(Amount(0, match["cents"].zfill(2)), currency)


def _say_after(match: re.Match[str], verbalizer: Verbalizer) -> str:
    currency = _CODE_OF[match["currency"] or "₹"]
    amount = read_amount(match["number"], magnitudes=match["magnitude"], western=currency != "INR")
    return keep_stop(match, verbalizer.money(amount, currency, RATES[match["per"]] if match["per"] else None))


RULES = (
    Rule(_COINS, _say_coins, "¢p"),
    Rule(_BEFORE_AMOUNT, _say_before, "".join({form[-1] for form in _CODE_OF})),
    Rule(_AFTER_AMOUNT, _say_after, "".join({form[0] for form in _CODE_OF}) + MAGNITUDE_BEGINS + "/"),
)
