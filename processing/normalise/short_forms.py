"""Long forms of abbreviations. Data."""


def read_pairs(text: str) -> dict[str, str]:
    """Return the long form of each short form, from lines of `short, short = long`."""
    pairs: dict[str, str] = {}
    for line in text.strip().splitlines():
        short, _, long = line.partition("=")
        pairs.update({form.strip(): long.strip() for form in short.split(",")})
    return pairs


ALWAYS = read_pairs("""
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
asso = Association
supdt = Superintendent
commr = Commissioner
distt = district
sh = Shri
cir = circular
tal = taluka
engr, engrs = Engineer
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
ste = Suite
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
crl = Criminal
jt = Joint
curr = current
flr = floor
dt = dated
acct = account
accts = accounts
inv = invoice
bal = balance
pcs = pieces
doz = dozen
max = maximum
min = minimum
stn = Station
hosp = Hospital
rly = Railway
rlys = Railways
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

BEFORE_NUMBER = read_pairs("""
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
agg = aggregate
std = standard
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
    ticket token booth pillar policy passport licence license vehicle coach page question chapter lane street road shop case file
    batch flight block report sector complaint application registration reference ref customer berth inti""".split()
)
"""Nouns before "no", without its stop, and a number."""

BEHIND_NUMBER = {"nos": "numbers", "ov": "overs", "ovs": "overs", "pp": "pages"}
"""Abbreviations behind a number."""

BEFORE_OF = {"min": "Ministry", "dir": "Director", "sec": "Secretary", "comm": "Commissioner", "incl": "inclusive"}
"""Abbreviations that are capitalised and stand before "of"."""

WITHOUT_STOP = {
    "pre-mkt": "pre-market",
    "req'd": "required",
    "rec'd": "received",
    "cont'd": "continued",
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
    "per-txn": "per transaction",
    "b'fast": "breakfast",
    "B'fast": "Breakfast",
    **dict.fromkeys(("tgt", "Tgt", "TGT"), "target"),
    "Hon'ble": "Honourable",
    "Hon’ble": "Honourable",
    "B'luru": "Bangalore",
    "Twr": "Tower",
    "Aptts": "Apartments",
    "Gr Flr": "ground floor",
    "RefNo": "reference number",
    "Refno": "reference number",
    "Ref": "reference",
    "Qty": "quantity",
    "qty": "quantity",
    "Amt": "amount",
    "amt": "amount",
    "Wt": "weight",
    "wt": "weight",
    "Ht": "height",
    "ht": "height",
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
    "Asst": "Assistant",
    "Engr": "Engineer",
    "Supdt": "Superintendent",
    "Commr": "Commissioner",
    "Secy": "Secretary",
    "Distt": "district",
    "Chk-in": "check-in",
    "chk-in": "check-in",
    "Sqn Ldr": "Squadron Leader",
    "Sqn": "Squadron",
    "Wg Cdr": "Wing Commander",
    "Gp Capt": "Group Captain",
    "Flt Lt": "Flight Lieutenant",
    "Lt Gen": "Lieutenant General",
    "Lt Col": "Lieutenant Colonel",
    "Lt Cdr": "Lieutenant Commander",
    "Maj Gen": "Major General",
    "Trn": "train",
    "trn": "train",
    "Flr": "floor",
    "flr": "floor",
    "Gov't": "Government",
    "Govt": "Government",
    "Int'l": "International",
    "int'l": "international",
    "Nat'l": "National",
    "B'lore": "Bangalore",
    "Sec'bad": "Secunderabad",
    "Plt": "platelets",
    "Trxn": "transaction",
    "trxn": "transaction",
    "Chgs": "charges",
    "TxnID": "transaction ID",
    "TxnId": "transaction ID",
    "Ctr": "Centre",
    "Ctrs": "Centres",
    "Cmplx": "Complex",
    "mcap": "market cap",
    "Mcap": "market cap",
    "m-cap": "market cap",
    "Rly": "Railway",
    "Rlys": "Railways",
    "Lyt": "Layout",
    "Layt": "Layout",
    "T'gana": "Telangana",
    "T’gana": "Telangana",
    "K'taka": "Karnataka",
    "K’taka": "Karnataka",
    "M'rashtra": "Maharashtra",
    "J'khand": "Jharkhand",
    "C'garh": "Chhattisgarh",
    "U'khand": "Uttarakhand",
    "Cplx": "Complex",
    "chgs": "charges",
    "Chrgs": "charges",
    "chrgs": "charges",
}
"""Abbreviations that are written without a stop."""

BEFORE_CAPITAL = {
    "st": ("Saint", "Street"),
    "mt": ("Mount", "mount"),
    "ft": ("Fort", "feet"),
    "dr": ("Doctor", "Drive"),
}
"""Long forms before a name, and elsewhere."""

MONTHS = frozenset("jan feb apr jul aug sep sept oct nov dec".split())
"""Those of BEFORE_NUMBER that are also abbreviations elsewhere if they are capitalised."""
DATES = frozenset(
    "due record hearing next allotment booking delivery effective start mfg filing issue expiry exp birth bill last start end joining submission payment maturity value".split()
)
"""Words before 'dt' or 'dt.' for a date; elsewhere it is "dated"."""
