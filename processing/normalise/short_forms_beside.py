"""Rules for short forms whose meaning the word or the sign beside them shows: 'boiling pt.', 'Temp: 101°F', 'Reg No 45'."""

import re
from collections.abc import Callable

from processing.normalise.short_forms import read_pairs
from processing.normalise.surroundings import seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_NEAR = 60
"""Characters on either side in which a word may show a school."""
_STOP = r"(?:\.(?= ?[a-z\d(=:,;)])|(?![\w'’]|\.\w))"
"""Stop inside a sentence, or the end of the form; a stop that ends the sentence stays."""
_NUMBERED = read_pairs("""
Reg = registration
Inv = invoice
Adm = admission
Enrl, Enrol = enrolment
Ack = acknowledgement
Appl = application
Cert = certificate
Cust = customer
Cons = consumer
Emp = employee
Veh = vehicle
Rcpt = receipt
Doc = document
Ord = order
Trk = tracking
Comp = complaint
Ser, Sr, Sl, sr, sl = serial
""")
"""Short nouns before "No" or "ID"."""
_NUMBER = re.compile(
    rf"(?<![\w.@/-])(?P<short>{alternatives(_NUMBERED)})(?:\. ?| )(?:(?P<no>[Nn]o)(?:\.|(?= ?[:#\d]| [A-Z]{{0,4}}[-/]?\d))(?=:? ?(?:#|[A-Z]{{0,5}}[-/]?\d))|(?=I[Dd](?![a-z])))"
)
_SECTION = re.compile(
    r"(?<![\w.])[Ss]ec(?:\. ?| |-)(?P<first>[A-H])(?:(?P<dash> ?[-–] ?)(?P<last>[A-H]))?(?![\w'’]|\.\w)"
)
_SCHOOL = re.compile(r"(?i:class|cls|std|students?|roll|school|teacher|grade|pupils?|timetable)(?![a-z])")
_FORCES = {
    "Flt. Lt": "Flight Lieutenant",
    "Wg. Cdr": "Wing Commander",
    "Sqn. Ldr": "Squadron Leader",
    "Gp. Capt": "Group Captain",
}
_RANK = re.compile(rf"(?<![\w.])(?P<rank>{alternatives(_FORCES)}){_STOP}")
_TEACHER = re.compile(r"(?<![\w.])TGT(?![\w])")
_TEACHERS = re.compile(
    r"PGT|SGT|DSC|KVS|NVS|CTET|(?i:teachers?|posts?|school|trained)(?![a-z])|పోస్టు|టీచర్|ఉపాధ్యాయ|शिक्षक|पद"
)
"""Words beside 'TGT', a teacher and no target of a price."""
_ACID = r"(?=H[2CN]|KMnO|NaOH|sulph|nitric|hydro|acid|soln|solution)"
_ACTS = r"I\.?P\.?C|Cr\.?P\.?C|C\.?P\.?C|BNSS?|BSA|N\.?I\.? Act|NDPS|POCSO|[A-Z][a-z]+ Act"
_FORMS = (
    ("pt", "point", rf"(?:(?<=oiling )|(?<=elting )|(?<=reezing )|(?<=starting )|(?<=meeting ))pt{_STOP}"),
    (
        "emp",
        "temperature",
        r"(?<![\w.])[Tt]emp(?=: ?[-\d]| ?[<>≥≤] ?\d| (?:is|was|of) \d| \d{2,3}(?:\.\d)? ?(?:°|[FC](?![\w])))",
    ),
    ("T", " ton", r"(?<=\d) ?TR?(?= (?:\d[ -][Ss]tar|[Ss]plit|[Ww]indow|[Ii]nverter|AC)(?![a-z]))"),
    (
        "Dt",
        "District ",
        r"(?<![\w.])Dt\.? (?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?=[A-Z][a-z]{2,20}(?:[,;)-]|\.?\s?$))",
    ),
    ("td", "standard", r"(?:(?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))[Ss]td(?![\w.])"),
    ("pm", " per month", r"(?:(?<=[2-9]\d00)|(?<=1[3-9]00)|(?<=,\d\d\d)|(?<=\d{5})|(?<=/-)) ?pm(?![\w.])"),
    ("Cr", " credited ", r"(?<=\d{3}) Cr\.?:? (?=Rs|INR|₹)"),
    ("Dr", " debited ", r"(?<=\d{3}) Dr\.?:? (?=Rs|INR|₹)"),
    ("bal", "balance", r"(?:(?<=[Mm]in )|(?<=[Mm]inimum )|(?<=[Cc]losing )|(?<=[Oo]pening ))bal(?![\w.])"),
    ("Dr", "Doctor", r"(?<![\w.])Dr(?= (?:appointment|visit|fees?|clinic|garu|saab|sahab|ji|madam)(?![a-z]))"),
    ("Dx", "diagnosis", r"(?<!\w)Dx(?=:)"),
    ("Hx", "history", r"(?<!\w)Hx(?=:)"),
    ("Sx", "symptoms", r"(?<!\w)Sx(?=:)"),
    ("lg", "large", rf"(?:(?<=\d )|(?<=½ ))lg{_STOP}(?= [a-z]{{3}})"),
    ("sm", "small", rf"(?:(?<=\d )|(?<=½ ))sm{_STOP}(?= [a-z]{{3}})"),
    (
        "isc",
        "discount",
        r"(?<![\w.])[Dd]isc(?=:? ?\d{1,2}(?:\.\d)? ?%)|(?:(?<=% )|(?<=% instant )|(?<=% flat )|(?<=% extra ))[Dd]isc(?:\.(?= [a-z])|(?![\w.]))",
    ),
    ("app", "approximately ", r"(?<![\w.])app?r?x\.? (?=[\d₹])"),
    ("Rly", "Railway", r"(?<![\w.])Rly(?= (?:Stn|Station|Board|Colony|Crossing|Gate|Qtrs)(?![a-z]))"),
    ("mol", "molecular ", r"(?<![\w.])mol\. ?(?=wt|weight|mass)"),
    ("d.p", "decimal places", rf"(?:(?<=\d )|(?<=one ))d\.p{_STOP}"),
    ("GO", "G O", r"(?<![\w.])GO(?= ?(?:M[Ss]\.? ?|R[Tt]\.? ?)?(?:[Nn]o|[Nn]umber)(?![a-z]))"),
    ("hrly", " hourly", r"(?<=\d)-hrly(?!\w)"),
    ("onc", "concentrated ", rf"(?<![\w.])[Cc]onc\.? {_ACID}"),
    ("il", "dilute ", rf"(?<![\w.])[Dd]il\.? {_ACID}"),
    ("Dy", "Deputy ", r"(?<![\w.])Dy\.? (?![Nn]o)(?=[A-Z][A-Za-z])"),
    (
        "xp",
        "expires",
        r"(?<![\w.])[Ee]xp\.?(?= (?:on|by) (?:\d|[A-Z][a-z]{2} \d)| in \d{1,4} ?(?:d|days?|hrs?|hours?|mins?|weeks?|months?)(?![a-z]))",
    ),
    ("MR", "Mister", r"(?<![\w.&/-])MR(?=\.? (?:[A-Z]\.? ){0,2}[A-Z]{2,})\.?"),
    ("MRS", "Missus", r"(?<![\w.&/-])MRS(?=\.? (?:[A-Z]\.? ){0,2}[A-Z]{2,})\.?"),
    ("inst", "instant", rf"(?:(?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))inst{_STOP}"),
    ("o/n", "overnight", r"(?<![\w/.])o/n(?![\w/])"),
    ("¶", "paragraph ", r"¶ ?(?=\d)"),
    ("B/d", "B/day", r"(?<=[KMGT])B/d(?!\w)"),
    ("t½", "half-life ", r"(?<![\w.])t½ ?"),
    ("mc²", "m c²", r"(?<![\w.])mc²"),
    ("s^2", "s²", r"(?<=/)s\^2(?!\d)"),
    ("p", "specific ", r"(?<![\w.])[Ss]p\. ?(?=gr\.|gravity|heat|vol\.)"),
    ("gr", "gravity", rf"(?<=pecific )gr{_STOP}"),
    ("is", "visibility ", r"(?<![\w.])[Vv]is\. ?(?=\d)"),
    ("el", "relative ", r"(?<![\w.])[Rr]el\. ?(?=humidity|density|error|velocity)"),
    (
        "s",
        "section ",
        rf"(?<![\w.'’-])s\. ?(?=\d{{1,3}}[A-Z]?(?:\(\w{{1,3}}\)){{0,2}},? (?:of the|r/w|read with|{_ACTS})(?![a-z]))",
    ),
    ("s", "section ", r"(?:(?<=r/w )|(?<=read with )|(?<=under )|(?<=per )|(?<=with ))s\. ?(?=\d)"),
    ("ss", "sections ", r"(?<![\w.'’-])[Ss]s\. ?(?=\d{1,3}[A-Z]?(?: ?[,&–-]| and| to| or| of| read| r/w))"),
    ("paras", "paragraphs", r"(?<![\w.])[Pp]aras(?=\.? \d)\.?"),
    ("at", "latitude", r"(?<![\w.])[Ll]at\.?(?=:? ?-?\d{1,2}\.\d)"),
    ("on", "longitude", r"(?<![\w.])[Ll]ong?\.?(?=:? ?-?\d{1,3}\.\d{1,8}(?: ?°|(?<=\.\d{4})))"),
    ("Hr", "Higher", r"(?<![\w.])Hr\.?(?= Sec(?:\.|ondary)?(?![a-z]))"),
    (
        "Sec",
        "Secondary",
        r"(?:(?<=Sr )|(?<=Sr\. )|(?<=Senior )|(?<=Hr )|(?<=Hr\. )|(?<=Higher ))Sec(?:\.|(?!\w))"
        r"|(?<![\w.])Sec\.?(?= (?:[Ss]chools?|[Ee]ducation|[Ee]xams?|[Ee]dn)(?![a-z]))",
    ),
    ("Off", "Office", rf"(?:(?<=Regd )|(?<=Regd\. )|(?<=Head )|(?<=Branch )|(?<=Post ))Off{_STOP}"),
)
"""Text that the form contains, its long form, and its pattern."""


