"""Rules for the notations of programs: options such as '--dry-run', 'a==b', 'C++', 'HTTP 404s'."""

import re

from processing.normalise.capitals import spell
from processing.normalise.identifier_forms import counts
from processing.normalise.languages.english import ENGLISH
from processing.normalise.surroundings import next_word, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import LONG, Rule

_NEAR = 40
"""Characters in which a word may show what a number means."""
_STATUS = re.compile(r"(?<![\w.,])(?P<code>[1-5]\d\d)s(?!\w)(?! of)")
_STATUS_WORD = re.compile(r"HTTP|(?i:error|status|response|server|page)")
_ANSWERED = re.compile(
    r"(?<![\w.,/-])(?P<word>(?:an?|with|gets?|got|returns?|returned|returning|throws?|sends?|HTTP|[Ss]tatus|[Ee]rror|code|response) )"
    r"(?P<code>20[0-6]|30[0-478]|4(?:0\d|1[0-8]|2[2-9]|31|51)|5(?:0[0-8]|1[01]|2[0-6]|30))(?![\w%]|[.,:/-]\d)(?! (?:[a-z]+s|percent|lakh|crore|million|thousand|rupees|dollars)(?![a-z]))"
)
_SERVERS = re.compile(
    r"HTTPS?|API|URL|(?i:server|endpoint|request|response|status|gateway|proxy|webhook|client|curl|browser|webpage|page not|retry|retries|backend|error)(?![a-z])"
)
_REQUESTS = re.compile(
    r"(?<=\d)(?P<gap> ?)(?P<what>reqs?|msgs?|txns?|conns?|toks?|ops)/(?:(?P<second>s)(?![a-z])|(?=(?:sec|second|min|minute|hr?|hour|day|user|IP|key)(?![a-z])))"
)
_FLAG = re.compile(r"(?<=[\s`])(?<!= )(?P<dashes>--?)(?=[A-Za-z](?:[a-z-]{1,24})?(?:[ =.,;)`]|$))")
_POWER = re.compile(r"(?<=[a-z\d)])\*\*(?=\d{1,2}(?![\w*]))")
_BOUND = re.compile(r"(?<![=<>!-])([<>])=(?![=>])")
_DOT_FILE = re.compile(
    r"(?<![\w.)])\.(?=(?:env|venv|git|github|ssh|aws|kube|config|cache|vscode|gitignore|dockerignore|htaccess|npmrc|[a-z]{2,8}rc)(?![\w]))"
)
_DOUBLE_EQUALS = re.compile(r"(?<=\w) ?(?:===?|!=) ?(?=\w)")
_TLDR = re.compile(r"(?<!\w)[Tt][Ll];? ?[Dd][Rr](?!\w)")
_AND_AND = re.compile(r"(?<=[\w)\]\"']) ?&& ?(?=[\w(!\"'])")
_PORTS = re.compile(
    r"(?<![A-Za-z])(?P<word>[Pp]orts? )(?P<codes>\d{1,5}(?:(?:, ?|/| and | or | & )\d{1,5}){0,6})(?![\w]|[.,:]\d)"
)
_HOST_PORT = re.compile(
    r"(?:(?<=localhost)|(?<=\d\.\d)|(?<=\.\d\d)|(?<=\.\d\d\d)|(?<=\.com)|(?<=\.in)|(?<=\.local)|(?<=-p \d\d)|(?<=-p \d{4})):(?P<code>\d{2,5})(?![\w:]|\.\d)"
)
_PUBLISHED = re.compile(r"(?<![\w.,:/-])(?P<host>\d{2,5}):(?P<inside>\d{2,5})(?![\w:]|[.,]\d)")
_PUBLISHES = re.compile(r"(?:^|\s)-p \Z|(?i:ports?|expose|publish|docker|container|forward|tunnel|map)")
_WLAN = re.compile(r"(?<![\w.,])802\.(?P<part>1[15]|3)(?P<letters>[a-z]{0,2})(?!\w)")
_LINES = re.compile(r"(?<![\w-])#?L(?P<first>\d{1,5})(?:[-–]L?(?P<last>\d{1,5}))?(?![\w-]|[.,]\d)")
_SOURCE = re.compile(r"(?i:line|file|code|bug|commit|diff|function|class|error|PR|dot P Y|dot [JT] S|github)(?![a-z])")
_FIGURES = re.compile(r"\d{3,5}")
_PLUS_PLUS = re.compile(r"(?<![\w+])([A-Za-z]{1,8})\+\+(?!\+)")
_MEMORIES = re.compile(r"(?<=\d)(?P<unit> ?GB)/(?=\d{1,4} ?[GT]B(?!\w))")
_OF_MEMORY = re.compile(r"(?<=\d\.\d)(?P<second>\d?) ?/ ?(?=\d{1,4}(?:\.\d)? ?[GMT]B(?!\w))")
_RELEASE = re.compile(
    r"(?<=\d)-?(?P<stage>alpha|beta|rc|pre|preview|dev|stable|lts|snapshot|final)(?:[.-]?(?P<number>\d{1,3}))?(?![\w])"
)


