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
Reg, Regd, Regn = registration
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
_SCHOOL = re.compile(
    r"(?i:class|cls|std|students?|roll|school|parents?|scholarships?|admission|fees?|exam|marks|sections|question|teacher|grade|pupils?|timetable)(?![a-z])"
)
_CLASS = re.compile(r"(?<![\w.])[Cc]l\.? ?(?=(?:1[0-2]|[1-9])(?: ?[-–] ?(?:1[0-2]|[1-9]))?(?: ?[A-H])?(?![\w(]|\.\d))")
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
    ("T", " ton", r"(?<=\d) ?TR?(?= (?:\d[ -][Ss]tar|\d ?★|[Ss]plit|[Ww]indow|[Ii]nverter|AC)(?![a-z]))"),
    (
        "Dt",
        "District ",
        r"(?<![\w.])Dt\.? (?!Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?=[A-Z][a-z]{2,20}(?:[,;)-]|\.?\s?$))",
    ),
    ("ep", "deposit", r"(?<![\w.])[Dd]ep\.?(?=:? ?(?:₹|Rs\.? ?)?\d{1,3}(?:\.\d{1,2})? ?[LkK](?!\w))"),
    (
        "neg",
        "negotiable",
        r"(?:(?<=\d )|(?<=[LkK] )|(?<=/- )|(?<=\d, )|(?<=[LkK], )|(?<=\d \()|(?<=lakh )|(?<=[Cc]r )|(?<=rore ))neg(?:\.(?= ?[a-z,;)]|\s?$)|(?=[,;)]|\s?$))",
    ),
    (
        "ins",
        "insurance",
        r"(?<![\w.])[Ii]ns\.(?= (?:till|for |upto|up to|valid|exp|expir|policy|premium|cover|co\.|paid|claim))",
    ),
    (
        "Med",
        "Medicine",
        r"(?:(?<=Gen )|(?<=Gen\. )|(?<=General )|(?<=Int\. )|(?<=Internal )|(?<=Nuclear )|(?<=Resp\. )|(?<=Vet\. ))Med(?:\.(?=[ ,;)])|(?!\w))",
    ),
    (
        "Surg",
        "Surgery",
        r"(?:(?<=Gen )|(?<=Gen\. )|(?<=General )|(?<=Plastic )|(?<=Ortho )|(?<=Ortho\. ))Surg(?:\.(?=[ ,;)])|(?!\w))",
    ),
    ("Gen", "General", r"(?<![\w.])Gen(?= (?:Med|Surg)(?![a-z]))"),
    ("pp size", "passport size", r"(?<!\w)pp[ -]size(?!\w)"),
    ("conv", "convenience", r"(?<![\w.])conv\.?(?= (?:fees?|charges?|chgs))"),
    ("Mr", "Mister", r"(?<!\w)Mr\.?(?= (?:& |and |/ ?)M(?:rs|s)(?![a-z]))"),
    ("yr", "year", r"(?<=[Ll]ight-)yr(?=s?(?!\w))"),
    (
        "alt",
        "alternate",
        r"(?<![\w.-])[Aa]lt\.?(?= (?:routes?|roads?|dates?|days?|arrangements?|mobile|contact|email|trains?|flights?)(?![a-z]))",
    ),
    (
        "S.",
        "serum ",
        r"(?<![\w.])S\. ?(?=(?:[Cc]reat|[Bb]ili|[Uu]ric|[Ff]erritin|[Ii]ron|[Ee]lectrolyte|[Ss]odium|[Pp]otassium|[Cc]alcium|[Aa]lbumin|[Aa]mylase|[Ll]ipase|[Cc]holest|TSH|(?:Na|K)(?=:? \d))(?![A-Z]))",
    ),
    ("R/v", "review", r"(?<![\w/])R/v(?![\w/])"),
    ("s.", "section ", r"s\.(?:(?<=\d, s\.)|(?<=Act, s\.)|(?<=Code, s\.)|(?<=Rules, s\.)) ?(?=\d)"),
    ("US", "US dollars", r"(?<=\d )US ?\$(?=[\s.,;)]|$)"),
    (
        "M",
        "magnitude ",
        r"M(?:(?<=uake of M)|(?<=uake, M)|(?<=uake \(M)|(?<=remor of M)|(?<=remors of M))[- ]?(?=\d\.\d)",
    ),
    (
        "cap",
        "capacity",
        r"(?:(?<=tank )|(?<=Tank )|(?<=eating )|(?<=torage )|(?<=ax )|(?<=batt )|(?<=attery ))cap\.?(?=:? ?\d)",
    ),
    (
        "ph",
        "phase",
        r"(?:(?<=[Ss]ingle )|(?<=[Tt]hree )|(?<=[Ss]ingle-)|(?<=[Tt]hree-))ph(?:\.(?= [a-z]|,)|(?![\w.])|(?=\.\s?$))",
    ),
    ("lt", "altitude", r"(?<![\w.-])[Aa]lt\.?(?=:? ?\d{1,3}(?:,?\d{3})? ?(?:m|ft|km|mtrs?|feet)(?![a-z]))"),
    (
        "eg",
        "registered",
        r"(?<![\w.])[Rr]eg\.?(?= (?:mobile|mob|email|e-mail|office|address|phone|number|user)(?![a-z]))",
    ),
    (
        "on.",
        "honorary",
        r"(?<![\w.])[Hh]on\.(?= (?:doctorates?|degrees?|secretary|treasurer|consultants?|professor)(?![a-z]))",
    ),
    ("ets", "sets of ", r"(?<=\d )sets [xX×] (?=\d{1,3} reps)"),
    ("eg", "regarding", r"(?<![\w.])[Rr]eg(?:\.(?= [a-z]{3})(?! no)|\.?(?=: ?[A-Za-z]))"),
    ("ID", " ID", r"(?<=[a-z])ID(?=[ :#.=-]{1,2}[A-Z\d#])"),
    ("Ct", "contact", r"(?<![\w.])Ct\.?(?=:? ?(?:\+91|[6-9]\d{4} ?\d{5}))"),
    ("cos.", "companies", r"(?<=\d )cos\.(?= [a-z]|,)"),
    ("incl", "included", r"(?<![\w.])incl\.?(?= in (?:the|your|all|bill|price|rent|fare|cost|fees?)(?![a-z]))"),
    ("incl", "inclusive", r"(?<=[Aa]ll )incl(?:\.(?= [a-z\d(])|(?![\w.])|(?=\.))"),
    ("q", "square foot ", r"(?<![\w.])(?<!\d )[Ss]q\.? ?ft\.? (?=(?:rates?|prices?|cost|area|basis)(?![a-z]))"),
    ("td", "standard", r"(?<![\w.])[Ss]td(?= (?:[IVX]{1,4}|\d{1,2})(?!\w))"),
    (
        "Exp",
        "experience",
        r"(?<![\w.])Exp(?=:? ?\d{1,2}(?:\.\d)?(?:\+| ?[-–] ?\d| ?yrs?| ?years?))",
    ),
    ("pg", "pages ", r"(?<!\d )(?<![\w.])pgs?\.? ?(?=\d{1,4} ?(?:[-–]|to|&|and) ?\d)"),
    ("pg", "page ", r"(?<!\d )(?<![\w.])pg\.? ?(?=\d{1,4}(?![\w.]))"),
    ("ns", "answer", r"(?<![\w.])[Aa]ns(?= (?:Q|all|any|the following)|:? ?=|:)"),
    (
        "rev",
        "revenue",
        r"(?<![\w.])rev\.?(?= (?:of |at )?(?:[$₹£€]|Rs|INR|USD)| (?:growth|guidance)(?![a-z]))",
    ),
    ("M/c", "machine", r"(?<![\w/])M/c(?:\.(?= [a-z])|(?![\w/]))"),
    ("gr", "grade ", r"(?<![\w.])gr\. ?(?=(?:4\.[68]|5\.[68]|8\.8|10\.9|12\.9)(?!\d))"),
    ("DAS", "days after sowing", r"(?<=\d )DAS(?![A-Za-z])"),
    ("DAT", "days after transplanting", r"(?<=\d )DAT(?![A-Za-z])"),
    ("AIR", "A I R", r"(?<![A-Za-z])AIR(?=:? (?:approx\.? |is |of |under |within )?\d)"),
    (
        "pprox",
        "pproximate",
        r"(?<=[Aa])pprox\.?(?= (?:waiting|time|cost|value|distance|price|age|weight|amount|area|budget|number|duration)(?![a-z]))",
    ),
    ("err", "error", r"(?<![\w.])err\.?(?= (?:rates?|logs?|codes?|counts?|msgs?)(?![a-z]))"),
    (
        "U",
        "under ",
        r"(?<![\w-])U-?(?=(?:14|15|16|17|19|21|23) (?:trials?|World|Asia|team|squad|cricket|match|boys|girls|tournament|cup|category|final)(?![a-z]))",
    ),
    ("Sci", "Science", r"(?<= in )Sci(?![\w.])"),
    ("v.", "verse ", r"(?:(?<=\d, )|(?<=Gita )|(?<=[Rr]ead )|(?<=\d; ))v\. ?(?=\d{1,3}(?!\d|\.\d))"),
    ("rl", "Criminal ", r"(?<![\w.])Crl\. ?(?=[A-Z]\.(?:[A-Z]\.)?|[A-Z]{1,3} )"),
    ("RL", "Criminal ", r"(?<![\w.])CRL\. ?(?=[A-Z]\.(?:[A-Z]\.)?|[A-Z]{1,3} )"),
    ("inst", "instant", r"(?<![\w.])inst\.?(?= (?:disc|discount|loan|cashback|approval|off|delivery)(?![a-z]))"),
    ("lt", "altitude", r"(?<![\w.-])[Aa]lt\.?(?= (?:gain|loss|diff)(?![a-z]))"),
    ("exc", "except", r"(?<![\w.])exc\.?(?= (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Sundays|public|[Hh]olidays?)(?![a-z]))"),
    (
        "Pt",
        "Point",
        r"(?:(?<=Nariman )|(?<=Sunset )|(?<=View )|(?<=Meeting ))Pt(?:\.(?=,| [a-z])|(?![\w.])|(?=\.\s?$))",
    ),
    (
        "pwd",
        "powder",
        r"(?:(?<=irchi )|(?<=aldi )|(?<=hilli )|(?<=hili )|(?<=asala )|(?<=iander )|(?<=meric )|(?<=epper )|(?<=ocoa )|(?<=aking )|(?<=ilk )|(?<=jeera ))pwd(?:\.(?=,| [a-z])|(?![\w.])|(?=\.))",
    ),
    ("incl", "inclusive", r"(?:(?<=[Dd]ays )|(?<=[Dd]ates )|(?<=\d\d ))incl(?:\.(?=[,;)])|(?=[,;)])|(?=\.?\s?$))"),
    ("eg", "regarding", r"(?<=[-–] )[Rr]eg(?=\.?\s?$)"),
    ("inj", "injured", r"(?<=\d )inj(?:\.(?=[,;]| [a-z])|(?![\w.])|(?=\.\s?$))"),
    ("res", "present", r"(?<![\w.])Pres\.?(?=: ?\d)"),
    ("bs", "absent", r"(?<![\w.])Abs\.?(?=: ?\d)"),
    ("std", "students", r"(?<=[Nn]o\. of )stds?\.?(?=[: ])"),
    ("Corr", "Corridor ", r"(?<![\w.])Corr\.? ?(?=\d(?!\d\d)|[IVX]{1,3}(?!\w))"),
    ("u/A", "under Article", r"(?<![\w/])u/A(?:rt)?\.?(?= ?\d)"),
    ("Ch", "chapter ", r"(?<![\w.-])Ch ?- ?(?=\d{1,2}(?![\d/]))"),
    (
        "ist",
        "distance",
        r"(?<![\w.])[Dd]ist\.?(?=:? ?\d{1,5}(?:\.\d{1,2})? ?(?:kms?|m|mi|miles|mtrs?)(?![a-z]))|(?<=otal )dist\.?(?! ?[A-Z\w])",
    ),
    ("dist.", "distance", r"(?<=otal )dist\.(?= [a-z/=])"),
    ("/sh", "/share", r"(?<=\d)/sh(?:\.(?= [a-z])|(?!\w))"),
    ("agg", "aggregate", r"(?<=% )agg(?:\.(?= [a-z]|[,;)])|(?![\w.])|(?=\.))"),
    ("q", "square ", r"(?<![\w.])[Ss]q\.? (?=roots?(?![a-z]))"),
    ("Inv", "invoice ", r"(?<![\w.])Inv\.? ?(?=#)"),
    ("iv", "dividend", r"(?<![\w.])[Dd]iv(?= (?:yield|payout|per share)(?![a-z]))"),
    ("Rd", "Round", r"(?<![\w.])(?<![\w.,] )Rd\.?(?= \d{1,2}(?!\w))"),
    (
        "l",
        "please ",
        r"(?<![\w.])[Pp]l\.? (?=(?:see|find|note|send|call|pay|contact|confirm|share|check|reply|bring|keep|submit|refer|ensure|do|come)(?![a-z]))",
    ),
    ("cr", "rupees crore", r"(?<=[( ])(?:₹|Rs\.?) ?cr\.?(?=\))"),
    ("Gr", "grade ", r"(?<![\w.])Gr\.?[- ](?=(?:[IVX]{1,3}|[A-D]|\d)(?!\w))"),
    ("Rev.", "revenue", r"(?<![\w.])Rev\.(?= \d{2,7}(?:\.\d{1,2})?[,; ])"),
    ("abd", "abdomen", r"(?:(?<=USG )|(?<=CT )|(?<=CECT ))abd(?:\.(?= [a-z&+]|[,;)])|(?![\w.])|(?=\.))"),
    (
        "dv",
        "advance",
        r"(?:(?<=mth )|(?<=mths )|(?<=onth )|(?<=onths )|(?<= in )|(?<=rent )|(?<=\dk )|(?<=/- ))adv(?:\.(?=[;,)]| [a-z])|(?![\w.])|(?=\.))"
        r"|(?<![\w.])[Aa]dv\.?(?= (?:booking|payment|tax|rent|amount|amt|salary|notice|deposit)(?![a-z]))",
    ),
    ("ev", "revenue", r"(?<![\w.])[Rr]ev\.?(?= \d[\d.,]{0,9} ?(?:cr|crore|mn|bn|lakh|million|billion)(?![a-z]))"),
    ("Ft", "feet", r"(?<=\d )Ft\.?(?= R(?:d|oad)(?![a-z]))"),
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
        r"(?<![\w.])(?<![A-Za-z] E)(?:(?<![a-z] )E|e)xp\.?(?= (?:on|by) (?:\d|[A-Z][a-z]{2} \d)| in \d{1,4} ?(?:d|days?|hrs?|hours?|mins?|weeks?|months?)(?![a-z]))",
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
        "s.",
        "section ",
        rf"(?<![\w.'’-])s\. ?(?=\d{{1,3}}[A-Z]?(?:\(\w{{1,3}}\)){{0,2}},? (?:of the|r/w|read with|{_ACTS})(?![a-z]))",
    ),
    ("s.", "section ", r"(?:(?<=r/w )|(?<=read with )|(?<=under )|(?<=per )|(?<=with ))s\. ?(?=\d)"),
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


def _say_class(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'class' of 'Cl. 5B' beside words of schools; elsewhere it is a clause."""
    return "class " if seen_near(_SCHOOL, match, _NEAR) else None


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
    Rule(_CLASS, _say_class, "l"),
    Rule(_TEACHER, _say_teacher, "T", needs="TGT"),
    Rule(_RANK, _say_rank, ".", needs=". "),
    *[Rule(re.compile(pattern), _saying(words), needs[-1], needs=needs) for needs, words, pattern in _FORMS],
)
"""Rules before those of abbreviations."""
