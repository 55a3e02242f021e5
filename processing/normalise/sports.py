"""Rules for short forms of cricket and football: '94b, 12x4', 'scored in 45+2\'', 'T20Is'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import closes_sentence, last_word, next_word, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, read_amount

_NEAR = 40
"""Characters on either side in which a word shows the sport."""
_BATTING = re.compile(
    r"(?i:scored|unbeaten|century|fifty|innings|batting|balls|runs|made|hits?)(?![a-z])|\d\*|\d+b[,); ]|रन|गेंद|धावा|चेंडू|పరుగు|బంతు"
)
_BALLS = re.compile(r"(?<![\w.])(?P<balls>\d{1,3})b(?=[,);\s]|$)")
_BOUNDARIES = re.compile(r"(?<![\w.])(?P<count>\d{1,2}) ?[x×] ?(?P<worth>[46])s?(?=[,);.\s]|$)(?! ?=)")
_BY_WORTH = re.compile(
    r"(?<![\w.])4s? ?[x×] ?(?P<fours>\d{1,2})(?:,? |,|/)6s? ?[x×] ?(?P<sixes>\d{1,2})(?=[,);.\s]|$)(?! ?=)"
)
_NAMES = {
    "hi": ("गेंद", "चौके", "छक्के"),
    "mr": ("चेंडू", "चौकार", "षटकार"),
    "te": ("బంతులు", "ఫోర్లు", "సిక్సర్లు"),
}
_MINUTE = re.compile(r"(?<![\w.'’–-])(?P<minute>\d{1,3})(?:\+(?P<more>\d{1,2}))?['’](?=[,);.\s]|$)")
_GOALS = re.compile(
    r"(?i:goals?|scored?|scorers?|penalty|pen|red card|yellow|half-?time|equali[sz]er?|own goal|kick-?off|lead|header|minute)(?![a-z])|\d\+\d|\d-\d|\d['’],? ?(?:\d{1,2}|[A-Z][a-z]+ \d{1,2})['’]|FT|HT|गोल|గోల్"
)


def _say_balls(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return f"{match['balls']} {batting_names(verbalizer)[0]}" if seen_near(_BATTING, match, _NEAR) else None


def _say_boundaries(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '12 fours' of '12x4' beside an innings."""
    if not seen_near(_BATTING, match, _NEAR):
        return None
    _, fours, sixes = batting_names(verbalizer)
    if match["count"] == "1" and verbalizer.code == ENGLISH.code:
        fours, sixes = "four", "six"
    return f"{match['count']} {fours if match['worth'] == '4' else sixes}"


