import pytest

from processing.phonemes import (
    CONSONANTS,
    DIPHTHONGS,
    LONG,
    VOWELS,
    UnknownPhoneme,
    alphabet_name,
    has_stress,
    read_phonemes,
)
from processing.respelling import DEVANAGARI, TELUGU, respell


@pytest.mark.parametrize(
    ("alphabet", "written"),
    [
        ("ipa", "təˈmeɪtoʊ"),
        ("ipa", "tə.meɪ.toʊ"),
        ("ipa", "tə'meito͜ʊ"),
        ("x-sampa", 't@"meItoU'),
        ("cmu-arpabet", "T AH0 M EY1 T OW2"),
    ],
)
def test_phonemes_of_each_alphabet_are_the_same_phones(alphabet, written):
    assert read_phonemes(written, alphabet) == ("t", "ə", "m", "eɪ", "t", "oʊ")
    assert has_stress(written, alphabet) == (written not in ("tə.meɪ.toʊ", "tə'meito͜ʊ"))


@pytest.mark.parametrize(
    ("alphabet", "written", "symbol"),
    [
        ("ipa", "bløː", "ø"),
        ("ipa", "t!a", "!"),
        ("x-sampa", "b2", "2"),
        ("x-sampa", "ö", "ö"),
        ("cmu-arpabet", "T QQ1", "QQ1"),
        ("ipa", "ˈ", ""),
    ],
)
def test_symbol_without_a_phone_is_named(alphabet, written, symbol):
    with pytest.raises(UnknownPhoneme) as unknown:
        read_phonemes(written, alphabet)
    assert unknown.value.symbol == symbol and symbol in unknown.value.reason()


@pytest.mark.parametrize(
    ("ipa", "latin", "devanagari", "telugu"),
    [
        ("təˈmeɪtoʊ", "tuhmaytoh", "टमेटो", "టమేటో"),
        ("bʱaːrət̪", "bahruht", "भारत", "భారత్"),
        ("d̪ɪlliː", "dillee", "दिल्ली", "దిల్లీ"),
        ("ˈtʃɛnːaɪ", "chennigh", "चेन्नाइ", "చెన్నై"),
        ("ɡɛt ɪt", "ghet it", "गेट इट", "గెట్ ఇట్"),
        ("wɜːld", "wurld", "वर्ल्ड", "వర్ల్డ్"),
        ("ãː", "ahn", "आं", "ఆం"),
    ],
)
def test_phones_are_respelt_in_the_script_of_the_sentence(ipa, latin, devanagari, telugu):
    phones = read_phonemes(ipa)
    assert respell(phones, None) == latin
    assert respell(phones, DEVANAGARI) == devanagari
    assert respell(phones, TELUGU) == telugu
    assert respell(phones, 0x0B80) == latin  # a script without a table


def test_every_phone_has_letters_in_every_script():
    for phone in (*VOWELS, *DIPHTHONGS, *CONSONANTS):
        for written in (phone, phone + LONG):
            for block in (None, DEVANAGARI, TELUGU):
                assert respell(("k", written, "a", written), block)


def test_alphabet_is_found_in_any_case_and_is_ipa_by_default():
    assert alphabet_name("") == alphabet_name("IPA") == "ipa"
    assert alphabet_name("X-SAMPA") == "x-sampa" and alphabet_name("x-microsoft-ups") is None
