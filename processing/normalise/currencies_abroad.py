"""Rule for amounts in currencies that the languages have no names for, read with their English names: 'CHF 250', 'HK$1.2k'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.short_forms import read_pairs
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import MAGNITUDES, NUMBER, Rule, alternatives, read_amount

_NAMES = read_pairs("""
CHF = Swiss franc, Swiss francs
HK$, HKD = Hong Kong dollar, Hong Kong dollars
NZ$, NZD = New Zealand dollar, New Zealand dollars
MYR, RM = ringgit, ringgit
THB, ฿ = baht, baht
LKR = Sri Lankan rupee, Sri Lankan rupees
NPR = Nepalese rupee, Nepalese rupees
PKR = Pakistani rupee, Pakistani rupees
BDT, ৳ = taka, taka
IDR = rupiah, rupiah
KRW, ₩ = won, won
RUB, ₽ = rouble, roubles
₺ = lira, lira
ZAR = rand, rand
BRL, R$ = real, reais
QAR = Qatari riyal, Qatari riyals
OMR = Omani rial, Omani rials
BHD = Bahraini dinar, Bahraini dinars
SEK = Swedish krona, Swedish kronor
NOK = Norwegian krone, Norwegian kroner
DKK = Danish krone, Danish kroner
₱ = Philippine peso, Philippine pesos
MXN = Mexican peso, Mexican pesos
VND, ₫ = dong, dong
ILS, ₪ = shekel, shekels
NGN, ₦ = naira, naira
KES = Kenyan shilling, Kenyan shillings
EGP = Egyptian pound, Egyptian pounds
BTC, ₿ = bitcoin, bitcoin
ETH = ether, ether
RMB = yuan, yuan
""")
"""Name of one and of many by sign or ISO 4217 code."""
_SIGN = alternatives(_NAMES)
_BEFORE = re.compile(
    rf"(?<![\w$])(?P<sign>{_SIGN})(?:(?<![A-Z]) ?| )(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES})(?![\w%]|-\d)"
)
_BEHIND = re.compile(rf"(?<![\w.,])(?P<number>{NUMBER})(?P<magnitude>{MAGNITUDES}) ?(?P<sign>{_SIGN})(?![\w$])")


_PAIR = re.compile(
    r"(?<![\w/-])(?P<first>USD|INR|EUR|GBP|JPY|CHF|AUD|CAD|NZD|CNY|SGD|AED|HKD|BTC|ETH|XAU)[/-](?P<second>USD|INR|EUR|GBP|JPY|CHF|AUD|CAD|NZD|CNY|SGD|AED|HKD|USDT)(?=[ :])"
)


_FOR_ONE = re.compile(r"(?<=\d)/(?P<currency>US\$|\$|USD|€|EUR|£|GBP)(?![\w$])")
_RUPEE = re.compile(r"(?<![\w.])Re\.? ?(?=\d{2}\.\d{1,2} ?/ ?(?:US\$|\$|USD))")
_ONE_OF = {"€": "euro", "EUR": "euro", "£": "pound", "GBP": "pound"}


def _say_for_one(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the unit of a rate of exchange, '89.61/$'."""
    if verbalizer.block is not None:
        return None
    return f" per {_ONE_OF.get(match['currency'], 'dollar')}"


def _say_rupee(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of the rupee for 'Re' before a rate of exchange, 'Re 89.2/$'."""
    return "₹"


def _say_pair(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters of 'USD/INR', whose figure is a rate and no amount."""
    return f"{' '.join(match['first'])} {' '.join(match['second'])}"


def _say_amount(match: re.Match[str], verbalizer: Verbalizer) -> str:
    reader = verbalizer if verbalizer.block is not None else ENGLISH
    amount = read_amount(match["number"], magnitudes=match["magnitude"], western=True)
    one, many = _NAMES[match["sign"]].split(", ")
    return f"{reader.amount(amount)} {one if amount.is_one and not amount.magnitude else many}"


_NO_AMOUNT = re.compile(r"(?<![\w/])US\$(?! ?\d)")


def _say_dollar(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the name of 'US$' without an amount, for English."""
    return "U S dollar" if verbalizer.code == ENGLISH.code else None


RULES = (
    Rule(_RUPEE, _say_rupee, "/", needs="Re"),
    Rule(_NO_AMOUNT, _say_dollar, "$"),
    Rule(_PAIR, _say_pair, "/-"),
    Rule(_FOR_ONE, _say_for_one, "/"),
)
"""Rules before those of figures."""

FIGURES = (
    Rule(_BEFORE, _say_amount, "".join({sign[-1] for sign in _NAMES})),
    Rule(_BEHIND, _say_amount, "".join({sign[0] for sign in _NAMES})),
)
