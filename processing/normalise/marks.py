"""Rules for exams: marks out of a whole beside words that show them, short names of subjects, parts of a question."""

import re

from processing.normalise.short_forms import read_pairs
from processing.normalise.surroundings import keep_stop, last_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import BEFORE, Rule, alternatives, read_amount

_NEAR = 40
"""Characters on either side in which a word shows an exam or a rating."""
_GROUP = r"(?:\d{1,4}|\d{1,2},\d{3})"
_MARKS = re.compile(rf"{BEFORE}(?<![/₹$€£])(?P<got>{_GROUP}(?:\.\d{{1,2}})?) ?/ ?(?P<whole>{_GROUP})(?![\d/]|[.,]\d)")
_MARKED = re.compile(
    r"(?i:marks?|scor(?:e|ed|es|ing)|cibil|experian|exams?|results?|grand total|aggregate|secured|obtained|board|percentile|topper"
    r"|qualif(?:y|ied))(?![a-z])|(?<![A-Z])(?:SSC|SSLC|HSC|CBSE|ICSE|JEE|NEET|GATE|CAT|CUET|CLAT|UPSC|GRE|GMAT|TOEFL|SAT)(?![A-Z])"
)
_NUMBERED = frozenset("plot flat house door survey khasra no no. number case section s.no gata".split())
"""Words before two numbers that are no marks."""
_SUBJECTS = read_pairs("""
Comp = Computer
Pol = Political
Soc = Social
Env = Environmental
Agri = Agricultural
Lib = Library
Bio = Biological
Phys = Physical
Mech = Mechanical
Elect = Electrical
Chem = Chemical
Home = Home
Mgmt, Mgt = Management
""")
_SCIENCE = re.compile(
    rf"(?<![\w.])(?P<of>{alternatives(_SUBJECTS)})\b\.? (?P<what>Sci?|Engg)(?:\.(?! ?[A-Z]\.)|(?![\w.]))"
)
_PART = re.compile(r"(?<=\d)\((?P<part>i{1,3}|iv|vi{0,3}|ix|x|[a-h])\)(?!\w)")
_QUESTION = re.compile(r"(?<![A-Za-z])(?:Q|Qn|Ex|(?i:question|ques|exercise|problem|sum|example))(?![A-Za-z])")
_ROMANS = "i ii iii iv v vi vii viii ix x".split()


def _say_marks(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'out of' for '781/900' beside words of exams and ratings."""
    got, whole = read_amount(match["got"]), read_amount(match["whole"])
    before = last_word(match.string, match.start()).lower()
    round_whole = whole.whole >= 30 and whole.whole % 5 == 0 and got.whole <= whole.whole
    full = got.whole == whole.whole > 50
    if not round_whole or before in _NUMBERED or not (full or seen_near(_MARKED, match, _NEAR)):
        return None
    return verbalizer.out_of(verbalizer.amount(got), whole.whole)


def _say_science(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Computer Science' of 'Comp. Sc.'."""
    return keep_stop(match, f"{_SUBJECTS[match['of']]} {'Engineering' if match['what'] == 'Engg' else 'Science'}")


def _say_part(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the part of 'question 4(ii)' as a number, and that of 'Q. 12(b)' as a letter."""
    if not seen_near(_QUESTION, match, _NEAR, behind=0):
        return None
    part = match["part"]
    return f", {verbalizer.cardinal(_ROMANS.index(part) + 1)}" if part in _ROMANS else f" {part.upper()}"


_PASS_SHARE = re.compile(r"(?<=[Pp]ass )%(?= (?:is|was|of|in|has|at|rose|fell)(?![a-z])|:)")


def _say_pass_share(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the noun of 'pass % is 88'."""
    return "percentage"


NAMES = (
    Rule(_PASS_SHARE, _say_pass_share, "%"),
    Rule(_SCIENCE, _say_science, "SE", needs=" "),
)
"""Rules before those of abbreviations."""

FIGURES = (Rule(_PART, _say_part, "("), Rule(_MARKS, _say_marks, "/"))
"""Rules behind those of dates and money."""
