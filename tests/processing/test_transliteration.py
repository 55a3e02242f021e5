"""Words in scripts that a checkpoint does not read."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.lexicon import read_lexicon
from processing.normalise import normalise_steps
from processing.normalise.transliteration import letters_of
from processing.script import ScriptRules, write_script
from shared.steps import finish
from shared.types import Reading, Sampling, Utterance, Voice
from tests.hostile import stated_cpu_s


def spoken(text: str, *scripts: str, language: str = "auto") -> str:
    return finish(normalise_steps(text, scripts=scripts, reading=Reading(language))).spoken


@pytest.mark.parametrize(
    ("text", "scripts", "said"),
    [
        ("मेरा bank account block हो गया, please help करें।", ["Deva"], "मेरा बैंक अकाउंट ब्लॉक हो गया, प्लीज़ हेल्प करें।"),
        ("OTP 45 है, train late है।", ["Deva"], "ओ टी पी पैंतालीस है, ट्रेन लेट है।"),
        ("Kal 5 baje Ramesh ke ghar milte hain", ["Deva"], "कल पाँच बजे रमेश के घर मिलते हैं"),
        ("నా bank account, payment station doctor", ["Telu"], "నా బ్యాంక్ అకౌంట్, పేమెంట్ స్టేషన్ డాక్టర్"),
        ("OTP 45.", ["Telu"], "ఓ టీ పీ ఫార్టీ ఫైవ్."),
        ("दो दिन की छुट्टी। 5 दिन।", ["Latn"], "do din kee chhuttee. paanch din."),
        ("నాకు 2 రోజులు", ["Latn"], "naaku rendu rojulu"),
        ("నాకు 2 రోజులు", ["Deva", "Latn"], "नाकु रॆंडु रोजुलु"),
        ("मेरा bank नाम", ["Deva", "Latn"], "मेरा bank नाम"),
        ("मेरा bank नाम", [], "मेरा bank नाम"),
        ("வணக்கம் 5", ["Deva"], "வணக்கம் ஐந்து"),
    ],
)
def test_letters_write_words_in_a_script_of_the_checkpoint(text, scripts, said):
    assert spoken(text, *scripts) == said


LOANWORDS = Path(__file__).parents[1] / "data" / "loanwords.tsv"
RIGHT = {"Deva": 229, "Telu": 251}
"""Words of LOANWORDS, of 260, that are spelled as Hindi and Telugu spell them."""


def plain(word: str) -> str:
    """Return a word without dots below and joiners, which are often left out."""
    return re.sub("[\u093c\u200c\u200d]", "", unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(("script", "block", "column"), [("Deva", 0x0900, 2), ("Telu", 0x0C00, 3)])
def test_letters_spell_english_words_as_the_language_does(script, block, column):
    letters = letters_of((script,))
    rows = [line.split("\t") for line in LOANWORDS.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert letters and len(rows) == 260
    said = [letters.write(row[1], block=block) for row in rows]
    right = [plain(word) in map(plain, row[column].split("|")) for word, row in zip(said, rows, strict=True)]
    assert sum(right) >= RIGHT[script]


@pytest.mark.parametrize(
    ("word", "hindi", "telugu"),
    [
        ("power", "पावर", "పవర్"),
        ("fire", "फ़ायर", "ఫైర్"),
        ("care", "केयर", "కేర్"),
        ("clear", "क्लियर", "క్లీర్"),
        ("point", "पॉइंट", "పాయింట్"),
        ("boy", "बॉय", "బాయ్"),
        ("password", "पासवर्ड", "పాస్వర్డ్"),
        ("online", "ऑनलाइन", "ఆన్లైన్"),
        ("problem", "प्रॉब्लम", "ప్రాబ్లమ్"),
        ("solution", "सॉल्यूशन", "సాల్యూషన్"),
        ("pension", "पेंशन", "పెన్షన్"),
        ("police", "पुलिस", "పోలీస్"),
    ],
)
def test_letters_write_the_sounds_of_loanwords(word, hindi, telugu):
    assert (spoken(f"क {word}", "Deva"), spoken(f"క {word}", "Telu")) == (f"क {hindi}", f"క {telugu}")


@settings(deadline=None, max_examples=200)
@given(st.text("abcdefghijklmnopqrstuvwxyzABYZ .,'’कగ్ा0", max_size=60))
def test_letters_leave_no_word_of_another_script(text):
    assert not re.search("[A-Za-z\u0c00-\u0c7f]", spoken(text, "Deva"))
    assert not re.search("[\u0904-\u0963\u0c00-\u0c7f]", spoken(text, "Latn"))


def test_letters_take_linear_time():
    deva = letters_of(("Deva",))
    assert deva
    for unit in ("abcdefgh ", "eeeeee", "नमस्ते ", "ough", "OTP "):
        text = unit * (20_000 // len(unit))
        assert stated_cpu_s(lambda: deva.write(text, block=0x0900), times=1) < 1  # noqa: B023


def test_script_keeps_tags_and_lexicon_entries():
    rules = ScriptRules(
        threshold=220, target=170, emotions=("excited",), scripts=("Deva",), lexicon=read_lexicon({"sql": "SQL"})
    )
    voice = Voice(id="v", name="V")
    made = write_script(
        Utterance(text="[excited] hello, SQL नमस्ते", voice=voice, sampling=Sampling(), rate=16_000), rules
    )
    assert made.spoken == "[excited] हेलो, SQL नमस्ते"
