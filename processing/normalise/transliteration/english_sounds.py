"""Sounds of English words by their letters, for words that the table of exceptions lacks. Pure.

The rules are tried in order at each letter; the first that fits gives the phones. Vowels are those of Indian English:
"a" of "bank" is /ɛ/ in Devanagari's बैंक, "o" of "doctor" is /ɒ/. A nasal before a consonant becomes nasality.
"""

import re

from processing.normalise.transliteration.english_words import EXCEPTIONS
from processing.phonemes import DIPHTHONGS, NASAL, VOWELS, read_phonemes

_RULES = [
    (re.compile(pattern), sounds)
    for pattern, _, sounds in (
        line.rpartition("=")
        for line in r"""
(?<=.)tional=ʃənəl
(?<=.)[ct]ien(?=t|c)=ʃɛn
s?shion=ʃən
ssion=ʃən
(?<=.)tions?$=ʃən
(?<=.)tion=ʃən
(?<=[aeiou])sion=ʒən
(?<=.)sion=ʃən
(?<=.)[ct]ious$=ʃəs
(?<=.)[ct]ial=ʃəl
(?<=.)ture$=tʃər
(?<=.)sure$=ʒər
iew=juː
[ae]nce$=ɛns
ange(?=$|r|d)=eɪndʒ
^de(?=[cflmpstv][aeio][a-z]{2})=ɖɪ
^pro(?=[bcdfgjmt][aeioulr])=proʊ
ch(?=[rlmn])=k
^chem=kem
tech=ʈek
mech=mek
(?<=^[bcdgtv])ia=aɪə
(?<=^[dgt][r])ia=aɪə
(?<=^[cd])lie(?=n)=laɪə
(?<=^d)ie=aɪə
ior$=ɪər
(?<=..)or$=ər
(?<=[aeiouy][^aeiouy])ar$=ər
(?<=[aeiouy][^aeiouy][^aeiouy])ar$=ər
(?<=[^aeiou])a(?=s[stkp])=aː
(?<=[iou])s(?=[ioa])=z
(?<=ea)s(?=[oiuy])=z
qua=kvɒ
ngua=ŋgvæ
(?<=r)get$=get
ough$=oʊ
ought=ɔt
aught=ɔt
eigh=eɪ
igh=aɪ
all(?=s?$|ed$|ing$|er)=ɔl
alk=ɔk
wor(?=[kdlstm])=vər
beau=bjuː
ook=uk
lution=ljuːʃən
edu(?=c)=eɖju
(?<=[^aeiouy])le$=əl
(?<=[td])ed$=ed
(?<=[pkfsx])ed$=t
(?<=[ch]h)ed$=t
(?<=.)ed$=d
(?<=[szxh])es$=ɪz
^re(?=[bcdfgjkmpqtv][aeiou]|ch|tr|pl)=rɪ
port=poʊrt
board=boʊrd
(?<=[aeiouy][bcdfgklmnprstvz])[oea]ry$=əriː
(?<=[aeiouy][bcdfgklmnprstvz][bcdfgklmnprstvz])[oea]ry$=əriː
(?<=...)on$=ən
(?<=[^aeiouy][aeiouy][^aeiouy])al$=əl
(?<=[aeiouy][^aeiouy][^aeiouy])al$=əl
(?<=[aeiouy][^aeiouy])el$=əl
(?<=[aeiouy][^aeiouy][^aeiouy])el$=əl
(?<=[st])ive$=ɪv
line$=laɪn
(?<=...)ine$=iːn
(?<=[aeiouy][^aeiouy])ism$=ɪzəm
are$=ɛr
ire$=aɪər
ore$=oʊr
ear=iːr
eer=iːr
air=ɛr
our=oʊr
oar=oʊr
oor=oʊr
ar=aːr
er=ər
ir=ər
or=ɔr
ur=ər
tch=tʃ
sch=sk
ch=tʃ
sh=ʃ
ph=f
th=θ
ck=k
^kn=n
^wr=r
^ps=s
wh=v
dge=dʒ
qu=kv
x=ks
gh=g
gu(?=[eiy])=g
ge$=dʒ
g(?=[eiy])=dʒ
cc(?=[eiy])=ks
ce$=s
se$=z
c(?=[eiy])=s
([bcdfgjklmnprstvz])\1=*
ee=iː
ea=iː
ai=eɪ
ay=eɪ
oa=oʊ
ow(?=[nld])=aʊ
ow=oʊ
ou=aʊ
oo=uː
oi=ɔɪ
oy=ɔɪ
au=ɔ
aw=ɔ
ew=juː
ue$=uː
ui=uː
ie$=iː
ie=iː
ey$=iː
ei=eɪ
ia=ɪa
a(?=tion|tien|cien)=eɪ
a(?=[bcdfgklmnprstvz]e(?:s|d|r)?$)=eɪ
i(?=[bcdfgklmnprstvz]e(?:s|d|r)?$)=aɪ
o(?=[bcdfgklmnprstvz]e(?:s|d|r)?$)=oʊ
u(?=[bcdfgklmnprstvz]e(?:s|d|r)?$)=juː
a(?=[bcdfgklmnprstvz]ing$)=eɪ
i(?=[bcdfgklmnprstvz]ing$)=aɪ
o(?=[bcdgklmnptv][aou])=oʊ
(?<=[jlrs])u(?=[bcdfgklmnprstv][aeiou])=uː
u(?=[bdgklmnprtv][aeiou])=juː
(?<=[aeiouy][^aeiouy])e$=
(?<=[^aeiouy][^aeiouy])e$=
(?<=^[^aeiouy])y$=aɪ
(?<=^[^aeiouy][^aeiouy])y$=aɪ
^y=j
y$=iː
y=ɪ
a$=aː
^a(?=[^aeiou][aeiou])=ə
a=æ
e=e
i$=iː
i=ɪ
o$=oʊ
o=ɒ
u=ʌ
b=b
c=k
d=d
f=f
g=g
h=h
j=dʒ
k=k
l=l
m=m
n=n
p=p
q=k
r=r
s=s
t=t
v=v
w=v
z=z""".strip().splitlines()
    )
]
_SINGLE = {
    letter: sounds
    for letter, sounds in zip("bcdfgjklmnprstvz", "b k d f g dʒ k l m n p r s t v z".split(), strict=True)
}
_NASALS = ("n", "ɳ", "m", "ŋ")
_BEFORE_NASALITY = {"n": ("ʈ", "ɖ", "t", "d", "k", "ɡ", "tʃ", "dʒ", "s", "ʃ"), "m": ("p", "b"), "ŋ": ("k", "ɡ")}


