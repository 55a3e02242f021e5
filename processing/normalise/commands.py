"""Rules for commands and networks: 'chmod 755', 'SELECT * FROM', 't3.medium', 'HEAD~3', '10.0.0.0–10.0.0.255', '2001:db8::1'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule

_MODE = re.compile(r"(?<=chmod )(?P<option>-R )?(?P<code>[0-7]{3,4})(?!\w)")


def _say_mode(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits of 'chmod 755'."""
    return f"{match['option'] or ''}{ENGLISH.digits(match['code'])}"


_ALL_COLUMNS = re.compile(r"(?:(?<=SELECT )|(?<=select ))\*|(?<=COUNT\()\*(?=\))")
_INSTANCE = re.compile(
    r"(?<![\w.-])(?:db\.|cache\.)?(?P<family>[a-z]{1,3}\d[a-z]{0,3})\.(?:(?P<count>\d{1,2})x(?=large))?(?P<size>nano|micro|small|medium|x?large|metal)(?![\w])"
)


def _say_all_columns(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word of 'SELECT * FROM'."""
    return verbalizer.signs["star"]


def _say_instance(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the parts of 't3.medium' and 'm5.2xlarge', kinds of machines."""
    count = f"{match['count']} X " if match["count"] else ""
    size = "X large" if match["size"] == "xlarge" else match["size"]
    return f"{match['family'].upper()} dot {count}{size}"


_ADDRESSES = re.compile(r"(?<=\.\d)(?P<more>\d{0,2}) ?[-–] ?(?=\d{1,3}\.\d{1,3}\.\d{1,3}\.\d)")
_LONG_ADDRESS = re.compile(
    r"(?<![\w:.])(?=[\da-fA-F:]{0,40}(?:::|[a-fA-F]))(?:[\da-fA-F]{1,4}:{1,2}){2,7}[\da-fA-F]{1,4}(?![\w:]|\.\d)"
)
_PROTOCOL = re.compile(r"(?<![A-Za-z])IPv(?=[46](?!\d))")


def _say_addresses(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the word for the dash between two addresses, '10.0.0.0–10.0.0.255'."""
    return f"{match['more']} {verbalizer.signs['to']} "


def _say_long_address(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the signs of '2001:db8::1' and of '3c:22:fb:01:9a:7e' one by one."""
    if "::" not in match[0] and match[0].count(":") not in (5, 7):
        return None
    said = [ENGLISH.digits(sign) if sign.isdigit() else "colon" if sign == ":" else sign.upper() for sign in match[0]]
    return " ".join(said)


def _say_protocol(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "I P V "


_TILDE = re.compile(r"(?<=[A-Za-z])~(?=\d{1,4}(?!\w))")
_USER_AT = re.compile(r"(?<=['\"\w])@(?=['\"][\w%])")


def _say_tilde(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of 'HEAD~3'."""
    return " tilde "


def _say_user_at(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of "'root'@'localhost'"."""
    return f" {verbalizer.signs['at']} "


RULES = (
    Rule(_PROTOCOL, _say_protocol, "v", needs="IPv"),
    Rule(_LONG_ADDRESS, _say_long_address, ":"),
    Rule(_ALL_COLUMNS, _say_all_columns, "*"),
    Rule(_INSTANCE, _say_instance, ".", needs="."),
    Rule(_MODE, _say_mode, "01234567", needs="chmod "),
    Rule(_TILDE, _say_tilde, "~"),
    Rule(_USER_AT, _say_user_at, "@"),
)
"""Rules for text with or without figures."""

FIGURES = (Rule(_ADDRESSES, _say_addresses, "-–"),)
"""Rule before those of times and ranges."""
