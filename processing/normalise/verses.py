"""Rule for chapter and verse behind the name of a book: 'गीता 2:47', 'యోహాను 3:16'."""

import re

from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_BOOKS = """गीता भगवद्गीता श्रीमद्भगवद्गीता बाइबिल बाइबल बायबल यूहन्ना मत्ती मरकुस लूका रोमियों उत्पत्ति क़ुरान कुरान क़ुरआन कुरआन
    रामायण ऋग्वेद यजुर्वेद अथर्ववेद मनुस्मृति ज्ञानेश्वरी दासबोध तैत्तिरीय बृहदारण्यक योगसूत्र श्लोक ओवी मंत्र आयत सूत्र सूरा सूरह योहान मत्तय
    గీత భగవద్గీత బైబిల్ యోహాను మత్తయి మార్కు లూకా కీర్తనలు కీర్తన సామెతలు రోమీయులకు ఆదికాండము నిర్గమకాండము ఖురాన్ రామాయణం
    ఋగ్వేదం శ్లోకం సూరా""".split()
_VERSE = re.compile(
    rf"(?<![\w-])(?P<book>(?:{alternatives(_BOOKS)}),? )(?P<chapter>\d{{1,3}})[:.](?P<verse>\d{{1,3}})(?P<last>[-–]\d{{1,3}})?(?![\d:]|[.,]\d|%)"
)


def _say_verse(match: re.Match[str], verbalizer: Verbalizer) -> str:
    """Return the two numbers one after the other, with the last verse of a range."""
    words = f"{match['book']}{verbalizer.cardinal(int(match['chapter']))} {verbalizer.cardinal(int(match['verse']))}"
    if not match["last"]:
        return words
    return f"{words} {verbalizer.signs['to']} {verbalizer.cardinal(int(match['last'][1:]))}"


RULES = (Rule(_VERSE, _say_verse, ":."),)
