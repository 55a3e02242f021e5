"""Abbreviations of messages and notices that are no words, with and without their stop. Data."""


def _pairs(text: str) -> dict[str, str]:
    entries = (entry.partition("=") for line in text.strip().splitlines() for entry in line.split(";"))
    return {short.strip(): words.strip() for short, _, words in entries}


EVERYDAY = _pairs("""
regd = registered ; regn = registration ; rcvd = received ; recd = received ; reqd = required
reqs = requirements ; maint = maintenance ; extn = extension ; engg = engineering ; mfg = manufacturing
mfd = manufactured ; mfr = manufacturer ; mgmt = management ; mgr = manager ; mktg = marketing ; pkt = packet
pkts = packets ; pkg = package ; chq = cheque ; contd = continued ; encl = enclosed ; fwd = forward
unltd = unlimited ; estt = Establishment
addl = additional ; qtr = quarter ; qtrs = quarters ; spl = special ; tkt = ticket ; tkts = tickets
pls = please ; plz = please ; msg = message ; msgs = messages ; pymt = payment ; tmrw = tomorrow ; thx = thanks
acad = academic ; admn = administration ; appt = appointment ; attn = attention ; attd = attached
expy = expressway ; cert = certificate
dely = delivery ; dlvy = delivery ; elec = electricity ; equiv = equivalent ; estd = established
exec = executive ; govt = government ; dept = department ; depts = departments ; jn = junction ; stn = station
lic = licence ; natl = national ; intl = international ; nos = numbers ; prev = previous ; prod = product
sched = schedule ; stmt = statement ; subj = subject ; suppl = supplementary ; svc = service ; tel = telephone
univ = university ; wkly = weekly ; approx = approximately ; advt = advertisement ; arr = arrival
dep = departure ; hosp = hospital ; vol = volume ; doz = dozen ; cmte = committee
assn = association ; coop = cooperative ; dtd = dated ; abt = about ; bldg = building ; bldgs = buildings
blk = block ; apts = apartments ; mkt = market ; ofc = office ; wrt = with respect to
qtrly = quarterly ; mthly = monthly ; yrly = yearly ; pwd = password ; amdt = amendment
notfn = notification ; deptt = department ; appln = application ; applns = applications ; circ = circular
vill = village ; mdl = mandal ; teh = tehsil ; twr = tower ; aptts = apartments ; aptt = apartment ; rgds = regards
rgrds = regards ; hv = have ; rvrt = revert ; arnd = around ; nxt = next ; knw = know ; jst = just ; bfr = before
yest = yesterday ; conf = conference ; oint = ointment ; susp = suspension ; estt = establishment
dists = districts ; avg = average ; betw = between ; btwn = between ; mtg = meeting ; mtgs = meetings
flrs = floors ; svcs = services ; hwy = highway ; pmt = payment ; pmts = payments ; accts = accounts
ctx = context ; lvl = level ; lvls = levels ; ptly = partly ; appl = application ; appls = applications
anniv = anniversary ; addr = address ; bdrm = bedroom ; ors = others ; anr = another
wknd = weekend ; wknds = weekends ; insuff = insufficient ; hols = holidays ; chars = characters
hrly = hourly ; clg = college ; expwy = expressway
rdg = reading ; rdgs = readings ; soln = solution ; avl = available ; avlbl = available
chg = charge ; chk = check ; chkd = checked ; rptg = reporting
agmt = agreement ; twrs = towers ; pwdr = powder ; stns = stations
""")
"""Long forms of abbreviations in lower case."""

WITH_STOP_ONLY = frozenset(
    """vill mdl teh circ conf oint susp yest acad cert elec exec lic natl nos prev prod sched tel univ vol arr dep coop
    hosp doz""".split()
)
"""Those that are words, names or parts of identifiers without their stop."""
WITH_STOP = _pairs("""
div = dividend ; med = medium ; deg = degrees ; std = standard ; disc = discount ; int = interest ; pop = population
temps = temperatures ; mvt = movement ; probs = problems ; utils = utilities ; appx = appendix ; ea = each
char = character ; inhal = inhalation ; accel = acceleration ; paed = Paediatrics ; ops = operations
misc = miscellaneous ; ques = question ; ans = answer
cong = Congress ; exp = experience ; hons = Honours ; econ = economy ; att = attendance
resp = respectively ; sci = Science ; chem = Chemistry ; geog = Geography
agr = agreement ; orig = original ; prog = programme ; stud = student
prem = premium ; prin = principal ; proj = project
sch = school ; ctr = centre ; cls = classes ; veh = vehicle ; hav = Havildar ; cyl = cylinder ; cyls = cylinders
""")
"""Forms that are words, or stand for others, without their stop."""

UNITS_ALONE = _pairs(
    "hrs = hours ; yrs = years ; mins = minutes ; wks = weeks ; nos = numbers ; kms = kilometers ; pts = points"
)
"""Units that stand without a number."""
