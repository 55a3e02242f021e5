"""Units of measure: how they are written, and their names in each language. Data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """`telugu_each` is the dative that Telugu puts before a rate ("గంటకు" for "per hour"); empty where none is usual."""

    english: str
    english_plural: str
    hindi: str
    telugu: str
    telugu_plural: str
    telugu_each: str = ""


_TABLE = """
km KM Km kms Kms कि.मी. कि.मी किमी కి.మీ. కి.మీ కిమీ|kilometer|kilometers|किलोमीटर|కిలోమీటరు|కిలోమీటర్లు|కిలోమీటరుకు
m mtr mtrs मी. మీ.|meter|meters|मीटर|మీటరు|మీటర్లు|మీటరుకు
cm CM cms सें.मी. से.मी. सेमी సెం.మీ. సెం.మీ సె.మీ.|centimeter|centimeters|सेंटीमीटर|సెంటీమీటరు|సెంటీమీటర్లు|
mm MM मि.मी. मिमी మి.మీ. మి.మీ|millimeter|millimeters|मिलीमीटर|మిల్లీమీటరు|మిల్లీమీటర్లు|
nm|nanometer|nanometers|नैनोमीटर|నానోమీటరు|నానోమీటర్లు|
µm μm|micrometer|micrometers|माइक्रोमीटर|మైక్రోమీటరు|మైక్రోమీటర్లు|
kg KG Kg kgs Kgs कि.ग्रा. कि.ग्रा किग्रा కి.గ్రా. కి.గ్రా కేజీ|kilogram|kilograms|किलोग्राम|కిలోగ్రాము|కిలోగ్రాములు|కిలోగ్రాముకు
g gm gms gram ग्रा. గ్రా.|gram|grams|ग्राम|గ్రాము|గ్రాములు|గ్రాముకు
mg मि.ग्रा. మి.గ్రా.|milligram|milligrams|मिलीग्राम|మిల్లీగ్రాము|మిల్లీగ్రాములు|
µg mcg μg|microgram|micrograms|माइक्रोग्राम|మైక్రోగ్రాము|మైక్రోగ్రాములు|
l L ltr ltrs Ltr ली. लि. లీ.|liter|liters|लीटर|లీటరు|లీటర్లు|లీటరుకు
ml ML mL मि.ली. मिली మి.లీ. మి.లీ|milliliter|milliliters|मिलीलीटर|మిల్లీలీటరు|మిల్లీలీటర్లు|
dl dL|deciliter|deciliters|डेसीलीटर|డెసిలీటరు|డెసిలీటర్లు|డెసిలీటరుకు
cc|c c|c c|सीसी|సీసీ|సీసీ|
ft feet फ़ीट फीट అడుగులు|foot|feet|फ़ीट|అడుగు|అడుగులు|అడుగుకు
pts|point|points|अंक|పాయింటు|పాయింట్లు|
inch inches इंच|inch|inches|इंच|అంగుళం|అంగుళాలు|
yd yds|yard|yards|गज|గజం|గజాలు|
sqft sq.ft. sq.ft sq_ft sq_ft. sq._ft. sq._ft ft² वर्ग_फुट|square foot|square feet|वर्ग फ़ीट|చదరపు అడుగు|చదరపు అడుగులు|చదరపు అడుగుకు
sq_m sq.m. sq.m m²|square meter|square meters|वर्ग मीटर|చదరపు మీటరు|చదరపు మీటర్లు|చదరపు మీటరుకు
sq_km sq.km. sq.km sq._km km² वर्ग_किमी చ.కి.మీ.|square kilometer|square kilometers|वर्ग किलोमीटर|చదరపు కిలోమీటరు|చదరపు కిలోమీటర్లు|చదరపు కిలోమీటరుకు
cm²|square centimeter|square centimeters|वर्ग सेंटीमीटर|చదరపు సెంటీమీటరు|చదరపు సెంటీమీటర్లు|
m³|cubic meter|cubic meters|घन मीटर|ఘనపు మీటరు|ఘనపు మీటర్లు|
cm³|cubic centimeter|cubic centimeters|घन सेंटीमीटर|ఘనపు సెంటీమీటరు|ఘనపు సెంటీమీటర్లు|
lb lbs|pound|pounds|पाउंड|పౌండు|పౌండ్లు|
oz|ounce|ounces|औंस|ఔన్సు|ఔన్సులు|
kmph KMPH kmh|kilometer per hour|kilometers per hour|किलोमीटर प्रति घंटा|గంటకు కిలోమీటరు|గంటకు కిలోమీటర్లు|
mph|mile per hour|miles per hour|मील प्रति घंटा|గంటకు మైలు|గంటకు మైళ్ళు|
rpm RPM|revolution per minute|revolutions per minute|चक्कर प्रति मिनट|నిమిషానికి భ్రమణం|నిమిషానికి భ్రమణాలు|
bpm BPM|beat per minute|beats per minute|धड़कन प्रति मिनट|నిమిషానికి స్పందన|నిమిషానికి స్పందనలు|
h hr hrs hr. hrs. Hrs घं. గం. గం|hour|hours|घंटे|గంట|గంటలు|గంటకు
hour|hour|hours|घंटा|గంట|గంటలు|గంటకు
min mins min. mins. मि. ని. ని|minute|minutes|मिनट|నిమిషం|నిమిషాలు|నిమిషానికి
sec secs sec. secs. सेकं. సె.|second|seconds|सेकंड|సెకను|సెకన్లు|సెకనుకు
s|second|seconds|सेकंड|సెకను|సెకన్లు|సెకనుకు
ms|millisecond|milliseconds|मिलीसेकंड|మిల్లీసెకను|మిల్లీసెకన్లు|
yr yrs yr. yrs.|year|years|साल|సంవత్సరం|సంవత్సరాలు|సంవత్సరానికి
°C ℃ °_C °c ºC|degree Celsius|degrees Celsius|डिग्री सेल्सियस|డిగ్రీ సెల్సియస్|డిగ్రీల సెల్సియస్|
°F ℉ °_F °f ºF|degree Fahrenheit|degrees Fahrenheit|डिग्री फ़ारेनहाइट|డిగ్రీ ఫారెన్‌హీట్|డిగ్రీల ఫారెన్‌హీట్|
%|percent|percent|प्रतिशत|శాతం|శాతం|
‰|per mille|per mille|प्रति हज़ार|వెయ్యికి|వెయ్యికి|
KB kb Kb|kilobyte|kilobytes|किलोबाइट|కిలోబైట్|కిలోబైట్లు|
MB mb|megabyte|megabytes|मेगाबाइट|మెగాబైట్|మెగాబైట్లు|
GB gb Gb|gigabyte|gigabytes|गीगाबाइट|గిగాబైట్|గిగాబైట్లు|
TB tb|terabyte|terabytes|टेराबाइट|టెరాబైట్|టెరాబైట్లు|
kbps Kbps|kilobit per second|kilobits per second|किलोबिट प्रति सेकंड|సెకనుకు కిలోబిట్|సెకనుకు కిలోబిట్లు|
Mbps mbps MBPS|megabit per second|megabits per second|मेगाबिट प्रति सेकंड|సెకనుకు మెగాబిట్|సెకనుకు మెగాబిట్లు|
Gbps gbps GBPS|gigabit per second|gigabits per second|गीगाबिट प्रति सेकंड|సెకనుకు గిగాబిట్|సెకనుకు గిగాబిట్లు|
Hz hz HZ|hertz|hertz|हर्ट्ज़|హెర్ట్జ్|హెర్ట్జ్|
kHz KHz khz|kilohertz|kilohertz|किलोहर्ट्ज़|కిలోహెర్ట్జ్|కిలోహెర్ట్జ్|
MHz Mhz mhz|megahertz|megahertz|मेगाहर्ट्ज़|మెగాహెర్ట్జ్|మెగాహెర్ట్జ్|
GHz Ghz ghz|gigahertz|gigahertz|गीगाहर्ट्ज़|గిగాహెర్ట్జ్|గిగాహెర్ట్జ్|
V|volt|volts|वोल्ट|వోల్ట్|వోల్టులు|
W|watt|watts|वाट|వాట్|వాట్లు|
kW KW kw|kilowatt|kilowatts|किलोवाट|కిలోవాట్|కిలోవాట్లు|
MW|megawatt|megawatts|मेगावाट|మెగావాట్|మెగావాట్లు|
GW|gigawatt|gigawatts|गीगावाट|గిగావాట్|గిగావాట్లు|
kWh KWh kwh KWH|kilowatt hour|kilowatt hours|किलोवाट घंटे|కిలోవాట్ అవర్|కిలోవాట్ అవర్లు|
mAh mah MAH|milliampere hour|milliampere hours|मिलीएम्पियर घंटे|మిల్లీయాంపియర్ అవర్|మిల్లీయాంపియర్ అవర్లు|
kV|kilovolt|kilovolts|किलोवोल्ट|కిలోవోల్ట్|కిలోవోల్టులు|
MP mp|megapixel|megapixels|मेगापिक्सल|మెగాపిక్సెల్|మెగాపిక్సెల్స్|
px|pixel|pixels|पिक्सल|పిక్సెల్|పిక్సెల్స్|
fps FPS|frame per second|frames per second|फ़्रेम प्रति सेकंड|సెకనుకు ఫ్రేమ్|సెకనుకు ఫ్రేములు|
dB db|decibel|decibels|डेसिबल|డెసిబెల్|డెసిబెల్స్|
hp HP bhp|horsepower|horsepower|हॉर्सपावर|హార్స్‌పవర్|హార్స్‌పవర్|
tsp|teaspoon|teaspoons|छोटा चम्मच|టీస్పూన్|టీస్పూన్లు|
tbsp|tablespoon|tablespoons|बड़ा चम्मच|టేబుల్ స్పూన్|టేబుల్ స్పూన్లు|
wkt wkts|wicket|wickets|विकेट|వికెట్|వికెట్లు|
kcal|kilocalorie|kilocalories|किलोकैलोरी|కిలోకేలరీ|కిలోకేలరీలు|
cal|calorie|calories|कैलोरी|కేలరీ|కేలరీలు|
psi PSI|p s i|p s i|पी एस आई|పీ ఎస్ ఐ|పీ ఎస్ ఐ|
mmHg|millimeter of mercury|millimeters of mercury|मिलीमीटर पारा|మిల్లీమీటర్ల పాదరసం|మిల్లీమీటర్ల పాదరసం|
ha|hectare|hectares|हेक्टेयर|హెక్టారు|హెక్టార్లు|హెక్టారుకు
"""

_RATES = """
day|day|days|दिन|రోజు|రోజులు|రోజుకు
night|night|nights|रात|రాత్రి|రాత్రులు|రాత్రికి
week|week|weeks|सप्ताह|వారం|వారాలు|వారానికి
month mo|month|months|महीना|నెల|నెలలు|నెలకు
year annum|year|years|साल|సంవత్సరం|సంవత్సరాలు|సంవత్సరానికి
person head|person|people|व्यक्ति|మనిషి|మనుషులు|మనిషికి
unit|unit|units|यूनिट|యూనిట్|యూనిట్లు|యూనిట్‌కు
piece pc|piece|pieces|पीस|ముక్క|ముక్కలు|ఒక్కటికి
plate|plate|plates|प्लेट|ప్లేటు|ప్లేట్లు|ప్లేటుకు
dozen doz doz.|dozen|dozens|दर्जन|డజను|డజన్లు|డజనుకు
acre|acre|acres|एकड़|ఎకరం|ఎకరాలు|ఎకరానికి
litre liter लीटर लिटर లీటరు|liter|liters|लीटर|లీటరు|లీటర్లు|లీటరుకు
minute मिनट|minute|minutes|मिनट|నిమిషం|నిమిషాలు|నిమిషానికి
second सेकंड|second|seconds|सेकंड|సెకను|సెకన్లు|సెకనుకు
घंटा घंटे|hour|hours|घंटा|గంట|గంటలు|గంటకు
किलो kilo కిలో|kilo|kilos|किलो|కిలో|కిలోలు|కిలోకు
दिन|day|days|दिन|రోజు|రోజులు|రోజుకు
महीना माह|month|months|महीना|నెల|నెలలు|నెలకు
"""


def _read(table: str) -> dict[str, Unit]:
    """Rows of `written written …|english|plural|hindi|telugu|plural|dative`; an underscore is a space, or none."""
    units: dict[str, Unit] = {}
    for row in table.strip().splitlines():
        written, *names = row.split("|")
        forms = {form.replace("_", space) for form in written.split() for space in ("", " ")}
        units.update(dict.fromkeys(forms, Unit(*names)))
    return units


DEGREE = Unit("degree", "degrees", "डिग्री", "డిగ్రీ", "డిగ్రీలు")
UNITS = _read(_TABLE) | {"°": DEGREE}
"""By written form, case included."""

RATES = _read(_RATES) | {form: unit for form, unit in UNITS.items() if unit.telugu_each}
"""What may follow the stroke of a rate ("/kg", "/day")."""

ATTACHED_ONLY = frozenset({"h", "s", "L", "W", "MP"})
"""Units only directly after the number ("2h", "60W", "48MP"): apart they are words, or names."""
