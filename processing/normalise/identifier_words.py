"""Words beside identifiers, by which their digits are told from amounts. Data.

Latin words are in lower case and match in any case.
"""

SECRETS = (
    *"""otp mpin tpin pin passcode password cvv pnr
    ओटीपी पासवर्ड पासकोड पिन पीएनआर ఓటీపీ ఓటీపీని ఓటీపీతో ఓటీపీగా పాస్‌వర్డ్ పాస్వర్డ్ పిన్ పీఎన్ఆర్""".split(),
    "one-time password",
    "one time password",
    "one-time passcode",
    "one time passcode",
    "one-time code",
    "one time code",
    "verification code",
    "security code",
    "access code",
    "login code",
    "confirmation code",
    "authentication code",
    "activation code",
    "auth code",
    "secret code",
    "pickup code",
    "pick-up code",
    "delivery code",
    "start code",
    "ride code",
    "unlock code",
    "this code",
    "the code",
    "your code",
    "ओ टी पी",
    "पी एन आर",
    "यह कोड",
    "ये कोड",
    "लॉगिन कोड",
    "लॉगइन कोड",
    "डिलीवरी कोड",
    "వెరిఫికేషన్ కోడ్",
    "ఓ టీ పీ",
    "ఓ టి పి",
    "ఓటిపి",
    "ఈ కోడ్",
    "లాగిన్ కోడ్",
    "డెలివరీ కోడ్",
    "वन टाइम पासवर्ड",
    "सत्यापन कोड",
    "सुरक्षा कोड",
    "वेरिफ़िकेशन कोड",
    "वेरिफिकेशन कोड",
    "వన్ టైమ్ పాస్‌వర్డ్",
    "వన్ టైమ్ పాస్వర్డ్",
    "ధృవీకరణ కోడ్",
    "సెక్యూరిటీ కోడ్",
    "మీ కోడ్",
    "आपका कोड",
    "तुमचा कोड",
    "पडताळणी कोड",
)
"""Names of codes: in a sentence with one of them, a number of 4 to 8 digits that counts nothing is a code."""

PURPOSES = (
    *"""login verify verifying verification authenticate authentication authorise authorize
    लॉगिन लॉगइन सत्यापन सत्यापित वेरिफाई लॉग-इन లాగిన్ ధృవీకరించ ధృవీకరణ ధృవీకరించడానికి""".split(),
    *(
        "log in",
        "log on",
        "sign in",
        "sign up",
        "complete your",
        "confirm your",
        "to confirm",
        "to unlock",
        "लॉग इन",
        "साइन इन",
    ),
    *("లాగ్ ఇన్", "సైన్ ఇన్"),
)
"""Words for what a code without a name is for: 'use 482910 to sign in'."""

ENTERED = frozenset(
    "use using enter entering type typing input submit quote key डालें दर्ज टाइप भरें टाका ఎంటర్ నమోదు టైప్".split()
)
"""Words beside a code that is entered."""

BEHIND_CODE = frozenset(
    """is as to for and or your the with in at on from has hai aapka aapki mera mere ka ko se now when will was has it this
    आपका आपकी मेरा है को का से और डालें दर्ज साझा बताएँ हा ही हे तुमचा तुमची तुमचे तुमच्या आपला आपली आपल्या माझा माझी आहे वापरा टाका మీ మా నా ను తో అని అనే అను కు ఎంటర్ నమోదు చెప్పండి""".split()
)
"""Words behind a code that stands before its name; before other words a number counts something."""

STRONG = tuple(
    """id ids utr rrn ref refno reference awb uan cif crn crf arn micr ifsc imei code txn transaction tracking docket complaint extension
    application registration enrolment enrollment consignment folio srn hsn sac uhid mrn udid abha uin ckyc din cin ssn isbn issn irn grn dac urn umrn brn
    कोड కోడ్ आईडी यूटीआर आरआरएन रेफ़रेंस रेफरेंस संदर्भ ट्रांज़ैक्शन ट्रांजैक्शन लेनदेन शिकायत पंजीकरण रजिस्ट्रेशन
    ఐడీ ఐడి యూటీఆర్ రిఫరెన్స్ లావాదేవీ ఫిర్యాదు రిజిస్ట్రేషన్""".split()
)
"""Nouns whose number is an identifier from four digits on."""

NAMED = tuple(
    """account acct a/c card customer consumer client member membership policy order ticket booking invoice receipt bill roll
    employee emp staff student user loan po cheque check dd case claim request passport licence license gst serial batch
    token centre center college institute upi imps neft rtgs meter connection lic voter ration hall vehicle challan
    खाता खाते अकाउंट एकाउंट कार्ड ग्राहक कस्टमर उपभोक्ता पॉलिसी ऑर्डर आर्डर टिकट बुकिंग रोल कर्मचारी सदस्य लोन चेक आवेदन टोकन मीटर कनेक्शन बिल कनेक्शन कनेक्शन
    तिकीट पावती ग्राहकांक अर्ज कर्ज पॉलिसी खातेदार मतदार
    ఖాతా సర్వీస్ సర్వీసు కన్స్యూమర్ కన్సూమర్ అకౌంట్ అకౌంటు కార్డ్ కార్డు కస్టమర్ వినియోగదారు పాలసీ ఆర్డర్ టికెట్ టికెట్టు బుకింగ్ రోల్ ఉద్యోగి లోన్ చెక్కు దరఖాస్తు టోకెన్ మీటర్
    బిల్లు""".split()
)
"""Nouns whose number is an identifier from four digits on behind "number", "ID" and the like, else from seven."""

