"""Rules for numbers beside numbers (ranges, scores, ratios), and for every number that is left."""

import re

from processing.normalise.languages import VERBALIZERS
from processing.normalise.languages.english import COUNTED
from processing.normalise.surroundings import last_word, next_word, seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import (
    BEFORE,
    DASH,
    MAGNITUDES,
    NUMBER,
    PARTS_OF_DAY,
    Rule,
    alternatives,
    forms_of_all,
    read_amount,
)

_STROKE = re.compile(rf"{BEFORE}(?<!/)(\d{{1,6}}) ?/ ?(\d{{1,4}})(?![\d/]|[.,]\d)")
_STRENGTHS = re.compile(rf"{BEFORE}(\d{{1,3}}(?:\.\d{{1,2}})?)/(\d{{1,3}}\.\d{{1,2}})(?![\d/]|[.,]\d)")
_RANK = re.compile(
    r"(?<![\w.,/])(?P<rank>\d{1,3}(?:,\d{2,3}){0,3}) ?/ ?(?P<all>\d{1,3}(?:,\d{2,3}){1,3})(?![\d/]|[.,]\d)"
)
_RANKED = re.compile(r"(?i:rank|position|merit|place|scored?|marks)|ర్యాంక|రాంక|స్థాన|మార్కు|रैंक|स्थान|अंक")
_MARKS = re.compile(
    rf"{BEFORE}(\d{{1,3}}\.\d{{1,2}}) ?/ ?(4|5|6|7|8|9|10|12|15|20|25|50|60|75|80|100|120|150|180|200|250|300|360|400|500|600|720|800|1000)(?![\d/]|[.,]\d)"
)
_FRACTION_UNDERS = frozenset({2, 3, 4, 5, 6, 7, 8, 9, 16})
_FULL_MARKS = frozenset(
    {10, 15, 20, 25, 30, 40, 50, 75, 80, 100, 150, 200, 300, 360, 450, 500, 600, 720, 800, 1000, 1200, 1600}
)
_NAMED_PAIRS = frozenset({(24, 7), (9, 11), (26, 11), (50, 50)})
_SIGHT = re.compile(r"(?i:vision|acuity|eyesight|apgar|(?<![a-z])VA)(?![a-z])")
"""Words before two numbers that are no fraction, as of the sharpness of sight: 'vision 6/9'."""
_VOTED = re.compile(r"(?i:votes?|voted|passed|bill|motion|resolution|ayes|majority|bench)(?![a-z])")
"""Words beside the votes for and against."""
_STEPS = frozenset(
    """cycle dose sitting session step page part slide question level round day episode lesson emi instalment installment lecture chapter part left:
    remaining: attempt attempts rating rating: rated review review: రేటింగ్ రేటింగ్: రివ్యూ రివ్యూ: रेटिंग रेटिंग: रिव्यू:""".split()
)
"""Words before a number out of all: 'step 3/5'."""
NUMBER_NAMES = frozenset(
    "number no no. no: number: house door flat plot case petition धारा दफा कलम एक्ट अधिनियम पॉक्सो पोक्सो आर्म्स कायदा".split()
)
"""Words before a number with a stroke, such as that of a house or of a case and its year."""
_BOWLED = re.compile(
    r"(?i:took|takes|bowled|bowling|spell of|claimed|picked|grabbed|bagged|figures of|returned|finish(?:es|ed) with|haul)"
)
"""Words before the wickets and runs of a bowler: 'took 5/27'."""
_INNINGS = re.compile("ओवर|विकेट|रन (?:पर|बना|की)|स्कोर|षटक|धावा|गडी|ఓవర్|వికెట్")
"""Words beside a low score of cricket, 'भारत 12/1 (2.3 ओवर)'."""
_ADDRESS = re.compile(
    r", (?:[\u0900-\u0963]{2,14} ){0,2}[\u0900-\u0963]{0,10}(?:मार्ग|नगर|रोड|गली|पेठ|चौक|कॉलोनी|सोसायटी|सोसाइटी|मोहल्ला)(?![\u0900-\u0963])"
)
"""Street behind the number of a house, '64/7, नेहरू मार्ग', which is no score."""
_RATIO = re.compile(rf"{BEFORE}(?<!:)(\d{{1,4}}(?:\.\d{{1,2}})?)(?: : |:)(\d{{1,4}}(?:\.\d{{1,2}})?)(?![\d:]|\.\d)")
_BENCH = re.compile(
    r"(?i:majority|verdict|bench|won|beat|lost|drew|defeated)(?![a-z])|बहुमत|मत से|पीठ|फ़ैसल|फैसल|निर्णय|जीत|हारी|हारे|हराया|निकाल|जिंक|मात|మెజారిటీ|మెజార్టీ|ధర్మాసనం|తీర్పు|గెలి|ఓడి"
)
"""Words beside the votes of a court and the goals of a match, '4:1'."""
_CHAIN = re.compile(r"(?<![\w.,-])\d{1,7}(?:-\d{1,7}){2,8}(?![\d-])")
_SET = r"\d{1,2}-\d{1,2}(?: \(\d{1,2}(?: \d{1,2})?\)|, \d{1,2}(?![\d-]))?"
"""Games of a set, with the points of its tie-break as the rule of tie-breaks writes them."""
_SETS = re.compile(rf"(?<![\w.,-]){_SET}(?:, ?{_SET}){{1,4}}(?![\d-])")
_GAMES = re.compile(r"(\d{1,2})-(\d{1,2})")
_RANGE = re.compile(
    rf"(?<![\w.,])(?P<first>{NUMBER})(?P<dash>{DASH})(?P<second>{NUMBER})(?P<tail>{MAGNITUDES})(?!\.\d)"
)
_NAMED_MARKS = re.compile(
    r"(?P<name>(?<![A-Za-z])(?i:sub(?:ject)?|paper|test|quiz|round|semester|sem) \d{1,2}) ?[-–] (?=\d{2,3}(?![\d.,]\d|\d))"
)
"""Subject with its number before its marks: 'Sub 1 - 78'."""
_LOW = r"\d{1,3}(?:\.\d)?"
_SHORT_SCALE = re.compile(
    rf"(?<![\w.,])(?![248]K)(?:(?P<low>{_LOW}){DASH}(?=\d))?(?P<number>(?!0\d){NUMBER})(?P<scale>k|K|L|M| M(?=[;,.)]|$)| ?(?:Cr|cr|mn|bn|Mn|Bn)(?:\.(?= [a-z]))?|(?<=\.\d)B|(?<=\.\d\d)B|B(?= (?:people|users|years|views|dollars)))(?P<more>\+(?![\d=]))?(?![A-Za-z0-9])"
)
_LANGUAGE_OF = {ending: verbalizer for verbalizer in VERBALIZERS for ending in verbalizer.written.number_endings}
_PLAIN = re.compile(
    rf"(?=[\d.])(?P<number>{NUMBER}|(?<![\w.])\.\d{{1,12}})"
    rf"(?:(?P<ending>{alternatives(_LANGUAGE_OF)})(?![\u0900-\u0963\u0971-\u097f\u0c00-\u0c65]))?(?P<more>\+(?![\d=]))?"
)
_PEOPLE = re.compile(r"(?<![\w.,₹-])(?:(?P<low>\d) ?[-–] ?)?(?P<number>\d) ?(?P<noun>[\u0c00-\u0c7f\u200c]{3,24})")
_CLOSE_BEFORE = re.compile(r"[\u0900-\u0963\u0971-\u0d63,]")
"""Letter or comma before which a figure needs a space."""
_LEFT_OVER = re.compile(r"\d+")
_SCORE_WORDS = frozenset(forms_of_all(lambda written: written.scores))
_WORKING_HOURS = frozenset("job jobs shift shifts schedule routine timings".split())
_ATTRIBUTED = re.compile(r"[A-Z][a-z]{2,20}, \Z")
"""Name and comma before a year that ends the text: '— Descartes, 1637'."""
_YEAR_IS = re.compile(r"(?<![a-z])[Yy]ear (?:was|is|of) \Z")
_EQUAL = re.compile(r" ?(?:=|equals|[×*]|times)")
_AMOUNT_OF = re.compile(r"(?<![a-z])(?:root|cube|square|log|total|sum|number|value|multiple|factors?|half) of \Z")
"""Words before four digits that are no year."""
_DONE = re.compile(
    r" (?:sold|done|completed|filled|booked|present|passed|correct|working|paid|seats|answered)(?![a-z])"
)
"""Words behind '48/96' that make it a part of all."""
_RATED = re.compile(
    r"(?<![a-z])(?i:rating|rated|csat|scores?|scored|pain|review|feedback|stars?|marks)(?: is| of| at)?[: -]{1,3}\Z"
)
"""Words before '4/5' that make it a rating and no fraction."""
_RUN = re.compile(r"(?<![a-z])(?i:ran|run|running|finish(?:ed)?|marathon|lap|clocked)(?![a-z])")
"""Words beside a time in minutes and seconds: 'ran 5 km in 27:45'."""
_OPENING_HOURS = frozenset(
    "open opens timing timings hours office reception library clinic shop closed khula khuli khule band प्रातः सायं सुबह शाम subah shaam खुला खुली खुले शटडाउन कटौती मरम्मत बंद क्लिनिक समय తెరిచి క్లినిక్ సమయం".split()
)
_LISTED = frozenset("pages paragraphs pp. pp lines sections articles verses questions notes".split())
"""Nouns before a range whose end may be short: 'pages 316-20'."""
_TAKEN = re.compile(
    r"(?<![a-z])(?i:tablets?|tab|caps?|mg|morning|night|dose|medicines?|BP)(?![a-z])|టాబ్లెట్|మాత్ర|ఉదయం|రాత్రి|गोली|सुबह|रात"
)
"""Words beside a strength and a count of tablets: 'Telmisartan 40 - 1 morning'."""
_SPACES = str.maketrans(",:;", "   ")
_RANGE_ENDS = frozenset(forms_of_all(lambda written: written.range_ends))


