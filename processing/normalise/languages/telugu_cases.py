"""Telugu inflection: counted forms of numbers, numbers of people, and case endings of nouns and number words."""

import re

_PLURAL_CASES = {
    "గా": "లుగా",
    "కి": "లకు",
    "ని": "లను",
    "లో": "లలో",
    "ల": "ల",
    "లకు": "లకు",
    "లతో": "లతో",
    "లలో": "లలో",
    "లను": "లను",
    "లకే": "లకే",
}
_PEOPLE = {2: "ఇద్దరు", 3: "ముగ్గురు", 4: "నలుగురు", 5: "ఐదుగురు", 6: "ఆరుగురు", 7: "ఏడుగురు"}
_ONE_OF_PEOPLE = "ఒక్కరు"
_ABOUT_PEOPLE = tuple(
    """మంది పిల్లల విద్యార్థుల విద్యార్థినుల వ్యక్తుల మహిళల పోలీసుల ఆటగాళ్ల ఆటగాళ్ళ సభ్యుల ఉద్యోగుల స్నేహితుల రైతుల కార్మికుల కూలీల అమ్మాయిల
    అబ్బాయిల కొడుకుల కూతుళ్ల కూతుళ్ళ అన్నదమ్ముల అక్కచెల్లెళ్ల డాక్టర్ల వైద్యుల నర్సుల టీచర్ల ఉపాధ్యాయుల మంత్రుల ఎమ్మెల్యేల ఎంపీల ఎమ్మెల్సీల
    దొంగల నిందితుల యువకుల యువతుల వృద్ధుల మనుషుల ప్రయాణికుల సైనికుల జవాన్ల భక్తుల నాయకుల నేతల అధికారుల సోదరుల సోదరీమణుల బాలుర బాలికల
    కుమారుల కుమార్తెల భార్యల న్యాయమూర్తుల జడ్జిల లాయర్ల న్యాయవాదుల ఉగ్రవాదుల మావోయిస్టుల మత్స్యకారుల జాలర్ల డ్రైవర్ల పర్యాటకుల రోగుల
    బాధితుల మృతుల క్షతగాత్రుల అభ్యర్థుల ఓటర్ల యాత్రికుల కార్యకర్తల శాస్త్రవేత్తల ఇంజినీర్ల ఇంజనీర్ల విదేశీయుల మిత్రుల బంధువుల అన్నల
    తమ్ముళ్ల అక్కల చెల్లెళ్ల మనవళ్ల మనవరాళ్ల అల్లుళ్ల కోడళ్ల మామల అత్తల వదినల బావల మరదళ్ల తాతల అవ్వల దర్శకుల నటుల హీరోల హీరోయిన్ల గాయకుల రచయితల బౌలర్ల బ్యాటర్ల బ్యాట్స్‌మెన్ స్పిన్నర్ల పేసర్ల క్రికెటర్ల
    క్రీడాకారుల పురుషుల దంపతుల భాగస్వాముల కస్టమర్ల వినియోగదారుల వ్యాపారుల సర్పంచ్‌ల వలంటీర్ల హోంగార్డుల కానిస్టేబుళ్ల ఖైదీల""".split()
)
"""Oblique plurals of nouns for people, with which their other cases begin: a number from two to seven before them takes its form for people."""
_CROWD = "మంది"
_NOT_COUNTED = """ప్లస్ మైనస్ ఇంటూ ఖర్చు వద్ద నొక్క నుం నుండి వరకు వరకూ మీద పైన కింద క్రింద కంటే లేదా మరియు కూడా తర్వాత తరువాత కోసం ద్వారా గురించి అని అంటే కాదు ఎంచు టైప్ పంప డయల్
    కాల్ ఉంది ఉన్న వస్త వచ్చ అయి అయ్య చేయ చెప్ప అవు మాత్రమ మాత్రం ఉచిత ఫ్రీ చాలు సరిపో లేదు లేవు లేని కావా తీసుకో ఇవ్వ ఇచ్చ ఇస్త పెట్ట మిగిల మిగత కాగా చొప్పున కన్నా దాకా ముందు వెనుక దగ్గర పూర్తి అవసర ఖాళీ
    రద్దు తగ్గ పెరిగ పెరుగు నిలిచ గెలిచ ఓడి వేసు వేయ కట్ట కొట్ట మించి దాట చేర నటుడు నటి యుద్ధం యుద్ధంలో ఉద్యమ ఎన్నికల విప్లవ తిరుగుబాటు ఒప్పంద ప్రపంచకప్ వరల్డ్‌కప్ స్థాన ప్లాట్ పైగా పైకి పైబడ లోపల లోపు లోగా లోని తోపాటు తోనే""".split()