def sounds_of(word: str) -> tuple[str, ...]:
    """Return the phones of an English word in lower case: those of EXCEPTIONS, else those of its letters."""
    known = EXCEPTIONS.get(word)
    if known is None and word.endswith("s") and (stem := EXCEPTIONS.get(word[:-1])):
        known = f"{stem}s"
    return _nasalised(read_phonemes(known if known is not None else _by_letters(word)))


def _by_letters(word: str) -> str:
    sounds: list[str] = []
    at = 0
    while at < len(word):
        for pattern, said in _RULES:
            found = pattern.match(word, at)
            if found:
                sounds.append(_SINGLE[word[at]] if said == "*" else said)
                at = found.end()
                break
        else:
            at += 1
    return "".join(sounds) or "ə"


def _nasalised(phones: tuple[str, ...]) -> tuple[str, ...]:
    """Return the phones with the nasality of a vowel for a nasal before its own consonants: बैंक, not बैन्क."""
    said: list[str] = []
    for place, phone in enumerate(phones):
        ahead = phones[place + 1] if place + 1 < len(phones) else ""
        vowel = bool(said) and said[-1].rstrip("ː") in (*VOWELS, *DIPHTHONGS)
        if phone in _NASALS and vowel and ahead in _BEFORE_NASALITY[phone.replace("ɳ", "n")]:
            said[-1] += NASAL
        else:
            said.append(phone)
    return tuple(said)
