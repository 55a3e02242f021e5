"""Times with a point, a dash or an 'h' between hour and minute: written with a colon, for the rules of times."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import last_word, seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import (
    PARTS_OF_DAY,
    WORD_GOES_ON,
    Rule,
    alternatives,
)

_BEHIND_A_TIME = (
    *"चा ची चे च्या और व आणि ला తో మరియు से तक को पर के की बजे में ते वाजता वा पर्यंत నుంచి నుండి వరకు కి కు గం గంటలకు గంటల గంటలు మధ్య to ki nunchi nundi varaku తర్వాత లోపు లోగా ప్రాంతంలో".split(),
)
"""Words that follow a time of day."""
_DOTTED_FIRST = re.compile(
    r"(?<![\w.,:/])(?P<hour>\d{1,2})\.(?P<minute>[0-5]\d)(?= ?(?:[-–]|to) ?\d{1,2}\.[0-5]\d ?[AaPp]\.?[Mm](?![a-z]))"
)
_NO_TIME = r" ?(?:%|₹|రూ|శాత|డిగ్రీ|కోట్|కి\.|లక్ష|వేల|లీ|लाख|करोड़|रु|प्रति|डिग्री|km|kg|cr|lakh)"
"""Text behind an amount, and behind no time of day."""
_PARTED = re.compile(
    r"(?<![\w.,:/₹$-])(?=\d{1,2}(?: ?[-–—] ?\d{1,2})?\.[0-5]\d)(?P<hour>\d{1,2})(?:\.(?P<minute>[0-5]\d))?(?: ?[-–—] ?(?P<last>\d{1,2})(?:\.(?P<end>[0-5]\d))?)?(?!\w|\.\d|,\d)"
    rf"(?:(?<=-\d\.\d\d)(?!{_NO_TIME})|(?<=-\d\d\.\d\d)(?!{_NO_TIME})|(?= ?(?:{alternatives(_BEHIND_A_TIME)})(?![{WORD_GOES_ON}])| ?[,;()|।]| ?[-–—] |\.(?:\s|$)|$))"
)
"""Time with a point, behind a part of the day and before what follows a time: 'సాయంత్రం 5.30 నుంచి'."""
_SPAN_OF_POINTS = re.compile(
    rf"(?<!\S)(?P<part>(?:{alternatives(PARTS_OF_DAY)}) )(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d)"
    rf"(?P<joint> (?:से|ते|ला) (?:(?:{alternatives(PARTS_OF_DAY)}) )?)(?P<last>\d{{1,2}})\.(?P<end>[0-5]\d)(?![\w.]|,\d)"
)
"""Span of times with points behind a part of the day: 'सकाळी 7.30 ते 11.30'."""
_PAST = re.compile(
    rf"(?<!\S)(?P<part>(?:{alternatives(PARTS_OF_DAY)}) )(?P<hour>\d{{1,2}})\.(?P<minute>[0-5]\d) ?(?:मि\.|मिनिटांनी|मि(?![\u0900-\u0963]))"
)
"""Time with the minutes named behind the point: 'दुपारी 12.24 मि.'."""
_CAUGHT = re.compile(
    r"(?<![\w.,:/₹$-])(?P<hour>1\d|2[0-3]|[1-9])\.(?P<minute>[0-5]\d)(?= ?(?:चा|ची|च्या|का|की|वाली|वाला) (?:[\u0900-\u0963]{2,10} )?(?:बस|लोकल|फास्ट|फ़ास्ट|स्लो|गाड|ट्रेन|फ्लाइट|फ़्लाइट|एसटी|एस टी|शो|अलार्म|मीटिंग|क्लास))"
)
"""Time with a point before what leaves or begins then: '5.30 ची बस'."""
_UNTIL = re.compile(
    r"(?<![\w.,:/₹$-])(?P<from>1[0-2]|[1-9])\.(?P<half>00|15|30|45)(?P<to> (?:ते|से) )(?=(?:1[0-2]|[1-9])(?![\w.,:/%]|,\d)(?! ?(?:टक्के|%|लाख|कोटी|करोड़|हजार|हज़ार|रु|किलो|किमी|मीटर|लिटर|लीटर|अंश|डिग्री|प्रतिशत)))|"
    r"(?<![\w.,:/₹$-])(?:(?P<first>1[0-2]|[1-9])(?P<joint> ?[-–] ?| (?:ते|से) )(?=1?\d\.))?(?P<hour>1[0-2]|[1-9])\.(?P<minute>00|15|30|45)(?![\w.]|,\d)(?P<until>(?= ?पर्यंत(?![\u0900-\u0963])))?"
    r"|(?<![\w.,:/₹$-])(?P<leaving>2[0-3]|1?\d)\.(?P<past>[0-5]\d)(?= (?:सुट|पोहोच|पोचेल|निघ|छूट|खुलेगी|खुलती|पहुंचे|पहुँचे|चलेगी|रवाना))"
)
"""Time with a point before 'पर्यंत' or a verb of leaving, or at the end of hours of work."""
_AT_TIME = re.compile(
    r"(?P<word>(?:समय|वेळ|टाइम|टाईम|वापसी|छुट्टी|प्रस्थान|आगमन)[ :-]{1,2})(?P<hour>2[0-3]|1?\d)\.(?P<minute>[0-5]\d)(?![\w.]|,\d)(?! ?(?:घंटे|घं|तास|मिनट|सेकंड))"
)
"""Time with a point behind the word for it: 'नया समय 21.45'."""
_TODAY = re.compile("काल|आज|उद्या|परवा|कल |परसों|रोज|दररोज|वेळ|समय|दुपार|सकाळ|सुबह|दोपहर|शाम")
"""Words before hours whose first has a point: 'काल 2.30 ते 4'."""
_OPEN = re.compile(
    "वेळ|समय|टाइम|शाळा|स्कूल|कार्यालय|दुकान|ऑफिस|क्लिनिक|दवाखाना|अस्पताल|ओपीडी|OPD|सोम|मंगळ|मंगल|बुध|गुरु|शुक्र|शनि|रवि|दररोज|रोज़|रोज |सुरू|खुल|उघड|चालू"
)
"""Words before hours of work."""
_EVENT = re.compile(
    r"(?<![a-z])(?i:toss|match|meeting|kick-?off|trains?|bus|flight|class|lunch|dinner|breakfast|snacks|tea|ceremony|doors|prayers?|puja|aarti|appointment"
    r"|alarm|wake|woke|remind(?:er)?|meet|call(?: me)?|come|party|wedding|shift|show|movie|session|interview|tuition|lecture|exam|school|walk|gym|sleep|finish|submit|home|dance|practice|function|event|arriv\w{1,4}|depart\w{0,3}|leaves?|reach(?:es|ed)?|left|landed|starting|starts?|begins?|closes?|opens?|reporting|[ap]\.?m)(?![a-z])[^.;₹%]{0,24} (?:at|@|by) \Z"
)
"""Word that a time of day follows, and 'at'."""
_RATES = re.compile(r"(?i:rates?|interest|price|score|rupee|dollar|index|points|cgpa|gpa)(?![a-z])|[₹$€%]")
_POINTED = re.compile(
    r"(?=\d)(?:(?<= at )|(?<= by )|(?<= @ )|(?<= till )|(?<= until ))(?P<hour>1[0-2]|[1-9])\.(?P<minute>[0-5][05])(?=[;,)]|\.?\s?$|\.? [A-Z]| (?:on|today|tomorrow|tonight|sharp|in the|from|for|every|daily|and|to (?:call|meet|pick|take|go|attend|collect|drop|buy|pay|submit|leave|catch|bring|join|reach))(?![a-z]))"
)
"""Time with a point in English, behind a word that times follow: 'toss at 6.30'."""
_TWO_HOURS = re.compile(
    r"(?<![\w.,:/-])(?P<opens>\d{1,2}) ?[-–] ?(?P<closes>\d{1,2}) ?/ ?(?P<again>\d{1,2}) ?[-–] ?(?P<last>\d{1,2})(?![\w/%-]|[.,]\d)"
)
_TILL = re.compile(r" (?:till|until) \Z")
_SCHEDULED = re.compile(r"(?<=[;,] )(?P<hour>1[0-2]|[1-9])\.(?P<minute>[0-5][05])(?= ?[-–:] [A-Z])")
_TIMES_BEFORE = re.compile(r"\d ?[AaPp]\.?[Mm]")
_ONWARDS = re.compile(r"(?<![\w.,:/₹$€£-])(?P<hour>1[0-2]|[1-9])\.(?P<minute>[0-5][05])(?= onwards?(?![a-z]))")
_DASHED = re.compile(
    r"(?<![\w.,:/₹$-])(?P<hour>1[0-2]|[1-9])-(?P<minute>[0-5]\d)(?= ?(?P<unit>ని\.|నిమిషా|గం\.|గంటల|मिनट|मि\.|बजे))"
)
_POINTED_TYPED = re.compile(
    r"(?<![\w.,:/₹$-])(?P<hour>1[0-2]|[1-9])\.(?P<minute>[0-5][05])(?= (?:ki|ke|ko|ku|lopu|varaku|nunchi|nundi|tarvata|taruvata|tharvatha|baje|tak)(?![a-z]))"
)
_MET = re.compile(
    r"(?<![a-z])(?i:match|meeting|meet|train|bus|flight|class|exam|show|movie|lunch|dinner|puja|appointment|alarm|call|interview|office|school|shift|cab|repu|kal|subah|shaam|morning|evening|night|udayam|sayantram)(?![a-z])"
)
"""Words before a time of day with a point in typed Telugu and Hindi: 'meeting 11.30 ki'."""
_HOUR_H = re.compile(r"(?<![\w.,:/-])(?P<hour>[01]?\d|2[0-3])h(?P<minute>[0-5]\d)(?!\w)")
_SPAN_BEGUN = re.compile(rf"(?<!\S)(?:{alternatives(PARTS_OF_DAY)}) [\d:.]{{1,5}} (?:से|ते|నుండి|నుంచి) \Z")
"""First half of a span of times, behind its part of the day."""
_OF_A_DAY = frozenset(
    "బయలుదేరు చేరు సమయం టైం సూర్యోదయం సూర్యాస్తమయం రాహుకాలం యమగండం వర్జ్యం దుర్ముహూర్తం सूर्योदय सूर्यास्त राहुकाल Sunrise Sunset sunrise sunset kalam Kalam kaalam Kaalam muhurtham muhurtam muhurat".split()
)
"""Words of a calendar before a time of day: 'సూర్యోదయం 6.28'."""


def _say_time(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'dinner 8.30 onwards' and the first time of '5.00-5.30 pm' with a colon, for later rules."""
    return match["hour"] if match["minute"] == "00" else f"{match['hour']}:{match['minute']}"


