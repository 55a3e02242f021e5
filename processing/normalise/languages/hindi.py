"""Hindi in either script: quarters of an hour, ordinals with gender."""

import re
from dataclasses import replace

from processing.normalise.languages.hindi_words import HindiWords
from processing.normalise.verbalizer import Amount, ClockTime, Verbalizer

_FEMININE = ("वी", "ी", "ली", "री", "थी", "ठी", "vi", "vee")
_OBLIQUE = ("वे", "े", "ले", "रे", "थे", "ठे", "ve")
_OWN_ENDINGS = {1: ("ला", "ली", "ले"), 2: ("रा", "री", "रे"), 3: ("रा", "री", "रे"), 6: ("ठा", "ठी", "ठे")}
_FOURTH = ("था", "थी", "थे")
"""Endings of the fourth, which apart from the digit are also forms of "was"."""
_AFTER_FOURTH = frozenset("कक्षा मंज़िल मंजिल बार स्थान सीट तारीख़ तारीख गली पीढ़ी किस्त सीढ़ी".split())
_WORDS_APART = ("वे", "ला", "ली", "ले")
"""Endings that apart from the digits are words of their own."""
_YEAR_BEFORE = frozenset("सन सन् वर्ष साल ई० संवत संवत् san saal year".split())
_YEAR_AFTER = frozenset(
    """में से तक के की का को था थी थे है और या ई ई. ईस्वी ईसवी
    mein me se tak ke ki ka ko tha thi hai aur ya""".split()
)
_ERAS = frozenset("ई ई० ईस्वी ईसवी ईसा".split())
"""Words behind the year of an era."""
_REIGN = re.compile(r" (?:से|se) 1[1-8]\d\d(?!\d)")
_REIGN_END = re.compile(r" (?:तक|के बीच|के दौरान|tak|ke beech)")
_HISTORY = re.compile(
    "युद्ध|लड़ाई|शासन|राजा|रानी|बादशाह|सम्राट|सुल्तान|साम्राज्य|वंश|स्थापना|जन्म|मृत्यु|निधन|हमला|आक्रमण|संधि|विद्रोह|क़िला|किला|मंदिर|मस्जिद|गद्दी|मुग़ल|मुगल|मराठा|बाबर|अकबर|शिवाजी"
)
"""Words of history behind a number that make it a year, as the postposition alone does from 1700 on."""
_IRREGULAR = {1: 0, 2: 1, 3: 2, 4: 3, 6: 4}
_REGNAL = "प्रथम द्वितीय तृतीय चतुर्थ पंचम षष्ठ सप्तम अष्टम नवम दशम".split()
_AFTER_CLOCK = frozenset(
    """से तक पर का के की को में है हैं था थे थी हुए हो और या se tak par pe ka ke ki ko mein hai hain tha the thi hue
    ho aur ya""".split()
)
"""Words after a time that make 'पर' superfluous."""

_MASCULINE = frozenset("पानी घी दही मोती हाथी आदमी".split())
"""Masculine nouns that end like feminine ones."""
_TYPED_PLURALS = frozenset("ghante ghanton mahine hafte".split())


