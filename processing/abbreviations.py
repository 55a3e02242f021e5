"""Abbreviations, and other words beside a stop that tell whether it ends a sentence. Data.

Latin forms are in lower case. No form has its last stop.
"""

from processing.everyday_forms import EVERYDAY, WITH_STOP

TITLES = frozenset(
    """sh dr mr mrs ms mx prof smt shri sri kum km adv er hon rev fr gen col capt cdr lt maj sgt cpl brig insp asst
    assoc gov sen rep pres supt messrs mme mlle ex rtd late m/s mohd sqn flt adm
    डॉ डा श्री श्रीमती सुश्री प्रो पं स्व कु इं इंजी न्या एड मो मु ले कै खा मि मे मा सौ
    డా డాక్ డాక్టర్ శ్రీ శ్రీమతి కుమారి ప్రొ ప్రొఫెసర్ స్వ చి కీ చిరు గౌ""".split()
)
"""Abbreviations that always precede a name."""

NEVER_LAST = frozenset(
    """e.g i.e eg ie v vs def prem crl secy addl curr viz cf rs re inr usd approx ca a/c c/o govt dept univ natl exc
    u/art intl dist misc acct accts vit regd exec prin engg hav dy flt wg sqn gp conc sch rel ss bt arr dep sp
    distt vill mdl teh tal cir circ estt appln addn
    pvt soc exch rly rlys ref incl excl bal inv dt flr opp nr h.no d.no s.no r.no sy.no
    रु रू रेफ क्र जाने फेब्रु सप्टें ऑक्टो नोव्हें डिसें
    क्र.सं पृ.सं प.सं सं नं दि पृ ज़ि फ़र फर अप्रै जुला अग सितं सित अक्टू नवं दिसं दिस
    टैब टॅब कैप कॅप इंजे ట్యాబ్ టాబ్ క్యాప్ ఇంజె
    मु.पो स.नं ग.नं ग्रा.पं जि.प
    पो.स्टे भा.न्या.सं क्षे मुं पैसें पॅसें एक्सप्र ओव रा
    अनु दै स्वा सा स्था प.पू अ.भा रो.नं खा.सं प्रा.लि उदा अर्थात् तह जि ता पो मु.पो कि से मि.ली कि.ग्रा
    చ రూ నం నెం మం పో ద తూ ప
    ఫిబ్ర ఏప్రి సెప్టెం అక్టో నవం డిసెం గ్రా.పం జి.ప క్ర.సం సం తే.ది ఉదా పే క్రీ జి.మం ది""".split()
)
"""Abbreviations that always precede something else."""

BEFORE_NUMBER = frozenset(
    """ste wk vis lat no nos fig figs vol vols p pp ch chap sec sect art eq ex ed tel ph mob ext pt par para cl sl qty
    ver v rm agg cap corr q ques std op sem ep mag flr jan feb mar apr jun jul aug sep sept oct nov dec alt जन
    राज गुज महा हरि झार न पु प्लॅट अनु తె
    సా రా ఉ మ గం रा""".split()
)
"""Abbreviations before a number; ordinary words, or the end of a sentence, before anything else."""

CALENDAR = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun".split()
)
"""Abbreviations if they are capitalised and a small letter or a number follows."""

MAY_END = (
    frozenset(
        """a.m p.m am pm etc inc ltd co corp pvt bros jr sr esq al st rd ave blvd ln hwy mt ft apt bldg est min max avg
    kg km cm mm hr hrs sec secs mins yr yrs tsp tbsp ml mg gm gms ltr ltrs nos pts wkt wkts
    hyd blr bglr bbsr lko ggn gzb chd
    sq sq.ft sq.m sq.mt sq.mtr sq.mts sq.mtrs sq.km sq.yd sq.yds sq.in
    in oz lb lbs pt mol dil tab tabs caps temp wt ht amt b.c a.d b.c.e c.e ph.d b.tech m.tech b.sc m.sc b.com
    m.com b.ed m.ed
    m.phil ll.b doz oint susp avail alt conv cos hon ins inst neg reg
    क्विं క్వి वा दु सायं इ.स इ.स.पू ग्रॅ कि.ग्रॅ मि.ग्रॅ मि.लि चौ
    इ आदि प्रा लि म.प्र उ.प्र आं.प्र कि.मी से.मी मि.मी मी मि घं ग्रा मिली ई.पू वि.सं पू म.रे
    కి.మీ సెం.మీ सें.मी हि.प्र इत्या ఆం.ప్ర సె.మీ మి.మీ మీ గ్రా కి.గ్రా మి.లీ లి క్రీ.శ క్రీ.పూ శ పూ ఆ.ప్ర మొ వగైరా కి సె మి తే ఎ.పి
    ली लीटर घं सेकं मि.ग्रा कि.मी లీ మి.గ్రా గం ని ల వే కో
    ला कॅ कॅल सेमे हेक्ट प्रा.आ.कें प्रा.स्वा.कें सा.स्वा.कें हेक्टे डि.से చ.మీ చ.కి.మీ చ.అ ఇం.నం డో.నం ఫో.నం ఖా.నం म.नं मो.नं
    फो.नं मो.क्र घ.क्र दू.क्र""".split()
    )
    | EVERYDAY.keys()
    | WITH_STOP.keys()
)
"""Abbreviations that end a sentence only if a capital letter follows."""