"""Beginnings of words that a number before them does not count."""
_APART = frozenset("ను తో లో పై కు కి ని న గా".split())
"""Case endings that are written apart from a number."""
_NUMBER_WORDS = frozenset(
    """సున్నా ఒక ఒకటి ఒక్క రెండు మూడు నాలుగు ఐదు ఆరు ఏడు ఎనిమిది తొమ్మిది పది పదకొండు పన్నెండు పదమూడు పద్నాలుగు పదిహేను పదహారు పదిహేడు పద్దెనిమిది
    పంతొమ్మిది ఇరవై ముప్పై నలభై యాభై అరవై డెబ్బై ఎనభై తొంభై నూట వంద వెయ్యి""".split()
)
_COUNTED = frozenset("ఉన్నత ఉన్నతాధికారి ఉన్నతాధికారులు కట్ట కట్టలు కట్టల పంపు పంపులు కాల్ కాల్స్".split())
"""Nouns that begin like words that a number before them does not count."""
_VERB_ENDINGS = tuple(
    """తే తుంది తాయి తాను తాడు తారు తాము తావు ింది ్చాయి య్యాయి ్నాయి ట్టాయి శాను శాడు శారు ్చాను ్చాడు ్చారు న్నాను
    న్నాడు న్నారు ్కండి యండి వ్వండి పండి కోండి ్టండి వాలి యాలి ్కాలి ్టాలి పాలి డాలి చాలి డం లేదు కాదు వద్దు వచ్చు
    ంటే ్చిన ేసి ీసి ిపోయి తున్నా తున్న తున్నాయి తున్నారు""".split()
)
"""Endings of verbs, and of their participles, which a number before them does not count."""
_NAMES_BEFORE = frozenset(
    """ప్లస్ మైనస్ టర్మ్ స్టేజ్ లెవెల్ పేపర్ ఫారం సెట్ సెమిస్టర్ యూనిట్ బ్లాక్ ఫేజ్ పార్ట్ పార్టు సిరీస్ క్లాస్ సెక్టార్ జోన్ డివిజన్ సర్కిల్ రౌండ్ ఎపిసోడ్ సీజన్ చాప్టర్ పిల్లర్ గేట్ గేటు బూత్ కౌంటర్
    టోకెన్ పాఠం చంద్రయాన్ టైర్ క్యూ గ్రూప్ గ్రూపు కేటగిరీ టైప్ నంబర్ నంబరు నెంబర్ నం. నెం. పేజీ స్టెప్ గది రూమ్ ప్లాట్‌ఫాం ప్లాట్‌ఫామ్ అధ్యాయం సెక్షన్ వార్డు స్థాయి దశ భాగం లెవల్
    ఆర్టికల్ అధికరణ అధికరణం సెక్షను నిబంధన క్లాజ్ రూల్ చాప్టర్ platform article section rule chapter number no step page room level gate""".split()
)
"""Words that a number behind them names."""


_LATIN_NOUN = re.compile(
    r"[a-z]{2,20}(?<!s)s[.,;:!?)]?|(?:number|letter|character|item|ticket|seat|room|bedroom|person|adult|child|day|week|month|hour|minute|year|page|class|cup"
    r"|spoon|tablet|bottle|packet|plate|piece|point|match|over|wicket|run|goal|file|photo|message|mail|user|member|option|question|mark)[.,;:!?)]?"
)
"""Noun of English that is counted: "500 points", "1 number"."""


