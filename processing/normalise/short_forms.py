"""Long forms of abbreviations. Data."""


def _pairs(text: str) -> dict[str, str]:
    """Return the long form of each short form, from lines of `short, short = long`."""
    pairs: dict[str, str] = {}
    for line in text.strip().splitlines():
        short, _, long = line.partition("=")
        pairs.update({form.strip(): long.strip() for form in short.split(",")})
    return pairs


ALWAYS = _pairs("""
mr = Mister
mrs = Missus
ms = Miz
messrs = Messrs
prof = Professor
smt = Shrimati
shri = Shri
sri = Sri
kum = Kumari
adv = Advocate
er = Engineer
hon = Honourable
rev = Reverend
gen = General
col = Colonel
capt = Captain
cdr = Commander
lt = Lieutenant
maj = Major
sgt = Sergeant
brig = Brigadier
insp = Inspector
asst = Assistant
gov = Governor
sen = Senator
supt = Superintendent
jr = Junior
sr = Senior
ltd = Limited
pvt = Private
inc = Incorporated
corp = Corporation
co = Company
bros = Brothers
govt = Government
dept = Department
univ = University
natl = National
intl = International
rd = Road
ave = Avenue
blvd = Boulevard
ln = Lane
hwy = Highway
apt = Apartment
bldg = Building
etc = et cetera
vs, v.s = versus
viz = namely
approx = approximately
est = established
ca = circa
tel = telephone
mob = mobile
ext = extension
e.g, eg = for example
i.e, ie = that is
a.m = A M
p.a = per annum
avg = average
retd = retired
flr = floor
dt = dated
inv = invoice
bal = balance
pcs = pieces
doz = dozen
max = maximum
min = minimum
stn = Station
hosp = Hospital
rly = Railway
secy = Secretary
temp = temperature
ref = reference
opp = opposite
nr = near
dist = district
soc = Society
exch = Exchange
mohd, md = Mohammed
kr = Kumar
incl = including
excl = excluding
h.no = house number
d.no = door number
s.no = serial number
sy.no = survey number
k.m.p.h = kilometers per hour
p.h = per hour
p.m = P M
ph.d = P H D
b.tech = B Tech
m.tech = M Tech
b.sc = B S C
m.sc = M S C
b.com = B Com
m.com = M Com
b.ed = B Ed
m.phil = M Phil
ll.b = L L B
""")
"""Latin abbreviations with one meaning; in lower case, without the last stop."""

BEFORE_NUMBER = _pairs("""
no = number
nos = numbers
fig = figure
figs = figures
vol = volume
vols = volumes
p = page
pp = pages
pg = page
ch = chapter
chap = chapter
sec = section
sect = section
art = article
eq = equation
ed = edition
para = paragraph
cl = clause
ph = phone
qty = quantity
amt = amount
wt = weight
sy = survey
ver = version
pt = part
ex = exercise
op = opus
sem = semester
ep = episode
mag = magnitude
rm = room
q = question
jan = January
feb = February
mar = March
apr = April
jun = June
jul = July
aug = August
sep, sept = September
oct = October
nov = November
dec = December
""")
"""Abbreviations only before a number."""

BEFORE_NO = tuple(
    """flat house room roll gate seat platform plot door bus train ward phone mobile account serial order bill invoice
    ticket token policy passport licence license vehicle coach page question chapter lane street road shop case file
    batch flight block report sector complaint application registration reference customer berth inti""".split()
)
"""Nouns before "no", without its stop, and a number."""

BEHIND_NUMBER = {"nos": "numbers", "ov": "overs", "ovs": "overs", "pp": "pages"}
"""Abbreviations behind a number."""

BEFORE_OF = {"min": "Ministry", "dir": "Director", "sec": "Secretary", "comm": "Commissioner", "incl": "inclusive"}
"""Abbreviations that are capitalised and stand before "of"."""

