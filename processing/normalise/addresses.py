"""Rules for web and mail addresses, file names, hashtags and mentions, read part by part in English."""

import re

from processing.normalise.capitals import spell
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import seen_before
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_TLDS = "com|in|org|net|edu|gov|co|io|ai|app|dev|info|me|tv|uk|us|nic|ac|shop|online|site|xyz|news|blog|bank|club|store|tech|page|link|live|cloud"
_SHORT_TLDS = "ly|be|gl|gle|to|sh|so|cc|fm|gg|is|it|eu|de|fr|jp|cn|au|ca|ru|nl|sg|ae|lk|bd|np"
"""Endings of sites that are read as such before a path; elsewhere a space may be missing behind a sentence."""
_URL = re.compile(r"(?<![\w])(?:https?://|ftp://|www\.)[^\s<>\"\u0900-\u0d7f\ue000]{1,2000}")
_MAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@(?!\d{2,3}(?:[Hh][Zz]|fps|FPS)(?!\w))[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}"
)
_DOMAIN = re.compile(
    rf"(?<![\w@.-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,4}}(?:{_TLDS})(?:/[^\s<>\"\u0900-\u0d7f\ue000]{{0,500}})?(?![\w@-])"
)
_SHORT_LINK = re.compile(
    rf"(?<![\w@.-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,3}}(?:{_SHORT_TLDS})/[^\s<>\"\u0900-\u0d7f\ue000]{{1,500}}"
)
_SHOUTED_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:WWW\.)?[A-Z0-9][A-Z0-9-]{1,62}\.(?:COM|IN|NET|ORG|CO\.IN|GOV\.IN)(?![\w@-])"
)
_PATH = re.compile(
    r"(?<![\w/:.<~])~?/[A-Za-z_.][\w.-]{0,63}(?:/[\w.{}:-]{1,64}){1,12}/?(?:\?[\w=&%.+-]{1,200})?(?![\w/])"
)
_FILE_ENDINGS = "js|ts|py|txt|pdf|csv|json|ya?ml|html?|css|xml|md|docx?|xlsx?|pptx?|zip|png|jpe?g|gif|mp[34]|wav|exe|log|sql|apk|ipynb|java|rb|go|rs|sh|tsx|jsx|cpp|kt|swift|toml|conf|php|vue|lock"
_SPELT_ENDINGS = frozenset("sh rs cs cpp hpp kt rb tsx jsx php sql csv xml md py ts js pdf cfg yml".split())
"""Endings of files in paths that are spelt."""
_SAID_ENDINGS = frozenset("log zip java go swift toml vue lock conf".split())
"""Endings of files that are words."""
_FILE = re.compile(
    rf"(?<![\w@./-])[A-Za-z0-9][\w-]{{0,63}}(?:\.\d[\w-]{{0,12}}){{0,3}}\.(?P<ending>{_FILE_ENDINGS})(?::(?P<line>\d{{1,5}}))?(?![\w@/-]|\.\w)"
)
_ENDING = re.compile(
    rf"(?<![\w.)\]])\.(?P<ending>{_FILE_ENDINGS})(?=,? (?:or|and|files?|formats?|extensions?|documents?|only|to|is)(?![a-z])|, \.|/\.|\)|[.,;]?\s?$)"
)
_HERE = re.compile(r"(?<![\w./])\./(?=[A-Za-z_])")
_SHARP = re.compile(r"(?<![A-Za-z])([CF])#(?!\w)")
_DOT_NET = re.compile(r"(?<![\w.])\.NET(?![A-Za-z])")
_HASHTAG_YEAR = re.compile(r"(?<![\w&#])#([A-Z]{2,12}20\d\d)(?!\w)")
_HASHTAG = re.compile(r"(?<![\w&#])#(?=[^\W\d]|\d{1,4}[A-Za-z]{2})([\w\u0900-\u0963\u0966-\u0d7f\u200c\u200d]{1,100})")
_MENTION = re.compile(r"(?<![\w@])@([A-Za-z_][\w.]{0,49})")
_NUMBER_SIGN = re.compile(r"(?<![\w&#*])#(?: ?(?=\d)(?!\d{1,4}[A-Za-z]{2})|(?=[A-Z]{1,6}(?:-\d|\d{3}|\d{1,2}-\d)))")
_PART = re.compile(r"[A-Za-z]+|\d+|\S")
_CAMEL = re.compile(
    r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+|[\u0900-\u0963\u0966-\u0d7f\u200c\u200d]+|[^\W\d_A-Za-z][^\W_A-Za-z\u0000]*"
)
_VERSUS = re.compile(r"([A-Z]{2})[vV]s(?=[A-Z]{2})")
_MARKS = {
    ".": "dot",
    "/": "slash",
    "?": "question mark",
    "=": "equals",
    "&": "and",
    "-": "dash",
    "_": "underscore",
    "#": "hash",
    "%": "percent",
    "~": "tilde",
    ":": "colon",
    "@": "at",
    "+": "plus",
}
_TRAILING = ".,;:!?'’)]}…"


