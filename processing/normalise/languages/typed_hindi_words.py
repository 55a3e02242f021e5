"""Words of Hindi as people type it in Latin letters. Data."""

from processing.normalise.languages.english_units import UNITS
from processing.normalise.languages.hindi_words import HindiWords
from processing.normalise.languages.typed_hindi_vocabulary import LATIN_ENDINGS, LATIN_WORDS
from processing.normalise.units import UnitName
from processing.normalise.verbalizer import Currency
from processing.normalise.written_forms import WrittenForms

_NUMBERS = """shunya ek do teen chaar paanch chhah saat aath nau
das gyarah barah terah chaudah pandrah solah satrah atharah unnees
bees ikkees baees teis chaubees pachchees chhabbees sattais atthais untees
tees iktees battees taintees chauntees paintees chhattees saintees adtees untalees
chalees iktalees bayalees taintalees chauvalees paintalees chhiyalees saintalees adtalees unchaas
pachaas ikyavan bavan tirpan chauvan pachpan chhappan sattavan atthavan unsath
saath iksath basath tirsath chaunsath painsath chhiyasath sadsath adsath unhattar
sattar ikhattar bahattar tihattar chauhattar pachhattar chhihattar satahattar athahattar unasi
assi ikyasi bayasi tirasi chaurasi pachasi chhiyasi sattasi atthasi navasi
nabbe ikyanave banave tiranave chauranave pachanave chhiyanave sattanave atthanave ninyanave""".split()

TYPED = HindiWords(
    code="hi-Latn",
    block=None,
    numbers=_NUMBERS,
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
    months="January February March April May June July August September October November December".split(),
    currencies={
        "INR": Currency("rupaya", "rupaye", "paise", "paise"),
        "USD": Currency("dollar", "dollar", "cent", "cent"),
        "EUR": Currency("euro", "euro", "cent", "cent"),
        "GBP": Currency("pound", "pound", "pence", "pence"),
        "JPY": Currency("yen", "yen", "sen", "sen"),
        "AED": Currency("dirham", "dirham", "fils", "fils"),
        "SAR": Currency("riyal", "riyal", "halala", "halala"),
        "SGD": Currency("Singapore dollar", "Singapore dollar", "cent", "cent"),
        "AUD": Currency("Australian dollar", "Australian dollar", "cent", "cent"),
        "CAD": Currency("Canadian dollar", "Canadian dollar", "cent", "cent"),
        "CNY": Currency("yuan", "yuan", "fen", "fen"),
        "KWD": Currency("Kuwaiti dinar", "Kuwaiti dinar", "fils", "fils"),
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
        "or": "ya",
        "star": "star",
        "stars": "star",
        "hash": "hash",
        "positive": "positive",
        "negative": "negative",
        "not out": "not out",
        "factorial": "factorial",
        "degree": "degree",
        "cross": "by",
        "percent": "percent",
        "double": "double",
        "triple": "triple",
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
    upon="par",
    units={
        key: UnitName(name.one, name.one if name.many == f"{name.one}s" else name.many, name.one)
        for key, name in UNITS.items()
    }
    | {key: UnitName("ghanta", "ghante", "ghanta") for key in ("h", "hour")},
    written=WrittenForms(
        per="per",
        magnitudes={"thousand": "hazaar hazar"},
        currency_names=("rupaye",),
        clock=("baje", "bje", "bajey"),
        hours=("baje", "bje", "bajey"),
        parts_of_day=("subah", "shaam", "raat", "dopahar"),
        range_ends=("se",),
        ordinal_endings="vaan|vein|veen|vin|van|va|vi|ve",
        latin_words=LATIN_WORDS,
        latin_endings=LATIN_ENDINGS,
        latin_counted=("baje", "bje", "bajey", "rupaye", "rupaiye", "rupay", "saal", "din", "log", "ghante"),
    ),
)