def counting(words: str) -> str:
    """Return number words before a counted noun: వేలు -> వేల, వందలు -> వందల, ఒకటి -> ఒక, ఇరవై ఒకటి -> ఇరవై ఒక్క."""
    if words == "ఒకటి":
        return "ఒక"
    if words.endswith(" ఒకటి"):
        return words.removesuffix("ఒకటి") + "ఒక్క"
    if words.endswith(("వేలు", "వందలు", "లక్షలు", "కోట్లు", "లియన్లు")):
        return words[:-1]
    return words


def is_counting(before: str, ahead: str) -> bool:
    """Return whether a number between the word `before` and the text `ahead` counts what follows."""
    word = "".join(ahead.split()[:1])
    if word.isascii() and _LATIN_NOUN.fullmatch(word):
        return before.strip("(,:;#").lower() not in _NAMES_BEFORE
    if word.rstrip(".,;:!?)।") in _COUNTED:
        return before.strip("(,:;#").lower() not in _NAMES_BEFORE
    if not "\u0c05" <= word[:1] <= "\u0c39" or before.strip("(,:;#").lower() in _NAMES_BEFORE:
        return False
    if word.rstrip(".,;:!?)।") in _APART | _NUMBER_WORDS:
        return False
    return not word.startswith(tuple(_NOT_COUNTED)) and not word.rstrip(".,;:!?)।").endswith(_VERB_ENDINGS)


def people(number: int, noun: str) -> str | None:
    """Return the number and `noun`, a word for people: 3 మంది -> ముగ్గురు, 2 మందికి -> ఇద్దరికి, 4 పిల్లలు -> నలుగురు పిల్లలు.

    None if the noun is none for people, or the number has no such form.
    """
    words = _PEOPLE.get(number)
    stem = noun.rstrip(".,;:!?)।")
    if words is None:
        return None
    if stem == "గురు":
        return words + noun[len(stem) :]
    if stem.startswith(_CROWD):
        ending = stem.removeprefix(_CROWD)
        said = words if not ending else f"{words[:-1]}ి{ending}"
        return said + noun[len(stem) :]
    return f"{words} {noun}" if stem.startswith(_ABOUT_PEOPLE) else None


def of_people(number: int) -> str | None:
    """Return the number of people, without their noun: 3 -> ముగ్గురు."""
    return _ONE_OF_PEOPLE if number == 1 else _PEOPLE.get(number)


def with_case(words: str, ending: str) -> str:
    """Return `words` with a case ending, in the form that their last letters take.

    పది + కి -> పదికి, వంద + కి -> వందకు, వందలు + లో -> వందల్లో, శాతం + కి -> శాతానికి, రూపాయలు + ని -> రూపాయలను.
    """
    if ending == "ల" and words.endswith("ల"):
        return words
    if words.endswith("లు"):
        return words[:-2] + _of_plural(ending)
    if words.endswith("ం"):
        return words[:-1] + {"కి": "ానికి", "కు": "ానికి", "కే": "ానికే", "ని": "ాన్ని", "ను": "ాన్ని"}.get(ending, f"ం{ending}")
    front = words.endswith(("ి", "ీ", "ె", "ే", "ై", "ఐ"))
    pairs = {"కి": "కి", "కు": "కి", "ని": "ని", "ను": "ని"} if front else {"కి": "కు", "కు": "కు", "ని": "ను", "ను": "ను"}
    return words + "\u200c" * words.endswith("్") + pairs.get(ending, ending)


def _of_plural(ending: str) -> str:
    """Return the end of a plural in -లు with a case ending, which may repeat the plural: '₹500లకు'."""
    if ending in ("లు", ""):
        return "లు"
    return _PLURAL_CASES.get(ending, f"ల{ending}")