WITHOUT_STOP = {
    "Avl": "available",
    "Avbl": "available",
    "Avail": "available",
    "Bal": "balance",
    "bal": "balance",
    "Lmt": "limit",
    "wdl": "withdrawal",
    "Wdl": "withdrawal",
    "Utd": "United",
    "Txn": "transaction",
    "txn": "transaction",
    "Txns": "transactions",
    "RefNo": "reference number",
    "Refno": "reference number",
    "Ref": "reference",
    "Qty": "quantity",
    "Amt": "amount",
    "amt": "amount",
    "Wt": "weight",
    "Ht": "height",
    "Mob Bk": "mobile banking",
    "Net Bk": "net banking",
    "Acct": "account",
    "acct": "account",
    "frm": "from",
    "vs": "versus",
    "Dist": "district",
    "trf": "transfer",
    "Rd": "Road",
    "Blvd": "Boulevard",
    "Hwy": "Highway",
}
"""Abbreviations that are written without a stop."""

BEFORE_CAPITAL = {
    "st": ("Saint", "Street"),
    "mt": ("Mount", "mount"),
    "ft": ("Fort", "feet"),
    "dr": ("Doctor", "Drive"),
}
"""Long forms before a name, and elsewhere."""

INDIC = _pairs("""
डॉ, डा = डॉक्टर
प्रो = प्रोफ़ेसर
श्री = श्री
पं = पंडित
स्व = स्वर्गीय
कु = कुमारी
इं, इंजी = इंजीनियर
मि = मिस्टर
एड = एडवोकेट
न्या = न्यायमूर्ति
सं, क्र.सं = संख्या
म.नं = मकान नंबर
मो.नं, मो.क्र = मोबाइल नंबर
फो.नं = फ़ोन नंबर
घ.क्र = घर क्रमांक
दू.क्र = दूरध्वनी क्रमांक
ఇం.నం = ఇంటి నంబర్
డో.నం = డోర్ నంబర్
ఫో.నం = ఫోన్ నంబర్
ఖా.నం = ఖాతా నంబర్
क्र = क्रमांक
नं = नंबर
पृ = पृष्ठ
दि = दिनांक
लि = लिमिटेड
प्रा = प्राइवेट
प्रा.लि = प्राइवेट लिमिटेड
ई.पू = ईसा पूर्व
ई = ईस्वी
वि.सं = विक्रम संवत
उ.प्र = उत्तर प्रदेश
म.प्र = मध्य प्रदेश
हि.प्र = हिमाचल प्रदेश
कि.मी = किलोमीटर
कि.ग्रा = किलोग्राम
से.मी, सें.मी = सेंटीमीटर
मि.मी = मिलीमीटर
मि.ली = मिलीलीटर
उदा = उदाहरण
इत्या = इत्यादि
మొ = మొదలైనవి
డాక్టర్ = డాక్టర్
శ్రీమతి = శ్రీమతి
ప్రొఫెసర్ = ప్రొఫెసర్
చి.ల.సౌ = చిరంజీవి లక్ష్మీ సౌభాగ్యవతి
డా, డాక్ = డాక్టర్
ప్రొ = ప్రొఫెసర్
శ్రీ = శ్రీ
స్వ = స్వర్గీయ
కు = కుమారి
చి = చిరంజీవి
నం, నెం = నంబర్
సం = సంవత్సరం
తే, తే.ది, తేది = తేదీ
ఉదా = ఉదాహరణకు
పే = పేజీ
లి = లిమిటెడ్
క్రీ.శ = క్రీస్తు శకం
క్రీ.పూ = క్రీస్తు పూర్వం
ఆం.ప్ర = ఆంధ్రప్రదేశ్
కి.మీ = కిలోమీటర్లు
కి.గ్రా = కిలోగ్రాములు
సెం.మీ = సెంటీమీటర్లు
మి.మీ = మిల్లీమీటర్లు
""")

INDIC_BEFORE_NUMBER = {"సా": "సాయంత్రం", "ఉ": "ఉదయం", "మ": "మధ్యాహ్నం", "मो": "मोबाइल"}
"""Abbreviations in Indic scripts before a number; words or names elsewhere."""

INDIC_WITHOUT_STOP = ("नं", "నం", "నెం")
"""Abbreviations of INDIC that are also written without a stop before a number."""

MONTHS = frozenset("jan feb apr jul aug sep sept oct nov dec".split())
"""Those of BEFORE_NUMBER that are also abbreviations elsewhere if they are capitalised."""