BEHIND_DAY = tuple("बंद|पासून|पर्यंत|स.|सकाळ|दि.|दु.|सुट्टी|छुट्टी|अवकाश|व |और |आणि |ते |से |को|सायं|सुबह|शाम".split("|"))
"""Beginnings of the text behind the short name of a day."""
SHORT_DAYS = tuple("सोम मंगल मंगळ बुध गुरु गुरू शुक्र शनि रवि".split())
FOLLOWED = dict.fromkeys(SHORT_DAYS, BEHIND_DAY) | {
    "सहा": ("आयुक्त", "अभियंता", "निदेशक", "प्राध्यापक", "संचालक", "निरीक्षक", "शिक्षक", "अध्यापक", "अधीक्षक", "ग्रेड")
}
"""Beginnings of the text behind words that are abbreviations before them: 'रवि. बंद', 'सहा. आयुक्त'."""

BEHIND_FIGURE = frozenset("जन नव अक्तू हे".split())
"""Short names of months and of a unit behind a figure; words elsewhere: '30 जन. को', '1 हे. 20 आर'."""

BEFORE_NAME = frozenset("max tab cap syp syr inj oint jt bro gr fr sr kr md ch opp nr min dir".split())
"""Abbreviations if they are capitalised and a name or a number follows."""

BEFORE_NO = frozenset("H D R S Sl Sy Reg Regn".split())
"""Short forms before "No.": house, door, serial, registration."""

BEHIND_NO = frozenset("ending ends ended".split())
"""Words behind "no." of an account: 'a/c no. ending in 4432'."""

NUMBERED = frozenset(
    """flat house room roll gate seat platform plot door bus train ward phone mobile account serial order bill invoice
    ticket token policy passport licence license vehicle coach question shop case file batch flight complaint
    application registration reference customer berth tracking docket contact card consumer meter employee booking
    challan aadhaar aadhar pan loan claim folio subscriber conductor driver whatsapp cell helpline""".split()
)
"""Nouns before "no." and its number, also with a verb between them: 'order no. is 7788'."""

PLACES = frozenset("st mt ft".split())
"""Saint, Mount and Fort before a name; after one, Street and the like, which may end a sentence."""

LETTER_NAMES = frozenset(
    """ए बी सी डी ई एफ एच जे के एल एम एन ओ क्यू आर एस वी डब्ल्यू डब्लू एक्स वाई ज़ेड जेड
    ఎ ఏ బి బీ సి సీ డి డీ ఇ ఈ ఎఫ్ జి జీ హెచ్ ఐ జె జే కె కే ఎల్ ఎం ఎమ్ ఎన్ ఓ పి పీ క్యూ ఆర్ ఎస్ టి యు యూ వి వీ
    డబ్ల్యు డబ్ల్యూ ఎక్స్ వై జెడ్
    अ ब स क ख ग घ च छ ज झ ट ड त थ द ध प फ भ म य र ल ह उ इ प्र मी""".split()
)
"""Initials: Hindi and Telugu names of English letters, and bare consonants."""

LETTER_NAMES_OR_WORDS = frozenset("जी आई पी टी यू".split())
"""Names of letters that are also words ('चाय पी.'): initials only beside other initials."""

STARTERS = frozenset(
    """the a an he she it they we i you this that these those there here his her its their our my your in on at but
    and so then when while if as what who where why how now today yes no not all some many after before for with
    from""".split()
)
"""Words that, if capitalised, begin a sentence rather than continue a name."""

TIME_ZONES = frozenset("ist gmt utc est edt pst pdt cst cet bst".split())
"""Words that continue a sentence after 'p.m.'."""

SUFFIXES = frozenset("com in org net edu gov io ai co js info py pdf jpg png doc txt csv html exe app dev".split())
"""Endings of a site's or a file's name, after a stop without a space."""

QUOTATIVES = ("అని", "అంటూ", "అన్నా", "అన్న", "అంది", "అనే")
"""Words in Indic scripts that continue the sentence after a quotation."""

QUOTATIVE_STEMS = ("అన",)
"""Beginnings of such words, which may also follow the quotation without a space."""
