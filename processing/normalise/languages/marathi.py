"""Marathi: joined hundreds (दोनशे), quarters (सव्वा, साडे, पावणे), ordinals with gender, endings on figures and money.

Sources: `indic-numtowords` 1.1 (PyPI) for the numbers to 99, CLDR 47 (`babel`) for months and most units.
"""

from processing.normalise.languages.devanagari_evidence import (
    MARATHI_ENDINGS,
    MARATHI_HINT_ENDINGS,
    MARATHI_HINT_WORDS,
    MARATHI_PARTS,
    MARATHI_WORDS,
)
from processing.normalise.languages.marathi_units import UNITS
from processing.normalise.verbalizer import Amount, ClockTime, Verbalizer, read_currencies, read_words
from processing.normalise.written_forms import WrittenForms

_NUMBERS = """शून्य एक दोन तीन चार पाच सहा सात आठ नऊ
दहा अकरा बारा तेरा चौदा पंधरा सोळा सतरा अठरा एकोणीस
वीस एकवीस बावीस तेवीस चोवीस पंचवीस सव्वीस सत्तावीस अठ्ठावीस एकोणतीस
तीस एकतीस बत्तीस तेहेतीस चौतीस पस्तीस छत्तीस सदतीस अडतीस एकोणचाळीस
चाळीस एक्केचाळीस बेचाळीस त्रेचाळीस चव्वेचाळीस पंचेचाळीस सेहेचाळीस सत्तेचाळीस अठ्ठेचाळीस एकोणपन्नास
पन्नास एक्कावन्न बावन्न त्रेपन्न चौपन्न पंचावन्न छप्पन्न सत्तावन्न अठ्ठावन्न एकोणसाठ
साठ एकसष्ट बासष्ट त्रेसष्ट चौसष्ट पासष्ट सहासष्ट सदुसष्ट अडुसष्ट एकोणसत्तर
सत्तर एकाहत्तर बाहत्तर त्र्याहत्तर चौऱ्याहत्तर पंचाहत्तर शाहत्तर सत्त्याहत्तर अठ्ठ्याहत्तर एकोणऐंशी
ऐंशी एक्याऐंशी ब्याऐंशी त्र्याऐंशी चौऱ्याऐंशी पंचाऐंशी शहाऐंशी सत्त्याऐंशी अठ्ठ्याऐंशी एकोणनव्वद
नव्वद एक्याण्णव ब्याण्णव त्र्याण्णव चौऱ्याण्णव पंचाण्णव शहाण्णव सत्त्याण्णव अठ्ठ्याण्णव नव्याण्णव""".split()
_SCALES = ((10**9, "अब्ज"), (10**7, "कोटी"), (10**5, "लाख"), (10**3, "हजार"))
_ORDINALS = {1: "पहिल", 2: "दुसर", 3: "तिसर", 4: "चौथ"}
_ORDINAL_ENDINGS = {"ल": (1,), "र": (2, 3), "ऱ": (2, 3), "थ": (4,)}
"""Numbers whose ordinal is written with an ending that begins with this letter; other numbers take a case ending."""
_ORDINAL_FORMS = "ला ली ले ल्या रा री रे ऱ्या र्‍या र्या था थी थे थ्या वा वी वे व्या वां वें".split()
_ORDINAL_CASES = "चा ची चे च्या ला त ने मध्ये".split()
_CASES_BESIDE = [f" {case}" for case in _ORDINAL_CASES] + ["", *_ORDINAL_CASES]
"""Cases behind the ending of an ordinal: apart, none, joined."""
_PARTS = {(1, 2): "अर्धा", (1, 4): "पाव", (3, 4): "पाऊण", (1, 3): "एक तृतीयांश", (2, 3): "दोन तृतीयांश"}
_QUARTERS = {"25": (1, 4), "5": (1, 2), "50": (1, 2), "75": (3, 4)}
_TENTHS = ("दशांश", "शतांश", "सहस्रांश")
_AFTER_MINUTES = {"वाजले": "मिनिटे", "वाजेपर्यंत": "मिनिटांपर्यंत", "वाजेपासून": "मिनिटांपासून", "वाजल्यापासून": "मिनिटांपासून"}
_CASES = "चा ची चे च्या ना नी त तील मध्ये वर पर्यंत पासून पेक्षा साठी".split()
_STEMS = {"thousand": "हजारां", "lakh": "लाखां", "crore": "कोटीं", "arab": "अब्जां"}
"""Stems of words that multiply a number, before a case ending; one takes it without the nasal."""
_MEASURED = frozenset(
    """चमचा चमचे वाटी वाट्या कप ग्लास पेला पेले तास तासांनी तासांत तासांचा तासांची तासांचे दिवस महिने महिना वर्षे वर्ष मिनिटे मिनिट
    लिटर किलो तोळे तोळा एकर एकरात गुंठे गुंठा हेक्टर क्विंटल टन मैल किलोमीटर पट पटीने""".split()
)
"""Nouns behind a half or a quarter that has a word of its own: 'दीड चमचा'."""
_AFTER_LOCAL = ("ला", "चा", "ची", "चे", "च्या")
_AFTER_YEAR = ("मध्ये", "साली", "च्या", "पासून", "रोजी")
_AFTER_REIGN = ("या काळ", "दरम्यान", "पर्यंत")
_OBLIQUE = {"रुपये": "रुपयां", "पैसे": "पैशां", "डॉलर": "डॉलर"}


