"""Rules for formulas of chemistry and the signs of mathematics between letters: 'CaCO3', 'Na⁺', '5x − 6 = 0'."""

import re
from string import ascii_letters

from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_ELEMENT = (
    "A[cglrstu]|B[aeir]?|C[adelorsu]?|F[er]?|G[ade]|H[efgo]?|I[nr]?|Kr?|L[aiu]|M[gno]|N[abdei]?|O|P[bdtu]?|R[abhn]"
    "|S[bceimnr]?|T[aehil]|U|V|W|Xe|Y|Z[nr]"
)
_COMPOUND = re.compile(
    rf"(?<![\w.(])(?=[A-Za-z(]{{0,8}}[a-z])(?=[A-Za-z()]{{1,12}}\d)(?:(?:{_ELEMENT})\d{{0,2}}){{1,6}}"
    rf"(?:\((?:(?:{_ELEMENT})\d?){{1,4}}\)\d{{0,2}}(?:(?:{_ELEMENT})\d{{0,2}}){{0,4}})?(?![\w(])"
)
_SIGN = re.compile(r"[A-Z][a-z]?|\d+")
_CHARGE = re.compile(
    r"(?<=[A-Za-z\d)])(?:\^(?P<count>\d)?(?P<sign>[-+])| ?\^\{(?P<inner>\d?)(?P<other>[-+])\})(?![\w(])"
)
_PI = re.compile(r"(?:(?<=[\da-z])|(?<![\w.]))π(?=[a-zA-Z][²³]?(?![a-zA-Z])|[²³]?(?![\w]))")
_TERM_MINUS = re.compile(
    r"(?<![\w.,/-])(?P<left>\d{0,4}[a-zπθ][²³]?|\d{1,4}[²³]?) - (?=\(?(?:\d{1,4}[a-zπθ]?|[a-zπθ])[²³)]{0,2}(?: ?[-+=]|[,.;]?$|[,.;] ))"
)
_INVERSE = re.compile(r"(?<![A-Za-z])(?P<of>sin|cos|tan|cot|sec|cosec)(?:\^\{?-1\}?|⁻¹) ?(?=[(A-Za-z\d√])")
_MINUS = re.compile(r" ?− ?(?=[\w(₹$€£√])")
_DERIVATIVE = re.compile(
    r"(?<![\w/])d(?P<power>[²³]?)(?P<over>[a-z]?)/d(?P<under>[a-z])[²³]?(?![\w/])(?P<of> ?(?=[(\[]))?"
)
_LETTER_RATIO = re.compile(r"(?<![\w:])(?P<first>[a-z]) ?: ?(?P<second>[a-z])(?: ?: ?(?P<third>[a-z]))?(?![\w:])")
_FACTOR = re.compile(r"(?<=\()(?P<first>\d{0,3}[a-z])-(?P<second>\d{1,3}[a-z]?|[a-z])(?=\))")
_OVER = re.compile(r"(?<=\d)/(?=√|\(\d{1,4}(?:\.\d{1,3})?\)(?:[²³^]| ?=))|(?<=\))/(?=\d{0,3}[a-z](?![a-z])|\()")
_VARIABLE_OVER = re.compile(
    r"(?<![A-Za-z/\d])(?<!\d )(?P<over>[a-z]|(?<== )[A-Z]|(?<==)[A-Z])/(?P<under>[A-Za-z])(?![A-Za-z/])"
)
_MINUS_LETTER = re.compile(r"(?<=[A-Za-z)\d]) ?= ?[-−](?=[a-z](?![A-Za-z]))")
_MINUSES = alternatives({verbalizer.signs["minus"] for verbalizer in VERBALIZERS})
_COEFFICIENT = re.compile(r"(?<![\w.,/])(?<!\d )(?P<number>\d{1,3})(?P<letter>[abcnpqrxyz])(?![A-Za-z\d_])")
_OPERATOR_AHEAD = re.compile(rf"[²³)]| ?(?:[-+=−×÷<>]|{_MINUSES}) ?[\da-z(]")
_OPERATOR_BEHIND = re.compile(rf"(?:[-+=−×÷<>(]|{_MINUSES}) ?\Z")
_BARS = re.compile(r"(?<![\w|])\|(?P<name>[A-Za-z])\|(?!\w)")
_GRID = re.compile(r"(?<![\w.,])(?P<rows>\d{1,4}) ?[×x] ?(?P<columns>\d{1,4})(?![\w.]| ?[=×x])")
_GRIDS = re.compile(
    r"(?i:matrix|matrices|grid|board|cube|determinant|pixel|px|resolution|screen|display|monitor|fps|photo|seater|table|order)"
)
_NEAR = 32
"""Characters in which a word shows a matrix."""