ONES_OWN = frozenset(
    "your my the his her our their this aapka aapki mera meri आपका आपकी आपके मेरा मेरी तुमचा तुमची तुमचे माझा माझी మీ నా".split()
)
"""Words before a noun of ORDERED, by which its number is an identifier from five digits on: 'your order 45821'."""

ORDERED = frozenset(
    """order ticket booking invoice receipt application complaint token case request registration shipment parcel
    ऑर्डर आर्डर टिकट बुकिंग आवेदन शिकायत टोकन तिकीट ఆర్డర్ టికెట్ టికెట్టు బుకింగ్ దరఖాస్తు టోకెన్ ఫిర్యాదు""".split()
)
"""Nouns of NAMED and STRONG that have one number each and no amount."""

LINKS = tuple(
    """number no no. num id ids code ref reference ending ends ended with in is are was hai nambar बनाम
    नंबर नम्बर संख्या सं क्रमांक क्र आईडी कोड है का నంబర్ నంబరు నెంబర్ నెంబరు సంఖ్య ఐడీ ఐడి కోడ్""".split()
)
"""Words between such a noun and its digits."""

SHOWS_NUMBER = frozenset(
    """number no no. num id ids code ref reference ending ends ended नंबर नम्बर संख्या सं क्रमांक क्र आईडी कोड
    నంబర్ నంబరు నెంబర్ నెంబరు సంఖ్య ఐడీ ఐడి కోడ్""".split()
)
"""Those of LINKS that show that an identifier follows."""

YEARLY = tuple("number no नंबर नम्बर संख्या क्रमांक నంబర్ నంబరు నెంబర్ సంఖ్య".split())
"""Words before the number of a file and its year."""

TRAINS = tuple("train trains trn ट्रेन गाड़ी गाडी आगगाडी रेल्वे रेलगाड़ी రైలు ట్రైన్".split())
EXPRESSES = "Express Exp Mail Superfast SF Rajdhani Shatabdi Duronto Passenger Intercity Special Vande Garib एक्सप्रेस एक्स्प्रेस मेल पैसेंजर पॅसेंजर इंटरसिटी शताब्दी जनशताब्दी दुरंतो सुपरफास्ट सुपरफ़ास्ट हमसफ़र हमसफर तेजस वंदे गरीब ग़रीब ఇంటర్‌సిటీ శతాబ్ది దురంతో సూపర్‌ఫాస్ట్ వందే గరీబ్ తేజస్ హమ్‌సఫర్ ఎక్స్‌ప్రెస్ ఎక్స్ప్రెస్ ప్యాసింజర్ ప్యాసెంజర్ మెయిల్".split()
NAMED_TRAINS = tuple(
    """జన్మభూమి చార్మినార్ ఫలక్‌నుమా రత్నాచల్ పినాకిని శాతవాహన శబరి నారాయణాద్రి పద్మావతి వెంకటాద్రి గౌతమి కోణార్క్ సింహపురి భాగ్యనగర్ సింహాద్రి తిరుమల
    ఈస్ట్‌కోస్ట్ Charminar Godavari Falaknuma Ratnachal Pinakini Satavahana Sabari Narayanadri Padmavathi Venkatadri Gouthami Konark Simhapuri
    Simhadri Janmabhoomi""".split()
)
"""Names of trains behind their number, without the word for an express train."""
BUSES = tuple("bus buses route बस बसें बसों रूट బస్ బస్సు బస్సులు బస్సుల బస్సుల్లో రూట్".split())
AIRLINES = tuple("AI IX SG UK QP I5 G8 S5 EK EY QR SQ BA LH TG UL MH AF KL DL".split())
"""Codes of airlines, by IATA, before the number of a flight."""
FLOWN = tuple(
    """flight flights boards boarding gate departs departed departure arrives arrival landed lands terminal airport airlines
    takeoff delayed t1 t2 t3 फ़्लाइट फ्लाइट उड़ान विमान ఫ్లైట్ విమానం""".split()
)
"""Words near the number of a flight."""
FLIGHTS = tuple("flight flights फ़्लाइट फ्लाइट उड़ान ఫ్లైట్ విమానం".split())
HOUSES = (
    *("h no", "h number", "h. number", "d no", "d number", "house number", "door number", "survey number"),
    *"""house home flat door plot survey h.no inti villa quarter मकान खसरा गाटा खतौनी हाउस फ़्लैट फ्लैट प्लॉट घर सर्वे ఇంటి ఇల్లు డోర్ హౌస్ ప్లాట్ ఫ్లాట్
    సర్వే""".split(),
)
"""Nouns before numbers of houses and land, in which strokes and hyphens separate numbers."""

