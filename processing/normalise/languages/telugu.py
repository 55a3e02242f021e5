"""Telugu: number words inflect before a counted noun (వేలు, వేల), and endings join them (రెండు, రెండవ, రెండున్నర)."""

from collections.abc import Mapping

from processing.normalise.languages.telugu_cases import counting, is_counting, of_people, people, with_case
from processing.normalise.languages.telugu_nouns import AFTER_HOURS, HELD, MEASURED, PRICED
from processing.normalise.languages.telugu_units import UNITS
from processing.normalise.verbalizer import Amount, ClockTime, Currency, Verbalizer
from processing.normalise.written_forms import WrittenForms

_SMALL = """సున్నా ఒకటి రెండు మూడు నాలుగు ఐదు ఆరు ఏడు ఎనిమిది తొమ్మిది పది పదకొండు పన్నెండు పదమూడు పద్నాలుగు
పదిహేను పదహారు పదిహేడు పద్దెనిమిది పంతొమ్మిది""".split()
_TENS = "ఇరవై ముప్పై నలభై యాభై అరవై డెబ్బై ఎనభై తొంభై".split()
_SCALES = ((10**7, "ఒక కోటి", "కోట్లు"), (10**5, "ఒక లక్ష", "లక్షలు"), (10**3, "వెయ్యి", "వేలు"), (100, "వంద", "వందలు"))
_MILLIONS = (
    (10**12, "ఒక ట్రిలియన్", "ట్రిలియన్లు"),
    (10**9, "ఒక బిలియన్", "బిలియన్లు"),
    (10**6, "ఒక మిలియన్", "మిలియన్లు"),
    *_SCALES[2:],
)
_ONE_AND = {10**5: "ఒక లక్షా", 100: "నూట"}
_ONE_OF = {"hundred": "వంద", "thousand": "వెయ్యి", "lakh": "ఒక లక్ష", "crore": "ఒక కోటి"}
_PARTS = {(1, 2): "అర", (1, 4): "పావు", (3, 4): "ముప్పావు", (1, 3): "మూడింట ఒక వంతు", (2, 3): "మూడింట రెండు వంతులు"}
_JOINED_PARTS = {(1, 2): "న్నర", (1, 4): "ంపావు", (3, 4): "ంముప్పావు"}
_CLOCK_FORMS = {
    "కి": "గంటలకు",
    "గం.": "గంటలు",
    "కు": "గంటలకు",
    "కే": "గంటలకే",
    "కల్లా": "గంటలకల్లా",
    "గం.లకు": "గంటలకు",
    "గం.ల": "గంటల",
    "ని.లకు": "నిమిషాలకు",
    "ని లకు": "నిమిషాలకు",
    "ని.": "నిమిషాలు",
}
_ONE_O_CLOCK = {"గంటలకు": "గంటకు", "గంటల": "గంట", "గంటలు": "గంట", "గంటలకే": "గంటకే"}
"""Forms of the word for "o'clock" behind "one"."""
_TRAVELS = ("ప్రయాణించ", "ప్రయాణిస్త")
"""Beginnings of a verb that resembles a noun of MEASURED."""
_EACH = ("గంటకు ", "నిమిషానికి ", "సెకనుకు ", "లీటరుకు ")
"""Beginnings of the names of units that are rates themselves."""


