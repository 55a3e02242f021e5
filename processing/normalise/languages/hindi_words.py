"""Words of Hindi in Devanagari, and the table that holds the words of Hindi in one script. Data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from processing.normalise.languages.devanagari_evidence import (
    HINDI_ENDINGS,
    HINDI_HINT_ENDINGS,
    HINDI_HINT_WORDS,
    HINDI_PARTS,
    HINDI_WORDS,
)
from processing.normalise.languages.hindi_units import UNITS
from processing.normalise.units import UnitName
from processing.normalise.verbalizer import Currency
from processing.normalise.written_forms import WrittenForms

_NUMBERS = """शून्य एक दो तीन चार पाँच छह सात आठ नौ
दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी
अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे""".split()


@dataclass(frozen=True, slots=True)
class HindiWords:
    """Words of Hindi in one script."""

    code: str
    block: int | None
    numbers: Sequence[str]
    """From 0 to 99."""
    scales: tuple[tuple[int, str], ...]
    magnitudes: Mapping[str, str]
    months: Sequence[str]
    currencies: Mapping[str, Currency]
    signs: Mapping[str, str]
    ordinals: tuple[str, ...]
    """Stems of the first, second, third, fourth and sixth, which take the plain endings."""
    plain_endings: tuple[str, str, str]
    endings: tuple[str, str, str]
    """Masculine, oblique, feminine."""
    quarters: tuple[str, str, str]
    """Words for a quarter past, half past and a quarter to."""
    halves: tuple[str, str]
    """One and a half, two and a half."""
    parts: Mapping[tuple[int, int], str]
    clock: tuple[str, str, str]
    """'o'clock', 'past', 'minutes'."""
    times_of_day: tuple[str, str, str, str]
    """Morning, afternoon, evening, night."""
    upon: str
    """'At', behind a time of day."""
    units: Mapping[str, UnitName]
    written: WrittenForms