def _say_stroke(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of a fraction, of marks out of a whole, of a cricket score, or of two numbers."""
    first, second = int(match[1]), int(match[2])
    before = last_word(match.string, match.start()).lower()
    done = _DONE.match(match.string, match.end()) if second > 10 else None
    parts = seen_before(_RATED, match, 24) if second in (5, 10) else done
    if (parts is not None or before in _STEPS) and first <= second:
        return verbalizer.out_of(verbalizer.cardinal(first), second)
    multiplied = second > 10 and before in ("times", "×", "*")
    named = multiplied or before in NUMBER_NAMES or seen_before(_SIGHT, match, 40) is not None
    if next_word(match.string, match.end()).startswith("sharing"):  # rooms for two or three
        return f"{verbalizer.cardinal(first)} {verbalizer.signs['to']} {verbalizer.cardinal(second)}"
    if (first, second) in _NAMED_PAIRS:
        return f"{verbalizer.cardinal(first)} {verbalizer.cardinal(second)}"
    if 12 < first <= 31 and second in (11, 12):
        return verbalizer.date(first, second, None)
    if first <= 10 < second and seen_before(_BOWLED, match, 40):
        return verbalizer.score(first, second)
    if 0 < first < second and second in _FRACTION_UNDERS and not named:
        return verbalizer.part(first, second, next_word(match.string, match.end()))
    if first <= second and second in _FULL_MARKS and not named:
        return verbalizer.out_of(verbalizer.cardinal(first), second)
    if named and 1950 <= second < 2050:
        return f"{verbalizer.cardinal(first)} {verbalizer.signs['by']} {verbalizer.year(second)}"
    named = named or _EQUAL.match(match.string, match.end()) is not None
    wickets = second <= 10 and (22 < first < 1000 or (first >= second and seen_near(_INNINGS, match, 24) is not None))
    if wickets and not named and not _ADDRESS.match(match.string, match.end()):
        return verbalizer.score(first, second)
    return f"{verbalizer.cardinal(first)} {verbalizer.signs['by']} {verbalizer.cardinal(second)}"


def _say_marks(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of '9.2/10' and '148.75/200'."""
    if float(match[1]) > int(match[2]):
        return None
    return verbalizer.out_of(_plain(match[1], verbalizer), int(match[2]))


def _say_rank(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'rank 1,204/16,347'."""
    rank, of_all = (int(match[name].replace(",", "")) for name in ("rank", "all"))
    if rank > of_all or seen_before(_RANKED, match, 40) is None:
        return None
    return verbalizer.out_of(verbalizer.cardinal(rank), of_all)


def _say_strengths(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '40/12.5'."""
    return f"{_plain(match[1], verbalizer)} {verbalizer.signs['by']} {_plain(match[2], verbalizer)}"


def _say_ratio(match: re.Match[str], verbalizer: Verbalizer) -> str:
    timed = len(match[2]) == 2 and seen_near(_RUN, match, 40)
    scored = "0" in match.groups() or (match[1] == match[2] and match[1] != "1")
    voted = seen_near(_BENCH, match, 30)
    first, second = (verbalizer.amount(read_amount(part)) for part in match.groups())
    return f"{first} {second}" if scored or timed or voted else verbalizer.ratio(first, second)


def _say_chain(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '1-2-3', or the digits of the long number of a book or an order."""
    if len(match[0]) > 12:
        return verbalizer.digits(match[0])
    return " ".join([_plain(part, verbalizer) for part in match[0].split("-")])


def _say_sets(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the sets of a match, '6-4, 3-6', one of which is lost; None for a list of ranges."""
    if all(int(first) < int(second) for first, second in _GAMES.findall(match[0])):
        return None
    said = _GAMES.sub(
        lambda games: f"{verbalizer.cardinal(int(games[1]))} {verbalizer.cardinal(int(games[2]))}", match[0]
    )
    return said.replace(",", ", ").replace(",  ", ", ")


def _plain(number: str, verbalizer: Verbalizer, *, counted: bool = False) -> str:
    if len(number) > 1 and number[0] == "0" and number.isdigit():
        return verbalizer.digits(number)
    return verbalizer.amount(read_amount(number), counted=counted)


def _is_score(match: re.Match[str], ahead: str) -> bool:
    if ahead in _SCORE_WORDS:
        return True
    said = match.string[max(0, match.start() - 40) : match.start()].split()[-5:]
    return ahead.lower().rstrip(".,;:!?") not in COUNTED and not _SCORE_WORDS.isdisjoint(map(str.lower, said))


def _is_counting(match: re.Match[str], verbalizer: Verbalizer) -> bool:
    before = last_word(match.string, match.start())
    return verbalizer.is_counting(before, match.string[match.end() : match.end() + 40])


def _say_range(match: re.Match[str], verbalizer: Verbalizer) -> str:
    first, second = match["first"], match["second"]
    if first[0] == "0" and len(first) > 2 and first.isdigit() and second.isdigit():
        return f"{verbalizer.digits(first)} {verbalizer.digits(second)}{match['tail']}"
    second = _whole_end(match) or second
    low, high = (float(number.replace(",", "")) for number in (first, second))
    after = _plain(second, verbalizer, counted=_is_counting(match, verbalizer)) + match["tail"]
    before = _plain(first, verbalizer)
    if low > high and match["dash"].startswith(" "):
        return (
            f"{before}, {after}"
            if seen_near(_TAKEN, match, 60, behind=20)
            else f"{before} {verbalizer.signs['minus']} {after}"
        )
    ahead, behind = next_word(match.string, match.end()), last_word(match.string, match.start())
    if low <= 10 < high and ahead.lower().rstrip(".,;:!?") not in COUNTED and _is_bowled(match):
        return verbalizer.score(int(low), int(high))
    near = set(match.string[max(0, match.start() - 40) : match.end() + 40].lower().translate(_SPACES).split())
    hours = low > high and (
        behind.rstrip(",:").endswith("day")
        or (low <= 12 and behind in (*PARTS_OF_DAY, "between"))
        or ahead.rstrip(".,") in _WORKING_HOURS
        or (low <= 12 and not _OPENING_HOURS.isdisjoint(near))
    )
    if not hours and (low >= high or ahead in _RANGE_ENDS or _is_score(match, ahead)):
        voted = verbalizer.block is None and seen_near(_VOTED, match, 60, behind=40)
        joint = f" {verbalizer.signs['to']} " if voted else " "
        return f"{before}{joint}{_plain(second, verbalizer)}{match['tail']}"
    return f"{before} {verbalizer.signs['to']} {after}"


def _say_named_marks(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'Sub 1, 78' of 'Sub 1 - 78'; the figures are left to later rules."""
    return f"{match['name']}, "


def _whole_end(match: re.Match[str]) -> str | None:
    """Return the last page of 'pages 316-20', whose first digits are those of the first page."""
    first, second = match["first"], match["second"]
    missing = len(first) - len(second)
    if last_word(match.string, match.start()).lower() not in _LISTED or not (first + second).isdigit() or missing < 1:
        return None
    whole = first[:missing] + second
    return whole if int(whole) > int(first) else None


def _is_bowled(match: re.Match[str]) -> bool:
    """Return whether a pair is the wickets and runs of a bowler: 'bowled out …; Starc 7-58'."""
    written = match["first"].isdigit() and match["second"].isdigit() and not match["tail"]
    return written and seen_before(_BOWLED, match, 60) is not None


def _say_short_scale(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    low, number, scale = match["low"], match["number"], match["scale"]
    if scale == " M" and len(number.partition(".")[0]) < 3:
        return None  # a molar solution, a size
    words = verbalizer.amount(read_amount(number, magnitudes=scale.strip(" .")))
    ahead = match.string[match.end() : match.end() + 40]
    if not match["more"] and not verbalizer.is_counting("", ahead):
        words = verbalizer.agree(words, "లు")
    first = f"{_plain(low, verbalizer)} {verbalizer.signs['to']} " if low else ""
    return first + words + f" {verbalizer.signs['over']}" * bool(match["more"])


def _say_plain(match: re.Match[str], verbalizer: Verbalizer) -> str:
    number, ending = match["number"], match["ending"]
    before = " " if _CLOSE_BEFORE.match(match.string[max(0, match.start() - 1) : match.start()]) else ""
    if number.startswith("."):
        words = f"{verbalizer.signs['point']} {verbalizer.decimals(number)}"
    elif _is_year(match, number, verbalizer):
        words = verbalizer.year(int(number))
    else:
        words = _plain(number, verbalizer, counted=not ending and not before and _is_counting(match, verbalizer))
    if ending:
        words = _LANGUAGE_OF[ending].with_number_ending(words, number, ending)
    return before + words + f" {verbalizer.signs['over']}" * bool(match["more"]) + _gap(match)


def _gap(match: re.Match[str]) -> str:
    return " " * match.string[match.end() : match.end() + 1].isalpha()


def _is_year(match: re.Match[str], number: str, verbalizer: Verbalizer) -> bool:
    """Return whether the number has four digits that the words around them make a year."""
    if len(number) != 4 or not number.isdigit() or match["more"] or seen_before(_AMOUNT_OF, match, 16):
        return False
    if seen_before(_ATTRIBUTED, match, 24) and not match.string[match.end() : match.end() + 8].strip(".,;:!?)\"”' \n"):
        return 1010 <= int(number) < 2100
    if match.string[match.start() - 1 : match.start()] == "(" and match.string[match.end() : match.end() + 1] == ")":
        return 1010 <= int(number) < 2100
    if seen_before(_YEAR_IS, match, 16):
        return 1010 <= int(number) < 2100
    before = last_word(match.string, match.start()).lower().rstrip(",.;:")
    return verbalizer.is_year(int(number), before, match.string[match.end() : match.end() + 40])


def _say_people(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return '3 మంది' or '2-3 మంది' in the forms for people."""
    words = verbalizer.people(int(match["number"]), match["noun"])
    if words is None or not match["low"]:
        return words
    low = verbalizer.people(int(match["low"]), match["noun"])
    return f"{low.partition(' ')[0]} {words}" if low else None


def _say_digits(match: re.Match[str], verbalizer: Verbalizer) -> str:
    before = match.string[match.start() - 1 : match.start()] if match.start() else " "
    return " " * (not before.isspace()) + verbalizer.digits(match[0]) + _gap(match)


SCALES = (Rule(_SHORT_SCALE, _say_short_scale, "kKLCcmbMB"),)
"""Rule for '10k', before those of models, which look alike."""

RULES = (
    Rule(_PEOPLE, _say_people, "".join(map(chr, range(0x0C05, 0x0C3A)))),
    Rule(_STRENGTHS, _say_strengths, "/"),
    Rule(_RANK, _say_rank, "/", needs=","),
    Rule(_MARKS, _say_marks, "/"),
    Rule(_STROKE, _say_stroke, "/"),
    Rule(_RATIO, _say_ratio, ":"),
    Rule(_NAMED_MARKS, _say_named_marks, "-–"),
    Rule(_CHAIN, _say_chain, "-"),
    Rule(_SETS, _say_sets, "-"),
    Rule(_RANGE, _say_range, "-–—~"),
    Rule(_PLAIN, _say_plain),
    Rule(_LEFT_OVER, _say_digits),
)
