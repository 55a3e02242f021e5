"""Rules for short names of days: 'Mon-Fri', 'Sat & Sun', 'Mon, 5 Feb', 'Sun 8:30 pm'."""

import re

from processing.normalise.calendar import MONTH
from processing.normalise.surroundings import keep_stop
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_DAYS = {name[:3]: name for name in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()}
_DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:s|rs|r|nes)?\\.?"
_DAY_TO_DAY = re.compile(rf"(?<![A-Za-z]){_DAY} ?(?:[-–—]|to) ?{_DAY}(?![A-Za-z])")
_SHORT_DAY = re.compile(
    rf"(?=[MTWFS])(?:(?<![A-Za-z]){_DAY}(?=,? \d{{1,2}}(?:st|nd|rd|th)(?!\w)|,? \d{{1,2}},? (?:{MONTH})|,? (?:{MONTH})\.? \d|(?<=\.)(?:,| [a-z\d])|,? \d{{1,2}}(?:[:.][0-5]\d)? ?[AaPp]\.?[Mm]|,? \d{{1,2}}:[0-5]\d"
    rf"|:(?= ?\d|$| [a-z])|,? \d{{1,2}}[-/.]\d|(?: ?& ?| and |, ?|/)(?:{'|'.join(_DAYS)})(?![A-Za-z]))"
    r"|(?<![A-Za-z.])(?:(Tue)s?|(Thu)(?:rs?)?|(Fri))\.?(?= \w|[,;:)]|$)"
    r"|(?<![A-Za-z.])(?:(Mon|Wed|Sat|Sun)(?= (?:closed|off|open|holiday|till|until|morning|evening|afternoon)(?![a-z])))|(?<=\()(Mon|Wed|Sat|Sun)(?=\))"
    r"|(?:(?<=\bon )|(?<=\bOn )|(?<=\bby )|(?<=\btill )|(?<=next )|(?<=this )|(?<=last )|(?<=every )|(?<=due )|(?<=until )|(?<=since )|(?<=from )|(?<=xcl )|(?<=xcl\. )|(?<=xcluding )|(?<=xcept )|(?<=[Cc]losed )|(?<=[Ss]at & )|(?<=[Ss]at and )|(?<=day & )|(?<=day and )|(?<=\dst )|(?<=\dnd )|(?<=\drd )|(?<=\dth ))(?:(Mon|Wed|Sat)(?:nes)?|(Sun)(?= (?:at|by|from|eve|morning|night|only)(?![a-z])|[.,;)]|$| ?[&/]))(?![\w'’-])\.?)"
)
"""Short name of a day: before a date, a time or another day; those that are no words, anywhere."""


def _say_day_to_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return keep_stop(match, f"{_DAYS[match[1]]} to {_DAYS[match[2]]}")


def _say_short_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return keep_stop(match, _DAYS[match[match.lastindex or 1]])


_LETTERS_OF_DAYS = re.compile(
    r"(?<![\w.-])M ?[-–—] ?(?P<last>F|Sa|Su)(?=(?<=m M.F)(?!\w)|[,:]? ?\d{1,2}(?:[:.]\d\d)? ?(?:[AaPp]\.?[Mm]|[-–]|to )|[,:] )"
)
_SHORT_HOURS = re.compile(
    r"(?<![A-Za-z.])(?P<day>Mon|Wed|Sat|Sun)s?:?(?= \d{1,2} ?[-–—] ?\d{1,2}(?![\d/]|[.,:]\d\d\d))"
)


def _say_letters_of_days(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Monday to Friday' of 'M-F 8:30-5'."""
    return f"Monday {verbalizer.signs['to']} {({'F': 'Friday', 'Sa': 'Saturday', 'Su': 'Sunday'})[match['last']]}"


def _say_short_hours(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the day of 'Sat 10-2'."""
    return _DAYS[match["day"]]


_SHOUTED_DAY = re.compile(
    rf"(?<![A-Za-z])(?P<day>MON|TUE|WED|THU|FRI|SAT|SUN)(?:S|RS|R|NES)?\.?(?=,? \d{{1,2}}(?:ST|ND|RD|TH)?[ ,-]{{1,2}}(?:{MONTH})|,? \d{{1,2}}(?:[:.]\d\d)? ?[AP]M|,? \d{{1,2}}[-/.]\d| ?[-&] ?(?:MON|TUE|WED|THU|FRI|SAT|SUN))"
)


def _say_shouted_day(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the day of 'MON, 23 NOV'."""
    return _DAYS[match["day"].capitalize()]


_INDIC_DAYS = ("सोम", "मंगल", "बुध", "गुरु", "गुरू", "शुक्र", "शनि", "रवि", "సోమ", "మంగళ", "బుధ", "గురు", "శుక్ర", "శని", "ఆది")
_INDIC_DAY = rf"(?:{'|'.join(_INDIC_DAYS)})(?:वार|వారం)?"
_INDIC_DAYS_SPAN = re.compile(
    rf"(?<![\u0900-\u0963\u0966-\u0d7f])(?P<first>{_INDIC_DAY})\.? ?[-–—] ?(?P<last>{_INDIC_DAY})(?![\u0900-\u0963\u0966-\u0d7f])"
)


def _say_indic_days(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the whole names of 'सोम-शनि'."""
    if verbalizer.block is None:
        return None
    end = "వారం" if verbalizer.code == "te" else "वार"
    first, last = (match[name].removesuffix(end) + end for name in ("first", "last"))
    return f"{first} {verbalizer.signs['to']} {last}"


_INITIALS = {"सो": "सोमवार", "मं": "मंगलवार", "बु": "बुधवार", "गु": "गुरुवार", "शु": "शुक्रवार", "श": "शनिवार", "र": "रविवार"}
_INITIAL = rf"(?:{alternatives(_INITIALS)})"
_LISTED_INITIALS = re.compile(
    rf"(?<![\u0900-\u0963.]){_INITIAL}\.?(?:(?:, ?| व | और | आणि | ?& ?){_INITIAL}\.?(?![\u0900-\u0963])){{2,6}}"
    rf"|(?<![\u0900-\u0963.]){_INITIAL}\.(?:, ?| व | और | आणि | ?& ?){_INITIAL}\."
)
_ONE_INITIAL = re.compile(rf"(?<![\u0900-\u0963])({_INITIAL})(?![\u0900-\u0963])\.?")


def _say_listed_initials(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the days of 'मं., गु., श. को', as timetables of trains write them."""
    tuesday = "मंगळवार" if verbalizer.code == "mr" else "मंगलवार"
    days = _INITIALS | {"मं": tuesday}
    return _ONE_INITIAL.sub(lambda day: days[day[1]], match[0])


RULES = (
    Rule(_LISTED_INITIALS, _say_listed_initials, "समबगशर", needs="."),
    Rule(_INDIC_DAYS_SPAN, _say_indic_days, "-–—"),
    Rule(_SHOUTED_DAY, _say_shouted_day, "MTWFS"),
    Rule(_LETTERS_OF_DAYS, _say_letters_of_days, "-–—", needs="M"),
    Rule(_DAY_TO_DAY, _say_day_to_day, "-–—o"),
    Rule(_SHORT_HOURS, _say_short_hours, "-–—"),
    Rule(_SHORT_DAY, _say_short_day, "MTWFS"),
)
"""Rules before those of figures: 'Mon-Fri', 'Mon, 5 Feb', 'Mon. at 9'."""
