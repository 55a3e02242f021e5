"""Rules for journeys and places: 'DEL-BOM', 'NDLS → HWH', 'at PF 3', 'Andheri (E)', 'Hyd-500033'."""

import re

from processing.normalise.capital_words import ORDINARY_CAPITALS, WORD_LIKE
from processing.normalise.identifier_forms import words_pattern
from processing.normalise.identifier_words import EXPRESSES, FLOWN, TRAINS
from processing.normalise.short_forms import read_pairs
from processing.normalise.surroundings import seen_before, seen_near
from processing.normalise.verbalizer import Verbalizer
from processing.normalise.written import Rule, alternatives

_AIRPORTS = frozenset(
    """DEL BOM BLR HYD MAA CCU COK AMD PNQ GOI GOX IXC LKO JAI PAT GAU TRV IXB SXR VNS NAG BBI IXR RPR IDR VTZ CJB TRZ IXM IXE
    UDR JDH ATQ DED BDQ STV RAJ VGA TIR IXZ IMF DIB DXB AUH SIN LHR JFK SFO SYD DOH BKK KUL HKG CDG FRA LAX EWR YYZ MEL KTM
    CMB DAC MCT RUH JED BAH KWI ORD BOS IAD AMS ZRH MUC NRT HND ICN PEK PVG MLE""".split()
)
"""Codes of airports, by IATA: India's larger ones, and those abroad to which flights from India go."""
_STATIONS = frozenset(
    """NDLS DLI NZM ANVT HWH SDAH KOAA BZA SC KCG HYB BCT MMCT CSMT LTT BDTS PUNE MAS MS MSB SBC YPR SMVB CNB LKO BPL HBJ NGP VSKP GNT
    TPTY RU KZJ ADI BRC ST JP JU PNBE RJPB DNR GAYA BSB DDU PRYG GKP DHN ASN KGP BBS PURI CTC ASR LDH CDG JAT SVDK GHY TVC
    ERS CLT CBE MDU TPJ UBL MYS MAO RNC TATA JBP GWL AGC MTJ KOTA UJN INDB""".split()
)
"""Codes of larger railway stations of India."""
_PLACES = _AIRPORTS | _STATIONS
_LEG = r" ?(?:->|[-–→/]) ?"
_ROUTE = re.compile(rf"(?<![\w@.#-])[A-Z]{{2,4}}(?:{_LEG}[A-Z]{{2,4}}){{1,3}}(?![\w-])")
_LEGS = re.compile(_LEG)
_TRAVEL = re.compile(words_pattern((*FLOWN, *TRAINS, *map(str.lower, EXPRESSES))))
_PLATFORM = re.compile(r"(?<![\w.])PF(?= ?(?:[Nn]o\.? ?|# ?|- ?)?\d{1,2}[A-Z]?(?!\w|[.,]\d| ?%))")
_STATION = re.compile(
    rf"{words_pattern((*TRAINS, *map(str.lower, EXPRESSES), 'station', 'coach', 'platform', 'metro', 'local'))}"
    r"|(?:at|on) PF|(?i:dep|arr|exp)(?![a-z])"
)
_SIDE = re.compile(r"(?<=[a-z])(?: ?\((?P<side>[EW])\)|,? (?P<bare>[EW])(?=,|$))")
_SIDES = {"E": "East", "W": "West"}
_SUBURB = re.compile(
    r"(?:Airoli|Ambernath|Andheri|Badlapur|Bandra|Bhandup|Bhayandar|Boisar|Borivali|Chembur|Chinchpokli|Dadar|Dahisar|Dombivli|Elphinstone"
    r"|Ghatkopar|Goregaon|Jogeshwari|Kalwa|Kalyan|Kandivali|Kanjurmarg|Khar|Kurla|Lower Parel|Mahim|Malad|Matunga|Mira Road"
    r"|Mulund|Nahur|Nalasopara|Naigaon|Palghar|Panvel|Santacruz|Sion|Thane|Titwala|Ulhasnagar|Vasai|Vashi|Vidyavihar|Vikhroli"
    r"|Vile Parle|Virar|Wadala)\Z"
)
"""Stations of Mumbai, which have a suburb on either side."""
_CITIES = read_pairs("""
Hyd = Hyderabad
Blr, Bglr = Bangalore
Bbsr = Bhubaneswar
Lko = Lucknow
Cbe = Coimbatore
Ggn = Gurgaon
Gzb = Ghaziabad
Chd = Chandigarh
Amd = Ahmedabad
Kol = Kolkata
Chn = Chennai
Mum = Mumbai
Del = Delhi
""")
_WORDS = frozenset("Kol Chn Mum Del".split())
"""Short names of cities that are words or names of their own elsewhere."""
_ZONE = re.compile(r" ?[-–] ?(?:[1-9]\d?|[1-8]\d{2} ?\d{3})(?= ?(?:[.,;)]|$)(?!\d))")
"""Postal zone or code behind a city."""
_CITY = re.compile(
    rf"(?:{alternatives({name[:3] for name in _CITIES})})(?<![\w@.#/]...)r?(?![\w'’@]|\.\w)(?P<stop>\.(?=,| [a-z\d(]))?"
)


def _say_route(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'DEL to BOM' of 'DEL-BOM': airports, or stations beside words of travel."""
    stops = _LEGS.split(match[0])
    by_rail = "/" not in match[0] and max(map(len, stops)) > 2 and _PLACES.issuperset(stops)  # no 'SC/ST', 'SC-ST'
    known = _AIRPORTS.issuperset(stops) or by_rail
    if not known and any(stop in WORD_LIKE or stop in ORDINARY_CAPITALS for stop in stops):
        return None
    if not known and ("/" in match[0] or not seen_near(_TRAVEL, match, 60, behind=30)):
        return None
    return f" {verbalizer.signs['to']} ".join(stops)


def _say_platform(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return the word of 'at PF 3', which is no provident fund."""
    near = seen_near(_STATION, match, 40)
    return "platform" if near else None


def _say_side(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    if seen_before(_SUBURB, match, 16) is None:
        return None
    return f" {_SIDES[match['side'] or match['bare']]}"


def _say_city(match: re.Match[str], verbalizer: Verbalizer) -> str | None:
    """Return 'Hyderabad' of 'Hyd'; 'Mum' and the like are short for a city only before a postal zone, 'Mum-93'."""
    name = match[0].rstrip(".")
    if name in _WORDS and not _ZONE.match(match.string, match.end()):
        return None
    return _CITIES.get(name)


NAMES = (
    Rule(_ROUTE, _say_route, "-–→/"),
    Rule(_PLATFORM, _say_platform, "P", needs="PF"),
    Rule(_SIDE, _say_side, "EW"),
    Rule(_CITY, _say_city, "HBLCGAKMD"),
)
"""Rules before those of arrows, abbreviations and figures."""
