"""Rules for postal addresses: 'Baker St, London', 'Sec-18', 'HR 122002', 'DC 20500', 'P.O. Box 1123'."""

import re

from processing.normalise.identifier_forms import EDGE, FREE, WHOLE, counts, is_near
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule, alternatives

_STREET = re.compile(r"(?<=[A-Za-z])(?P<name> (?:St|Ave|Ln|Sq))(?=,| [NSEW]{1,2}(?![A-Za-z])|$)")
_STREETS = {"St": "Street", "Ave": "Avenue", "Ln": "Lane", "Sq": "Square"}
_STREET_NO = re.compile(r"(?<![A-Za-z])St\. ?(?=[Nn]o\.? ?\d)")
_SECTOR = re.compile(r"(?<![A-Za-z])Sec(?P<joint>-|\. ?| )(?=\d{1,3}[A-Z]?(?![\w(.])(?! of))")
_SECTORED = re.compile(
    r"(?i:noida|gurgaon|gurugram|chandigarh|mohali|panchkula|faridabad|dwarka|rohini|hsr|vashi|nerul|kharghar|airoli|salt lake"
    r"|plot|flat|house|metro|phase|pocket|block|ph-|market|huda|near|opp)(?![a-z])"
)
"""Words beside the sector of a town, which is no section of a law."""
_ADDRESS = re.compile(
    rf"{EDGE}(?i:flat|plot|house|road|street|nagar|sector|sec|colony|phase|tower|block|lane|floor|layout|marg|avenue|cross|post"
    rf"|village|mandal|vtc|taluk|tehsil|door|son of|daughter of|wife of|dist|district|opp|near|apartments?|society|pin|address)(?![a-z])"
)
_PIN = re.compile(rf"(?:{FREE}|(?<=[A-Za-z)]-))(?<=[A-Za-z),-] |[A-Za-z),]-)(?P<code>[1-8]\d{{2}} ?\d{{3}}){WHOLE}")
_INDIC_ADDRESS = re.compile(
    "वार्ड |ज़िला |जिला |तहसील |ग्राम |पोस्ट |राजस्थान|मध्य प्रदेश|उत्तर प्रदेश|मकान|फ़्लैट|फ्लैट|फ़्लॅट|फ्लॅट|मजला|विंग|सोसायटी|अपार्टमेंट|हाउसिंग|ग्राम|ज़िला|जिला|जिल्हा|मुक्काम|सेक्टर|गली|मोहल्ला|कॉलोनी|नगर|मार्ग|पेठ|रोड|घर क्र|पता|पत्ता|ఇంటి|ఇల్లు|రోడ్|వీధి|కాలనీ|ఫ్లాట్|చిరునామా"
)
_INDIC_PIN = re.compile(
    rf"(?:{FREE}(?<=[\u0900-\u0d7f)] )|(?<=[\u0900-\u0d7f] \())(?P<code>[1-8]\d{{5}})(?= ?(?:[.,;।)(]|$)| पर | वर | కి | (?:मध्य प्रदेश|उत्तर प्रदेश|हिमाचल प्रदेश|महाराष्ट्र|राजस्थान|बिहार|गुजरात|झारखंड|छत्तीसगढ़|उत्तराखंड|हरियाणा|पंजाब|मोबाइल|मोबाईल|फ़ोन|फोन))"
)
_STATES = "AP AR AS BR CG GA GJ HR HP JH JK KA KL MP MH MN ML MZ NL OD OR PB RJ SK TN TS TG TR UK UP WB DL CH PY"
_STATE_PIN = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_STATES.split())})[ ,-]{{1,2}}(?P<code>[1-8]\d{{5}}){WHOLE}")
_SHORT_STATES = {
    "Pb": "Punjab",
    "Raj": "Rajasthan",
    "Guj": "Gujarat",
    "Mah": "Maharashtra",
    "Maha": "Maharashtra",
    "Kar": "Karnataka",
    "Ktk": "Karnataka",
    "Ker": "Kerala",
    "Har": "Haryana",
    "Jhk": "Jharkhand",
    "Utt": "Uttarakhand",
}
_SHORT_STATE_PIN = re.compile(
    rf"(?<=[ (,])(?P<state>{alternatives(_SHORT_STATES)})\.?(?P<joint>\)?[ ,-]{{1,3}})(?P<code>[1-8]\d{{5}}){WHOLE}"
)
_ZIP_STATES = """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH
    OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"""
_ZIP = re.compile(
    rf"(?<=, )(?P<state>{'|'.join(_ZIP_STATES.split())}|D C) (?P<code>\d{{5}})(?:-(?P<more>\d{{4}}))?(?!\d|[.,]\d|%)"
)
_BOX = re.compile(r"(?<![A-Za-z])P\.? ?O\.? ?(?:Box|Bag|BOX)(?: [Nn]o\.?| #)? ?(?P<code>\d{2,6})(?!\d|[.,]\d)")


