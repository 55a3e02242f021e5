"""English as India speaks it: lakh and crore, the day before the month, 'and' after hundreds."""

from collections.abc import Mapping

from processing.normalise.tongue import Amount, ClockTime
from processing.normalise.units import Unit
from processing.words import split_words

_SMALL = split_words(
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen"""
)
_TENS = split_words("twenty thirty forty fifty sixty seventy eighty ninety")
_INDIAN = ((10**7, "crore"), (10**5, "lakh"), (10**3, "thousand"))
_WESTERN = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = split_words("""January February March April May June July August September October November December""")
_MONEY = {
    "INR": ("rupee", "rupees", "paisa", "paise"),
    "USD": ("dollar", "dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "JPY": ("yen", "yen", "sen", "sen"),
}
_PARTS = {(1, 2): "half", (1, 4): "one quarter", (3, 4): "three quarters"}


class English:
    """See `Tongue`."""

    signs: Mapping[str, str] = {
        "minus": "minus",
        "plus": "plus",
        "equals": "equals",
        "times": "times",
        "divided": "divided by",
        "by": "by",
        "to": "to",
        "point": "point",
        "and": "and",
        "at": "at",
        "number": "number",
        "score": "for",
        "ratio": "to",
        "less": "is less than",
        "more": "is greater than",
        "under": "less than",
        "above": "more than",
        "about": "about",
        "over": "plus",
        "version": "version",
        "squared": "squared",
        "cubed": "cubed",
        "power": "to the power",
        "plus or minus": "plus or minus",
        "hashtag": "hashtag",
        "degree": "degrees",
        "cross": "by",
        "percent": "percent",
    }
    magnitudes: Mapping[str, str] = {
        name: name
        for name in ("hundred", "thousand", "lakh", "crore", "arab", "kharab", "million", "billion", "trillion")
    }

    def cardinal(self, number: int, *, western: bool = False) -> str:
        if number < 1000:
            return _below_thousand(number)
        parts: list[str] = []
        for value, name in _WESTERN if western else _INDIAN:
            count, number = divmod(number, value)
            if count:
                parts.append(f"{self.cardinal(count)} {name}")
        if number:
            parts.append(_below_thousand(number) if number >= 100 else f"and {_below_thousand(number)}")
        return " ".join(parts)

    def digits(self, text: str) -> str:
        return " ".join([_SMALL[int(digit)] for digit in text if digit in "0123456789"])

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        words = self.cardinal(amount.whole, western=amount.western)
        if amount.decimals:
            words += f" point {self.digits(amount.decimals)}"
        return " ".join([words, *(self.magnitudes[name] for name in amount.magnitude)])

    def ordinal(self, number: int, ending: str = "") -> str:
        head, _, last = self.cardinal(number).rpartition(" ")
        last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
        return f"{head} {last}".strip()

    def year(self, year: int) -> str:
        century, rest = divmod(year, 100)
        if not 1000 <= year < 10000 or year % 1000 == 0:
            return self.cardinal(year)
        if 2000 < year < 2010:
            return f"two thousand {_SMALL[rest]}"
        if rest == 0:
            return f"{_below_hundred(century)} hundred"
        return f"{_below_hundred(century)} {'oh ' * (rest < 10)}{_below_hundred(rest)}"

    def decade(self, text: str) -> str:
        """'1990s' -> 'nineteen nineties', '80s' -> 'eighties'."""
        words = self.year(int(text)) if len(text) == 4 else self.cardinal(int(text))
        return words[:-1] + "ies" if words.endswith("y") else words + "s"

    def month_name(self, month: int) -> str:
        return _MONTHS[month - 1]

    def date(self, day: int, month: int, year: int | None) -> str:
        words = f"{self.ordinal(day)} {_MONTHS[month - 1]}"
        return words if year is None else f"{words} {self.year(year)}"

    def clock(self, time: ClockTime) -> str:
        hour, minute = self.cardinal(time.hour), time.minute
        if minute:
            words = f"{hour} {'oh ' * (minute < 10)}{self.cardinal(minute)}"
        elif time.meridiem or time.hour > 12 or time.hour == 0:
            words = hour if time.meridiem else f"{hour} hundred{'' if time.said else ' hours'}"
        else:
            words = hour if time.said else f"{hour} o'clock"
        said = time.said.replace("hrs", "hours").replace("Hrs", "hours")
        return " ".join(filter(None, [words, " ".join(time.meridiem.upper()), said]))

    def fraction(self, whole: int, over: int, under: int) -> str:
        part = _PARTS.get((over, under))
        if part is None:
            if under > 20 or over >= under:
                part = f"{self.cardinal(over)} by {self.cardinal(under)}"
            else:
                part = f"{self.cardinal(over)} {self.ordinal(under)}{'s' * (over > 1)}"
        if not whole:
            return part
        return f"{self.cardinal(whole)} and {'a half' if part == 'half' else part.replace('one quarter', 'a quarter')}"

    def money(self, amount: Amount, currency: str, per: Unit | None = None) -> str:
        one, many, sub_one, sub_many = _MONEY[currency]
        tail = f" per {per.english}" if per else ""
        if amount.magnitude or len(amount.decimals) > 2 or currency == "JPY":
            return f"{self.amount(amount)} {many}{tail}"
        cents = amount.cents
        major = self.amount(Amount(amount.whole, western=amount.western))
        parts = [f"{major} {one if amount.whole == 1 else many}"] if amount.whole or not cents else []
        if cents:
            parts.append(f"{self.cardinal(cents)} {sub_one if cents == 1 else sub_many}")
        return " and ".join(parts) + tail

    def measure(self, amount: str, unit: Unit, per: Unit | None, *, one: bool, described: bool) -> str:
        return f"{amount} {unit.english if one else unit.english_plural}" + (f" per {per.english}" if per else "")


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_SMALL[ones]}" if ones else _TENS[tens - 2]


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    return f"{_SMALL[hundreds]} hundred" + (f" and {_below_hundred(rest)}" if rest else "")
