"""English as India speaks it: lakh and crore, the day before the month, 'and' after hundreds."""

import re
from collections.abc import Mapping

from processing.normalise.languages.english_units import UNITS
from processing.normalise.verbalizer import Amount, ClockTime, Currency, Verbalizer
from processing.normalise.written_forms import WrittenForms

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
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
_DENOMINATED = frozenset("note notes bill bills coin coins stamp stamps voucher vouchers coupon coupons".split())
_PARTS = {(1, 2): "half", (1, 4): "one quarter", (3, 4): "three quarters"}


_FOUR_DIGITS = re.compile(r"1\d{3}")
_EVENT_AHEAD = re.compile(
    r" (?:Olympics|Games|Act|Mutiny|Revolt|Revolution|War|Treaty|Battle|Famine|Census|Constitution|Charter|Congress|Session|Earthquake|Election)(?![a-z])"
)
"""Names of events behind 'the 1857'."""
_YEAR_BEFORE = frozenset(
    """in since from until till by year of circa around before after between during and early late mid to
    fy ad ce copyright january february march april may june july august september october november december
    spring summer winter autumn est est. established founded estd estd. built born died act""".split()
)
"""Words before a year."""
COUNTED = frozenset(
    """people men women children persons students rupees dollars paise units copies words km kilometers
    meters kg years days hours minutes seconds times points runs votes seats villages houses employees
    workers lakh crore thousand million billion percent pages cases soldiers families books calories
    pieces members items notes sets boxes bags balls overs users followers jobs guests visitors candidates passengers voters teachers boys girls
    farmers guys friends players""".split()
)
"""Words behind a number of things."""


