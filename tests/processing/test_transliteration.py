"""Words in scripts that a checkpoint does not read."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processing.lexicon import read_lexicon
from processing.normalise import normalise_steps
from processing.normalise.transliteration import letters_of
from processing.script import ScriptRules, write_script
from shared.steps import finish
from shared.types import Reading, Sampling, Utterance, Voice


def spoken(text: str, *scripts: str, language: str = "auto") -> str:
    return finish(normalise_steps(text, scripts=scripts, reading=Reading(language))).spoken


@pytest.mark.parametrize(
    ("text", "scripts", "said"),
    [
        ("मेरा bank account block हो गया, please help करें।", ["Deva"], "मेरा बैंक अकौंट ब्लाक हो गया, प्लीज़ हेल्प करें।"),
        ("OTP 45 है, train late है।", ["Deva"], "ओ टी पी पैंतालीस है, ट्रेन लेट है।"),
        ("Kal 5 baje Ramesh ke ghar milte hain", ["Deva"], "कल पाँच बजे रमेश के घर मिलते हैं"),
        ("నా bank account, payment station doctor", ["Telu"], "నా బేంక్ అకౌంట్, పేమెంట్ స్టేశన్ డాక్టర్"),
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


ENGLISH = """station=स्टेशन doctor=डाक्टर school=स्कूल hospital=हास्पिटल police=पुलिस computer=कंप्यूटर
ticket=टिकेट bottle=बाटल office=आफ़िस platform=प्लैट्फ़ार्म nation=नेशन recharge=रिचार्ज
shipping=शिपिंग laptop=लैप्टाप channel=चैनेल teacher=टीचर playlist=प्लेलिस्ट light=लाइट"""


def test_letters_write_english_words_as_hindi_does():
    pairs = [pair.split("=") for pair in ENGLISH.split()]
    deva = letters_of(("Deva",))
    assert deva and [(word, deva.write(word, block=0x0900)) for word, _ in pairs] == [tuple(pair) for pair in pairs]


@settings(deadline=None, max_examples=200)
@given(st.text("abcdefghijklmnopqrstuvwxyzABYZ .,'’कగ్ा0", max_size=60))
def test_letters_leave_no_word_of_another_script(text):
    assert not re.search("[A-Za-z\u0c00-\u0c7f]", spoken(text, "Deva"))
    assert not re.search("[\u0904-\u0963\u0c00-\u0c7f]", spoken(text, "Latn"))


def test_letters_take_linear_time():
    deva = letters_of(("Deva",))
    assert deva
    for unit in ("abcdefgh ", "eeeeee", "नमस्ते ", "ough", "OTP "):
        begun = time.process_time()
        deva.write(unit * (20_000 // len(unit)), block=0x0900)
        assert time.process_time() - begun < 1


def test_script_keeps_tags_and_lexicon_entries():
    rules = ScriptRules(
        threshold=220, target=170, emotions=("excited",), scripts=("Deva",), lexicon=read_lexicon({"sql": "SQL"})
    )
    voice = Voice(id="v", name="V")
    made = write_script(
        Utterance(text="[excited] hello, SQL नमस्ते", voice=voice, sampling=Sampling(), rate=16_000), rules
    )
    assert made.spoken == "[excited] हेलो, SQL नमस्ते"
