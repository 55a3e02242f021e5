"""The words of Hindi in two scripts: Devanagari, and as people type it in Latin letters. Data."""

from collections.abc import Mapping
from dataclasses import dataclass

from processing.words import split_words

_NUMBERS = """शून्य एक दो तीन चार पाँच छह सात आठ नौ
दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी
अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"""

_TYPED_NUMBERS = """shunya ek do teen chaar paanch chhah saat aath nau
das gyarah barah terah chaudah pandrah solah satrah atharah unnees
bees ikkees baees teis chaubees pachchees chhabbees sattais atthais untees
tees iktees battees taintees chauntees paintees chhattees saintees adtees untalees
chalees iktalees bayalees taintalees chauvalees paintalees chhiyalees saintalees adtalees unchaas
pachaas ikyavan bavan tirpan chauvan pachpan chhappan sattavan atthavan unsath
saath iksath basath tirsath chaunsath painsath chhiyasath sadsath adsath unhattar
sattar ikhattar bahattar tihattar chauhattar pachhattar chhihattar satahattar athahattar unasi
assi ikyasi bayasi tirasi chaurasi pachasi chhiyasi sattasi atthasi navasi
nabbe ikyanave banave tiranave chauranave pachanave chhiyanave sattanave atthanave ninyanave"""


@dataclass(frozen=True, slots=True)
class Wordbook:
    """The words of Hindi in one script."""

    numbers: tuple[str, ...]
    scales: tuple[tuple[int, str], ...]
    magnitudes: Mapping[str, str]
    months: tuple[str, ...]
    money: Mapping[str, tuple[str, str, str]]
    signs: Mapping[str, str]
    ordinals: tuple[str, ...]
    """Stems of the first, second, third, fourth and sixth, which take the plain endings."""
    plain_endings: tuple[str, str, str]
    endings: tuple[str, str, str]
    """Masculine, oblique, feminine."""
    quarters: tuple[str, str, str]
    """A quarter past, half past, a quarter to."""
    halves: tuple[str, str]
    """One and a half, two and a half."""
    parts: Mapping[tuple[int, int], str]
    clock: tuple[str, str, str]
    """'o'clock', 'past', 'minutes'."""
    times_of_day: tuple[str, str, str, str]
    """Morning, afternoon, evening, night."""
    per: str
    upon: str


DEVANAGARI = Wordbook(
    numbers=tuple(_NUMBERS.split()),
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
    months=tuple(split_words("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर")),
    money={
        "INR": ("रुपया", "रुपये", "पैसे"),
        "USD": ("डॉलर", "डॉलर", "सेंट"),
        "EUR": ("यूरो", "यूरो", "सेंट"),
        "GBP": ("पाउंड", "पाउंड", "पेंस"),
        "JPY": ("येन", "येन", "सेन"),
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
        "degree": "डिग्री",
        "cross": "गुणा",
        "percent": "प्रतिशत",
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
    per="प्रति",
    upon="पर",
)

TYPED = Wordbook(
    numbers=tuple(_TYPED_NUMBERS.split()),
    scales=((10**11, "kharab"), (10**9, "arab"), (10**7, "crore"), (10**5, "lakh"), (10**3, "hazaar"), (100, "sau")),
    magnitudes={
        "hundred": "sau",
        "thousand": "hazaar",
        "lakh": "lakh",
        "crore": "crore",
        "arab": "arab",
        "kharab": "kharab",
        "million": "million",
        "billion": "billion",
        "trillion": "trillion",
    },
    months=tuple(split_words("January February March April May June July August September October November December")),
    money={
        "INR": ("rupaya", "rupaye", "paise"),
        "USD": ("dollar", "dollar", "cent"),
        "EUR": ("euro", "euro", "cent"),
        "GBP": ("pound", "pound", "pence"),
        "JPY": ("yen", "yen", "sen"),
    },
    signs={
        "minus": "minus",
        "plus": "plus",
        "equals": "barabar",
        "times": "guna",
        "divided": "bhaag",
        "by": "bata",
        "to": "se",
        "point": "point",
        "and": "aur",
        "at": "at",
        "number": "number",
        "score": "par",
        "out of": "mein se",
        "ratio": "anupaat",
        "less": "se kam",
        "more": "se zyada",
        "under": "se kam",
        "above": "se zyada",
        "about": "lagbhag",
        "over": "plus",
        "version": "version",
        "squared": "ka varg",
        "cubed": "ka ghan",
        "power": "ki ghaat",
        "plus or minus": "plus minus",
        "hashtag": "hashtag",
        "degree": "degree",
        "cross": "guna",
        "percent": "percent",
    },
    ordinals=("pehl", "doosr", "teesr", "chauth", "chhath"),
    plain_endings=("a", "e", "i"),
    endings=("vaan", "vein", "veen"),
    quarters=("sava", "saadhe", "paune"),
    halves=("dedh", "dhai"),
    parts={
        (1, 2): "aadha",
        (1, 3): "ek tihai",
        (2, 3): "do tihai",
        (1, 4): "ek chauthai",
        (3, 4): "teen chauthai",
    },
    clock=("baje", "bajkar", "minute"),
    times_of_day=("subah", "dopahar", "shaam", "raat"),
    per="prati",
    upon="par",
)