def _say_number(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'registration number' of 'Reg No'."""
    return f"{_NUMBERED[match['short']]} {'number' * bool(match['no'])}"


def _say_section(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'section A to D' of 'sec. A-D' beside words of a school."""
    if not seen_near(_SCHOOL, match, _NEAR):
        return None
    last = f" {verbalizer.signs['to']} {match['last']}" if match["last"] else ""
    return f"section {match['first']}{last}"


def _say_rank(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return _FORCES[match["rank"]]


def _say_teacher(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the letters of 'TGT' beside words about teachers."""
    return "T G T" if seen_near(_TEACHERS, match, _NEAR) else None


def _saying(words: str) -> Callable[[re.Match[str], Verbalizer], str]:
    """Return a function that says `words` for any match."""
    return lambda match, verbalizer: words


RULES = (
    Rule(_NUMBER, _say_number, "oD", needs=" "),
    Rule(_SECTION, _say_section, "ABCDEFGH", needs="ec"),
    Rule(_TEACHER, _say_teacher, "T", needs="TGT"),
    Rule(_RANK, _say_rank, ".", needs=". "),
    *[Rule(re.compile(pattern), _saying(words), needs[-1], needs=needs) for needs, words, pattern in _FORMS],
)
"""Rules before those of abbreviations."""
