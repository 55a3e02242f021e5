"""Rules for the short numbers to which messages and missed calls go, and for codes in such a message. Read digit by digit."""

import re
from string import ascii_uppercase

from processing.normalise.identifier_forms import FREE, WHOLE, is_near
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule

_MESSAGE = r"(?i:sms|text|message|msg|missed call|miss call|whatsapp)|एसएमएस|मैसेज|संदेश|मिस्ड कॉल|मिस कॉल|व्हाट्सऐप|व्हाट्सएप|ఎస్ఎంఎస్|మెసేజ్|మిస్డ్ కాల్|వాట్సాప్"
_WORDS = r"(?:[^\s\d]{1,14} ){0,3}"
_TO = r"(?:पर|को|par|pe|ko|ki|నంబర్\u200cకు|నంబర్\u200cకి|నంబరుకు)"
_SENT_TO = re.compile(
    rf"{FREE}(?P<code>\d{{4,8}})(?:(?P<ending>కి|కు) | (?={_TO} ))(?={_WORDS}(?:{_MESSAGE}))"
    rf"|(?:(?<=(?i:sms) to )|(?<=(?i:text) to ))(?P<to>\d{{4,8}}){WHOLE}(?! \d)"
)
_MESSAGES = re.compile(_MESSAGE)
_NEAR_MESSAGE = re.compile(
    rf"{FREE}(?P<code>[1-9]\d{{4,5}})(?= (?:पर|par|pe|నంబర్\u200cకు|నంబరుకు)(?![\w\u0900-\u0963]))"
)
_ENDING = re.compile(
    rf"{FREE}(?P<code>\d{{3,6}})(?:(?P<ending>తో)(?= ముగి)|(?= ?(?:पर|से|में|par|pe|se) (?:ख़त्म|खत्म|समाप्त|khatam|end)))"
)
_CARD = re.compile(
    rf"{FREE}(?P<name>(?:कार्ड|కార్డు|కార్డ్|खाते|ఖాతా) )(?P<code>(?!(?:19|20)\d\d में)\d{{4}})(?= (?:में|से|पर|का|वरून|मधून|నుంచి|నుండి|ద్వారా|పై)(?![\w\u0900-\u0963\u0c00-\u0c63]))"
)
"""Last digits of a card or an account before a postposition, as banks write them."""
_LAST_DIGITS = re.compile(
    r"(?P<shown>\d (?:अंकों|अंक|अंके|(?i:digits?|ank|number)|అంకెలు|అంకెల)(?: (?:हैं|है|का|के|are|is|hai|hain|नंबर))?[ :-]{1,3})"
    rf"(?P<code>\d{{3,6}}){WHOLE}"
)
_KEYWORD = re.compile(
    rf"(?<![A-Za-z])(?P<word>[A-Z]{{2,12}}) (?P<code>\d{{4,12}}){WHOLE}"
    r"(?=\"? (?:SMS|एसएमएस|लिखकर|लिख कर|लिखें|भेजें|भेजकर|टाइप|టైప్|అని టైప్|(?i:likh|type|bhej)))"
    rf"|(?:(?<=SMS )|(?<=SMS '))(?P<sent>[A-Z]{{2,12}}) (?P<last>\d{{3,12}})(?P<to>'? to )(?P<number>\d{{4,10}}){WHOLE}"
)


_PRODUCT_KEY = re.compile(
    r"(?<![\w-])(?=[A-Z-]{0,24}\d)(?=[\d-]{0,24}[A-Z])(?P<code>[A-Z\d]{4,6}(?:-[A-Z\d]{4,6}){2,5})(?![\w-])"
)


_CROSSED_CODE = re.compile(r"(?<![\w-])(?=[A-Z]{0,7}\d{1,6}X\d)(?P<code>[A-Z\d]{5,8})(?![\w-])")
_SIZE = re.compile(r"\d{1,4}(?:X\d{1,4}){1,2}[A-Z]{0,3}")


