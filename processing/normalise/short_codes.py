"""Rules for the short numbers to which messages and missed calls go, and for codes in such a message. Read digit by digit."""

import re

from processing.normalise.identifier_forms import FREE, WHOLE
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule

_MESSAGE = r"(?i:sms|text|message|msg|missed call|miss call|whatsapp)|एसएमएस|मैसेज|संदेश|मिस्ड कॉल|मिस कॉल|व्हाट्सऐप|व्हाट्सएप|ఎస్ఎంఎస్|మెసేజ్|మిస్డ్ కాల్|వాట్సాప్"
_WORDS = r"(?:[^\s\d]{1,14} ){0,3}"
_TO = r"(?:पर|को|par|pe|ko|ki|నంబర్\u200cకు|నంబర్\u200cకి|నంబరుకు)"
_SENT_TO = re.compile(
    rf"{FREE}(?P<code>\d{{4,8}})(?:(?P<ending>కి|కు) | (?={_TO} ))(?={_WORDS}(?:{_MESSAGE}))"
    rf"|(?:(?<=(?i:sms) to )|(?<=(?i:text) to ))(?P<to>\d{{4,8}}){WHOLE}"
)
_KEYWORD = re.compile(
    rf"(?<![A-Za-z])(?P<word>[A-Z]{{2,12}}) (?P<code>\d{{4,12}}){WHOLE}"
    r"(?= (?:लिखकर|लिख कर|लिखें|टाइप|టైప్|అని టైప్|(?i:likh|type|bhej)))"
)


def _say_number(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of '567676 पर SMS', '56767కు SMS' and 'SMS to 56161'."""
    if match["to"]:
        return verbalizer.digits(match["to"])
    digits = verbalizer.digits(match["code"])
    return f"{verbalizer.with_number_ending(digits, match['code'], match['ending']) if match['ending'] else digits} "


def _say_keyword(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'BLOCK 4512 लिखकर'."""
    return f"{match['word']} {verbalizer.digits(match['code'])}"


RULES = (Rule(_SENT_TO, _say_number, LONG), Rule(_KEYWORD, _say_keyword, LONG))
