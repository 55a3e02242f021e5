"""Telugu: number words change before what they count (వేలు, వేల), and endings join them (రెండు, రెండవ, రెండున్నర)."""

from collections.abc import Mapping

from processing.normalise.tongue import Amount, ClockTime
from processing.normalise.units import Unit
from processing.words import split_words

_SMALL = split_words(
    """సున్నా ఒకటి రెండు మూడు నాలుగు ఐదు ఆరు ఏడు ఎనిమిది తొమ్మిది పది పదకొండు పన్నెండు పదమూడు పద్నాలుగు
పదిహేను పదహారు పదిహేడు పద్దెనిమిది పంతొమ్మిది"""
)
_TENS = split_words("ఇరవై ముప్పై నలభై యాభై అరవై డెబ్బై ఎనభై తొంభై")
_MONTHS = split_words("""జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్""")
_SCALES = ((10**7, "ఒక కోటి", "కోట్లు"), (10**5, "ఒక లక్ష", "లక్షలు"), (10**3, "వెయ్యి", "వేలు"), (100, "వంద", "వందలు"))
_ONE_AND = {10**5: "ఒక లక్షా", 100: "నూట"}
_MONEY = {
    "INR": ("రూపాయి", "రూపాయలు", "పైసా", "పైసలు"),
    "USD": ("డాలర్", "డాలర్లు", "సెంటు", "సెంట్లు"),
    "EUR": ("యూరో", "యూరోలు", "సెంటు", "సెంట్లు"),
    "GBP": ("పౌండు", "పౌండ్లు", "పెన్నీ", "పెన్స్"),
    "JPY": ("యెన్", "యెన్లు", "సెన్", "సెన్లు"),
}
_MAGNITUDES = {
    "hundred": "వందల",
    "thousand": "వేల",
    "lakh": "లక్షల",
    "crore": "కోట్ల",
    "arab": "అరబ్",
    "kharab": "ఖరబ్",
    "million": "మిలియన్",
    "billion": "బిలియన్",
    "trillion": "ట్రిలియన్",
}
_ONE_OF = {"hundred": "వంద", "thousand": "వెయ్యి", "lakh": "ఒక లక్ష", "crore": "ఒక కోటి"}
_PARTS = {(1, 2): "అర", (1, 4): "పావు", (3, 4): "ముప్పావు", (1, 3): "మూడింట ఒక వంతు", (2, 3): "మూడింట రెండు వంతులు"}
_JOINED_PARTS = {(1, 2): "న్నర", (1, 4): "ంపావు", (3, 4): "ంముప్పావు"}