def _say_crossed_code(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the signs of '6X9K2L' one by one, whose X is no cross."""
    if _SIZE.fullmatch(match["code"]):
        return None
    return " ".join([ENGLISH.digits(sign) if sign.isdigit() else sign for sign in match["code"]])


_TO_NUMBER = re.compile(rf"(?<= to )(?P<code>[1-9]\d{{3,5}}){WHOLE}(?! (?:\d|crore|lakh|thousand|people|rupees))")
_SENT = re.compile(r"(?<![A-Za-z])(?:SMS|S M S|(?i:text|send|type|message|whatsapp|missed call))[^.;\d]{0,28} to \Z")


def _say_to_number(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of "SMS 'PC' to 58888"."""
    return verbalizer.digits(match["code"]) if seen_before(_SENT, match, 48) else None


_LICENCE = re.compile(
    r"(?<![\w-])(?P<state>[A-Z]{2})[- ]?(?P<office>\d{2})[- ]?(?P<year>(?:19[5-9]|20[0-4])\d) ?(?P<code>\d{7})(?!\w)"
)
"""Number of a driving licence: state, office, year and seven digits."""


def _say_licence(match: re.Match[str], verbalizer: Verbalizer) -> str:
    digits = [ENGLISH.digits(match[name]) for name in ("office", "year", "code")]
    return f"{' '.join(match['state'])} {', '.join(digits)}"


_IBAN = re.compile(
    r"(?<=IBAN)(?P<link>:? (?:is )?)(?P<code>[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?)(?!\w)"
)


def _say_iban(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters and digits of an account's number abroad, four at a time."""
    code = match["code"].replace(" ", "")
    groups = [code[start : start + 4] for start in range(0, len(code), 4)]
    said = [" ".join([ENGLISH.digits(sign) if sign.isdigit() else sign for sign in group]) for group in groups]
    return f"{match['link']}{', '.join(said)}"


def _say_product_key(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the letters and digits of 'XK7P-29QM-LL4T' in their groups."""
    groups = match["code"].split("-")
    return ", ".join(
        [" ".join([ENGLISH.digits(sign) if sign.isdigit() else sign for sign in group]) for group in groups]
    )


def _say_near(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of '57333 पर' in a sentence about a message."""
    return verbalizer.digits(match["code"]) if is_near(match, _MESSAGES) else None


def _say_last_digits(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of 'आखिरी 4 अंक 5512', if there are as many."""
    code = match["code"]
    return f"{match['shown']}{verbalizer.digits(code)}" if int(match["shown"][0]) == len(code) else None


def _say_card(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'कार्ड 4567 से'."""
    return f"{match['name']}{verbalizer.digits(match['code'])}"


def _say_ending(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the last digits of a card or an account: '7788 पर ख़त्म', '7788తో ముగిసే'."""
    digits = verbalizer.digits(match["code"])
    ending = match["ending"]
    return verbalizer.with_number_ending(digits, match["code"], ending) if ending else digits


def _say_number(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of '567676 पर SMS', '56767కు SMS' and 'SMS to 56161'."""
    if match["to"]:
        return verbalizer.digits(match["to"])
    digits = verbalizer.digits(match["code"])
    return f"{verbalizer.with_number_ending(digits, match['code'], match['ending']) if match['ending'] else digits} "


def _say_keyword(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'BLOCK 4512 लिखकर' and of 'SMS BLOCK 4512 to 56767'."""
    if match["sent"]:
        return f"{match['sent']} {verbalizer.digits(match['last'])}{match['to']}{verbalizer.digits(match['number'])}"
    return f"{match['word']} {verbalizer.digits(match['code'])}"


RULES = (
    Rule(_CROSSED_CODE, _say_crossed_code, "X", needs="X"),
    Rule(_TO_NUMBER, _say_to_number, LONG, needs=" to "),
    Rule(_LICENCE, _say_licence, LONG),
    Rule(_IBAN, _say_iban, LONG, needs="IBAN"),
    Rule(_PRODUCT_KEY, _say_product_key, "-" + ascii_uppercase, needs="-"),
    Rule(_SENT_TO, _say_number, LONG),
    Rule(_NEAR_MESSAGE, _say_near, LONG),
    Rule(_LAST_DIGITS, _say_last_digits, LONG),
    Rule(_CARD, _say_card, LONG),
    Rule(_ENDING, _say_ending, LONG),
    Rule(_KEYWORD, _say_keyword, LONG),
)