class Hindi(Verbalizer):
    """Hindi verbalizer in the script of its words."""

    name = "Hindi"

    def __init__(self, words: HindiWords) -> None:
        self._words = words
        self.code, self.block, self.written = words.code, words.block, words.written
        self.digit_names, self.months = words.numbers[:10], words.months
        self.signs, self.magnitudes = words.signs, words.magnitudes
        self.currencies, self.units = words.currencies, words.units
        self.each = words.written.per
        self.hyphen_means_one = words.block is None
        self.stroke = f" {words.signs['or']} " if words.block is not None else " "

    def cardinal(self, number: int) -> str:
        if number < 100:
            return self._words.numbers[number]
        parts: list[str] = []
        for value, name in self.scales(self._words.scales):
            count, number = divmod(number, value)
            if count:
                parts += [self.cardinal(count), name]
        if number:
            parts.append(self._words.numbers[number])
        return " ".join(parts)

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        """Return the number without decimals that are noughts, '7500.00'."""
        return super().amount(amount.without_noughts, counted=counted)

    def percentage(self, amount: Amount) -> str:
        """Return 'सौ', not 'एक सौ', for exactly a hundred percent."""
        words = super().percentage(amount)
        return words.rpartition(" ")[2] if amount == Amount(100) else words

    def ordinal(self, number: int, ending: str = "") -> str:
        form = 2 if ending.startswith(_FEMININE) else 1 if ending.startswith(_OBLIQUE) else 0
        if number in _IRREGULAR:
            return self._words.ordinals[_IRREGULAR[number]] + self._words.plain_endings[form]
        words = self.cardinal(number)
        if number in (100, 1000):
            words = words.rpartition(" ")[2]
        return words + self._words.endings[form]

    def is_ordinal(self, number: int, ending: str, *, joined: bool, ahead: str) -> bool:
        """Return False for 'था', 'ला' and the like behind other numbers than theirs, and for words of their own."""
        if not joined and (ending in _WORDS_APART or (ending in _FOURTH and ahead not in _AFTER_FOURTH)):
            return False
        if ending in _FOURTH:
            return number == 4
        if any(ending in endings for endings in _OWN_ENDINGS.values()):
            return ending in _OWN_ENDINGS.get(number, ())
        return True

    def year(self, year: int) -> str:
        """Return a year from 1100 to 1999 in hundreds, 'उन्नीस सौ सैंतालीस'."""
        century, rest = divmod(year, 100)
        if not 11 <= century < 20:
            return self.cardinal(year)
        words = f"{self.cardinal(century)} {self._words.scales[-1][1]}"
        return f"{words} {self.cardinal(rest)}" if rest else words

    def is_year(self, number: int, before: str, ahead: str) -> bool:
        """Return True after a word for a year, and before a postposition: from 1900, or from 1700 if not round."""
        after = "".join(ahead.split()[:1]).rstrip(".,;:!?)।")
        if before in _YEAR_BEFORE or after in _ERAS:
            return 1100 <= number < 2000
        if (
            1100 <= number < 1900
            and number % 10
            and (_REIGN.match(ahead) or (before in ("से", "se") and _REIGN_END.match(ahead)))
        ):
            return True
        if 1100 <= number < 1700 and number % 10 and after in _YEAR_AFTER and _HISTORY.search(ahead):
            return True
        known = not after or after in _YEAR_AFTER or not after[0].isalnum()
        if not known or not (1900 <= number < 2000 or (1700 <= number < 1900 and number % 100 and after)):
            return False
        return number >= 1900 or after[0].isalnum()

    def regnal(self, number: int) -> str:
        return _REGNAL[number - 1] if number <= 10 else self.ordinal(number)

    def clock(self, time: ClockTime) -> str:
        """Return a time such as 'साढ़े दस', with 'बजे' at full hours, and if it, AM or PM was written."""
        oclock, past, minutes = self._words.clock
        if time.hour == 0:
            noon = self.clock(replace(time, hour=12, meridiem=""))
            return noon if time.part_of_day_said else f"{self._words.times_of_day[3]} {noon}"
        said = bool(time.said or time.meridiem)
        quarter = self._quarter(time.hour, time.minute) if time.hour <= 12 else None
        if quarter is None and time.minute:
            words = f"{self.cardinal(time.hour)} {past} {self.cardinal(time.minute)} {minutes}"
            ahead = time.ahead.strip(".,;:!?।)")
            if time.said and ahead and ahead not in _AFTER_CLOCK:
                words += f" {self._words.upon}"
        else:
            words = f"{quarter or self.cardinal(time.hour)}" + (f" {oclock}" if said or not time.minute else "")
        return f"{self._part_of_day(time)} {words}".strip()

    def _quarter(self, hour: int, minute: int) -> str | None:
        after, half, before = self._words.quarters
        if minute == 15:
            return f"{after} {self.cardinal(hour)}"
        if minute == 30:
            return self._words.halves[hour - 1] if hour in (1, 2) else f"{half} {self.cardinal(hour)}"
        if minute == 45:
            return f"{before} {self.cardinal(hour % 12 + 1)}"
        return None

    def _part_of_day(self, time: ClockTime) -> str:
        if not time.meridiem or time.part_of_day_said:
            return ""
        morning, noon, evening, night = self._words.times_of_day
        hour = time.hour % 12
        if time.meridiem == "am":
            return morning if hour >= 4 else night
        return noon if hour < 4 else evening if hour < 8 else night

    def part(self, over: int, under: int, ahead: str) -> str:
        """Return the part; half agrees with the noun: 'आधे घंटे', 'आधी रोटी'."""
        words = self.fraction(0, over, under)
        noun = ahead.rstrip(".,;:!?)।")
        if (over, under) != (1, 2) or noun in _MASCULINE:
            return words
        if noun.endswith("े") or noun in _TYPED_PLURALS:
            return words[:-1] + self._words.plain_endings[1]
        return words[:-1] + self._words.plain_endings[2] if noun.endswith("ी") else words

    def fraction(self, whole: int, over: int, under: int) -> str:
        if not whole:
            part = self._words.parts.get((over, under))
            return part or f"{self.cardinal(over)} {self.signs['by']} {self.cardinal(under)}"
        after, half, before = self._words.quarters
        match over, under:
            case 1, 2:
                return self._words.halves[whole - 1] if whole in (1, 2) else f"{half} {self.cardinal(whole)}"
            case 1, 4:
                return f"{after} {self.cardinal(whole)}"
            case 3, 4:
                return f"{before} {self.cardinal(whole + 1)}"
        return f"{self.cardinal(whole)} {self.signs['and']} {self.fraction(0, over, under)}"
