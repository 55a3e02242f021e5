"""Choice of the language of a sentence: declared, by script, by words, and by what the voice speaks."""

import pytest

from processing.normalise import normalise, normalise_fully
from processing.normalise.language import TAGS, LanguageChooser, language_tag, spoken_tag
from processing.normalise.languages import VERBALIZERS
from processing.normalise.other_scripts import OTHER_DIGIT, OTHER_WORD
from processing.normalise.script_evidence import ScriptEvidence
from shared.errors import ValidationFailed
from shared.types import Reading


def read(text: str, language: str = "auto", *spoken: str) -> str:
    return normalise(text, reading=Reading(language), spoken=spoken)


def test_tags_name_every_language_with_its_own_script():
    assert TAGS == ("en-IN", "hi-IN", "mr-IN", "te-IN")


@pytest.mark.parametrize(("given", "tag"), [("hi", "hi-IN"), ("HI-in", "hi-IN"), ("auto", "auto"), ("te-IN", "te-IN")])
def test_language_tag_takes_short_forms(given, tag):
    assert language_tag(given) == tag


@pytest.mark.parametrize("given", ["", "ta-IN", "en-US", "hindi", "auto-IN"])
def test_language_tag_lists_the_known_ones_for_an_unknown_one(given):
    with pytest.raises(ValidationFailed, match=r"^language: must be one of en-IN, hi-IN, mr-IN, te-IN, auto$"):
        language_tag(given)


def test_spoken_tag_refuses_a_language_that_the_voice_lacks():
    assert spoken_tag("hi", ("en", "hi-IN")) == "hi-IN"
    assert spoken_tag("mr", ()) == "mr-IN"
    with pytest.raises(
        ValidationFailed, match=r"^language: the voice does not speak Marathi; it speaks English and Hindi$"
    ):
        spoken_tag("mr-IN", ("en", "hi-IN"))


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("Naaku 2 rojulu leave kavali.", "te-IN", "Naaku rendu rojulu leave kavali."),
        ("Nenu 500 rupayalu istanu.", "te-IN", "Nenu aidu vandala rupayalu istanu."),
        ("Naaku 2 rojulu leave kavali.", "auto", "Naaku two rojulu leave kavali."),
        ("Ticket 450 mein mila.", "hi-IN", "Ticket chaar sau pachaas mein mila."),
        ("Mera bill Rs. 500 hai.", "en-IN", "Mera bill five hundred rupees hai."),
        ("Mala 225 rupaye de.", "mr-IN", "Mala donshe panchvees rupaye de."),
        ("मुझे ₹500 चाहिए। Pay 500. 10.", "en-IN", "मुझे पाँच सौ रुपये चाहिए। Pay five hundred. ten."),
        ("500", "te-IN", "ఐదు వందలు"),
        ("500", "hi-IN", "पाँच सौ"),
        ("500", "auto", "five hundred"),
        ("किंमत 250", "hi-IN", "किंमत दो सौ पचास"),
        ("दाम 250", "mr-IN", "दाम दोनशे पन्नास"),
        ("దూరం 25", "hi-IN", "దూరం ఇరవై ఐదు"),
    ],
)
def test_declared_language_reads_its_scripts_and_figures_alone(text, language, said):
    assert read(text, language) == said


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("माझे नाव राम आहे.", "mr"),
        ("मेरा नाम राम है।", "hi"),
        ("टिळक 5", "mr"),
        ("राम 5", "hi"),
        ("टिळक 5 बजे आए और गए।", "hi"),
        ("दाम ₹500. मला दे.", "mr"),
        ("मला दे. दाम ₹500.", "mr"),
        ("यह 5 है। दाम ₹500।", "hi"),
        ("उनका भाषण 5 बजे शिवाजी मैदान में होगा।", "hi"),
        ("शहरात 5", "mr"),
        ("स्थिति 5", "hi"),
        ("रकम 5।", "hi"),
        ("दरबारी वकील भी।", "hi"),
        ("घरात 5. दाम ₹500. यह 6 है।", "hi"),
    ],
)
def test_chooser_tells_marathi_from_hindi_and_takes_hindi_in_doubt(text, language):
    assert normalise_fully(text).language == language


def test_chooser_takes_the_spoken_language_before_a_hint():
    assert read("शहरात 25", "auto", "hi") == "शहरात पच्चीस"
    assert read("शहरात 25", "auto", "hi", "mr") == "शहरात पंचवीस"