class English(Verbalizer):
    """English verbalizer."""

    code = "en"
    name = "English"
    hyphen_means_one = True
    money_joint = " and "
    units = UNITS
    digit_names = _SMALL[:10]
    months = (
        "January Jan",
        "February Feb",
        "March Mar",
        "April Apr",
        "May",
        "June Jun",
        "July Jul",
        "August Aug",
        "September Sept Sep",
        "October Oct",
        "November Nov",
        "December Dec",
    )
    currencies: Mapping[str, Currency] = {
        "INR": Currency("rupee", "rupees", "paisa", "paise"),
        "USD": Currency("dollar", "dollars", "cent", "cents"),
        "EUR": Currency("euro", "euros", "cent", "cents"),
        "GBP": Currency("pound", "pounds", "penny", "pence"),
        "JPY": Currency("yen", "yen", "sen", "sen"),
        "AED": Currency("dirham", "dirhams", "fils", "fils"),
        "SAR": Currency("riyal", "riyals", "halala", "halalas"),
        "SGD": Currency("Singapore dollar", "Singapore dollars", "cent", "cents"),
        "AUD": Currency("Australian dollar", "Australian dollars", "cent", "cents"),
        "CAD": Currency("Canadian dollar", "Canadian dollars", "cent", "cents"),
        "CNY": Currency("yuan", "yuan", "fen", "fen"),
        "KWD": Currency("Kuwaiti dinar", "Kuwaiti dinars", "fils", "fils"),
    }
    magnitudes: Mapping[str, str] = {
        name: name for name in "hundred thousand lakh crore arab kharab million billion trillion".split()
    }
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
        "or": "or",
        "star": "star",
        "stars": "stars",
        "hash": "hash",
        "positive": "positive",
        "negative": "negative",
        "not out": "not out",
        "factorial": "factorial",
        "degree": "degrees",
        "cross": "by",
        "percent": "percent",
        "double": "double",
        "triple": "triple",
        "out of": "out of",
    }
    written = WrittenForms(
        per="per",
        magnitudes={
            "thousand": "k K thousand",
            "lakh": "L lakh lakhs Lakh Lakhs lac lacs Lac Lacs",
            "crore": "Cr cr CR Cr. cr. crore crores Crore Crores",
            "million": "M m mn Mn million Million millions",
            "billion": "B b bn Bn billion Billion billions",
            "trillion": "T tn trillion Trillion trillions",
        },
        currencies={
            "INR": "₹ Rs. Rs rs. rs RS INR Re.",
            "USD": "US$ $ USD",
            "EUR": "€ EUR",
            "GBP": "£ GBP",
            "JPY": "¥ JPY",
            "AED": "AED",
            "SAR": "SAR",
            "SGD": "SGD S$ SG$",
            "AUD": "AUD A$ AU$",
            "CAD": "CAD C$ CA$",
            "CNY": "CNY",
            "KWD": "KWD",
        },
        currency_names=("rupees", "Rupees", "dollars"),
        clock=("hrs", "Hrs", "hours", "o'clock", "noon", "midnight"),
        parts_of_day=("morning",),
        scores="""won beat lost drew score led leads lead win score: scoreline defeated thrashed""".split(),
        numbered_nouns="""chapter part section volume vol war act scene book class type phase grade article schedule unit
            level stage rule appendix annexure annex table figure module lesson paper group category division
            standard exercise question title note track tier episode season version mark zone region world round semester sem step
            item list clause proposition theorem amendment""".split(),
        royal_names="""Elizabeth George Henry Louis Charles William James Edward Richard Philip Napoleon Paul Benedict Pius
            Francis Nicholas Peter Catherine Alexander Frederick Mary Rajaraja Rajendra Pulakeshin Chandragupta
            Akbar Alam Zafar Ramses Ramesses Leo Gregory Gustav Christian Ferdinand Wilhelm Juan Felipe Carlos
            Leopold Albert Margaret Wodeyar Jahan Shah""".split(),
        code_names="""PIN Pin pin OTP otp PNR CVV Aadhaar Aadhar aadhaar zip ZIP pincode Pincode password
            passcode""".split(),
        code_links=("code", "Code", "no.", "no", "number", "is"),
    )

    def cardinal(self, number: int, *, western: bool = False) -> str:
        if number < 1000:
            return _below_thousand(number)
        parts: list[str] = []
        style = self.reading.number_scale
        for value, name in _WESTERN if style == "million" or (western and style == "auto") else _INDIAN:
            count, number = divmod(number, value)
            if count:
                parts.append(f"{self.cardinal(count)} {name}")
        if number:
            parts.append(_below_thousand(number) if number >= 100 else f"and {_below_thousand(number)}")
        return " ".join(parts)

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        words = self.cardinal(amount.whole, western=amount.western)
        if amount.decimals:
            words += f" point {self.decimals(amount.decimals)}"
        return " ".join([words, *amount.magnitude])

    def ordinal(self, number: int, ending: str = "") -> str:
        head, _, last = self.cardinal(number).rpartition(" ")
        last = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
        return f"{head} {last}".strip()

    def regnal(self, number: int) -> str:
        return f"the {self.ordinal(number)}"

    def year(self, year: int) -> str:
        century, rest = divmod(year, 100)
        if not 1000 <= year < 10000 or year % 1000 == 0:
            return self.cardinal(year)
        if 2000 < year < 2010:
            return f"two thousand {_SMALL[rest]}"
        return self.two_numbers(century, rest)

    def two_numbers(self, first: int, second: int) -> str:
        """Return four digits as two numbers: 'forty ninety', 'fifty eight hundred', 'ninety oh four'."""
        if second == 0:
            return f"{_below_hundred(first)} hundred"
        return f"{_below_hundred(first)} {'oh ' * (second < 10)}{_below_hundred(second)}"

    def is_year(self, number: int, before: str, ahead: str) -> bool:
        """Return True from 1900 to 2099 unless a counted word follows, and from 1010 after a word for a year."""
        if "".join(ahead.split()[:1]).lower().rstrip(".,;:!?") in COUNTED:
            return False
        named = before == "the" and _EVENT_AHEAD.match(ahead) is not None
        return 1900 <= number <= 2099 or (
            1010 <= number < 1900 and (named or before in _YEAR_BEFORE or _FOUR_DIGITS.fullmatch(before) is not None)
        )

    def decade(self, text: str) -> str:
        """Return the words of a decade: '1990s' -> 'nineteen nineties', '80s' -> 'eighties'."""
        return self.plural(self.year(int(text)) if len(text) == 4 else self.cardinal(int(text)))

    def plural(self, number: str) -> str:
        """Return the plural of the words of a number: 'ninety fives', 'sixes', 'fifties'."""
        if number.endswith("y"):
            return f"{number[:-1]}ies"
        return f"{number}es" if number.endswith("x") else f"{number}s"

    def day_of_month(self, day: int) -> str:
        return self.ordinal(day)

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

    def out_of(self, part: str, whole: int) -> str:
        return f"{part} {self.signs['out of']} {self.cardinal(whole)}"

    def describing(self, words: str, ahead: str, names: Currency) -> str:
        """Return the singular before 'note' and the like: 'five hundred rupee note'."""
        described = ahead.strip(".,;:!?)") in _DENOMINATED and words.endswith(names.many)
        return words.removesuffix(names.many) + names.one if described else words

    def bound(self, sign: str, number: str) -> str:
        return f"{self.signs[sign]} {number}"


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


ENGLISH = English()
"""Shared verbalizer. In every language it also reads addresses, models, "1st" and "the 1990s"."""