def _say_compound(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the signs of 'CaCO3' one by one; formulas without a figure stay as they are written."""
    said = [
        ENGLISH.cardinal(int(part)) if part.isdigit() else " ".join(part.upper()) for part in _SIGN.findall(match[0])
    ]
    return " ".join(said)


def _say_charge(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of the charge of an ion, 'Ca^2+'."""
    count = match["count"] or match["inner"]
    sign = match["sign"] or match["other"]
    said = verbalizer.signs["plus" if sign == "+" else "minus"]
    return " ".join(["", *([ENGLISH.cardinal(int(count))] if count else []), said])


def _say_pi(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return ' pi ' of '2πr²'."""
    text = match.string
    before, behind = text[: match.start()][-1:].isalnum(), text[match.end() : match.end() + 1].isalpha()
    return " " * before + "pi" + " " * behind


def _say_minus(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.signs['minus']} "


def _say_derivative(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters of 'dy/dx'."""
    power = {"²": " squared", "³": " cubed", "": ""}[match["power"]]
    over = f" {match['over']}" if match["over"] else ""
    of = " of " if match["of"] is not None else ""
    return f"d{power}{over} by d {match['under']}{power}{of}"


def _say_letter_ratio(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'a to b to c' of 'a:b:c'; a letter before a colon and a space opens an item of a list."""
    if match[0][1:3] == ": " or not (
        match["third"]
        or ":" in match.string[match.end() : match.end() + 40]
        or "=" in match.string[match.end() : match.end() + 40]
    ):
        return None
    return f" {verbalizer.signs['ratio']} ".join(filter(None, match.groups()))


def _say_variable_over(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'x over y' of 'z = x/y', beside a sign of equality."""
    near = match.string[max(0, match.start() - 8) : match.end() + 8]
    return f"{match['over']} over {match['under']}" if "=" in near and verbalizer.code == ENGLISH.code else None


def _say_factor(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '(x-3)'."""
    return f"{match['first']} {verbalizer.signs['minus']} {match['second']}"


def _say_over(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.signs['by']} "


def _say_bars(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '|A|', a determinant, and of '|x|'."""
    if verbalizer.code != ENGLISH.code:
        return None
    return f"{'determinant of' if match['name'].isupper() else 'mod'} {match['name']}"


def _say_grid(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the size of a matrix, '3×3', which is no product."""
    near = seen_near(_GRIDS, match, _NEAR)
    joint = verbalizer.signs["cross"]
    return f"{match['rows']} {joint} {match['columns']}" if near else None


def _say_term_minus(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sign between two terms of an equation: '5x - 6 = 0'; elsewhere it is a dash."""
    near = match.string[max(0, match.start() - 24) : match.end() + 24]
    return f"{match['left']} {verbalizer.signs['minus']} " if "=" in near else None


def _say_coefficient(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the number and the letter of a term, '3x + 7', in the sentence's own language."""
    joined = _OPERATOR_AHEAD.match(match.string, match.end()) or seen_before(_OPERATOR_BEHIND, match, 12)
    if verbalizer.block is None or not joined:
        return None
    return f"{verbalizer.cardinal(int(match['number']))} {match['letter']}"


def _say_minus_letter(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '= -' in 'x = -b', whose letter is no option of a command."""
    return f" {verbalizer.signs['equals']} {verbalizer.signs['minus']} "


def _say_inverse(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'tan inverse of' of 'tan⁻¹(1)', which is no power."""
    return f"{match['of']} inverse of "


_PRODUCT = re.compile(
    r"(?<![A-Za-z\d/'’.])(?P<count>\d{0,3})(?P<letters>ab|bc|ca|ac|ad|bd|cd|xy|yz|zx|xz|pq|qr|pr|hc|hf|mn|uv|vt|ut|at|ma|mv|mgh|mc|lb|bh|rs|rt|kx|gh|nh|nd|abc|xyz|lbh)"
    r"(?![A-Za-z\d'’]|/(?![α-ω])|[.-][A-Za-z])"
)
_EQUALS, _EQUALS_OR_TIMES = re.compile("="), re.compile("=| × ")
_FACTORS_BEHIND = re.compile(r"(?:[-+=−×÷(½]|minus) ?\Z")
_FACTORS_AHEAD = re.compile(r"[²³⁴^]| ?[-+=−×÷<>≥≤] ?[\dA-Za-z(√]|\)[²³ ]")
_SET = re.compile(r"\{(?P<items>[\w.-]{1,8}(?:, ?[\w.-]{1,8}){1,14})(?P<more>, ?(?:\.{3}|…))?\}")
_LATIN_AND_GREEK = re.compile(r"(?<=\b[A-Za-z\d])(?=[α-ω](?!\w))(?<!\dm)")
_OVER_GREEK = re.compile(r"(?<=[a-z\d)])/(?=[α-ω](?!\w))")
_NUMBER_OVER = re.compile(r"(?<![\w./₹$€£])(?P<over>\d{1,3})/(?P<under>\d{0,2}[a-zπλ])(?![A-Za-z0-9_/'’])")
_RAISED_TO = re.compile(r"(?<=[\w)])\^(?=[a-zA-Z](?![a-zA-Z])|\()")
_SPACED_OVER = re.compile(
    r"(?<=[a-z\d).]) / (?=\d|\(|(?:total|number|no\.|sum|time|area|volume|mass|distance|population|length|weight)(?![a-z]))"
)
_LETTERS_TIMES = re.compile(r"(?<=\b[A-Za-z])×(?=[A-Za-z\d(](?![A-Za-z]))")
_LETTER_BY = re.compile(r"(?<=[×*+=] [A-Z])/(?=\d{1,3}(?!\d))|(?<=[×*+=][A-Z])/(?=\d{1,3}(?!\d))")
_SUM_OVER = re.compile(r"(?<=\))/(?=\d{1,3}(?![\w/]))")
_SUM_BEHIND = re.compile(r"[-+−×*] ?\w{1,4}\)\Z")
_TERM_BY = re.compile(r"(?<=\d[a-z])/(?=\d{1,2}(?![\w/]))")
_SHELL = re.compile(r"(?<![\w^])(?P<level>[1-7])(?P<kind>[spdf])(?:(?P<raised>[²³¹])|\^(?P<many>1?\d))(?!\w)")
_SHELLS = re.compile(r"(?i:config|orbital|electron)|[1-7][spdf](?:[²³¹]|\^1?\d) [1-7][spdf]")
_TRIANGLE = re.compile(r"[△∆Δ] ?(?=[A-Z]{3}(?![A-Za-z]))")


def _say_product(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the letters of a product one by one: 'F = ma', 'a² + 2ab + b²'."""
    behind = seen_before(_FACTORS_BEHIND, match, 8)
    shown = match["count"] or behind or _FACTORS_AHEAD.match(match.string, match.end())
    ordinal = match["letters"] == "nd" and match["count"].endswith("2")
    word = match["letters"] in ("at", "ma") and not (behind or match["count"])
    if not shown or word or ordinal or not seen_near(_EQUALS, match, _NEAR):
        return None
    gap = " " * (match.string[match.start() - 1 : match.start()] == "½")
    return f"{gap}{match['count']}{' ' * bool(match['count'])}{' '.join(match['letters'])}"


def _say_set(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the elements of 'A = {1,2}' with pauses, so that their commas group no digits."""
    if not re.search(r"[=∪∩∈⊂⊆]", match.string[max(0, match.start() - 6) : match.end() + 4]):
        return None
    items = [item.strip() for item in match["items"].split(",")]
    return ", ".join([*items, *(["and so on"] if match["more"] and verbalizer.code == ENGLISH.code else [])])


def _say_gap(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the space between the factors of 'hν'."""
    return " "


def _say_letters_times(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of 'P×R×T'; 'L×W×H' are sides."""
    beside = match.string[match.start() - 1] + match.string[match.end()]
    return f" {verbalizer.signs['times' if set(beside) - set('LWHBD') else 'cross']} "


def _say_sum_over(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sign of 'n(n+1)/2'."""
    return f" {verbalizer.signs['by']} " if seen_before(_SUM_BEHIND, match, 8) else None


def _say_term_by(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sign of '2x/3 − 5 = 7'."""
    return f" {verbalizer.signs['by']} " if seen_near(_EQUALS, match, 24) else None


def _say_number_over(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '1 over x' of 'x + 1/x = 3'."""
    if verbalizer.code != ENGLISH.code or not seen_near(_EQUALS, match, 24):
        return None
    return f"{match['over']} over {match['under']}"


def _say_raised_to(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of '(1+r)^n'."""
    return f" {verbalizer.signs['power']} "


def _say_spaced_over(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sign of 'speed = distance / time'."""
    return f" {verbalizer.signs['divided']} " if seen_near(_EQUALS_OR_TIMES, match, 48, behind=0) else None


def _say_shell(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'one s two' of '1s² 2s²', the electrons of an atom."""
    if not seen_near(_SHELLS, match, _NEAR):
        return None
    many = int(match["many"]) if match["many"] else "¹²³".index(match["raised"]) + 1
    return f"{ENGLISH.cardinal(int(match['level']))} {match['kind']} {ENGLISH.cardinal(many)}"


def _say_triangle(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '△ABC'."""
    return "triangle "


RULES = (
    Rule(_TRIANGLE, _say_triangle, "△∆Δ"),
    Rule(_SET, _say_set, "{"),
    Rule(_NUMBER_OVER, _say_number_over, "/", needs="="),
    Rule(_LETTER_BY, _say_over, "/"),
    Rule(_TERM_BY, _say_term_by, "/", needs="="),
    Rule(_SUM_OVER, _say_sum_over, "/", needs=")/"),
    Rule(_LETTERS_TIMES, _say_letters_times, "×"),
    Rule(_SPACED_OVER, _say_spaced_over, "/"),
    Rule(_SHELL, _say_shell, "spdf"),
    Rule(_LATIN_AND_GREEK, _say_gap, "αβγδεζηθκλνξρστφχψω"),
    Rule(_OVER_GREEK, _say_over, "/"),
    Rule(_PRODUCT, _say_product, "abcdghkmnpqrtuvxyzl", needs="="),
    Rule(_PI, _say_pi, "π"),
    Rule(_INVERSE, _say_inverse, "^⁻"),
    Rule(_CHARGE, _say_charge, "^"),
    Rule(_RAISED_TO, _say_raised_to, "^"),
    Rule(_DERIVATIVE, _say_derivative, "/"),
    Rule(_VARIABLE_OVER, _say_variable_over, "/", needs="="),
    Rule(_LETTER_RATIO, _say_letter_ratio, ":"),
    Rule(_OVER, _say_over, "/"),
    Rule(_FACTOR, _say_factor, "-"),
    Rule(_BARS, _say_bars, "|"),
    Rule(_MINUS, _say_minus, "−"),
    Rule(_MINUS_LETTER, _say_minus_letter, "="),
    Rule(_TERM_MINUS, _say_term_minus, "-"),
    Rule(_COEFFICIENT, _say_coefficient, "=²³+×÷"),
)
"""Rules for text with or without figures."""

_FACTOR_OF_SUM = re.compile(r"(?<=\d)\((?=(?:\d{0,3}[a-z]|\d{1,4}) ?[-+−])")


def _say_factor_of_sum(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the cross of '3(x + 2)' in an equation."""
    if verbalizer.block is not None or "=" not in match.string[max(0, match.start() - 60) : match.end() + 60]:
        return None
    return f" {verbalizer.signs['times']} ("


FIGURES = (
    Rule(_FACTOR_OF_SUM, _say_factor_of_sum, "("),
    Rule(_COMPOUND, _say_compound, ascii_letters + ")"),
    Rule(_GRID, _say_grid, "×x"),
)
"""Rules before those of models and of products, which look alike."""
