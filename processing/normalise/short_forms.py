"""Long forms of abbreviations, and capitals by the way in which they are spoken. Data."""


def _pairs(text: str) -> dict[str, str]:
    """Return the long form of each short form, from lines of `short, short = long`."""
    pairs: dict[str, str] = {}
    for line in text.strip().splitlines():
        short, _, long = line.partition("=")
        pairs.update({form.strip(): long.strip() for form in short.split(",")})
    return pairs


ALWAYS = _pairs("""
dr = Doctor
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
doz = dozen
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
ver = version
pt = part
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

BEFORE_CAPITAL = {"st": ("Saint", "Street"), "mt": ("Mount", "mount"), "ft": ("Fort", "feet")}
"""Long forms before a name, and elsewhere."""

WITH_STROKE = _pairs("""
c/o = care of
s/o = son of
d/o = daughter of
f/o = father of
a/c = account
w/ = with
""")

INDIC = _pairs("""
डॉ, डा = डॉक्टर
प्रो = प्रोफ़ेसर
श्री = श्री
पं = पंडित
स्व = स्वर्गीय
कु = कुमारी
इं, इंजी = इंजीनियर
एड = एडवोकेट
न्या = न्यायमूर्ति
सं, क्र.सं = संख्या
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

MONTHS = frozenset("jan feb apr jul aug sep sept oct nov dec".split())
"""Those of BEFORE_NUMBER that are also abbreviations elsewhere if they are capitalised."""

WORD_LIKE = frozenset(
    """NASA ISRO NATO UNESCO UNICEF AIDS COVID PAN SIM PIN RAM ROM AIIMS SAARC SEBI NITI OPEC ASEAN FIFA LASER RADAR BRICS
    NEET GATE CAT CLAT NABARD POCSO RAW BIMSTEC NASDAQ SENSEX NIFTY AADHAAR AMUL BHEL SAIL GAIL NALCO INTERPOL LIDAR
    SONAR SWAT YOLO FOMO GIF JPEG LAN WAN WIFI SCUBA CAPTCHA BARC NEFT IMAX IKEA TESLA SPAM MODI INDIA AYUSH UDAN
    AFSPA MCOCA SARS MERS ZEE VISA MISA TADA SIP NAAC NIRF GIFT ELISA DOS MIDI ASCII JSON YAML LEGO NOKIA""".split()
)
"""Acronyms that are spoken as words."""

SPELT = frozenset(
    """ICICI NCERT AICTE UIDAI IAS IPS IFS IRS IIT IIM USA UAE UK EU UN US AI IT ID IP OS PC TV DVD USB ATM OTP UPI EMI CEO PhD
    CFO CTO COO VIP FIR NGO GDP GST KYC RTI LIC EVM LED LCD BA MA BE MBA MCA BCA CA PA PM CM MP MLA MLC DM SP DGP ACP DCP
    HR PR QR FAQ DIY ETA ASAP IPO ETF AC DC ICU OPD OBC EWS OTT APJ IOS IOC ICC IOA API URL AQI ISI IAF INA AAP IAEA""".split()
)
"""Acronyms that are spelt although they are pronounceable."""

ORDINARY_CAPITALS = frozenset(
    """THE AND NOT YOU ARE FOR ALL BUT NO YES STOP NEW OLD IS IN ON OF TO WE HE ME MY GO DO SO UP OK AS AT BY IF OR AN AM BE
    HIS HER HAS HAD WAS WHO WHY HOW NOW OUT OFF OUR ONE TWO SIX TEN CAN MAY DAY GET SET BIG TOP FREE SALE OPEN HELP LOVE GOOD
    BEST VERY MUST ONLY MORE MOST WITH FROM THIS THAT WHAT WHEN YOUR OUT SHE HIM ITS LET SAY SEE TRY USE WAY WON RUN RED BUY
    HOT WIN FUN OH HI HEY WOW BYE AH HA HMM EH PLEASE RAM SHIV OM JAI HIND DON SIR MAN MEN BOY END BAD NEVER EVER ANY""".split()
)
"""English words that are written in capitals for emphasis."""
