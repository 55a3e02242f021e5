"""Rules for cricket: short names of teams, scores with the wickets first, and figures of bowlers in Indic languages."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.sports import batting_names
from processing.normalise.surroundings import next_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, read_amount

_NEAR = 80
"""Characters on either side in which a word shows the sport."""
_TEAMS = {
    "Ind": "India",
    "Eng": "England",
    "Aus": "Australia",
    "Pak": "Pakistan",
    "Ban": "Bangladesh",
    "Zim": "Zimbabwe",
    "Afg": "Afghanistan",
    "Ire": "Ireland",
}
_ANY_TEAM = "|".join(_TEAMS)
_CRICKET = re.compile(
    r"(?i:wickets?|wkts?|overs?|ov|spell|bowl(?:ed|ing|er|ers)?|bat|batting|innings|runs|all out|stumps|tea|lunch|chas(?:e|ing)|target"
    r"|openers?|crease|trail|toss|series|super over)(?![a-z])|ODI|T20|IPL|(?<![A-Za-z])Test(?![a-z])|(?i: off \d)|\d\*|\d ov(?![a-z])"
)
_TEAM = re.compile(
    rf"(?<![\w.@#/-])(?P<team>{_ANY_TEAM})(?=(?:,? \d{{1,3}}(?:/\d{{1,3}}|-\d{{1,2}})?| (?:need|needs|won|win|beat|lost|trail|lead|led|bat|bowl|chose|opt|opted|are|all out|v|vs|versus|in|have|by))(?![\w/]))"
    rf"|(?:(?<= v )|(?<= vs )|(?<= versus )|(?<=beat )|(?<=bt )|(?<=against ))(?P<other>{_ANY_TEAM})(?![\w'-])"
)
_SIDES = {
    "IND": "India",
    "ENG": "England",
    "AUS": "Australia",
    "PAK": "Pakistan",
    "BAN": "Bangladesh",
    "ZIM": "Zimbabwe",
    "AFG": "Afghanistan",
    "IRE": "Ireland",
    "NZ": "New Zealand",
    "SA": "South Africa",
    "SL": "Sri Lanka",
    "WI": "West Indies",
}
_ANY_SIDE = "|".join(_SIDES)
_MATCH_OF_SIDES = re.compile(
    rf"(?<![\w.@#/-])(?P<home>{_ANY_SIDE})(?P<women>-?W)?(?P<joint> ?(?:[vV][sS]?\.?|versus|వర్సెస్) ?|[-–])(?P<guest>{_ANY_SIDE})(?(women)-?W)(?![\w/-])"
)
_SIDE_AND_SCORE = re.compile(
    rf"(?<![\w.@#/-])(?P<team>{'|'.join(side for side in _SIDES if len(side) > 2)})(?=:? \d{{1,3}}[/-]\d{{1,2}}(?![\d/])| need \d)"
    rf"|(?:(?<=beat )|(?<=bt )|(?<=against ))(?P<other>{_ANY_SIDE})(?![\w'/-])"
)
_NAME = r"[A-Z][a-z]{1,20}(?:[ '’-][A-Z][a-z]{1,20})?"
_DISMISSED = re.compile(
    rf"(?<=[a-z] )(?:c (?P<catcher>{_NAME}|&|and|sub) b|(?P<leg>lbw) b|st (?P<keeper>{_NAME}) b|b) "
    rf"(?={_NAME}(?: \(?\d{{1,3}}(?!\d)|[,;)]|\.?\s?$))"
)
_WICKETS_FIRST = re.compile(
    r"(?:(?<=India )|(?<=England )|(?<=Australia )|(?<=Pakistan )|(?<=Africa )|(?<=Zealand )|(?<=Bangladesh )|(?<=Lanka ))"
    r"(?P<wickets>10|\d)/(?P<runs>\d{1,3})(?![\d/]|[.,]\d)"
)
_SCORE = re.compile(
    r"(?<![\w.,/])(?P<runs>\d{2,3})/(?P<wickets>10|\d)(?=(?P<said> रन| పరుగు|తో|కి(?![\u0c00-\u0c7f])|కు(?![\u0c00-\u0c7f])))"
)
_DECLARED = re.compile(r"(?<=\d\d[/-]\d) ?\(?(?:dec|d)\b(?:\.(?! [A-Z]|$)|\))?")
_SPELL = re.compile(r"(?<![\w.,-])\d{1,2}(?:\.[1-5])?-\d{1,2}-\d{1,3}-\d{1,2}(?![\w-]|[.,]\d)")
_RUNS_FIRST = re.compile(
    r"(?<![\w.,₹$€£-])(?P<runs>\d{2,3})-(?P<wickets>\d)(?![\w/-]|[.,]\d)(?! ?(?:day|over|match|test|series|wicket|run))"
)
_SCORING = re.compile(
    rf"(?i:\d ?ov(?:ers?|s)?|powerplay|stumps|wkts?|wickets?|chas(?:e|ing)|all out|at (?:lunch|tea)|collapsed|reeling|declared|follow-on)(?![a-z])|(?:{'|'.join(_TEAMS.values())}) \d"
)
_SCORE_ALONE = re.compile(r"(?<![\w.,/])(?P<runs>\d{2,3})/(?P<wickets>10|\d)(?![\d/]|[.,]\d)")
_TWENTY = re.compile(r"(?<![\u0900-\u0963\u0c00-\u0c7f])(?:(?P<letter>టీ|టి)-?|(?P<other>टी)[- ]?)20(?!\d|[.,]\d| ?रु)")
_WICKETS_SHORT = re.compile(r"(?<![\w.,])(?P<wickets>10|[1-9]) ?వి\.(?:లకు|లతో|ల)? ?(?P<runs>\d{2,3})(?![\w/-]|[.,]\d)")
_SCORE_DASHED = re.compile(r"(?<![\w.,₹-])(?P<runs>[1-6]\d\d)-(?P<wickets>10|\d)(?![\w/-]|[.,]\d)")
_PLAYED = re.compile(
    r"టెస్టు|టెస్ట్ |సెమీ|ఫైనల్|ఆసీస్|కివీస్|మ్యాచ్|వికెట్|ఓవర్|పరుగు|బ్యాటింగ్|నాటౌట్|క్రికెట్|వన్డే|టీ20|ఇన్నింగ్స్|స్కోరు|స్కోర్|ఐపీఎల్|బంతు|రన్స్|టీమ్ఇండియా|టీమ్ ఇండియా|IPL|ODI|T20|(?i:overs?|wickets?|wkts|runs|score|chas(?:e|ing)|batting|innings)(?![a-z])|\d\*"
)
"""Words near a score of cricket in a sentence of Telugu."""
_BY_WICKETS = {"hi": "विकेट पर", "te": "వికెట్లకు"}
_FIGURES = re.compile(
    r"(?:(?<=ने )|(?<=ओवर में )|(?<=ओवरों में )|(?<=षटकांत )|(?<=[\u0c00-\u0c7f] )|(?<=\d/\d\d, ))(?P<wickets>10|[1-9])(?:/(?P<runs>\d{1,3})|-(?P<given>[1-9]\d{1,2})(?=తో|[;,).।]|$))(?P<ending>తో)?(?![\d/-]|[.,]\d)(?! ?(?:रन|धावा|పరుగు|विकेट|బంతు|कप|किलो|భాగం|हिस्स))"
)
_BOWLED = re.compile(
    r"गेंदबाज|इनिंग|पारी|शतक|ऑलआउट|स्पेल|विकेट|ओवर|आँकड़|आंकड़|गोलंदाज|बळी|षटक|బౌల|వికెట్|ఓవర్|స్పెల్|గణాంకా|పరుగు|క్రికెట్|వన్డే|టీ20|ఇన్నింగ్స్|IPL|ఐపీఎల్|ODI|T20|టెస్టు|టెస్ట్"
)
_OVERS = re.compile(
    r"(?<=[\u0900-\u0963\u0c00-\u0c7f] )(?P<wickets>10|[1-9])/(?P<runs>\d{1,3})(?= \(\d{1,2}(?:\.[1-5]| ?(?:ओवर|ओव\.|षटके|ఓవర్లు))\))"
)
"""Figures of a bowler before the overs in brackets: 'जडेजा 5/41 (15.2)'."""
_PAIR = re.compile(r"(?P<before>[\u0900-\u0963]{2,20}) (?P<wickets>10|[1-9])-(?P<runs>[1-9]\d{1,2})(?=[;,)।]|\.?\s?$)")
"""Figures of a bowler with a hyphen in a list: 'लिटन 53, वरुण 3-31'."""
_COUNTED = frozenset(
    "ओवर ओवरों पेज पृष्ठ कक्षा उम्र आयु वर्ष नंबर संख्या क्रमांक से दिन प्रश्न पाठ षटके वय पान प्लेटफॉर्म सीट वार्ड".split()
)
"""Words before two numbers that are a range."""
_TAKEN = {"hi": ("रन पर", "विकेट"), "mr": ("धावांत", "बळी"), "te": ("పరుగులకు", "వికెట్లు")}
"""Words behind the runs and the wickets of a bowler."""


def _say_team(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'England' of 'Eng 2/12' beside words of cricket; 'Eng 45/50' elsewhere is a subject."""
    return (_TEAMS | _SIDES)[match["team"] or match["other"]] if seen_near(_CRICKET, match, _NEAR) else None