def _say_by_worth(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '6 fours, 2 sixes' of '4x6, 6x2'."""
    _, fours, sixes = batting_names(verbalizer)
    return f"{match['fours']} {fours}, {match['sixes']} {sixes}"


def batting_names(verbalizer: Verbalizer) -> tuple[str, str, str]:
    """Return the words for balls, fours and sixes."""
    return _NAMES.get(verbalizer.code, ("balls", "fours", "sixes"))


def _say_minute(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the minute of a goal, "45+2'"."""
    if not seen_near(_GOALS, match, 2 * _NEAR):
        return None
    minute = int(match["minute"])
    if verbalizer.code != ENGLISH.code:
        more = f" {verbalizer.signs['plus']} {verbalizer.cardinal(int(match['more']))}" if match["more"] else ""
        return f"{verbalizer.cardinal(minute)}{more} {verbalizer.units['min'].many}"
    if match["more"]:
        named = next_word(match.string, match.end()).startswith("min")
        return f"{ENGLISH.cardinal(minute)} plus {ENGLISH.cardinal(int(match['more']))}{'' if named else ' minutes'}"
    return f"{ENGLISH.ordinal(minute)} minute"


_STATISTIC = re.compile(r"(?<=\d )(?P<what>asts?|rebs?|stls?|blks?)(?![\w'’])")
_STATISTICS = {"ast": "assist", "reb": "rebound", "stl": "steal", "blk": "block"}


def _say_statistic(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '6 ast, 5 reb'."""
    one = match.string[max(0, match.start() - 3) : match.start()].strip() == "1"
    return _STATISTICS[match["what"][:3]] + "s" * (not one)


_NOT_OUT = re.compile(r"(?<=\d) ?n\.o\.?(?![a-z])")
_VERSUS = re.compile(r"(?<=[A-Z]{2}) VS (?=[A-Z]{2})")
_BEAT = re.compile(r"(?<=[A-Za-z]) bt\.? (?=[A-Z])")


def _say_beat(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " beat "


def _say_not_out(match: re.Match[str], verbalizer: Verbalizer) -> str:
    ends = match[0].endswith(".") and closes_sentence(match)
    return f" {verbalizer.signs['not out']}{'.' * ends}"


def _say_versus(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " versus "


_CASE = re.compile(r"(?<=[A-Za-z.)]) v\.? (?=[A-Z])")
_DEFEATED = re.compile(r"(?<=[A-Za-z]) def\.(?= [A-Z])")
_INNINGS = re.compile(r"(?<=\d(?:st|nd|rd|th) )inns?(?:\.|(?=[\s,;:)]|$))|(?<=\d )inns?(?:\.|(?=[,;:)]|$))")
_TENNIS = re.compile(r"(?:(?<=[a-z])|(?<=\d\))) d\. (?=[A-Z][a-z])")
_ECONOMY = re.compile(r"(?<![A-Za-z])Eco(?:n\.?)?:? (?=\d{1,2}\.\d)")
_TIE_BREAK = re.compile(r"(?<=\d-\d)(?P<gap> ?)\((?P<points>\d{1,2})(?:[-–](?P<other>\d{1,2}))?\)")
_NAMED_BEFORE = re.compile(r"(?:[A-Z][\w.'’-]{0,24}|Ors\.?|Anr\.?|\))\Z")
_FIGURES_OF_BOWLER = re.compile(
    r"(?<=[a-z] )(?P<wickets>10|\d)[/-](?P<runs>\d{1,3})(?![\w/*-]|[.,]\d)(?=[),;]| (?:&|and|as|to|in|from|with|on|bowled|sank|skittled|gave|set up|put|left|took|won|wrecked|ran through|rattled|ripped|helped|restrict|dismantl|stunn|bundl|star|shin))"
)
_NUMBERED = frozenset(
    "page class ward chapter section rule item flat plot house room bus match test group unit on by at".split()
)
"""Words before two numbers that are no name of a bowler."""
_CRICKET = re.compile(
    r"(?i:wickets?|wkts?|overs?|spell|bowl(?:ed|ing|er)?|innings|runs|all out)(?![a-z])|ODI|T20|IPL|Test(?![a-z])|(?:India|England|Australia|Pakistan|Zealand|Africa|Lanka|Bangladesh) \d{2,3}"
)
_RACE = re.compile(
    r"(?<![\w.,₹$€£])(?P<length>\d{1,2}(?:\.\d{1,2})?)[Kk](?= (?:run|race|walk|marathon|fun run|event|in \d{1,2}[:.]\d\d)(?![a-z]))"
    r"|(?:(?<=ran the )|(?<=run the )|(?<=ran a )|(?<=run a ))(?P<ran>3|5|10|15|21|42)[Kk](?![\w+])"
)
_RACES = re.compile(
    r"(?<![\w.,₹$€£])(?P<length>3|5|6|10|12|15|21(?:\.1)?|25|42(?:\.2)?|50)[Kk](?= (?:at|in|on|and|category|starts)(?![a-z])|[,;:.)]| [&+] )"
)
_RUNNERS = re.compile(r"(?<![a-z])(?i:marathon|race|runners?|run|fun run|athletes?)(?![a-z])")
_EPISODE = re.compile(r"(?<!\w)S(?P<season>\d{1,2}) ?E(?P<episode>\d{1,3})(?!\w)")


def _say_case(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'Bharati v. State of Kerala' and 'India v Pakistan', between two names."""
    named = seen_before(_NAMED_BEFORE, match, 26)
    return " versus " if named else None


def _say_beaten(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'Djokovic d. Alcaraz 7-6', beside sets."""
    scored = re.search(r"\d-\d", match.string[match.end() : match.end() + _NEAR])
    return " defeated " if scored else None


def _say_defeated(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return " defeated"


_PENALTY = re.compile(
    r"pen(?:(?<=['’)] pen)(?![\w-])|(?<=\(pen)(?:s?(?=\))|\.?(?= \d{1,3}['’]))|(?<=on pen)s(?![\w-])|(?<=\d pen)s(?=\)))"
)
_SCORED = re.compile(r"\d ?[-–] ?\d|\d['’]|(?i:goal|scored|shootout|equali[sz])")
_AGGREGATE = re.compile(r"agg(?<=on agg)(?:\.(?=\s|[,;)]|$)|(?!\w))")


def _say_penalty(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of "45' (pen)" and '4-2 on pens', beside a score or a minute."""
    if not seen_near(_SCORED, match, _NEAR):
        return None
    return "penalties" if "s" in match[0] else "penalty"


def _say_aggregate(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "aggregate" + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_innings(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "innings" + "." * (match[0].endswith(".") and closes_sentence(match))


def _say_economy(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Economy "


def _say_tie_break(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the points of the tie-break of '7-6(4)' behind a pause, and those of '7-6 (7-5)' in their brackets."""
    other = f" {match['other']}" if match["other"] else ""
    return f" ({match['points']}{other})" if match["gap"] else f", {match['points']}{other}"


def _say_figures_of_bowler(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'three for twenty nine' of 'Shami 3/29 and', behind a name and near a word of cricket."""
    before = last_word(match.string, match.start()).lstrip("(")
    named = before[:1].isupper() and before.lower() not in _NUMBERED
    wickets, runs = int(match["wickets"]), int(match["runs"])
    if not named or runs <= (10 if "-" in match[0] else wickets) or not seen_near(_CRICKET, match, 2 * _NEAR):
        return None
    return verbalizer.score(wickets, runs)


def _say_race(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'ten K' of 'ran the 10K', a length and no thousands."""
    return f"{ENGLISH.amount(read_amount(match['length'] or match['ran']))} K"


def _say_races(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ten K' of 'marathon at 5; 10K at 6', beside words of races."""
    near = seen_near(_RUNNERS, match, 2 * _NEAR)
    return f"{ENGLISH.amount(read_amount(match['length']))} K" if near else None


def _say_episode(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'season 2 episode 5' of 'S02E05', for later rules."""
    return f"season {int(match['season'])} episode {int(match['episode'])}"


RULES = (
    Rule(_STATISTIC, _say_statistic, "arsb"),
    Rule(_VERSUS, _say_versus, "V"),
    Rule(_CASE, _say_case, "v", needs=" v"),
    Rule(_DEFEATED, _say_defeated, "d", needs=" def."),
    Rule(_TENNIS, _say_beaten, "d", needs=" d. "),
    Rule(_BEAT, _say_beat, "b", needs=" bt"),
    Rule(_NOT_OUT, _say_not_out, "n", needs="n.o"),
    Rule(_PENALTY, _say_penalty, "p", needs="pen"),
    Rule(_AGGREGATE, _say_aggregate, "g", needs="on agg"),
    Rule(_INNINGS, _say_innings, "n", needs=" inn"),
    Rule(_ECONOMY, _say_economy, "E", needs="Eco"),
)
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_TIE_BREAK, _say_tie_break, "("),
    Rule(_FIGURES_OF_BOWLER, _say_figures_of_bowler, "/-"),
    Rule(_RACE, _say_race, "Kk"),
    Rule(_RACES, _say_races, "Kk"),
    Rule(_EPISODE, _say_episode, "SE"),
    Rule(_BALLS, _say_balls, "b"),
    Rule(_BY_WORTH, _say_by_worth, "x×s "),
    Rule(_BOUNDARIES, _say_boundaries, "x×"),
    Rule(_MINUTE, _say_minute, "'’"),
)
"""Rules before those of times, sizes and stars."""
