"""Surroundings of a match: the words beside it, words that show its meaning, and whether a sentence ends with it."""

import re


def seen_near(
    words: re.Pattern[str], match: re.Match[str], within: int, *, behind: int | None = None
) -> re.Match[str] | None:
    """Return the first of `words` in the match, in the `within` characters before it or in the `behind` after it.

    Without `behind`, both sides have the same length.
    """
    return words.search(
        match.string, max(0, match.start() - within), match.end() + (within if behind is None else behind)
    )


def seen_before(words: re.Pattern[str], match: re.Match[str], within: int) -> re.Match[str] | None:
    """Return the first of `words` in the `within` characters before the match."""
    return words.search(match.string, max(0, match.start() - within), match.start())


def closes_sentence(match: re.Match[str]) -> bool:
    """Return whether only closing quotes and brackets follow, so that a stop in the match also ends the sentence."""
    return not match.string[match.end() : match.end() + 8].strip("\"'”’) \n")


def keep_stop(match: re.Match[str], words: str) -> str:
    """Return `words` with the stop of the match ('₹5 cr.') if it also ends the sentence."""
    return words + "." * (match[0].endswith(".") and closes_sentence(match))


_DESCRIBED = frozenset(
    """camera cameras sensor lens bulb bulbs battery charger display screen monitor bottle bottles bag bags packet packets cylinder adapter
    tv pizza tin tins can cans jar jars sachet sachets carton cartons pouch pouches glasses steak steaks burger burgers coffee latte mug cup cups drink drinks box boxes tub tubs
    engine diesel petrol turbo speaker speakers motor pump geyser refrigerator fridge tank tanker pipe pipes rope wire cable
    feeder feeders line lines substation substations transformer marathon race jog hose ladder led oled qled lcd uhd smart""".split()
)
"""Nouns that a measure before them describes, with and without "a"."""
_ARTICLES = frozenset("a an one two three four five six another".split())
"""Words before a measure that count the noun behind it: 'one 250 mg capsule'."""
_NO_NOUNS = frozenset(
    """of in to from per is was are and or at for on by with away above below more less ago later apart each every than that
    which as into over under up down left off before after if when while but so because until till ahead behind only also x
    lakh crore a an the""".split()
)
"""Words behind 'a 4 mm' that it does not describe."""


def describes_noun(match: re.Match[str]) -> bool:
    """Return whether a measure describes the noun behind it: 'a 4 mm stone', '14 oz can', '1 (14 oz) can'."""
    ahead = next_word(match.string, match.end())
    if ahead == ")":
        ahead = next_word(match.string, match.end() + 1)
    noun = ahead.rstrip(".,;:!?)")
    if noun.lower() in _DESCRIBED:
        return True
    if last_word(match.string, match.start()).lower() not in _ARTICLES:
        return False
    return noun.isascii() and noun.isalpha() and noun not in _NO_NOUNS


def last_word(text: str, end: int) -> str:
    """Return the word before `end` with its punctuation, within 40 characters."""
    words = text[max(0, end - 40) : end].split()
    return words[-1] if words else ""


def next_word(text: str, start: int) -> str:
    """Return the word after `start` with its punctuation, within 40 characters."""
    words = text[start : start + 40].split()
    return words[0] if words else ""
