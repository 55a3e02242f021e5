"""Rules for signs of arithmetic and of shorthand."""

import re
from collections.abc import Callable

from processing.normalise.surroundings import last_word, next_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import INDIC_LETTERS, Rule

_INDIC_WORD = re.compile(rf"[{INDIC_LETTERS}]")
_LITTLE = frozenset("और या एवं अथवा व आणि किंवा".split())
_LENGTH_BEHIND = re.compile(r"(?:[\d/] ?)(?:[ckm]?m|ft)\Z")
_LETTER = rf"[A-Za-z0-9{INDIC_LETTERS})]"
_NAMES = {
    "+": "plus",
    "-": "minus",
    "–": "minus",
    "×": "times",
    "✕": "times",
    "*": "times",
    "÷": "divided",
    "/": "divided",
    "=": "equals",
    "≈": "about",
    "~": "about",
    "±": "plus or minus",
    "<": "less",
    ">": "more",
    "²": "squared",
    "³": "cubed",
    "x": "cross",
    "X": "cross",
    "&": "and",
    "@": "at",
    "%": "percent",
    "°": "degree",
}


_SYMBOLS = {
    "√": "square root of",
    "∛": "cube root of",
    "∞": "infinity",
    "∑": "sum of",
    "≥": "greater than or equal to",
    "≤": "less than or equal to",
    "≠": "not equal to",
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "Δ": "delta",
    "θ": "theta",
    "λ": "lambda",
    "π": "pi",
    "σ": "sigma",
    "ω": "omega",
    "Ω": "omega",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "κ": "kappa",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "ρ": "rho",
    "τ": "tau",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "Σ": "sigma",
    "∪": "union",
    "∩": "intersection",
    "∈": "in",
    "∉": "not in",
    "⊂": "subset of",
    "∫": "integral of",
    "∂": "partial",
    "∝": "proportional to",
    "∴": "therefore",
    "≡": "identical to",
    "∠": "angle",
    "∥": "parallel to",
    "⊥": "perpendicular to",
    "≅": "congruent to",
    "∀": "for all",
    "∃": "there exists",
    "⊆": "subset of",
    "∅": "empty set",
    "∇": "nabla",
}
"""Symbols of science, read in English in every language. A Greek letter is one only if it stands alone."""
_GREEK = "".join(filter(str.isalpha, _SYMBOLS))
_OTHERS = "".join([sign for sign in _SYMBOLS if not sign.isalpha()])


_PERIODS = ("माह", "महीना", "महिना", "दिन", "वर्ष", "साल", "घंटा")
_PER = re.compile(r"प्रति [^\s/]{1,16}\Z")
"""Unit of a rate before a second one: '₹110/kW/माह'."""


def _say_sign(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.signs[_NAMES[match[1]]]} "