def _say_match(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'India versus Australia' of 'IND vs AUS', and 'India Australia' of 'IND-AUS'."""
    versus = "" if match["joint"] in "-–" else " versus"
    women = " women" if match["women"] else ""
    return f"{_SIDES[match['home']]}{women}{versus} {_SIDES[match['guest']]}{women}"


def _say_dismissed(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'caught Smith bowled' of 'Jaiswal c Smith b Starc 161'."""
    if verbalizer.code != ENGLISH.code:
        return None
    if match["catcher"]:
        name = "and" if match["catcher"] == "&" else match["catcher"]
        return f"caught {name} bowled "
    if match["keeper"]:
        return f"stumped {match['keeper']} bowled "
    return "L B W bowled " if match["leg"] else "bowled "


def _say_wickets_first(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'two for twelve' of 'England 2/12', a score as Australia writes it."""
    if (
        verbalizer.code != ENGLISH.code
        or int(match["wickets"]) > int(match["runs"])
        or not seen_near(_CRICKET, match, _NEAR)
    ):
        return None
    return verbalizer.score(int(match["wickets"]), int(match["runs"]))


def _say_declared(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of '412/7 d.'."""
    return " డిక్లేర్డ్" if verbalizer.code == "te" else " declared"


def _say_spell(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return overs, maidens, runs and wickets of '9.3-1-42-4' one after the other."""
    overs, *others = match[0].split("-")
    figures = [verbalizer.amount(read_amount(overs)), *[verbalizer.cardinal(int(part)) for part in others]]
    return ", ".join(figures)


def _say_runs_first(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'one hundred and twenty one for four' of '121-4' beside overs or a team."""
    near = seen_near(_SCORING, match, _NEAR // 2)
    if verbalizer.code != ENGLISH.code or int(match["runs"]) <= 22 or near is None:
        return None
    return verbalizer.score(int(match["runs"]), int(match["wickets"]))


def _say_score(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the score of '187/6 रन' and '287/5తో' with the runs last, before their noun or ending."""
    joint = _BY_WICKETS.get(verbalizer.code)
    if joint is None or int(match["runs"]) <= 22:
        return None
    return f"{verbalizer.cardinal(int(match['wickets']))} {joint} {verbalizer.cardinal(int(match['runs']))}"


def _say_score_alone(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ఆరు వికెట్లకు రెండు వందల ఎనభై ఏడు' of '287/6' in Telugu, beside words of cricket."""
    if verbalizer.code != "te" or not seen_near(_PLAYED, match, _NEAR):
        return None
    return _say_score(match, verbalizer)


def _say_twenty(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'టీ ట్వంటీ' of 'టీ20' and 'टी ट्वेंटी' of 'टी-20', whose figure is said in English."""
    return "टी ट्वेंटी" if match["other"] else f"{match['letter']} ట్వంటీ"


def _say_wickets_short(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return '5 వికెట్లకు 289' of '5 వి. 289'."""
    return f"{match['wickets']} వికెట్లకు {match['runs']}"


def _say_figures(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the runs and the wickets of 'शमी ने 5/23'."""
    words = _TAKEN.get(verbalizer.code)
    wickets, runs = int(match["wickets"]), int(match["runs"] or match["given"])
    if words is None or runs <= wickets or not (match["ending"] or seen_near(_BOWLED, match, _NEAR)):
        return None
    noun = f" {words[1][:-1]}తో" if match["ending"] else f" {words[1]}"
    named = next_word(match.string, match.end()).startswith(words[1][:4])
    return f"{verbalizer.cardinal(runs)} {words[0]} {verbalizer.cardinal(wickets)}{'' if named else noun}"


def _say_pair(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the runs and the wickets of 'वरुण 3-31' beside words of cricket."""
    taken = _taken(match, verbalizer)
    shown = int(match["runs"]) >= 10 and match["before"] not in _COUNTED and seen_near(_BOWLED, match, _NEAR)
    return f"{match['before']} {taken}" if taken and shown else None


def _say_overs(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the runs and the wickets of 'जडेजा 5/41 (15.2)'; more wickets than runs are a score."""
    return _taken(match, verbalizer) if int(match["runs"]) > int(match["wickets"]) else None


def _taken(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the runs and the wickets of a bowler; none in English."""
    words = _TAKEN.get(verbalizer.code)
    runs, wickets = (verbalizer.cardinal(int(match[name])) for name in ("runs", "wickets"))
    return f"{runs} {words[0]} {wickets} {words[1]}" if words else None


_BOUNDARIES = re.compile(r"(?<![\w.,-])(?P<worth>[46])s ?[-–:] ?(?P<count>\d{1,2})(?![\w-]|[.,]\d)")


def _say_boundaries(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'ఫోర్లు 8' of '4s-8' in the figures of a batter."""
    if not seen_near(_PLAYED, match, _NEAR) and not seen_near(_CRICKET, match, _NEAR):
        return None
    _, fours, sixes = batting_names(verbalizer)
    return f"{fours if match['worth'] == '4' else sixes} {verbalizer.cardinal(int(match['count']))}"


_SIXES = re.compile(r"(?<![\w.,-])(?P<worth>[46])s(?![\w'’])")
_HIT = re.compile(
    r"(?i:hits?|hitting|smash(?:ed|es)?|struck|back-to-back|consecutive|six(?:es)?|fours?|boundar(?:y|ies)|balls|needed|off \d|\d{1,2} [46]s)(?![a-z])|\d\*"
)


def _say_sixes(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'sixes' of 'hit back-to-back 6s', which are no seconds."""
    if verbalizer.code != ENGLISH.code or not seen_near(_HIT, match, _NEAR):
        return None
    return "fours" if match["worth"] == "4" else "sixes"


NAMES = (
    Rule(_TWENTY, _say_twenty, "టट", needs="20"),
    Rule(_WICKETS_SHORT, _say_wickets_short, ".", needs="వి."),
    Rule(_MATCH_OF_SIDES, _say_match, "IEAPBZNSW"),
    Rule(_SIDE_AND_SCORE, _say_team, "IEAPBZ"),
    Rule(_TEAM, _say_team, "IEAPBZ"),
    Rule(_DISMISSED, _say_dismissed, "b", needs=" b "),
)
"""Rules before those of abbreviations and figures."""

FIGURES = (
    Rule(_SIXES, _say_sixes, "s"),
    Rule(_DECLARED, _say_declared, "/-", needs="d"),
    Rule(_SPELL, _say_spell, "-"),
    Rule(_RUNS_FIRST, _say_runs_first, "-"),
    Rule(_WICKETS_FIRST, _say_wickets_first, "/"),
    Rule(_SCORE, _say_score, "/"),
    Rule(_SCORE_ALONE, _say_score_alone, "/"),
    Rule(_SCORE_DASHED, _say_score_alone, "-"),
    Rule(_BOUNDARIES, _say_boundaries, "s"),
    Rule(_FIGURES, _say_figures, "/-"),
    Rule(_OVERS, _say_overs, "/"),
    Rule(_PAIR, _say_pair, "-"),
)
"""Rules before those of dates and fractions."""