def test_chooser_takes_an_indic_word_at_the_end_of_a_clause_for_its_verb():
    assert read("Class 8 books ₹1,850 అయ్యాయి, bill number 21.").startswith("Class ఎనిమిది books వెయ్యి")
    assert read("He said నమస్తే, and 5 of them left.") == "He said నమస్తే, and five of them left."


def test_chooser_takes_a_spoken_language_in_doubt():
    assert read("राम 25", "auto", "mr") == "राम पंचवीस"
    assert read("Order 25", "auto", "hi") == "Order pachchees"
    assert read("25", "auto", "te", "hi") == "ఇరవై ఐదు"
    assert read("Order 25", "auto", "hi", "en") == "Order twenty five"


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("எனக்கு 50 வேண்டும்", "எனக்கு ஐந்து பூஜ்யம் வேண்டும்", "ta"),
        ("விலை ₹1,250", "விலை ஒன்று இரண்டு ஐந்து பூஜ்யம் ரூபாய்", "ta"),
        ("৫০% ছাড়", "পাঁচ শূন্য শতাংশ ছাড়", "bn"),
        ("૨૫", "બે પાંચ", "gu"),
        ("ಬೆಲೆ 3.5", "ಬೆಲೆ ಮೂರು ದಶಮಾಂಶ ಐದು", "kn"),
        ("വില 20", "വില രണ്ട് പൂജ്യം", "ml"),
        ("ਕੀਮਤ 15", "ਕੀਮਤ ਇੱਕ ਪੰਜ", "pa"),
        ("ମୂଲ୍ୟ 15", "ମୂଲ୍ୟ ଏକ ପାଞ୍ଚ", "or"),
        ("قیمت 15/08", "قیمت ایک پانچ, صفر آٹھ", "ur"),
        ("வணக்கம் 5 মণি 5", "வணக்கம் ஐந்து মণি পাঁচ", "ta"),
        ("The Tamil word is வணக்கம், 5 letters.", "The Tamil word is வணக்கம், five letters.", "en"),
    ],
)
def test_other_scripts_are_read_digit_by_digit(text, said, language):
    made = normalise_fully(text)
    assert (made.spoken, made.language, made.unread) == (said, language, "")


def test_figures_of_a_script_without_digit_names_stay_and_are_named():
    made = normalise_fully("У меня 5 кошек")
    assert (made.spoken, made.language, made.unread) == ("У меня 5 кошек", "und", "Cyrillic")
    assert normalise_fully("У меня пять кошек").unread == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("வணக்கம்", "Tamil"),
        ("Привет", "Cyrillic"),
        ("你好", "Chinese"),
        ("माझे नाव राम आहे.", "Marathi"),
        ("నమస్కారం", "Telugu"),
    ],
)
def test_chooser_refuses_what_the_voice_does_not_speak(text, name):
    with pytest.raises(
        ValidationFailed, match=f"^text: holds {name}, which the voice does not speak; it speaks English"
    ):
        read(f"Hello there. {text}", "auto", "en-IN", "hi")


def test_chooser_refuses_nothing_for_a_voice_with_unknown_languages():
    assert read("Привет", "auto", "ru") == "Привет"
    assert read("Привет", "auto") == "Привет"


def test_other_scripts_are_those_without_a_verbalizer():
    for block in range(0x0900, 0x0D80, 0x80):
        letter, digit = chr(block + 0x15), chr(block + 0x66)
        known = any(verbalizer.block == block for verbalizer in VERBALIZERS)
        assert (OTHER_WORD.match(letter) is None) == (OTHER_DIGIT.match(digit) is None) == known
    assert OTHER_WORD.search("naïve ½ café œuvre π α β µ ² ™ 5 həˈloʊ — “x” … ₹ 👍") is None


def test_chooser_reads_a_sentence_after_the_one_before():
    chooser = LanguageChooser("")
    codes = [chooser.reader_of(sentence).code for sentence in ("దూరం 5.", "10.", "வணக்கம் 5.", "10.", "Ok.", "It is 5.")]
    assert codes == ["te", "te", "ta", "ta", "ta", "en"]


def test_begin_of_the_text_is_searched_once_for_all_sentences(monkeypatch) -> None:
    searched: list[int] = []
    hinted = ScriptEvidence.hinted
    monkeypatch.setattr(ScriptEvidence, "hinted", lambda own, text: (searched.append(len(text)), hinted(own, text))[1])
    text = "This is the word. घर. " * 50
    chooser = LanguageChooser(text)
    for _ in range(50):
        chooser.reader_of("This is the word.")
        chooser.reader_of("घर.")
    assert searched.count(len(text)) == 1
