"""Words that show that a sentence in Latin letters is Telugu, which is read in English there. Data.

Words that Hindi shares are left out ("pani", "chala").
"""

LATIN_WORDS = frozenset(
    """undi unna unnayi unnaru unnadi unnav vundi ledu leru lenu levu kaadu kadu avunu ayindi ayyindi ayyayi ayipoyindi avutundi
    avtundi avuthundi avthundi vachindi vachayi vacharu vachesindi vastundi vasthundi vasta vastha vastanu vastaru vastayi istaru
    istanu istha ichanu ichindi icharu iyandi ivvandi ivvaru cheyandi cheyyandi cheyali cheyyali chesa chesanu chesaru chesindi
    chestunna chesthunna cheppandi cheppindi chepparu cheppina cheppu chudandi chusanu chusaru randi raavali ravali vellandi
    velthunna poyindi poyaru padindi padipoyindi padutundi kavali kaavali kosam kuda kooda nunchi nundi varaku lopu meeda kinda
    daggara ikkada akkada ekkada eppudu ippudu appudu repu ninna eeroju roju rojulu nelaku entha enduku evaru emiti mee meeru
    memu manam mana nenu nuvvu naku naaku neeku meeku maku maaku vallu valla garu gaaru andi anta ante ani antunnaru kaani
    lekapothe lekunte matrame bagundi baagundi manchi pedda chinna kotta intiki illu ooru oka okka rendu moodu nalugu
    ekkuva takkuva vesava nashtam tho loki loni lona lekunda cheyi cheyyi pampandi pampinchandi teesukondi kattandi pettandi""".split()
)

LATIN_ENDINGS = tuple(
    "tundi thundi tunna tunnaru tunnanu tunnadu tunnayi thunnaru sthunna inchandi ipoyindi esaru esanu esindi kovali".split()
)
"""Endings of verbs that no word of English or Hindi has."""

SHARED_WORDS = frozenset("ki naa ne na ko se pe bhai aaj".split())
"""Words of typed Hindi that typed Telugu has too, or borrows."""