class Telugu:
    """See `Tongue`."""

    signs: Mapping[str, str] = {
        "minus": "మైనస్",
        "plus": "ప్లస్",
        "equals": "సమానం",
        "times": "ఇంటూ",
        "divided": "భాగించు",
        "by": "బై",
        "to": "నుండి",
        "point": "దశాంశం",
        "and": "మరియు",
        "at": "ఎట్",
        "number": "నంబర్",
        "score": "కి",
        "ratio": "నిష్పత్తి",
        "less": "కంటే తక్కువ",
        "more": "కంటే ఎక్కువ",
        "under": "కంటే తక్కువ",
        "above": "కంటే ఎక్కువ",
        "about": "సుమారు",
        "over": "ప్లస్",
        "version": "వెర్షన్",
        "squared": "స్క్వేర్",
        "cubed": "క్యూబ్",
        "power": "టు ది పవర్",
        "plus or minus": "ప్లస్ మైనస్",
        "hashtag": "హ్యాష్‌ట్యాగ్",
        "degree": "డిగ్రీలు",
        "cross": "బై",
        "percent": "శాతం",
    }

    def cardinal(self, number: int) -> str:
        if number < 100:
            return _below_hundred(number)
        for value, one, many in _SCALES:
            count, rest = divmod(number, value)
            if not count:
                continue
            if count > 1:
                head = f"{counted_form(self.cardinal(count))} {many}"
                return f"{counted_form(head)} {self.cardinal(rest)}" if rest else head
            if not rest:
                return one
            return f"{_ONE_AND.get(value, one)} {self.cardinal(rest)}"
        return _below_hundred(number)

    def digits(self, text: str) -> str:
        return " ".join([_SMALL[int(digit)] for digit in text if digit in "0123456789"])

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        parts: list[str] = []
        words = self.cardinal(amount.whole)
        if amount.decimals:
            parts += [words, self.signs["point"], self.digits(amount.decimals)]
        elif amount.magnitude and amount.whole == 1:
            head, *rest = amount.magnitude
            return " ".join(
                [*parts, _ONE_OF.get(head) or f"ఒక {_MAGNITUDES[head]}", *(_MAGNITUDES[name] for name in rest)]
            )
        else:
            parts.append(counted_form(words) if counted or amount.magnitude else words)
        return " ".join([*parts, *(_MAGNITUDES[name] for name in amount.magnitude)])

    def ordinal(self, number: int, ending: str = "") -> str:
        if number == 1:
            return "మొదటి"
        words = self.cardinal(number)
        if words.endswith("ై"):
            return f"{words[:-1]}య్యవ"
        return f"{words[:-1] if words[-1] in 'ుిా' else words}వ"

    def year(self, year: int) -> str:
        return self.cardinal(year)

    def month_name(self, month: int) -> str:
        return _MONTHS[month - 1]

    def date(self, day: int, month: int, year: int | None) -> str:
        words = f"{self.cardinal(day)} {_MONTHS[month - 1]}"
        return words if year is None else f"{words} {self.year(year)}"

    def clock(self, time: ClockTime) -> str:
        said = {"కి": "గంటలకు", "కు": "గంటలకు"}.get(time.said, time.said) or (
            "గంటలకు" if time.meridiem or not time.minute else ""
        )
        minute = self.cardinal(time.minute) if time.minute else ""
        return " ".join(filter(None, [self._part_of_day(time), self.cardinal(time.hour), minute, said]))

    def _part_of_day(self, time: ClockTime) -> str:
        if not time.meridiem or time.part_of_day_said:
            return ""
        hour = time.hour % 12
        if time.meridiem == "am":
            return "ఉదయం" if hour >= 4 else "రాత్రి"
        return "మధ్యాహ్నం" if hour < 4 else "సాయంత్రం" if hour < 7 else "రాత్రి"

    def fraction(self, whole: int, over: int, under: int) -> str:
        if whole:
            joined = _JOINED_PARTS.get((over, under))
            words = self.cardinal(whole)
            return words + joined if joined else f"{words} {self.fraction(0, over, under)}"
        return _PARTS.get((over, under)) or f"{self.cardinal(over)} బై {self.cardinal(under)}"

    def money(self, amount: Amount, currency: str, per: Unit | None = None) -> str:
        one, many, sub_one, sub_many = _MONEY[currency]
        head = f"{per.telugu_each or per.telugu} " if per else ""
        if amount.magnitude or len(amount.decimals) > 2 or currency == "JPY":
            return f"{head}{self.amount(amount)} {many}"
        cents = amount.cents
        parts: list[str] = []
        if amount.whole or not cents:
            major = self.amount(Amount(amount.whole), counted=True)
            parts.append(f"{major} {one if amount.whole == 1 else many}")
        if cents:
            parts.append(f"{counted_form(self.cardinal(cents))} {sub_one if cents == 1 else sub_many}")
        return head + " ".join(parts)

    def measure(self, amount: str, unit: Unit, per: Unit | None, *, one: bool, described: bool) -> str:
        name = unit.telugu if one else unit.telugu_plural
        if described and name.endswith("లు"):
            name = name[:-1]
        rate, _, name = name.rpartition(" ") if name.startswith(("గంటకు ", "నిమిషానికి ", "సెకనుకు ")) else ("", "", name)
        each = f"{per.telugu_each or per.telugu}" if per else rate
        return " ".join(filter(None, [each, amount, name]))


def counted_form(words: str) -> str:
    """Number words before what they count: వేలు -> వేల, వందలు -> వందల, ఒకటి -> ఒక, ఇరవై ఒకటి -> ఇరవై ఒక్క."""
    if words == "ఒకటి":
        return "ఒక"
    if words.endswith(" ఒకటి"):
        return words.removesuffix("ఒకటి") + "ఒక్క"
    if words.endswith(("వేలు", "వందలు", "లక్షలు", "కోట్లు")):
        return words[:-1]
    return words


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_SMALL[ones]}" if ones else _TENS[tens - 2]
