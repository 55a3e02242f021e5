"""Rules for the short forms of chats in English: 'gr8', 'how r u', ':-)', 'thx 4 the lift'."""

import re

from processing.normalise.languages.english import ENGLISH
from processing.normalise.short_forms import read_pairs
from processing.normalise.surroundings import seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_WORDS = read_pairs("""
gr8 = great
b4 = before
l8r = later
l8 = late
m8 = mate
w8 = wait
h8 = hate
2nite, 2night, tonite = tonight
2day = today
2moro, 2mrw, 2morrow, tmr, tmrw = tomorrow
thnx, thnks, thks, tnx, thx = thanks
btw = by the way
idk = I don't know
tbh = to be honest
imo = in my opinion
imho = in my humble opinion
afaik = as far as I know
nvm = never mind
gng = going
ikr = I know, right
wbu = what about you
hbu = how about you
hru = how are you
wru = where are you
ppl = people
bcoz, bcz, coz, cuz = because
frnd = friend
frnds = friends
dnt = don't
hpy = happy
hbd = happy birthday
bday = birthday
gud = good
plzz = please
ur = your
urs = yours
urself = yourself
ofc = of course
tysm = thank you so much
lmk = let me know
omw = on my way
ily, ilu = I love you
nite = night
luv = love
4get = forget
4ever = forever
wats, whats = what's
cant = can't
dont = don't
smth = something
cust = customer
rchg = recharge
gtg, g2g = got to go
rn = right now
jk = just kidding
irl = in real life
iirc = if I recall correctly
wyd = what are you doing
wdym = what do you mean
ngl = not gonna lie
fwiw = for what it's worth
tbf = to be fair
nbd = no big deal
sry = sorry
srsly = seriously
prolly = probably
""")
"""Words for short forms in lower case, which may have a capital."""
_CASED = {
    cased: words
    for form, words in _WORDS.items()
    for cased in {form, form if form[-1] == "4" or (form[-1] == "8" and len(form) < 3) else form.capitalize()}
}
_SHORT = re.compile(rf"(?<![\w@#'’./:-])(?:{alternatives(_CASED)})(?![\w@'’/:=-]|\.\w)")
_U = re.compile(
    r"(?<!and )(?<!or )(?<!of )(?<![\w@#'’./&=+*^(-])(?<!\d )u(?![\w@'’./&=+*^)-]| ?[=+*/^<>-]| (?:and|is|in|be|or) [a-z](?![a-z]))"
)
_NO_WORD = r"(?<![\w@#'’./-].)"
"""Behind a character, which does not continue a word."""


def _behind(words: str, sign: str) -> str:
    """Return a pattern: one of `words`, each with a letter for its capital, and a space stand before `sign`.

    The pattern follows `sign`, so that a search looks for that character alone.
    """
    return "(?:" + "|".join(f"(?<={word.replace('_', ' ')} {sign})" for word in words.split()) + ")"


