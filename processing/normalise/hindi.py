"""Hindi: quarters of an hour, ordinals with gender, number words of either script."""

from collections.abc import Mapping

from processing.normalise.hindi_words import Wordbook
from processing.normalise.tongue import Amount, ClockTime
from processing.normalise.units import Unit
from processing.words import split_words

_FEMININE = ("वी", "ी", "ली", "री", "थी", "ठी", "vi", "vee")
_OBLIQUE = ("वे", "े", "ले", "रे", "थे", "ठे", "ve")
_IRREGULAR = {1: 0, 2: 1, 3: 2, 4: 3, 6: 4}
_AFTER_CLOCK = frozenset(
    split_words(
        """से तक पर का के की को में है हैं था थे थी हुए हो और या se tak par pe ka ke ki ko mein hai hain tha the thi hue
        ho aur ya"""
    )
)
"""Words before which a time takes no 'पर'."""


class Hindi:
    """See `Tongue`; in the script of its wordbook."""

    def __init__(self, words: Wordbook) -> None:
        self._words = words
        self._latin = words.per.isascii()

    @property
    def signs(self) -> Mapping[str, str]:
        return self._words.signs

    def cardinal(self, number: int) -> str:
        if number < 100:
            return self._words.numbers[number]
        parts: list[str] = []
        for value, name in self._words.scales:
            count, number = divmod(number, value)
            if count:
                parts += [self.cardinal(count), name]
        if number:
            parts.append(self._words.numbers[number])
        return " ".join(parts)

    def digits(self, text: str) -> str:
        return " ".join([self._words.numbers[int(digit)] for digit in text if digit in "0123456789"])

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        parts = [self.cardinal(amount.whole)]
        if amount.decimals:
            parts += [self.signs["point"], self.digits(amount.decimals)]
        return " ".join([*parts, *(self._words.magnitudes[name] for name in amount.magnitude)])

    def ordinal(self, number: int, ending: str = "") -> str:
        form = 2 if ending.startswith(_FEMININE) else 1 if ending.startswith(_OBLIQUE) else 0
        if number in _IRREGULAR:
            return self._words.ordinals[_IRREGULAR[number]] + self._words.plain_endings[form]
        words = self.cardinal(number)
        if number in (100, 1000):
            words = words.rpartition(" ")[2]
        return words + self._words.endings[form]

    def year(self, year: int) -> str:
        return self.cardinal(year)

    def month_name(self, month: int) -> str:
        return self._words.months[month - 1]

    def date(self, day: int, month: int, year: int | None) -> str:
        words = f"{self.cardinal(day)} {self.month_name(month)}"
        return words if year is None else f"{words} {self.year(year)}"

    def clock(self, time: ClockTime) -> str:
        """'साढ़े दस', with 'बजे' where it was written or the time stands alone beside AM or PM."""
        oclock, past, minutes = self._words.clock
        said = bool(time.said or time.meridiem)
        quarter = self._quarter(time.hour, time.minute) if time.hour <= 12 else None
        if quarter is None and time.minute:
            said_as = f"{self.cardinal(time.hour)} {past} {self.cardinal(time.minute)} {minutes}"
            if time.said and time.ahead.strip(".,;:!?।") and time.ahead not in _AFTER_CLOCK:
                said_as += f" {self._words.upon}"
        else:
            said_as = f"{quarter or self.cardinal(time.hour)}" + (f" {oclock}" if said or not time.minute else "")
        return f"{self._part_of_day(time)} {said_as}".strip()

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

    def fraction(self, whole: int, over: int, under: int) -> str:
        part = self._words.parts.get((over, under))
        if not whole:
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

    def money(self, amount: Amount, currency: str, per: Unit | None = None) -> str:
        one, many, hundredth = self._words.money[currency]
        tail = self._per(per)
        if amount.magnitude or len(amount.decimals) > 2 or currency == "JPY":
            return f"{self.amount(amount)} {many}{tail}"
        cents = amount.cents
        parts: list[str] = []
        if amount.whole or not cents:
            major = self.amount(Amount(amount.whole))
            parts.append(f"{major} {one if amount.whole == 1 else many}")
        if cents:
            parts.append(f"{self.cardinal(cents)} {hundredth}")
        return " ".join(parts) + tail

    def measure(self, amount: str, unit: Unit, per: Unit | None, *, one: bool, described: bool) -> str:
        if self._latin:
            name = unit.english if one or unit.english_plural == f"{unit.english}s" else unit.english_plural
            return f"{amount} {name}" + (f" per {per.english}" if per else "")
        return f"{amount} {unit.hindi.replace('घंटे', 'घंटा') if one else unit.hindi}{self._per(per)}"

    def _per(self, per: Unit | None) -> str:
        if per is None:
            return ""
        return f" per {per.english}" if self._latin else f" {self._words.per} {per.hindi.replace('घंटे', 'घंटा')}"