class Telugu(Verbalizer):
    """Telugu verbalizer."""

    code = "te"
    name = "Telugu"
    block = 0x0C00
    units = UNITS
    each = "ఒక్కో"
    digit_names = _SMALL[:10]
    months = (
        "జనవరి",
        "ఫిబ్రవరి",
        "మార్చి",
        "ఏప్రిల్",
        "మే",
        "జూన్",
        "జులై జూలై",
        "ఆగస్టు ఆగస్ట్",
        "సెప్టెంబర్ సెప్టెంబరు",
        "అక్టోబర్ అక్టోబరు",
        "నవంబర్ నవంబరు",
        "డిసెంబర్ డిసెంబరు",
    )
    currencies: Mapping[str, Currency] = {
        "INR": Currency("రూపాయి", "రూపాయలు", "పైసా", "పైసలు"),
        "USD": Currency("డాలర్", "డాలర్లు", "సెంటు", "సెంట్లు"),
        "EUR": Currency("యూరో", "యూరోలు", "సెంటు", "సెంట్లు"),
        "GBP": Currency("పౌండు", "పౌండ్లు", "పెన్నీ", "పెన్స్"),
        "JPY": Currency("యెన్", "యెన్లు", "సెన్", "సెన్లు"),
        "AED": Currency("దిర్హమ్", "దిర్హమ్‌లు", "ఫిల్స్", "ఫిల్స్"),
        "SAR": Currency("రియాల్", "రియాల్స్", "హలాలా", "హలాలాలు"),
        "SGD": Currency("సింగపూర్ డాలర్", "సింగపూర్ డాలర్లు", "సెంటు", "సెంట్లు"),
        "AUD": Currency("ఆస్ట్రేలియా డాలర్", "ఆస్ట్రేలియా డాలర్లు", "సెంటు", "సెంట్లు"),
        "CAD": Currency("కెనడా డాలర్", "కెనడా డాలర్లు", "సెంటు", "సెంట్లు"),
        "CNY": Currency("యువాన్", "యువాన్‌లు", "ఫెన్", "ఫెన్"),
        "KWD": Currency("కువైట్ దినార్", "కువైట్ దినార్లు", "ఫిల్స్", "ఫిల్స్"),
    }
    magnitudes: Mapping[str, str] = {
        "hundred": "వందల",
        "thousand": "వేల",
        "lakh": "లక్షల",
        "crore": "కోట్ల",
        "arab": "అరబ్",
        "kharab": "ఖరబ్",
        "million": "మిలియన్",
        "billion": "బిలియన్",
        "trillion": "ట్రిలియన్",
    }
    signs: Mapping[str, str] = {
        "minus": "మైనస్",
        "plus": "ప్లస్",
        "equals": "సమానం",
        "times": "ఇంటూ",
        "divided": "భాగించు",
        "by": "బై",
        "to": "నుండి",
        "point": "దశాంశం",
        "and": "మరియు",
        "at": "ఎట్",
        "number": "నంబర్",
        "score": "కి",
        "ratio": "నిష్పత్తి",
        "less": "కంటే తక్కువ",
        "more": "కంటే ఎక్కువ",
        "under": "కంటే తక్కువ",
        "above": "కంటే ఎక్కువ",
        "about": "సుమారు",
        "over": "ప్లస్",
        "version": "వెర్షన్",
        "squared": "స్క్వేర్",
        "cubed": "క్యూబ్",
        "power": "టు ది పవర్",
        "plus or minus": "ప్లస్ మైనస్",
        "hashtag": "హ్యాష్‌ట్యాగ్",
        "or": "లేదా",
        "star": "స్టార్",
        "stars": "స్టార్",
        "hash": "హ్యాష్",
        "positive": "పాజిటివ్",
        "negative": "నెగెటివ్",
        "not out": "నాటౌట్",
        "factorial": "ఫ్యాక్టోరియల్",
        "degree": "డిగ్రీలు",
        "cross": "బై",
        "percent": "శాతం",
        "double": "డబుల్",
        "triple": "ట్రిపుల్",
        "out of": "కి",
    }
    written = WrittenForms(
        per="",
        magnitudes={
            "thousand": "వేలు వేల వే.",
            "lakh": "లక్ష లక్షలు లక్షల ల.",
            "crore": "కోటి కోట్లు కోట్ల కో.",
            "million": "మిలియన్ మిలియన్లు మిలియన్ల",
            "billion": "బిలియన్ బిలియన్లు బిలియన్ల",
            "trillion": "ట్రిలియన్ ట్రిలియన్లు",
        },
        currencies={"INR": "రూ. రూ"},
        currency_names=("రూపాయలు",),
        clock=(
            "గంటలకు",
            "గంటల",
            "గంటలు",
            "కి",
            "కు",
            "కే",
            "కల్లా",
            "నిమిషాలకు",
            "గం.",
            "గం.ల",
            "గం.లకు",
            "ని.",
            "ని.లకు",
            "ని లకు",
        ),
        hours=("గంట",),
        parts_of_day=("ఉదయం", "సాయంత్రం", "రాత్రి", "మధ్యాహ్నం", "తెల్లవారుజామున"),
        scores=("స్కోరు", "స్కోర్", "గెలిచింది"),
        range_ends=("తేదీల్లో", "తేదీలలో", "తేదీల", "తేదీలు"),
        ordinal_endings="వ(?P<rest>ది|సారి|రోజు|తేదీ|తేది)?",
        units={"quintal": "క్వి.", "tbsp": "టే.స్పూన్ టే.స్పూన్లు టేబుల్‌స్పూన్", "tsp": "టీ.స్పూన్ టీ.స్పూన్లు"},
        number_endings="గురం గురికి గురిని గురితో గురిలో గురిపై గురి లోగా లోపల కల్లా నాటికి నాటి లోనూ తోనే లోని లోనే లోపు లో గురు కి కు కే తో ని ను న పై గా లలో లకు".split(),
        noun_endings="లకు లతో లలో లను లకే లు ల కు కి కే తో లోపు లో ను ని గా పై".split(),
        rates={
            **{"day": "రోజు రోజుకు రోజుకి", "week": "వారం వారానికి", "month": "నెల నెలకు", "yr": "ఏడాది సంవత్సరం ఏడాదికి"},
            **{
                "h": "గంట గంటకు",
                "min": "నిమిషం నిమిషానికి ని.",
                "sec": "సెకను సెకనుకు సె.",
                "acre": "ఎకరం ఎకరా ఎకరాకు ఎకరానికి",
                "unit": "యూనిట్",
            },
            **{"piece": "ముక్క పీస్", "dozen": "డజను", "plate": "ప్లేటు ప్లేట్", "night": "రాత్రి"},
        },
        numbered_nouns="""అధ్యాయం భాగం విభాగం తరగతి దశ యుద్ధం ప్రపంచయుద్ధం సంపుటి రకం ఖండం""".split(),
        royal_names="""ఎలిజబెత్ జార్జ్ హెన్రీ లూయీ చార్లెస్ విలియం పులకేశి చంద్రగుప్త రాజరాజ రాజేంద్ర""".split(),
        code_names=("పిన్", "పిన్‌కోడ్", "ఓటీపీ", "ఆధార్"),
        code_links=("కోడ్", "నంబర్"),
    )

    @property
    def word_goes_on(self) -> str:
        """Signs only: a letter may begin an ending."""
        return "\u0c3e-\u0c56"

    def cardinal(self, number: int) -> str:
        if number < 100:
            return _below_hundred(number)
        scales = _MILLIONS if self.reading.number_scale == "million" else _SCALES
        value, one, many = next(scale for scale in scales if number >= scale[0])
        count, rest = divmod(number, value)
        if count > 1:
            head = f"{counting(self.cardinal(count))} {many}"
            return f"{counting(head)} {self.cardinal(rest)}" if rest else head
        return f"{_ONE_AND.get(value, one)} {self.cardinal(rest)}" if rest else one

    def amount(self, amount: Amount, *, counted: bool = False) -> str:
        names = [self.magnitudes[name] for name in amount.magnitude]
        words = self.cardinal(amount.whole)
        if amount.decimals:
            words = f"{words} {self.signs['point']} {self.decimals(amount.decimals)}"
        elif names and amount.whole == 1:
            words = _ONE_OF.get(amount.magnitude[0]) or f"ఒక {names[0]}"
            names = names[1:]
        elif counted or names:
            words = counting(words)
        return " ".join([words, *names])

    def is_counting(self, before: str, ahead: str) -> bool:
        return is_counting(before, ahead)

    def ordinal(self, number: int, ending: str = "") -> str:
        if number == 1:
            return "మొదటి"
        words = self.cardinal(number)
        if words.endswith("ై"):
            return f"{words[:-1]}య్యవ"
        return f"{words[:-1] if words[-1] in 'ుిా' else words}వ"

    def clock(self, time: ClockTime) -> str:
        said = _CLOCK_FORMS.get(time.said, time.said) or ("గంటలకు" if time.meridiem or not time.minute else "")
        describes = time.ahead.lower().strip(".,;:!?)") in HELD or time.ahead.startswith(AFTER_HOURS)
        if said in ("గంటలకు", "గంటలు") and describes and time.said not in (said, "కి", "కు"):
            said = "గంటల"
        minute = self.cardinal(time.minute) if time.minute else ""
        if 0 < time.minute < 10 and said == "గంటలకు":
            minute, said = f"గంటల {minute}", "నిమిషాలకు"
        hour = self.cardinal(time.hour)
        if time.hour == 1 and not time.minute and said in _ONE_O_CLOCK:
            hour, said = "ఒంటి", _ONE_O_CLOCK[said]
        return " ".join(filter(None, [self._part_of_day(time), hour, minute, said]))

    def _part_of_day(self, time: ClockTime) -> str:
        if not time.meridiem or time.part_of_day_said:
            return ""
        hour = time.hour % 12
        if time.meridiem == "am":
            return "ఉదయం" if hour >= 4 else "రాత్రి"
        return "మధ్యాహ్నం" if hour < 4 else "సాయంత్రం" if hour < 7 else "రాత్రి"

    def fraction(self, whole: int, over: int, under: int) -> str:
        if whole:
            joined = _JOINED_PARTS.get((over, under))
            words = self.cardinal(whole)
            return words + joined if joined else f"{words} {self.fraction(0, over, under)}"
        return _PARTS.get((over, under)) or f"{self.cardinal(over)} బై {self.cardinal(under)}"

    def part(self, over: int, under: int, ahead: str) -> str:
        """Return a part of a whole; "వంతు" is said once: '2/3 వంతు'."""
        words = super().part(over, under, ahead)
        return words.partition(" వంతు")[0] if ahead.startswith("వంతు") else words

    def out_of(self, part: str, whole: int) -> str:
        words = self.cardinal(whole)
        dative = with_case(words, "కి") if words.endswith("లు") else f"{words}{self.signs['out of']}"
        return f"{dative} {part}"

    def ratio(self, first: str, second: str) -> str:
        return f"{with_case(first, 'కి')} {second}"

    def measure(self, amount: str, unit: str, per: str | None = None, *, one: bool = False, ahead: str = "") -> str:
        """Return the measure; the unit is oblique before a measured quantity, and a rate comes first."""
        names = self.units[unit]
        name = names.one if one else names.many
        measured = ahead.startswith(MEASURED) and not ahead.startswith(_TRAVELS)
        if name.endswith("లు") and (measured or (unit in ("h", "hour") and ahead.startswith(AFTER_HOURS))):
            name = name[:-1]
        each = ""
        if name.startswith(_EACH):
            each, _, name = name.rpartition(" ")
        return " ".join(filter(None, [self.units[per].per if per else each, amount, name]))

    def rate(self, words: str, per: str | None) -> str:
        return f"{self.units[per].per} {words}" if per else words

    def agree(self, words: str, magnitude: str) -> str:
        """Return the oblique form after an oblique magnitude, '₹5 కోట్ల', and the plain one of a plain magnitude."""
        if magnitude.endswith("లు") and words.endswith("ల"):
            return f"{words}ు"
        return words[:-1] if magnitude.endswith("ల") and words.endswith("లు") else words

    def describing(self, words: str, ahead: str, names: Currency) -> str:
        """Return an amount of money in the oblique form before what it is the price or the sum of: '₹500 ప్లాన్'."""
        return words[:-1] if words.endswith("లు") and ahead.startswith(PRICED) else words

    def people(self, number: int, noun: str) -> str | None:
        return people(number, noun)

    def with_number_ending(self, words: str, number: str, ending: str) -> str:
        """Return the number with its ending: '10కి' -> 'పదికి', '3గురు' -> 'ముగ్గురు'."""
        if ending.startswith("గురు") and number.isdigit() and (said := of_people(int(number))):
            return said
        if ending == "గురం" and number.isdigit() and (said := of_people(int(number))):
            return f"{said[:-1]}ం"
        if ending.startswith("గురి") and number.isdigit() and (said := of_people(int(number))):
            return said[:-1] + ending[len("గుర") :]
        return with_case(words, ending)

    def with_noun_ending(self, words: str, ending: str) -> str:
        """Move the ending from the figure to the currency's name: '₹500కి' -> '… రూపాయలకు'."""
        return with_case(words, ending)


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {_SMALL[ones]}" if ones else _TENS[tens - 2]