class Marathi(Verbalizer):
    """Marathi verbalizer."""

    code = "mr"
    name = "Marathi"
    block = 0x0900
    units = UNITS
    each = "प्रति"
    digit_names = _NUMBERS[:10]
    months = """जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर""".split()
    currencies = read_currencies(
        """INR = रुपया, रुपये, पैसा, पैसे | USD = डॉलर, डॉलर, सेंट, सेंट | EUR = युरो, युरो, सेंट, सेंट
        | GBP = पाउंड, पाउंड, पेनी, पेन्स | JPY = येन, येन, सेन, सेन | AED = दिरहॅम, दिरहॅम, फिल्स, फिल्स
        | SAR = रियाल, रियाल, हलाला, हलाला | SGD = सिंगापूर डॉलर, सिंगापूर डॉलर, सेंट, सेंट
        | AUD = ऑस्ट्रेलियन डॉलर, ऑस्ट्रेलियन डॉलर, सेंट, सेंट
        | CAD = कॅनेडियन डॉलर, कॅनेडियन डॉलर, सेंट, सेंट | CNY = युआन, युआन, फेन, फेन
        | KWD = कुवेती दिनार, कुवेती दिनार, फिल्स, फिल्स"""
    )
    magnitudes = read_words(
        """hundred = शे | thousand = हजार | lakh = लाख | crore = कोटी | arab = अब्ज | kharab = खर्व
        | million = मिलियन | billion = बिलियन | trillion = ट्रिलियन"""
    )
    signs = read_words(
        """minus = उणे | plus = अधिक | equals = बरोबर | times = गुणिले | divided = भागिले | by = बाय | to = ते
        | point = पूर्णांक | and = आणि | at = ॲट | number = क्रमांक | score = बाय | out of = पैकी
        | ratio = प्रमाण | less = पेक्षा कमी | more = पेक्षा जास्त | under = पेक्षा कमी | above = पेक्षा जास्त
        | about = सुमारे | over = पेक्षा जास्त | version = आवृत्ती | squared = चा वर्ग | cubed = चा घन
        | power = चा घात | plus or minus = अधिक उणे | hashtag = हॅशटॅग
        | or = किंवा | star = स्टार | stars = स्टार | hash = हॅश | positive = पॉझिटिव्ह | negative = निगेटिव्ह
        | not out = नाबाद | factorial = फॅक्टोरियल | degree = अंश | cross = बाय
        | percent = टक्के | double = डबल | triple = ट्रिपल"""
    )
    written = WrittenForms(
        per="प्रति",
        magnitudes={
            name: " ".join([word, *(stem + case for stem in (_STEMS[name], _STEMS[name][:-1]) for case in _CASES)])
            for name, word in (("thousand", "हजार"), ("lakh", "लाख"), ("crore", "कोटी"), ("arab", "अब्ज"))
        },
        currencies={"INR": "रु. रु रू. रू"},
        currency_names=("रुपये", "रुपया"),
        clock=("वाजता", "वा.", "वा", *_AFTER_MINUTES),
        hours=("वाज",),
        parts_of_day="""सकाळी दुपारी संध्याकाळी सायंकाळी रात्री पहाटे सकाळचे सकाळची सकाळच्या दुपारचे दुपारची दुपारच्या
            संध्याकाळचे संध्याकाळची संध्याकाळच्या सायंकाळचे रात्रीचे रात्रीची रात्रीच्या पहाटेचे पहाटेची पहाटेच्या""".split(),
        scores="जिंकला जिंकली जिंकले हरवले पराभव".split(),
        ordinal_endings="|".join([base + case for base in _ORDINAL_FORMS for case in _CASES_BESIDE]),
        number_endings="च्या चा ची चे चं ने मध्ये मधील मधून पर्यंत पासून पेक्षा साठी हून".split(),
        noun_endings="च्या चा ची चे चं ला ना ने त मध्ये पर्यंत पासून पेक्षा साठी".split(),
        numbered_nouns="प्रकरण भाग खंड इयत्ता टप्पा कलम प्रकार श्रेणी सत्र अंक".split(),
        royal_names="एलिझाबेथ जॉर्ज हेन्री लुई चार्ल्स विल्यम जेम्स एडवर्ड नेपोलियन पुलकेशी".split(),
        code_names="पिन पिनकोड ओटीपी पीएनआर आधार पासवर्ड".split(),
        code_links="कोड क्रमांक नंबर आहे".split(),
        abbreviations=read_words(
            """वा = वाजता | प्रा = प्राध्यापक | मा = माननीय | क्र = क्रमांक | जि = जिल्हा | पू = पूर्व
            | दु = दुपारी | सं = संध्याकाळी | सायं = सायंकाळी | ता = तालुका | मु = मुक्काम | मु.पो = मुक्काम पोस्ट
            | जि.प = जिल्हा परिषद | खा = खासदार | ग्रा.पं = ग्रामपंचायत | पं.स = पंचायत समिती | न.प = नगर परिषद | म.न.पा = महानगरपालिका
            | भा.दं.वि = भारतीय दंड विधान | भा.द.वि = भारतीय दंड विधान
            | पो.स्टे = पोलीस स्टेशन | पो.नि = पोलीस निरीक्षक | स.पो.नि = सहायक पोलीस निरीक्षक
            | सा.बां = सार्वजनिक बांधकाम | सा.बां.वि = सार्वजनिक बांधकाम विभाग | कृ.उ.बा.स = कृषी उत्पन्न बाजार समिती | ह.भ.प = हरिभक्त परायण
            | सि.स.नं = सिटी सर्व्हे नंबर | हि.नं = हिस्सा नंबर | प्रा.आ.कें = प्राथमिक आरोग्य केंद्र
            | शा.नि = शासन निर्णय | स.न = सर्व्हे नंबर | मुं = मुंबई | कॅ = कॅरेट | कॅल = कॅलरी | दै = दैनिक | कै = कैलासवासी | इ.स = इसवी सन | इ.स.पू = इसवी सन पूर्व"""
        ),
        units={
            "kg": "कि.ग्रॅ. किग्रॅ. किग्रॅ",
            "g": "ग्रॅ. ग्रॅम",
            "h": "तास",
            "inch": "इंच",
            "sqft": "चौ.फूट चौ.फुट चौ._फूट",
            "ml": "मि.लि.",
            "mg": "मि.ग्रॅ. मिग्रॅ. मिग्रॅ मि.ग्रॅम",
        },
        rates={"day": "दिवस", "h": "तास", "min": "मिनिट", "sec": "सेकंद", "month": "महिना"},
        script_words=MARATHI_WORDS,
        script_parts=MARATHI_PARTS,
        script_endings=MARATHI_ENDINGS,
        script_figures=r"(?<![\u0900-\u0d7f.])इ\. ?(?=\d)|\A(?:ही|हा) |(?:नोव्हें|डिसें|सप्टें|ई-चलन)(?![\u0900-\u0963])|\d बाद (?=\d)|\d (?:दिवस|तास)(?![\u0900-\u0963])",
        hint_words=MARATHI_HINT_WORDS,
        hint_endings=MARATHI_HINT_ENDINGS,
    )

    def cardinal(self, number: int) -> str:
        if number < 100:
            return _NUMBERS[number]
        if number == 100:
            return "शंभर"
        parts: list[str] = []
        for value, name in self.scales(_SCALES):
            count, number = divmod(number, value)
            if count:
                parts += [self.cardinal(count), name]
        if number == 100 and parts:
            return " ".join([*parts, "एकशे"])
        return " ".join([*parts, *_below_thousand(number)])

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        """Return the number; halves and quarters before a unit or a magnitude have words of their own."""
        amount = amount.without_noughts
        part = _QUARTERS.get(amount.decimals)
        names = [self.magnitudes[name] for name in amount.magnitude]
        if part and 0 < amount.whole < 100 and (names or counted):
            return " ".join([self.fraction(amount.whole, *part), *names])
        words = self.cardinal(amount.whole)
        if amount.decimals and len(amount.decimals) <= len(_TENTHS):
            under = _TENTHS[len(amount.decimals) - 1]
            words = f"{words} {self.signs['point']} {self.cardinal(int(amount.decimals))} {under}"
        elif amount.decimals:
            words = f"{words} {self.signs['point']} {self.decimals(amount.decimals)}"
        return " ".join([words, *names])

    def ordinal(self, number: int, ending: str = "") -> str:
        ending = ending.replace(" ", "")  # '८ वी च्या'
        case = next(
            (one for one in _ORDINAL_CASES if ending.endswith(one) and ending[: -len(one)] in _ORDINAL_FORMS), ""
        )
        ending = ending.removesuffix(case)
        if ending and number not in _ORDINAL_ENDINGS.get(ending[0], (number,)):
            return self.cardinal(number) + ending + case
        vowel = "्या" if ending.endswith("या") else "ी" if ending.endswith("ी") else "े" if ending[1:2] == "े" else "ा"
        if number in _ORDINALS:
            return (_ORDINALS[number] + vowel).replace("र्या", "ऱ्या") + case
        words = self.cardinal(number)
        if number in (10**3, 10**5, 10**7):
            words = words.rpartition(" ")[2]
        return f"{_ordinal_stem(words)}व{vowel}{case}"

    def year(self, year: int) -> str:
        century, rest = divmod(year, 100)
        if not 11 <= century <= 19:
            return self.cardinal(year)
        return f"{_NUMBERS[century]}शे {_NUMBERS[rest] if rest else ''}".strip()

    def is_year(self, number: int, before: str, ahead: str) -> bool:
        known = before in ("सन", "साल", "वर्ष", "इ.स") or ahead.lstrip().startswith(_AFTER_YEAR)
        known = known or (before == "ते" and ahead.lstrip().startswith(_AFTER_REIGN))
        known = known or (number % 50 != 0 and ahead.lstrip().startswith(("चा ", "ची ", "चे ")))
        return 1900 <= number < 2000 or (1100 <= number < 1900 and known)

    def is_counting(self, before: str, ahead: str) -> bool:
        counted = "".join(ahead.split()[:1]).rstrip(".,;:!?)।") in _MEASURED
        return counted or ahead.lstrip().startswith(tuple(_STEMS[name][:3] for name in _STEMS))

    def clock(self, time: ClockTime) -> str:
        """Return a time such as 'साडेपाच वाजता' or 'पाच वाजून वीस मिनिटांनी'."""
        part = {15: (1, 4), 30: (1, 2), 45: (3, 4)}.get(time.minute)
        said = time.said if time.said not in ("वा.", "वा") else "वाजता"
        joined = not said and time.ahead.strip(".,;:!?)") in _AFTER_LOCAL
        said = "" if joined else said or ("वाजता" if time.meridiem or not time.minute else "")
        if time.minute and (part is None or not 1 <= time.hour <= 12):
            until = "मिनिटां" if time.ahead.startswith(("पर्यंत", "पासून")) else "मिनिटे"
            minutes = "" if joined else _AFTER_MINUTES.get(said, "मिनिटांनी" if said else until)
            past = " " if joined else " वाजून "
            words = f"{self.cardinal(time.hour)}{past}{self.cardinal(time.minute)} {minutes}"
        else:
            hour = self.fraction(time.hour % 12, *part) if part == (3, 4) else ""
            words = f"{hour or (self.fraction(time.hour, *part) if part else self.cardinal(time.hour))} {said}"
        return f"{_part_of_day(time)} {words}".strip()

    def part(self, over: int, under: int, ahead: str) -> str:
        """Return the part; half agrees with a feminine noun: 'अर्धी वाटी'."""
        noun = ahead.rstrip(".,;:!?)।")
        feminine = (over, under) == (1, 2) and noun.endswith("ी") and noun not in ("पाणी", "दही", "लोणी")
        return "अर्धी" if feminine else self.fraction(0, over, under)

    def is_ordinal(self, number: int, ending: str, *, joined: bool, ahead: str) -> bool:
        """Return False for a word of its own behind a number: '40 वाचा' is "read 40", '3 रात' three nights."""
        known = ("व्या", "ल्या", "ऱ्या", "थ्या", "वी", "लीच", "रीच", "थीच")
        return joined or ending.partition(" ")[0] in _ORDINAL_FORMS or ending.startswith(known)

    def fraction(self, whole: int, over: int, under: int) -> str:
        if not whole:
            return _PARTS.get((over, under)) or f"{self.cardinal(over)} छेद {self.cardinal(under)}"
        match over, under:
            case 1, 2:
                return {1: "दीड", 2: "अडीच"}.get(whole) or f"साडे{self.cardinal(whole)}"
            case 1, 4:
                return "सव्वा" if whole == 1 else f"सव्वा{self.cardinal(whole)}"
            case 3, 4:
                return f"पावणे{self.cardinal(whole + 1)}"
        return f"{self.cardinal(whole)} {self.signs['point']} {self.fraction(0, over, under)}"

    def score(self, runs: int, wickets: int) -> str:
        return f"{self.cardinal(wickets)} बाद {self.cardinal(runs)}"

    def agree(self, words: str, magnitude: str) -> str:
        """Move the ending of the magnitude to the currency: '₹5 कोटींचा' -> 'पाच कोटी रुपयांचा'."""
        for stem in (form for plural in _STEMS.values() for form in (plural, plural[:-1])):
            if (case := (magnitude.split() or [""])[-1].removeprefix(stem)) in _CASES:
                return self.with_noun_ending(words, case)
        return words

    def with_noun_ending(self, words: str, ending: str) -> str:
        """Put the ending on the oblique form: '₹500ला' -> '… रुपयांना'."""
        head, _, name = words.rpartition(" ")
        oblique = _OBLIQUE.get(name, name)
        joined = {"ला": "ना", "ने": "नी"}.get(ending, ending) if oblique.endswith("ां") else ending
        return f"{head} {oblique}{joined}"


def _below_thousand(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    return ([f"{_NUMBERS[hundreds]}शे"] if hundreds else []) + ([_NUMBERS[rest]] if rest else [])


def _ordinal_stem(words: str) -> str:
    """Return the words before the ending व: पाच -> पाच, नऊ -> नव, वीस -> विसा, अकरा -> अकरा, पन्नास -> पन्नासा."""
    if words.endswith("नऊ"):
        return f"{words[:-2]}नव"
    if words.endswith("ीस"):
        words = f"{words[:-2]}िस"
    return words if words.endswith(("ा", "ी", "े", "पाच", "सात", "आठ")) else f"{words}ा"


def _part_of_day(time: ClockTime) -> str:
    if not time.meridiem or time.part_of_day_said:
        return ""
    hour = time.hour % 12
    if time.meridiem == "am":
        return "सकाळी" if hour >= 4 else "रात्री"
    return "दुपारी" if hour < 4 else "संध्याकाळी" if hour < 8 else "रात्री"