def _say_hour_h(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '19h30' or '5.30 ची बस' with a colon, for later rules."""
    return f"{match['hour']}:{match['minute']}"


def _say_parted(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'సాయంత్రం 5.30' or 'मध्याह्न 12.00-1.30' with colons, for later rules."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    part = last_word(before, len(before)).strip("(\"'“‘:-–")
    if int(match["hour"]) > 24 or not (part in PARTS_OF_DAY or part in _OF_A_DAY or _SPAN_BEGUN.search(before)):
        return None
    minute = match["minute"]
    first = f"{match['hour']}:{minute}" if minute and (minute != "00" or match["end"]) else match["hour"]
    last = f"{match['last']}:{match['end']}" if match["end"] not in (None, "00") else match["last"]
    return f"{first} {verbalizer.signs['to']} {last}" if last else first


def _say_until(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '5.30 पर्यंत' and 'वेळ 10 ते 5.30' with colons, for later rules."""
    if match["from"]:
        near = seen_before(_TODAY, match, 16)
        return f"{match['from']}:{match['half']}{match['to']}" if near else None
    if match["leaving"]:
        return f"{match['leaving']}:{match['past']}"
    hours = match["first"] is not None and seen_before(_OPEN, match, 40) is not None
    if verbalizer.block is None or not (hours or match["until"] is not None):
        return None
    first = f"{match['first']} {verbalizer.signs['to']} " if match["first"] else ""
    return f"{first}{match['hour']}:{match['minute']}"


def _say_at_time(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'समय 21:45' of 'समय 21.45', for later rules."""
    return f"{match['word']}{match['hour']}:{match['minute']}"


def _say_past(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the time of 'दुपारी 12.24 मि.' with a colon, for later rules."""
    return f"{match['part']}{match['hour']}:{match['minute']}"


def _say_span_of_points(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return both times with colons, for later rules."""
    return f"{match['part']}{match['hour']}:{match['minute']}{match['joint']}{match['last']}:{match['end']}"


def _say_pointed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'toss at 6.30' with a colon, for later rules; 'rates start at 8.35' is a rate."""
    shown = seen_before(_TILL, match, 8) or seen_before(_EVENT, match, 48)
    if verbalizer.code != ENGLISH.code or not shown or seen_before(_RATES, match, 40):
        return None
    return _say_time(match, verbalizer)


def _say_two_hours(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the hours of '10-1/5-9', before and after noon."""
    hours = [int(hour) for hour in match.groups()]
    opened = 7 <= hours[0] <= 12 and 1 <= hours[1] <= 4 and 3 <= hours[2] < hours[3] <= 11
    if not opened or verbalizer.code != ENGLISH.code:
        return None
    said = [verbalizer.cardinal(hour) for hour in hours]
    return f"{said[0]} to {said[1]}, {said[2]} to {said[3]}"


def _say_scheduled(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '8.30 - Serial' with a colon behind another time of a list: '8 pm - News; 8.30 - Serial'."""
    listed = verbalizer.code == ENGLISH.code and seen_before(_TIMES_BEFORE, match, 60)
    return _say_hour_h(match, verbalizer) if listed else None


def _say_dashed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ఉదయం 6-40 ని.' with a colon, for later rules; before hours, 9-10 is a span."""
    hours = match["unit"] in ("గం.", "గంటల", "बजे")
    if last_word(match.string, match.start()) not in PARTS_OF_DAY or (hours and int(match["minute"]) <= 12):
        return None
    return _say_hour_h(match, verbalizer)


def _say_pointed_typed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'meeting 11.30 ki' with a colon, for later rules."""
    if verbalizer.block is not None or not seen_before(_MET, match, 40) or seen_before(_RATES, match, 40):
        return None
    return _say_time(match, verbalizer)


POINTED = (
    Rule(_DOTTED_FIRST, _say_time, "."),
    Rule(_POINTED, _say_pointed, "."),
    Rule(_TWO_HOURS, _say_two_hours, "/-–"),
    Rule(_SCHEDULED, _say_scheduled, "."),
    Rule(_ONWARDS, _say_time, ".", needs="onward"),
    Rule(_DASHED, _say_dashed, "-"),
    Rule(_POINTED_TYPED, _say_pointed_typed, "."),
    Rule(_HOUR_H, _say_hour_h, "h"),
    Rule(_SPAN_OF_POINTS, _say_span_of_points, "."),
    Rule(_AT_TIME, _say_at_time, "."),
    Rule(_UNTIL, _say_until, "."),
    Rule(_PAST, _say_past, "."),
    Rule(_CAUGHT, _say_hour_h, "."),
    Rule(_PARTED, _say_parted, "."),
)
"""Rules for times whose minutes stand behind a point, a dash or an 'h'."""