DEVANAGARI = HindiWords(
    code="hi",
    block=0x0900,
    numbers=_NUMBERS,
    scales=((10**11, "खरब"), (10**9, "अरब"), (10**7, "करोड़"), (10**5, "लाख"), (10**3, "हज़ार"), (100, "सौ")),
    magnitudes={
        "hundred": "सौ",
        "thousand": "हज़ार",
        "lakh": "लाख",
        "crore": "करोड़",
        "arab": "अरब",
        "kharab": "खरब",
        "million": "मिलियन",
        "billion": "बिलियन",
        "trillion": "ट्रिलियन",
    },
    months=(
        "जनवरी",
        "फ़रवरी फरवरी",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अगस्त",
        "सितंबर सितम्बर",
        "अक्टूबर अक्तूबर",
        "नवंबर नवम्बर",
        "दिसंबर दिसम्बर",
    ),
    currencies={
        "INR": Currency("रुपया", "रुपये", "पैसे", "पैसे"),
        "USD": Currency("डॉलर", "डॉलर", "सेंट", "सेंट"),
        "EUR": Currency("यूरो", "यूरो", "सेंट", "सेंट"),
        "GBP": Currency("पाउंड", "पाउंड", "पेंस", "पेंस"),
        "JPY": Currency("येन", "येन", "सेन", "सेन"),
        "AED": Currency("दिरहम", "दिरहम", "फ़िल्स", "फ़िल्स"),
        "SAR": Currency("रियाल", "रियाल", "हलाला", "हलाला"),
        "SGD": Currency("सिंगापुर डॉलर", "सिंगापुर डॉलर", "सेंट", "सेंट"),
        "AUD": Currency("ऑस्ट्रेलियाई डॉलर", "ऑस्ट्रेलियाई डॉलर", "सेंट", "सेंट"),
        "CAD": Currency("कनाडाई डॉलर", "कनाडाई डॉलर", "सेंट", "सेंट"),
        "CNY": Currency("युआन", "युआन", "फ़ेन", "फ़ेन"),
        "KWD": Currency("कुवैती दीनार", "कुवैती दीनार", "फ़िल्स", "फ़िल्स"),
    },
    signs={
        "minus": "माइनस",
        "plus": "प्लस",
        "equals": "बराबर",
        "times": "गुणा",
        "divided": "भाग",
        "by": "बटा",
        "to": "से",
        "point": "दशमलव",
        "and": "और",
        "at": "एट",
        "number": "नंबर",
        "score": "पर",
        "out of": "में से",
        "ratio": "अनुपात",
        "less": "से कम",
        "more": "से ज़्यादा",
        "under": "से कम",
        "above": "से ज़्यादा",
        "about": "लगभग",
        "over": "प्लस",
        "version": "वर्ज़न",
        "squared": "का वर्ग",
        "cubed": "का घन",
        "power": "की घात",
        "plus or minus": "प्लस माइनस",
        "hashtag": "हैशटैग",
        "or": "या",
        "star": "स्टार",
        "stars": "स्टार",
        "hash": "हैश",
        "positive": "पॉज़िटिव",
        "negative": "नेगेटिव",
        "not out": "नाबाद",
        "factorial": "फ़ैक्टोरियल",
        "degree": "डिग्री",
        "cross": "बाई",
        "percent": "प्रतिशत",
        "double": "डबल",
        "triple": "ट्रिपल",
    },
    ordinals=("पहल", "दूसर", "तीसर", "चौथ", "छठ"),
    plain_endings=("ा", "े", "ी"),
    endings=("वाँ", "वें", "वीं"),
    quarters=("सवा", "साढ़े", "पौने"),
    halves=("डेढ़", "ढाई"),
    parts={
        (1, 2): "आधा",
        (1, 3): "एक तिहाई",
        (2, 3): "दो तिहाई",
        (1, 4): "एक चौथाई",
        (3, 4): "तीन चौथाई",
    },
    clock=("बजे", "बजकर", "मिनट"),
    times_of_day=("सुबह", "दोपहर", "शाम", "रात"),
    upon="पर",
    units=UNITS,
    written=WrittenForms(
        per="प्रति",
        magnitudes={
            "thousand": "हज़ार हजार",
            "lakh": "लाख ला.",
            "crore": "करोड़",
            "arab": "अरब",
            "kharab": "खरब",
            "million": "मिलियन",
            "billion": "बिलियन",
            "trillion": "ट्रिलियन",
        },
        currencies={"INR": "रु. रु रू. रू"},
        currency_names=("रुपये", "रुपए", "रूपये", "रुपया"),
        clock=("बजे",),
        hours=("बजे",),
        parts_of_day="सुबह शाम दोपहर रात सवेरे प्रातः प्रात: सायं सायंकाल रात्रि तड़के भोर पूर्वाह्न अपराह्न".split(),
        scores=("जीता", "जीती", "हराया", "हारा", "स्कोर", "स्कोर:"),
        range_ends=("से",),
        ordinal_endings="वाँ|वां|वा|वीं|वी|वें|वे|ला|ली|ले|रा|री|रे|था|थी|थे|ठा|ठी|ठे",
        rates={
            **{
                "week": "सप्ताह हफ़्ता हफ्ता",
                "yr": "वर्ष साल",
                "night": "रात",
                "unit": "यूनिट",
                "acre": "एकड़",
                "piece": "पीस",
                "dozen": "दर्जन",
            },
            **{
                "plate": "प्लेट",
                "sec": "सेकेंड",
            },
        },
        numbered_nouns="""अध्याय भाग खंड खण्ड कक्षा चरण युद्ध अनुच्छेद धारा प्रकार श्रेणी सूची सत्र अंक""".split(),
        royal_names="""एलिज़ाबेथ जॉर्ज हेनरी लुई चार्ल्स विलियम जेम्स एडवर्ड चंद्रगुप्त पुलकेशिन राजराज राजेंद्र नेपोलियन
            आलम""".split(),
        code_names=("पिन", "पिनकोड", "ओटीपी", "पीएनआर", "आधार", "पासवर्ड"),
        code_links=("कोड", "नंबर", "है"),
        script_words=HINDI_WORDS,
        script_parts=HINDI_PARTS,
        script_endings=HINDI_ENDINGS,
        hint_words=HINDI_HINT_WORDS,
        hint_endings=HINDI_HINT_ENDINGS,
    ),
)