def _say_status(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the words of 'HTTP 404s'."""
    return f"{ENGLISH.digits(match['code'])}s" if seen_near(_STATUS_WORD, match, _NEAR) else None


def _say_answered(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of 'returns a 429' beside words of servers; '500' stays a number."""
    near = seen_near(_SERVERS, match, _NEAR)
    return f"{match['word']}{ENGLISH.digits(match['code'])}" if near and match["code"][1:] != "00" else None


def _say_wlan(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the digits and letters of the standard '802.11ac'."""
    number = f"{ENGLISH.digits('802')} dot {ENGLISH.digits(match['part'])}"
    return " ".join([number, *match["letters"].upper()])


_PLURALS = {
    "req": "requests",
    "msg": "messages",
    "txn": "transactions",
    "conn": "connections",
    "tok": "tokens",
    "ops": "operations",
}


def _say_requests(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return 'requests/' of '100 req/min', for the rules of rates."""
    what = match["what"] if match["what"] == "ops" else match["what"].rstrip("s")
    return f" {_PLURALS[what]}/{'second' * bool(match['second'])}"


def _say_memories(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the first unit of '8GB/256GB', two memories of one device, without the stroke."""
    return None if verbalizer.block is None else f"{match['unit']} "


def _say_of_memory(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of '7.6/8 GB', a part of a memory."""
    return f"{match['second']} of " if verbalizer.code == ENGLISH.code else None


def _say_flag(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the dashes of '--dry-run', an option of a command."""
    single = match.string[match.end() + 1 : match.end() + 2].isalpha()
    return None if match["dashes"] == "-" and single else "dash " * len(match["dashes"])


def _say_power(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of 'i**2', for the rule of powers."""
    return "^"


def _say_bound(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the sign of '>=' in one character, for the rule of symbols."""
    return " ≥ " if match[1] == ">" else " ≤ "


def _say_dot_file(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "dot "


def _say_double_equals(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {'not ' if '!' in match[0] else ''}{verbalizer.signs['equals']} "


def _say_tldr(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return "T L D R"


def _say_and_and(match: re.Match[str], verbalizer: Verbalizer) -> str:
    return f" {verbalizer.signs['and']} "


def _say_ports(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the digits of a port of three figures or more, 'port 8080'."""
    if counts(match):
        return None
    codes = _FIGURES.sub(lambda code: ENGLISH.digits(code[0]), match["codes"])
    return match["word"] + codes


def _say_host_port(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the port behind a host, 'localhost:8080'."""
    code = match["code"]
    return f" colon {ENGLISH.digits(code) if len(code) > 2 else code}"


def _say_published(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return both ports of '-p 8080:80' beside words of networks, which are no time of day."""
    if max(len(match["host"]), len(match["inside"])) < 4:
        return None
    near = match.string[max(0, match.start() - _NEAR) : match.start()]
    if not _PUBLISHES.search(near):
        return None
    said = [ENGLISH.digits(code) if len(code) > 2 else ENGLISH.cardinal(int(code)) for code in match.groups()]
    return f" {verbalizer.signs['to']} ".join(said)


def _say_lines(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'lines 45 to 60' of 'L45-60' beside words of programs."""
    near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    if not _SOURCE.search(near):
        return None
    last = f" {verbalizer.signs['to']} {match['last']}" if match["last"] else ""
    return f"line{'s' * bool(last)} {match['first']}{last}"


def _say_plus_plus(match: re.Match[str], verbalizer: Verbalizer) -> str:
    gap = " " if next_word(match.string, match.end())[:1].isdigit() else ""
    return f"{match[1]} plus plus{gap}"


def _say_release(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the stage of '20.11.1-rc.2' in words; its number is left to later rules."""
    stage = match["stage"] if len(match["stage"]) > 3 else spell(match["stage"], beside_digit=True)
    return f" {stage}{' ' * bool(match['number'])}{match['number'] or ''}"


_HEX = re.compile(r"(?<![\w.])0[xX](?P<figures>[0-9A-Fa-f]{2,16})(?!\w)")


def _say_hex(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the figures of '0x8007' one by one."""
    figures = [ENGLISH.digits(sign) if sign.isdigit() else sign.upper() for sign in match["figures"]]
    return f"zero X {' '.join(figures)}"


RULES = (
    Rule(_FLAG, _say_flag, "-"),
    Rule(_POWER, _say_power, "*", needs="**"),
    Rule(_BOUND, _say_bound, "<>"),
    Rule(_DOT_FILE, _say_dot_file, "."),
    Rule(_DOUBLE_EQUALS, _say_double_equals, "="),
    Rule(_AND_AND, _say_and_and, "&", needs="&&"),
    Rule(_TLDR, _say_tldr, "Rr"),
    Rule(_PLUS_PLUS, _say_plus_plus, "+"),
)
"""Rules for text with or without figures."""

FIGURES = (
    Rule(_MEMORIES, _say_memories, "/", "/"),
    Rule(_OF_MEMORY, _say_of_memory, "/"),
    Rule(_HEX, _say_hex, "xX"),
    Rule(_RELEASE, _say_release, "-abrpdslf"),
    Rule(_REQUESTS, _say_requests, "rmtco ", needs="/"),
    Rule(_ANSWERED, _say_answered, LONG),
    Rule(_STATUS, _say_status, LONG),
    Rule(_PUBLISHED, _say_published, ":"),
    Rule(_HOST_PORT, _say_host_port, ":"),
    Rule(_WLAN, _say_wlan, "."),
    Rule(_LINES, _say_lines, "L"),
    Rule(_PORTS, _say_ports, LONG, needs="ort"),
)
"""Rules before those of signs and measures."""
