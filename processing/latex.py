"""Reader of formulas in LaTeX: commands become the signs and words that the rules of the normaliser know."""

import re

_SIGNS = {
    "times": "×",
    "cdot": "×",
    "ast": "×",
    "div": "÷",
    "pm": "±",
    "mp": "±",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "infty": " infinity ",
    "sum": " sum of ",
    "alpha": " alpha ",
    "beta": " beta ",
    "gamma": " gamma ",
    "delta": " delta ",
    "Delta": " delta ",
    "theta": " theta ",
    "lambda": " lambda ",
    "pi": " pi ",
    "sigma": " sigma ",
    "omega": " omega ",
    "to": " to ",
    "rightarrow": " to ",
    "implies": " implies ",
    "Rightarrow": " implies ",
    "int": " integral of ",
    "lim": " limit ",
    "prod": " product of ",
    "partial": " partial ",
    "cup": " union ",
    "cap": " intersection ",
    "in": " in ",
    "therefore": " therefore ",
    "perp": " perpendicular to ",
    "parallel": " parallel to ",
    "cong": " congruent to ",
    "sim": " similar to ",
    "equiv": " identical to ",
    "subset": " subset of ",
    "subseteq": " subset of ",
    "notin": " not in ",
    "forall": " for all ",
    "exists": " there exists ",
    "propto": " proportional to ",
    "epsilon": " epsilon ",
    "mu": " mu ",
    "rho": " rho ",
    "phi": " phi ",
    "nabla": " nabla ",
    "degree": "°",
    "circ": "°",
    "ldots": "...",
    "dots": "...",
    "cdots": "...",
    "left": "",
    "right": "",
    "displaystyle": "",
    "quad": " ",
    "qquad": " ",
}
_SILENT = frozenset(
    "text textbf textit mathrm mathbf mathit mathbb mathcal operatorname boxed vec hat bar overline".split()
)
"""Commands whose argument alone is spoken."""
_GROUP = r"\{([^{}]{0,200})\}"
_FRACTION = re.compile(rf"\\[dt]?frac ?{_GROUP} ?{_GROUP}")
_SHORT_ARGUMENTS = re.compile(r"\\([dt]?frac) ?([\da-z]) ?([\da-z])(?![{])|\\(sqrt)(?: |(?=\d))([\da-z])(?![A-Za-z])")
"""Commands whose arguments are single signs: r'\frac12'."""
_FUNCTION = re.compile(r"(?<![A-Za-z\\])([fghFGP])('{0,2})\(([^(){}]{1,20})\)")
_ROOT = re.compile(rf"\\sqrt ?(?:\[(\d{{1,2}})\])? ?{_GROUP}")
_LIMITS = re.compile(rf"\\(int|sum|prod) ?_ ?(?:{_GROUP}|(\w)) ?\^ ?(?:{_GROUP}|(\\infty|\w))")
_LIMIT = re.compile(rf"\\lim ?_ ?{_GROUP}")
_SILENT_COMMAND = re.compile(rf"\\({'|'.join(sorted(_SILENT, key=len, reverse=True))}) ?{_GROUP}")
_POWER = re.compile(rf"\^ ?(?:{_GROUP}|(\\circ|\w))")
_INDEX = re.compile(rf"(?<=[\w)])_ ?(?:{_GROUP}|(\w))")
_COMMAND = re.compile(r"\\([A-Za-z]{1,20})")
_ESCAPED = re.compile(r"\\([%$#&_{}])")
_LETTERS = re.compile(
    r"(?<![\\A-Za-z{])(?!(?:ln|lg|or|if|is|in|of|to|at|by|as|on|we|so|no|do)(?![A-Za-z]))"
    r"([a-z])([a-z])(?![A-Za-z}])"
    r"|(?<=\d)(?!cm|mm|km|kg|mg|ml|ms|nm)([a-z])([a-z])(?=\})"
)
"""Product of two letters, or a differential."""
_SPACING = re.compile(r"\\[,;:! ]|~")
_MINUS = re.compile(r"(?<=[\w)}²³]) ?- ?(?=[\w(√])")
_NEGATIVE = re.compile(r"(?:(?<![^=(,+×±\s])|(?<==) )-(?=[A-Za-z(√])")
_RELATION = re.compile(r" ?([+=<>]) ?")
_PRODUCT = re.compile(r" ?\* ?")
_QUOTIENT = re.compile(r"(?<=[A-Za-z)]) ?/ ?(?=[\w(])|(?<=\w) ?/ ?(?=[A-Za-z(])")
_BRACES = re.compile(r"[{}]")
_SIMPLE = re.compile(r"\d{1,2}|[a-z]")
_RAISED = {"2": "²", "3": "³", "\\circ": "°"}
_READ_POWER = "\u02c6"
"""Sign of a power that is read, so that it is not read again."""
_ROOTS = {"3": "cube root of ", "4": "fourth root of "}
MOST_NESTING = 4
"""Levels of commands inside the arguments of others that are read."""
BARE = re.compile(
    rf"\\(?:[dt]?frac ?{_GROUP} ?{_GROUP}|sqrt ?{_GROUP}|(?:text|mathrm|mathbf|textbf|textit) ?{_GROUP}"
    rf"|(?:{'|'.join(sorted(_SIGNS, key=len, reverse=True))})(?![A-Za-z]))"
)
"""Command that stands outside a formula."""