DIALS = (
    *"""dial call helpline toll-free emergency 911 ring डायल कॉल हेल्पलाइन टोल-फ़्री टोल-फ्री हेल्पलाईन आपातकालीन
    एंबुलेंस एम्बुलेंस ambulance డయల్ కాల్ హెల్ప్‌లైన్ హెల్ప్లైన్ టోల్‌ఫ్రీ ఎమర్జెన్సీ అంబులెన్స్""".split(),
    *(
        "సంప్రదించండి",
        "సంప్రదించాలి",
        "ఫిర్యాదు చేయండి",
        "शिकायत करें",
        "शिकायत दर्ज",
        "संपर्क करें",
        "सूचना दें",
        "ఫోన్ చేయండి",
        "ఫోన్ వచ్చింది",
        "కాల్ వచ్చింది",
        "complaint ichanu",
        "complaint ivvandi",
        "complaint cheyandi",
        "call cheyandi",
        "ఫోన్ చేయాలి",
        "ఫోన్ చేసి",
        "ఫోన్ చెయ్యండి",
        "फ़ोन करें",
        "फोन करें",
        "फ़ोन करके",
        "complaint karo",
        "complaint karein",
        "complaint karen",
        "shikayat karo",
        "shikayat karein",
        "toll free",
        "टोल फ्री",
        "टोल फ़्री",
        "फोन करा",
        "तक्रार",
        "संपर्क करा",
        "संपर्क साधा",
        "कॉल करा",
        "phone karo",
        "phone karein",
    ),
)
"""Words near a telephone number of three to five digits."""
BEHIND_DIALLED = frozenset(
    """or and for in to at from now if any immediately anytime toll helpline on right when with is free emergency हेल्पलाइन హెల్ప్‌లైన్ హెల్ప్లైన్
    पर वर या किंवा अथवा और है हैं आहे नंबर को में तुरंत डायल कॉल करें के से par ya aur number ko pe
    phone ki ku complaint फ़ोन फोन ఫోన్ కి కు లేదా మరియు నంబర్ నంబరుకు నంబర్‌కు డయల్ కాల్ ను""".split()
)
"""Words behind a number that is dialled; before others it counts something."""

TELEPHONES = tuple(
    """telephone phone mobile mob ph fax landline whatsapp contact फ़ोन फोन मोबाइल टेलीफ़ोन दूरभाष ఫోన్ మొబైల్ సెల్
    ల్యాండ్‌లైన్""".split()
)
"""Nouns before a telephone number."""

PLACES = (
    *"""Hyderabad Secunderabad Mumbai Delhi Bengaluru Bangalore Chennai Kolkata Pune Ahmedabad Jaipur Lucknow Kanpur Nagpur
    Indore Bhopal Patna Vadodara Ghaziabad Ludhiana Agra Nashik Faridabad Meerut Rajkot Varanasi Srinagar Amritsar
    Allahabad Prayagraj Ranchi Gwalior Jabalpur Coimbatore Vijayawada Visakhapatnam Vizag Guntur Nellore Tirupati
    Warangal Karimnagar Khammam Nizamabad Kurnool Kakinada Rajahmundry Madurai Mysuru Mysore Mangaluru Hubballi Kochi
    Thiruvananthapuram Kozhikode Bhubaneswar Cuttack Guwahati Shillong Chandigarh Dehradun Noida Gurgaon Gurugram Surat
    Thane Raipur Shimla Jammu Udaipur Jodhpur Kota Salem Trichy Puducherry Goa Panaji
    Telangana Maharashtra Karnataka Kerala Gujarat Rajasthan Punjab Haryana Bihar Odisha Assam Jharkhand Uttarakhand
    Pradesh Nadu Bengal India
    दिल्ली मुंबई कोलकाता चेन्नई बेंगलुरु हैदराबाद पुणे अहमदाबाद जयपुर लखनऊ कानपुर नागपुर इंदौर भोपाल पटना वाराणसी आगरा प्रयागराज रांची
    राँची चंडीगढ़ देहरादून नोएडा गुरुग्राम सूरत ठाणे रायपुर बिहार राजस्थान पंजाब हरियाणा गुजरात महाराष्ट्र प्रदेश झारखंड उत्तराखंड
    హైదరాబాద్ సికింద్రాబాద్ విజయవాడ విశాఖపట్నం గుంటూరు నెల్లూరు తిరుపతి వరంగల్ కరీంనగర్ ఖమ్మం నిజామాబాద్ కర్నూలు కాకినాడ
    రాజమండ్రి ముంబై ఢిల్లీ చెన్నై బెంగళూరు కోల్‌కతా తెలంగాణ ప్రదేశ్""".split(),
    *("A P", "U P", "M P", "T S", "T N", "W B", "H P", "J K"),
)
"""Places before a postal code, and initials of states as the rules of abbreviations leave them."""