_ROOM = re.compile(
    rf"(?<![A-Za-z])(?P<noun>(?:Room|Suite|Flat|Villa|Cabin)(?: [Nn]umber)? )(?P<code>[1-9]\d{{3}}){WHOLE}"
)


_WING = re.compile(
    r"(?<![A-Za-z])(?P<noun>(?:[Rr]oom|[Cc]abin|[Ss]uite|[Uu]nit)(?: [Nn]umber)? )(?P<wing>\d{1,2})-(?P<code>\d{3})(?![\w-])"
)


def _say_wing(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the wing and the number of 'room 3-214', which are no range."""
    return match["noun"] + " ".join([verbalizer.cardinal(int(match[name])) for name in ("wing", "code")])


_HOUSE = re.compile(
    r"(?<![\w.,/-])(?P<code>\d{1,3}(?:-\d{1,4}){1,3}(?:/\d{1,4})?)(?:/(?P<letter>[A-Z])(?!\w))?(?=, [A-Z])"
)
_POSTAL_CODE = re.compile(r"(?<!\d)[1-8]\d{2} ?\d{3}(?!\d)")


def _say_house(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the numbers of a house one after the other, '12-2-709/5', in an address with its postal code."""
    if not _POSTAL_CODE.search(match.string, match.end(), match.end() + 120):
        return None
    said = [verbalizer.cardinal(int(part)) for part in re.findall(r"\d+", match["code"])]
    return " ".join([*said, *filter(None, [match["letter"]])])


def _say_room(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the number of a room of four digits in two parts: 'fourteen oh eight'."""
    if match["code"].endswith("000") or counts(match):
        return None
    return match["noun"] + (
        ENGLISH.year(int(match["code"])) if verbalizer.block is None else verbalizer.digits(match["code"])
    )


def _say_street(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the long form behind a name; 'St' needs a capitalised word before it."""
    before = match.string[max(0, match.start() - 24) : match.start()].split()
    if not before or not before[-1][:1].isupper():
        return None
    return f" {_STREETS[match['name'].strip()]}"


def _say_street_no(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "Street "


def _say_sector(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    near = match.string[max(0, match.start() - 40) : match.end() + 40]
    return "Sector " if match["joint"] == "-" or _SECTORED.search(near) else None


def _say_pin(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a postal code in a text with words of an address."""
    if match["code"].endswith("000") or counts(match) or not is_near(match, _ADDRESS):
        return None
    return verbalizer.digits(match["code"])


def _say_indic_pin(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a postal code at the end of an address in an Indic script."""
    near = seen_before(_INDIC_ADDRESS, match, 80)
    return verbalizer.digits(match["code"]) if near and not match["code"].endswith("000") else None


def _say_state_pin(match: re.Match[str], verbalizer: Verbalizer) -> str:
    state, joint = match[0][:2], match[0][2 : -len(match["code"])]
    return f"{' '.join(state)}{joint}{verbalizer.digits(match['code'])}"


def _say_short_state_pin(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the state and the digits of 'Pb. 160059'."""
    return f"{_SHORT_STATES[match['state']]}{match['joint'].replace('-', ' ')}{verbalizer.digits(match['code'])}"


def _say_zip(match: re.Match[str], verbalizer: Verbalizer) -> str:
    more = f", {verbalizer.digits(match['more'])}" if match["more"] else ""
    return f"{match['state']} {verbalizer.digits(match['code'])}{more}"


def _say_box(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"P O Box {verbalizer.digits(match['code'])}"


NAMES = (
    Rule(_STREET, _say_street, "SAL"),
    Rule(_STREET_NO, _say_street_no, "S"),
    Rule(_SECTOR, _say_sector, "S", needs="Sec"),
)
"""Rules before those of abbreviations."""

FIGURES = (
    Rule(_HOUSE, _say_house, "-"),
    Rule(_WING, _say_wing, "-"),
    Rule(_ROOM, _say_room, LONG),
    Rule(_BOX, _say_box, "xgX.o# ", needs="O"),
    Rule(_STATE_PIN, _say_state_pin, LONG),
    Rule(_SHORT_STATE_PIN, _say_short_state_pin, LONG),
    Rule(_ZIP, _say_zip, LONG),
)
"""Rules before those of other identifiers."""

PINS = (Rule(_PIN, _say_pin, LONG), Rule(_INDIC_PIN, _say_indic_pin, LONG))
"""Rule behind those of postal codes that a place or a dash shows."""