def address_words(address: str) -> str:
    """Return the words of an address: 'example.com/a' -> 'example dot com slash a'."""
    words: list[str] = []
    for part in _PART.findall(address):
        if part[0].isdigit() and part.isascii():
            words.append(ENGLISH.cardinal(int(part)) if len(part) < 3 and part[0] != "0" else ENGLISH.digits(part))
        elif part == "www":
            words.append("w w w")
        elif words[-1:] == ["dot"] and part in _SPELT_ENDINGS:
            words.append(" ".join(part.upper()))
        else:
            words.append(_MARKS.get(part, spell(part) if part.isalpha() else ""))
    return " ".join(filter(None, words))


def _say_address(match: re.Match[str], verbalizer: Verbalizer) -> str:
    address = match[0].rstrip(_TRAILING)
    tail = match[0][len(address) :]
    return address_words(address.partition("://")[2].rstrip("/") or address) + tail


def _say_shouted(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return address_words(match[0].lower())


def _say_path(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return address_words(match[0].rstrip(".")) + "." * match[0].endswith(".")


def _say_file(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of a file name: 'notes.txt' -> 'notes dot T X T'."""
    name, ending = match[0][: match.start("ending") - match.start() - 1], match["ending"]
    said = ending if ending in _SAID_ENDINGS else spell(ending.upper(), beside_digit=True)
    line = f", line {match['line']}" if match["line"] else ""
    return f"{address_words(name)} dot {said}{line}"


def _say_here(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the signs of './install.sh'."""
    return "dot slash "


def _say_ending(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the words of '.csv files'."""
    ending = match["ending"]
    return f"dot {ending if ending in _SAID_ENDINGS else spell(ending.upper(), beside_digit=True)}"


def _say_sharp(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{match[1]} sharp"


def _say_dot_net(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "dot net"


def _say_hashtag(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{verbalizer.signs['hashtag']} {_words(match[1], verbalizer)}"


def _say_mention(match: re.Match[str], verbalizer: Verbalizer) -> str:
    name = match[1].rstrip(".")
    return f"{verbalizer.signs['at']} {_words(name, verbalizer)}{match[1][len(name) :]}"


def _words(name: str, verbalizer: Verbalizer) -> str:
    """Return the words of a name that is split at its capitals, digits and underscores."""
    parts = _CAMEL.findall(_VERSUS.sub(r"\1_vs_", name))
    return " ".join([_figure(part, verbalizer) if part[0] in "0123456789" else spell(part) for part in parts])


def _figure(digits: str, verbalizer: Verbalizer) -> str:
    if len(digits) > 4:
        return verbalizer.digits(digits)
    return verbalizer.year(int(digits)) if len(digits) == 4 else verbalizer.cardinal(int(digits))


_ORDER_SIGN = re.compile(r"(?<![\w&#])#(?=[A-Z\d]{3,12}(?![\w]))(?=[A-Z]{0,6}\d)(?=\d{0,6}[A-Z])")
_ORDERED = re.compile(
    r"(?i:orders?|tickets?|cases?|claims?|invoices?|items?|ref|reference|bookings?|requests?|issues?|builds?|confirmation|numbers?|tracking|receipts?|codes?|parcels?|shipments?|reservation|policy|account)[ (:,-]{1,3}\Z"
)


def _say_order_sign(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'number' of 'order (#A7F21)', which is no hashtag."""
    named = seen_before(_ORDERED, match, 16)
    return f"{verbalizer.signs['number']} " if named else None


def _say_number_sign(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f"{verbalizer.signs['number']} "


RULES = (
    Rule(_HERE, _say_here, "/", needs="./"),
    Rule(_URL, _say_address, ":."),
    Rule(_MAIL, _say_address, "@"),
    Rule(_DOMAIN, _say_address, "."),
    Rule(_SHOUTED_DOMAIN, _say_shouted, "."),
    Rule(_SHORT_LINK, _say_address, "/"),
    Rule(_PATH, _say_path, "/"),
    Rule(_FILE, _say_file, "."),
    Rule(_ENDING, _say_ending, "."),
    Rule(_SHARP, _say_sharp, "#"),
    Rule(_DOT_NET, _say_dot_net, ".", needs=".NET"),
    Rule(_HASHTAG_YEAR, _say_hashtag, "#"),
    Rule(_ORDER_SIGN, _say_order_sign, "#"),
    Rule(_NUMBER_SIGN, _say_number_sign, "#"),
    Rule(_HASHTAG, _say_hashtag, "#"),
    Rule(_MENTION, _say_mention, "@"),
)