def read_formula(source: str) -> str:
    """Return a formula with signs and words instead of commands: r'\\frac{1}{2} x^2' -> '1/2 x²'."""
    text = _LIMIT.sub(
        r" limit as \1 of ",
        _LIMITS.sub(_limits, _LETTERS.sub(_apart, _SHORT_ARGUMENTS.sub(_braced, _FUNCTION.sub(_of, source)))),
    )
    for _ in range(MOST_NESTING):
        text = _ROOT.sub(_root, _FRACTION.sub(_fraction, _SILENT_COMMAND.sub(r"\2", _POWER.sub(_power, text))))
    text = _ESCAPED.sub(r"\1", _INDEX.sub(_index, _POWER.sub(_power, text)))
    text = _COMMAND.sub(_command, _SPACING.sub(" ", text.replace("\\\\", ", ")))
    text = _QUOTIENT.sub(
        " over ", _PRODUCT.sub(" × ", _NEGATIVE.sub("minus ", _MINUS.sub(" minus ", _RELATION.sub(r" \1 ", text))))
    )
    return _BRACES.sub(" ", text).replace(_READ_POWER, "^").strip()


def _apart(match: re.Match[str]) -> str:
    return " ".join(filter(None, match.groups()))


def _of(match: re.Match[str]) -> str:
    """Return 'f of x' of 'f(x)', with its primes."""
    primes = ("", " prime", " double prime")[len(match[2])]
    return f" {match[1]}{primes} of {match[3].replace('|', ' given ')} "


def _braced(match: re.Match[str]) -> str:
    return f"\\{match[1]}{{{match[2]}}}{{{match[3]}}}" if match[1] else f"\\{match[4]}{{{match[5]}}}"


def _limits(match: re.Match[str]) -> str:
    names = {"int": "integral", "sum": "sum", "prod": "product"}
    return f" {names[match[1]]} from {match[2] or match[3]} to {match[4] or match[5]} of "


def _fraction(match: re.Match[str]) -> str:
    over, under = match[1].strip(), match[2].strip()
    if over.isdigit() and under.isdigit():
        return f" {over}/{under} "
    return f" {over} over {under} "


def _root(match: re.Match[str]) -> str:
    return f" {_ROOTS.get(match[1], '√') if match[1] else '√'}{match[2]}"


def _power(match: re.Match[str]) -> str:
    power = match[1] if match[1] is not None else match[2]
    power = power.strip()
    if power in _RAISED:
        return _RAISED[power]
    return f"{_READ_POWER}{power} " if power.lstrip("-").isdigit() else f" to the power {power} "


def _index(match: re.Match[str]) -> str:
    return f" {match[1] if match[1] is not None else match[2]}"


def _command(match: re.Match[str]) -> str:
    return _SIGNS.get(match[1], f" {match[1]} ")
