"""Units of measure: their keys, their written forms, and the reader of a language's table of names. Data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnitName:
    """Name of a unit for one and for many; `per` is its form in a rate, such as "hour" in "per hour"."""

    one: str
    many: str
    per: str


_UNITS = """
km = km KM Km kms Kms KMS कि.मी. कि.मी कि._मी. कि._मी किमी కి.మీ. కి.మీ కిమీ
m = m mtr mtrs mts मी. मी మీ. మీ
cm = cm CM cms सें.मी. से.मी. से._मी. से._मी सेमी సెం.మీ. సెం.మీ సె.మీ.
mm = mm MM मि._मी. मि._मी मि.मी. मिमी మి.మీ. మి.మీ
nm
µm = µm μm
kg = kg KG Kg kgs Kgs KGS कि.ग्रा. कि.ग्रा कि._ग्रा. किग्रा కి.గ్రా. కి.గ్రా కేజీ
g = g gm gms gram ग्रा. ग्रा గ్రా. గ్రా
mg = mg मि.ग्रा. मि.ग्रा मिग्रा మి.గ్రా. మి.గ్రా
µg = µg mcg μg ug
l = l L ltr ltrs Ltr LTR lit ली. लि. లీ.
ml = ml ML mL मि._ली. मि.ली. मिली మి.లీ. మి.లీ
dl = dl dL
cc
ft = ft feet फ़ीट फीट అడుగులు
pts = pts PTS
inch = inch inches इंच
yd = yd yds
sqft = sqft sft sq.ft. sq.ft sq_ft sq_ft. sq._ft. sq._ft ft² वर्ग_फुट వర్గ_ఫీట్ చ.అ. చ.అ వ.అ. చ.అడుగులు చ.అడుగుల चौ.फूट चौ.फुट
sq_m = sq_m sq.m. sq.m m² sq._m sq._m. sq_mtr sq.mtr sq._mtr sq_mts sq._mts sq_mtrs sq._mtrs चौ.मी. चौ.मी मी² मीटर² చ.మీ. చ.మీ మీ² మీటర్లు²
sq_km = sq_km sq.km. sq.km sq._km km² वर्ग_किमी किमी² कि.मी.² చ.కి.మీ. కి.మీ² కి.మీ.²
cm² = cm² sq_cm sq._cm sq.cm sq_cms cm2 చ.సెం.మీ. చ.సెం.మీ चौ.सेमी चौ.से.मी. वर्ग_सेमी सेमी² सें.मी.² से.मी.² సెం.మీ² సెం.మీ.²
m³ = m³ m3 cu_m cu._m cu.m. मी³ मीटर³ మీ³
cm³ = cm³ cu_cm सेमी³ से.मी.³ సెం.మీ³ సెం.మీ.³
lb = lb lbs
oz
kmph = kmph KMPH kmh
kmpl = kmpl KMPL Kmpl
mph
rpm = rpm RPM
bpm = bpm BPM
h = h hr hrs hr. hrs. Hrs HR HRS घं. గం. గం.ల గం.లు గం
hour
min = min mins min. mins. MIN MINS Min Mins मि. ని. ని
sec = sec secs sec. secs. SEC SECS सेकं. से. సె. s
ms
yr = yr yrs yr. yrs.
°C = °C ℃ °_C °c ºC °से. °से °_से. °सें. °सें °సె. °సె °_సె. °సెం. డిగ్రీల_సె. अंश_से. डि.से. डिग्री_से. डिग्री_से.
K = kelvin
°F = °F ℉ °_F °f ºF
%
‰
KB = KB kb Kb
MB = MB mb
GB = GB gb Gb
TB = TB tb
kbps = kbps Kbps
Mbps = Mbps mbps MBPS
Gbps = Gbps gbps GBPS
Hz = Hz hz HZ
kHz = kHz KHz khz
MHz = MHz Mhz mhz
GHz = GHz Ghz ghz
V
W
kW = kW KW kw
MW
GW
kWh = kWh KWh kwh KWH
mAh = mAh mah MAH
kV = kV KV Kv
MP = MP mp
px
overs = ov ovs
fps = fps FPS
dB = dB db
hp = hp HP bhp
tsp = tsp Tsp TSP tsps
tbsp = tbsp Tbsp TBSP tbsps tbs
wkt = wkt wkts
kcal
cal
psi = psi PSI
mmHg = mmHg mm_Hg
ha = ha हेक्टे. हेक्ट. हे. हे.आर हेक्टेयर
°
week = wk wks
quintal = qtl qtls क्विं. क्विं
month = mths mth MTHS mos mo
piece = pcs
kilo = कि.
ng
pg
µl = µL μL µl μl
mm³ = cumm cu_mm cu.mm cu._mm cmm mm³
IU
mIU
µIU = µIU μIU uIU
mEq
mmol
mol
Pa
kPa
hPa
kJ = kJ KJ
kN
mA
mV
Ω = Ω Ω
kΩ = kΩ kΩ
kVA = kVA KVA
VA
Ah
Wh
MWh
GWh
TWh
lx
lm
ppm
ppb
ly
AU
mi
kn = kn kts
t = MT मी.टन मी._टन मे.टन मे._टन
sq_mi = sq_mi sq._mi
sq_yd = sq_yd చ.గజాలు చ.గజాల చ.గ. చ.గ వ.గ. వ.గజాలు sq.yd. sq._yd sq._yd. sq_yds sq._yds sq._yds.
ft³ = cu_ft cu._ft cu.ft. cu._ft. ft³
µs = µs μs
ns
PB
"""

_RATES = """
day = day दिन
night
week = week wk
month = month mo mth mnth महीना माह
yr = year annum
person = person head व्यक्ति వ్యక్తి మనిషి
unit
piece = piece pc pcs
plate
dozen = dozen doz doz.
acre = acre ac
barrel = barrel bbl
l = litre liter लीटर लिटर లీటరు
min = minute मिनट
sec = second सेकंड
h = घंटा घंटे घं
quintal = quintal qtl q क्विंटल क्विं. क्विं క్వింటాల్ క్వింటా
kilo = किलो kilo కిలో
"""

_ALSO_RATES = "km m kW kVA hp kg g l ml dl µl cm mm GB MB kWh ft sqft sq_m sq_km sq_yd m³ cm³ mm³ h hour min sec yr ha mi mol".split()
"""Keys of units whose written forms may also follow the stroke of a rate."""


def read_unit_names(table: str, *, plural: str = "") -> dict[str, UnitName]:
    """Return the names of units from lines of `key = one | many | in a rate`; a line holds several between " ; ".

    `many` defaults to `one` with the ending `plural`, the form in a rate to `one`.
    """
    names: dict[str, UnitName] = {}
    for entry in table.strip().replace(" ; ", "\n").splitlines():
        key, _, forms = entry.partition(" = ")
        one, *rest = forms.split(" | ")
        many, per, *_ = [*rest, *(one + plural, one)[len(rest) :]]
        names[key] = UnitName(one, many, per)
    return names


def key_of_forms(forms_by_key: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each written form. Forms are separated by spaces; an underscore is a space, or nothing."""
    keys: dict[str, str] = {}
    for key, forms in forms_by_key.items():
        for form in forms.split():
            keys |= {form.replace("_", ""): key, form.replace("_", " "): key}
    return keys


def _read_forms(table: str) -> dict[str, str]:
    """Return the key of each written form, from lines of `key = form form …`, or of a key that is its only form."""
    lines = (line.partition(" = ") for line in table.strip().splitlines())
    return key_of_forms({key: forms or key for key, _, forms in lines})


UNITS = _read_forms(_UNITS)
UNITS |= {f"{form}.": key for form, key in UNITS.items() if form.isascii() and form.isalpha() and 1 < len(form) < 6}
"""Key of a unit by its written form, case included."""

RATES = _read_forms(_RATES) | {form: key for form, key in UNITS.items() if key in _ALSO_RATES}
"""Key of a unit by its written form behind the stroke of a rate ("/kg", "/day")."""

ATTACHED_ONLY = frozenset({"KV", "h", "s", "L", "W", "MP", "PB", "VA", "మీ", "मी"})
"""Forms that are units only directly after the number ("2h", "60W", "48MP"); elsewhere they are words or names."""

SPACED_ONLY = frozenset({"ని"})
"""Forms that are units only after a space; directly after the number they are endings."""