def _say_raised(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'squared' or 'cubed'; Indic languages have names of their own for units of area and volume."""
    if verbalizer.block is not None and seen_before(_LENGTH_BEHIND, match, 4):
        return None
    return _say_sign(match, verbalizer)


def _saying(name: str) -> Callable[[re.Match[str], Verbalizer], str]:
    """Return a function that says the sign of this name for any match."""
    return lambda match, verbalizer: f" {verbalizer.signs[name]} "


def _say_sum_times(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '₹300 times 9' of '₹300 x 9'."""
    return f"{match[0][: -len(match['sign'])]} {verbalizer.signs['times']} "


def _say_sum_less(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '₹905 minus ₹47' of '₹905 - ₹47', which is no span."""
    first, second = (int(match[name].replace(",", "")) for name in ("first", "second"))
    return f"{match['sum']} {verbalizer.signs['minus']} " if first > second else None


def _say_symbol(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the name of a symbol, once if the symbol is repeated for decoration."""
    after = match.string[match.end() : match.end() + 1]
    return f" {_SYMBOLS[match[0][0]]}" + " " * (after.isalnum() or after == "(")


def _say_bound(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.bound('under' if match[1] == '<' else 'above', match[2])}"


def _say_exponent(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '2.5e3' as a product with a power of ten; the figures are left to later rules."""
    minus = f"{verbalizer.signs['minus']} " * (match[0][-1] == "-")
    return f" {verbalizer.signs['times']} 10 {verbalizer.signs['power']} {minus}"


def _say_power(match: re.Match[str], verbalizer: Verbalizer) -> str:
    minus = f"{verbalizer.signs['minus']} " if match[1] else ""
    return f" {verbalizer.signs['power']} {minus}"


def _say_stroke(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return a space, or in a language that says it, "or" between two words none of which is a small one."""
    if match[0].startswith(" "):
        return ", " if verbalizer.block is None else " "
    beside = last_word(match.string, match.start()), next_word(match.string, match.end())
    if beside[1].startswith(_PERIODS) and seen_before(_PER, match, 24):
        return " प्रति "
    written = all(_INDIC_WORD.match(word) for word in beside) and not _LITTLE.intersection(beside)
    written = written and "." not in beside[1].partition("/")[0]
    return verbalizer.stroke if written else " "


def _rule(pattern: str, triggers: str, say: Callable[[re.Match[str], Verbalizer], str | None] = _say_sign) -> Rule:
    return Rule(re.compile(pattern), say, triggers)


_MONEY_BOUND = r"(?<![^\s(])({sign}) ?((?:[₹$€£] ?|Rs\.? ?|INR ?)\d[\d,.]{{0,20}}(?: ?(?:[kKMB]|lakh|crore|cr|million|bn)(?![A-Za-z]))?)"

BEFORE_NUMBERS = (
    _rule(
        r"(?:(?:₹|Rs\.? ?|రూ\.? ?|EMI:? )\d{1,2}(?:,?\d{2,3}){0,3}(?:/-)?)(?P<sign> ?[xX×] ?)(?=\d{1,3}(?!\d|[.,]\d))",
        "xX×",
        _say_sum_times,
    ),
    _rule(
        r"(?P<sum>(?:₹|Rs\.? ?|రూ\.? ?)(?P<first>\d{1,2}(?:,?\d{2,3}){0,3})(?:/-)?) [-–] (?=(?:₹|Rs\.? ?|రూ\.? ?)(?P<second>\d{1,2}(?:,?\d{2,3}){0,3})(?!\d))",
        "-–",
        _say_sum_less,
    ),
    *[Rule(re.compile(_MONEY_BOUND.format(sign=sign)), _say_bound, "<>₹$€£sR", needs=sign) for sign in "<>"],
    _rule(r"(?<![^\s(=:`])([-+])(?=[\d₹$€£]|\.\d)", "-+"),
    _rule(r"(?:(?<=UTC)|(?<=GMT))([-–])(?=\d{1,2}(?::\d\d)?(?![\w-]|[.,]\d))", "-–"),
    _rule(r"(?<=\()(–)(?=\d{1,3}(?:\.\d{1,3})?%?\))", "–"),
    _rule(r"(?<![\w~])([~≈±]) ?(?=[₹$€£]|(?:Rs\.?|INR|USD) ?\d)", "₹$€£sRU"),
)
"""Sign of a number itself."""

BETWEEN_NUMBERS = (
    _rule(r"(?<=\d) ?([-–]) ?(?=[\d.]{1,15} ?=)", "="),
    _rule(r"(?<=\d) ?([-–]) ?(?=[\d.]{1,12} ?[×÷] ?\d)", "×÷"),
    _rule(r"(?:(?<=[×÷]\d)|(?<=[×÷]\d\d)|(?<=[×÷] \d)|(?<=[×÷] \d\d)) ?([-–]) ?(?=\d)", "-–"),
    _rule(r"(?<=[²³]) ?([-–]) ?(?=[\dA-Za-z(])", "²³"),
    _rule(r"(?<=\d) ?[xX] ?(?=[\d.]{1,12} ?=)", "=", _saying("times")),
    _rule(r"(?<=\d) ?[xX×] ?(?=10 ?[\^²³])", "xX×", _saying("times")),
    _rule(
        r"(?:(?<=plate)|(?<=head)|(?<=person)|(?<=each)|(?<=lakh)|(?<=crore)|(?<=\dk)|(?<=\dK)) [xX×] (?=\d)",
        "xX×",
        _saying("times"),
    ),
    _rule(r"(?<=%) ?[xX×] ?(?=\d)|(?<=\d) ?[xX×] ?(?=\d{1,3}(?:\.\d{1,2})?%)", "xX×", _saying("times")),
    _rule(r"(?<=[A-Za-z)])(\+)(?=\d)", "+"),
    _rule(
        r"(?<=\d) ?× ?(?=\d{1,4}(?:\.\d{1,2})? ?[×xX] ?\d{1,4}(?:\.\d{1,2})? ?(?:ft|feet|cm|mm|m|inch(?:es)?|in)(?![\w/²³]))",
        "×",
        _saying("cross"),
    ),
    _rule(
        r"(?<=\d) ?× ?(?=\d{1,5}(?:\.\d{1,2})? ?(?:ft|feet|cm|mm|m|inch(?:es)?|in)(?![\w/²³]| ?[=×]))",
        "×",
        _saying("cross"),
    ),
    _rule(r"(?<=[\d)²³]) ?([+×✕÷=<>±]|\*(?! \()) ?(?=[-(]?(?:[\d₹$€£]|\.\d))", "+×✕*÷=<>±"),
    _rule(r"(?<=\d) (/) (?=\d)", "/"),
    _rule(r"(?<=[A-Za-z,])([<>]) ?(?=[\d.])", "<>"),
    _rule(
        r"(?<=\d)/(?=\d{2,3} ?mm ?Hg)|(?:(?<=BP \d{2})|(?<=BP \d{3})|(?<=BP is \d{2})|(?<=BP is \d{3}))/(?=\d)",
        "/",
        _saying("by"),
    ),
    _rule(r"(?<=[a-z]) [xX×] (?=\d[^=]{0,24}=)", "xX×", _saying("times")),
    _rule(
        r"(?<=\d) ?([xX]) ?(?=\d)|(?:(?<=sets)|(?<=packs)|(?<=boxes)|(?<=pcs)|(?<=rows)|(?<=nos)|(?<=pieces)) ([xX×]) (?=\d)",
        "xX×",
        _saying("cross"),
    ),
    _rule(r"(?<== \d\d) (-|–) (?=[a-z])|(?<== \d\d\d) (-|–) (?=[a-z])", "-–", _saying("minus")),
    _rule(r"(?<=[²³]) ?([-+=]) ?(?=\w)", "²³"),
    _rule(
        r"(?=[eE][-+\d])(?:(?<=\d\.\d)[eE]([-+]?)(?=\d{1,3}(?!\w))|(?<=\d\.\d\d)[eE]([-+]?)(?=\d{1,3}(?!\w))|(?<=[\s=(]\d)[eE](-)(?=\d{1,2}(?!\w))|(?<=^\d)[eE](-)(?=\d{1,2}(?!\w)))",
        "eE",
        _say_exponent,
    ),
    _rule(r"(?<=[\w)]) ?\^ ?(-)?(?=\d)", "^", _say_power),
    _rule(r"(?<![\w])([~≈±]) ?(?=[\d₹$€£])", "~≈±"),
    _rule(
        r"(?<![^\s(])([<>]) ?(\d(?:[\d,.]{0,20}\d)?(?: ?%| ?(?:[kKMGT]B|mg|ml|kg|km|cm|mm|hrs?|mins?)(?![A-Za-z])| (?:वर्ष|वर्षे|साल|दिन|दिवस|माह|महीने|महिने|किलो|किमी|घंटे|तास)(?![\u0900-\u0963]))?)",
        "<>",
        _say_bound,
    ),
    _rule(r"(?<=[\w)])([²³])", "²³", _say_raised),
    _rule(r"(?<=\s)(@)(?=\s?[\d₹$])", "@"),
)
"""Rules between numbers, applied while the numbers are digits."""

BETWEEN_WORDS = (
    _rule(rf"([{_OTHERS}])(?:\1{{3,}})?|(?<![^\W\d])[{_GREEK}](?![^\W\d])", "".join(_SYMBOLS), _say_symbol),
    _rule(rf"(?<={_LETTER[:-1]}\"”’'`*]) ?(&) ?(?={_LETTER[:-2]}(\"“‘'`*])", "&"),
    _rule(r"(?<=[\w.,!?%]) (&)(?: |$)", "&"),
    _rule(rf"(?<={_LETTER}) {{0,3}}(=) {{0,3}}(?={_LETTER[:-2]}('\"])", "="),
    _rule(rf"(?<={_LETTER}) (±) {{0,2}}(?={_LETTER[:-2]}(√])", "±"),
    _rule(rf"(?<={_LETTER}) (\+) {{1,2}}(?={_LETTER[:-2]}(])", "+"),
    _rule(r"(?<=[A-Za-z)])(\+)(?=[A-Za-z(])", "+"),
    _rule(r"(?<=[A-Za-z+\u0900-\u0963\u0966-\u0d7f])(\+)(?![\w+])", "+"),
    _rule(rf"(?<={_LETTER}) ([≈~]) (?={_LETTER[:-2]}(])", "≈~"),
    _rule(rf"(?<={_LETTER}) ([×÷]) (?={_LETTER[:-2]}(₹$€£])", "×÷"),
    _rule(r"(?<=[\u0900-\u0963\u0c00-\u0c7f])(\+)(?=[A-Za-z])", "+"),
    _rule(rf"(?<={_LETTER}) (\*) (?={_LETTER[:-2]}(])", "*"),
    _rule(rf"(?<={_LETTER}) ([<>]) (?={_LETTER[:-2]}(])", "<>"),
    _rule(rf"(?<={_LETTER}) (@) (?={_LETTER[:-2]}(])", "@"),
    _rule(rf"(?<={_LETTER}) ?([%°])", "%°"),
    _rule(rf"(?<={_LETTER})(?:/| / )(?={_LETTER[:-2]}(])", "/", _say_stroke),
)
"""Rules between words, applied after the numbers are words."""