_R = re.compile(
    rf"r{_NO_WORD}(?:{_behind('you u U', 'r')}|(?i:{_behind('how where we they what who when why things', 'r')}))(?=[?!.]*$| (?!squared|is|=))"
    rf"|[rR]{_NO_WORD}(?= (?:u|you|they|we)(?![\w']))"
)
_FOR = re.compile(
    rf"4{_behind('[Tt]hx [Tt]hanks [Tt]hank_you [Tt]hank_u [Ww]aiting [Ll]ooking [Ss]orry', '4')}(?= [a-z])"
    r"|4(?<=[a-z] 4)(?= (?:d|da|2moro|2mrw|2morrow|dinner|lunch|breakfast|brunch|dessert|life|fun|work|school|class|tonight|2nite|tmrw|tomorrow|today|sale|rent|u|you|me|us|him|her|them|ur|your|my|sure|real|ever|now|free|that|this|it)(?![\w']))"
)
_TO = re.compile(
    rf"2{_behind('[Ww]ant [Nn]eed [Nn]ice wanted going gng gonna got has had have like love trying able ready free how welcome', '2')}"
    r"(?= (?:be|go|do|see|say|get|meet|talk|come|know|tell|call|eat|buy|sleep|work|help|play|join|the|my|your|ur)(?![\w'-]))"
    r"|2(?<=[a-z] 2)(?= (?:u|ur)(?![\w']))"
)
_THE = re.compile(r"(?:(?<= for )|(?<= in )|(?<= at )|(?<= to )|(?<= of )|(?<= on ))d(?= [a-z]{3})")
_SEE = re.compile(r"(?<![\w@#'’./-])[cC](?= (?:u|ya|you)(?![\w'’]))")
_TOO = re.compile(
    rf"2{_behind('its it.s is was are way me be not feeling', '2')}"
    r"(?= (?:hot|cold|good|bad|much|many|late|early|far|big|small|cute|busy|tired|expensive|costly|long|funny|nice|easy|hard|slow|fast|loud)"
    r"(?= ?[.,!?]| ?$| (?:to|for|4|now|today|tonight|2day|2nite|in|here|there|bro|yaar|man|dear)(?![a-z])))"
)
_AND = re.compile(r"(?<=[a-z] )n(?= (?:[a-z]{2,}|u(?![a-z])))|(?<=\d )(?P<figures>n)(?= (?:\d|[a-z]{4}))")
_CHATTED = re.compile(
    r"(?<![\w'])(?:u|ur|thx|plz|pls|lol|btw|hv|gr8|r|bro|yaar|omg|tmrw|2moro|luv|wanna|gonna)(?![\w'])"
)
_SMILEY = re.compile(
    r"(?<!\S)(?:[:;=]['’]?[-o^]?(?:[)(DPp|*\]\[]|/(?!/)|[oO](?!\w))+|[xX]D+|\^[_.]?\^|-_-|[oO]_[oO]|T_T|<[/\\]?3+(?![\d.,]*(?: ?[%\w])))(?=[\s.,!?]|$)"
)
_MEASURED = re.compile(
    r"(?i:is|are|was|be|level|count|value|age|ratio|score|rate|size|if|when|where|or|and|=|(?-i:[A-Z][A-Za-z]*[A-Z\d][A-Za-z\d]*)|(?<![A-Za-z\d])\d{1,6}) \Z"
)
"""Words before a bound, which is no heart: 'a score <3'."""


_BE = re.compile(
    r"(?:(?<=gonna )|(?<=will )|(?<=wanna )|(?<=to )|(?<=can )|(?<=should )|(?<=must )|(?<=ill ))b(?= [a-z\d])"
)


_BE_AHEAD = re.compile(
    r" (?:there|here|late|back|home|ok|okay|fine|ready|good|great|fun|nice|sure|right|honest)(?![a-z])"
)


def _english(verbalizer: Verbalizer) -> bool:
    return verbalizer.code == ENGLISH.code


def _say_short(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if not _english(verbalizer):
        return None
    words = _CASED[match[0]]
    return words[0].upper() + words[1:] if match[0][0].isupper() and match.start() == 0 else words


def _say_u(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "you" if _english(verbalizer) else None


def _say_r(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "are" if _english(verbalizer) else None


def _say_for(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "for" if _english(verbalizer) else None


def _say_to(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "to" if _english(verbalizer) else None


def _say_too(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "too" if _english(verbalizer) else None


def _say_and(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'come n bring ur bag', beside other short forms of chats."""
    near = match.string[max(0, match.start() - 60) : match.end() + 60]
    return "and" if _english(verbalizer) and (match["figures"] or _CHATTED.search(near)) else None


def _say_be(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'gonna b late', beside other short forms of chats."""
    shown = _BE_AHEAD.match(match.string, match.end())
    shown = shown or seen_near(_CHATTED, match, 60)
    return "be" if _english(verbalizer) and shown else None


def _say_the(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'coming 4 d party', beside other short forms of chats."""
    near = match.string[max(0, match.start() - 60) : match.end() + 60]
    return "the" if _english(verbalizer) and _CHATTED.search(near) else None


def _say_see(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    return "see" if _english(verbalizer) else None


def _say_smiley(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return nothing for a face or a heart, which are not spoken."""
    bound = match[0][0] == "<" and seen_before(_MEASURED, match, 12)
    return None if bound else ""


RULES = (
    Rule(_SMILEY, _say_smiley, ":;=xX^-_<"),
    Rule(_FOR, _say_for, "4"),
    Rule(_THE, _say_the, "d", needs=" d "),
    Rule(_TO, _say_to, "2"),
    Rule(_TOO, _say_too, "2"),
    Rule(_AND, _say_and, "n", needs=" n "),
    Rule(_BE, _say_be, "b", needs=" b "),
    Rule(_SEE, _say_see, "cC"),
    Rule(_R, _say_r, "rR"),
    Rule(_U, _say_u, "u"),
    Rule(_SHORT, _say_short, "".join({form[-1] for form in _CASED})),
)
"""Rules before those of abbreviations and figures. The numbers for words come first: they show that 'u' is no sign."""
