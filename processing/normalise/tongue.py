"""What a language must be able to say, and the written number that it is given; knows no language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from processing.normalise.units import Unit


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written: `decimals` are the digits after the point, `magnitude` words multiply it ("lakh", "crore").

    `western` says that its commas group by three, or that its currency does: English then counts in millions.
    """

    whole: int
    decimals: str = ""
    magnitude: tuple[str, ...] = ()
    western: bool = False

    @property
    def cents(self) -> int:
        """Hundredths of a currency's unit: 50 of "1.5"."""
        return int(self.decimals.ljust(2, "0"))

    @property
    def is_one(self) -> bool:
        return self.whole == 1 and not self.decimals and not self.magnitude


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day as written. `meridiem` is "am", "pm" or "".

    `said` is the word for "o'clock" that followed, if any; `ahead` the word after that.
    """

    hour: int
    minute: int
    meridiem: str = ""
    said: str = ""
    part_of_day_said: bool = False
    ahead: str = ""


class Tongue(Protocol):
    """Says numbers and what is made of them. Every method returns words without digits."""

    @property
    def signs(self) -> Mapping[str, str]:
        """Words for what stands between and beside numbers: `minus plus equals times by to point and at number …`."""

    def cardinal(self, number: int) -> str: ...

    def digits(self, text: str) -> str:
        """Each ASCII digit of `text` by its name, other characters left out."""

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        """The number; `counted` says that what it counts comes next."""

    def ordinal(self, number: int, ending: str = "") -> str:
        """The ordinal; `ending` is what was written after the digits and may carry gender and case."""

    def year(self, year: int) -> str: ...

    def date(self, day: int, month: int, year: int | None) -> str: ...

    def month_name(self, month: int) -> str: ...

    def clock(self, time: ClockTime) -> str: ...

    def fraction(self, whole: int, over: int, under: int) -> str:
        """`whole` and `over`/`under`; `whole` may be 0."""

    def money(self, amount: Amount, currency: str, per: Unit | None = None) -> str:
        """`currency` is an ISO 4217 code of `money.CURRENCIES`."""

    def measure(self, amount: str, unit: Unit, per: Unit | None, *, one: bool, described: bool) -> str:
        """`amount` in words of `unit`, by `per`; `described` says that the measured thing comes next."""
