import pytest

from processing.markup.elements import MAX_DEPTH, MAX_ELEMENTS
from shared.errors import InvalidSpeaker, TextTooLong, ValidationFailed
from tests.processing.markup.documents import read, script, spoken

WRONG = {
    "Hello": "syntax error (line 1, column 1)",
    "<speak>Hello": "<speak> is not closed (line 1, column 13)",
    "<speak><p>Hello</speak>": "mismatched tag (line 1, column 18)",
    "<speak>\n  a < b</speak>": "not well-formed (invalid token) (line 2, column 6)",
    "<p>Hello</p>": "the outermost element must be <speak> (line 1, column 1)",
    "<speak>a<speak>b</speak></speak>": "<speak> inside another element (line 1, column 9)",
    "<speak><par>a</par></speak>": "<par> is unknown; known are audio, bookmark, break",
    "<speak><break time='soon'/></speak>": "break: time must be a number with its unit, such as 500ms or 1.5s",
    "<speak><break strength='huge'/></speak>": "break: strength must be one of none, x-weak",
    "<speak><break>a</break></speak>": "<break> must be empty",
    "<speak><sub>W3C</sub></speak>": "sub: needs an alias",
    "<speak><sub alias='a'><break/></sub></speak>": "<sub> holds text alone",
    "<speak><say-as>1</say-as></speak>": "say-as: needs interpret-as",
    "<speak><phoneme>a</phoneme></speak>": "phoneme: needs ph",
    "<speak><phoneme ph='bl\u00f8'>a</phoneme></speak>": "phoneme: the voice cannot say the symbol ø (U+00F8)",
    "<speak><phoneme alphabet='x-sampa' ph='b2'>a</phoneme></speak>": "the voice cannot say the symbol 2 (U+0032)",
    "<speak><phoneme alphabet='x-microsoft-ups' ph='a'>a</phoneme></speak>": "must be one of ipa, x-sampa, cmu-arpabet",
    "<speak><phoneme ph='.'>a</phoneme></speak>": "it has no phoneme",
    "<speak><prosody rate='-3'>a</prosody></speak>": "prosody: rate must be a value such as slow, 80% or 1.2",
    "<speak><prosody volume='much'>a</prosody></speak>": "prosody: volume must be a value such as loud",
    "<speak><emphasis level='x'>a</emphasis></speak>": "emphasis: level must be one of strong",
    "<speak><lang>a</lang></speak>": "lang: needs xml:lang",
    "<speak><mark/></speak>": "mark: needs a name",
    "<speak>&nbsp;</speak>": "undefined entity",
    "<speak>&#1;</speak>": "reference to invalid character number",
    '<!DOCTYPE speak [<!ENTITY a "aaa">]><speak>&a;</speak>': "a document type declaration is not read",
    '<!DOCTYPE speak SYSTEM "http://127.0.0.1/x.dtd"><speak>a</speak>': "a document type declaration is not read",
    "<speak>" + "<lang xml:lang='en'>" * MAX_DEPTH: f"nested deeper than {MAX_DEPTH}",
    "<speak>" + "<w/>" * (MAX_ELEMENTS + 1): f"more than {MAX_ELEMENTS} elements",
    f"<speak><voice name='{'a' * 5000}'>": "a tag is longer than 2048 bytes",
    "<speak>" + "a<break time='10s'/>" * 31 + "</speak>": "the pauses come to more than 300 s",
    "<speak>" + "a<break/>" * 2001 + "</speak>": "the pauses come to more than 300 s",
    "<speak>" + "a<break time='1ms'/>" * 2001 + "</speak>": "more than 2000 passages",
}


@pytest.mark.parametrize("document", WRONG)
def test_wrong_markup_is_refused_with_its_place(document):
    with pytest.raises(ValidationFailed) as refused:
        read(document)
    assert f"markup: {WRONG[document]}" in refused.value.message or WRONG[document] in refused.value.message
    assert refused.value.status == 400
    assert {"field", "line", "column"} <= (refused.value.details or {}).keys()


def test_unknown_voice_is_refused_with_its_place():
    with pytest.raises(InvalidSpeaker, match="known are one, two") as refused:
        read("<speak>\n<voice name='three'>Hello.</voice></speak>")
    assert refused.value.details == {"field": "text", "line": 2, "column": 1}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Room 12 &amp; 13 &lt; 14.", "Room twelve and thirteen is less than fourteen."),
        ("The <sub alias='World Wide Web Consortium'>W3C</sub> met.", "The World Wide Web Consortium met."),
        ("<sub alias='5 km'>near</sub>", "five kilometers"),
        ("<p><s>One</s><s>Two?</s></p><p>Three</p>", "One. Two? Three."),
        ("<s>एक</s><s>दो।</s>", "एक. दो।"),
        ("It is <emphasis>here</emphasis>.", "It is here."),
        ("He said <voice name='two'>no</voice>, and left.", "He said no, and left."),
        ("A <w role='x'>bass</w> and a <token>drum</token>.", "A bass and a drum."),
        (
            "<metadata><x:y>hidden</x:y></metadata>Seen. <audio src='a.wav'><desc>Hidden</desc>Heard.</audio>",
            "Seen. Heard.",
        ),
        ("[excited] Look <![CDATA[5 < 6]]> here", "[excited] Look five is less than six here"),
        ("Text <!-- a comment --> goes on.", "Text goes on."),
    ],
)
def test_document_is_spoken_without_its_tags(markup, text):
    assert spoken(f"<speak>{markup}</speak>") == text


def test_passages_have_their_voice_rate_volume_and_language():
    passages, report = read(
        "<speak xml:lang='en-US'>A. <voice name='second'>B. <prosody rate='50%' volume='-6dB'>C. "
        "<prosody rate='150%'>D. </prosody></prosody></voice><lang xml:lang='hi-IN'>E. </lang></speak>"
    )
    assert [one.text for one in passages] == ["A. ", "B. ", "C. ", "D. ", "E. "]
    assert [one.delivery.voice and one.delivery.voice.id for one in passages] == [None, "two", "two", "two", None]
    assert [one.delivery.rate for one in passages] == [1, 1, 0.5, 0.75, 1]
    assert [round(one.delivery.gain, 3) for one in passages] == [1, 1, 0.501, 0.501, 1]
    assert [one.language for one in passages] == ["en-IN"] * 4 + ["hi-IN"]
    assert report.applied == {"voice": 1, "prosody": 2, "lang": 1} and not report.ignored


@pytest.mark.parametrize(
    ("value", "rate"), [("slow", 0.75), ("x-fast", 1.6), ("80%", 0.8), ("+20%", 1.2), ("-25%", 0.75), ("1.5", 1.5)]
)
def test_rates_are_read_as_ssml_writes_them(value, rate):
    (passage,), _ = read(f"<speak><prosody rate='{value}'>A</prosody></speak>")
    assert passage.delivery.rate == pytest.approx(rate)


@pytest.mark.parametrize(
    ("value", "gain"),
    [("loud", 1.585), ("silent", 0), ("+6dB", 1.995), ("-6.0dB", 0.501), ("50", 0.5), ("+10%", 1.1), ("+40dB", 3.981)],
)
def test_volumes_are_read_as_ssml_writes_them(value, gain):
    (passage,), _ = read(f"<speak><prosody volume='{value}'>A</prosody></speak>")
    assert passage.delivery.gain == pytest.approx(gain, abs=1e-3)


def test_pauses_replace_those_of_punctuation():
    made = script("<speak>One. <break time='250ms'/>Two, <break/><break time='.1s'/>three. Four.</speak>")
    assert made.pauses_s[:2] == [0.25, pytest.approx(0.5)]
    edges = script("<speak><break time='1s'/>One.<break time='2s'/></speak>", speed=1.5)
    assert (edges.lead_s, edges.tail_s) == (1.5, 3.0)


def test_long_pause_is_capped_and_reported():
    passages, report = read("<speak>One.<break time='30s'/>Two.</speak>")
    assert passages[0].pause_s == 10
    assert [(one.what, one.line, one.column) for one in report.ignored] == [("break time", 1, 12)]


def test_markup_without_effect_is_reported_once_with_its_place():
    _, report = read(
        "<speak>\n<prosody pitch='high'>A</prosody> <prosody pitch='low'>B</prosody>"
        "<amazon:effect name='whispered'>C</amazon:effect><voice gender='female'>D</voice></speak>"
    )
    found = [(one.what, one.line, one.column, one.times) for one in report.ignored]
    assert found == [("prosody pitch", 2, 1, 2), ("amazon:effect", 2, 67, 1), ("voice", 2, 116, 1)]


def test_marks_are_placed_in_the_chunks():
    made = script(
        "<speak><mark name='a'/>One. <mark name='b'/>Two <mark name='c'/>three<mark name='d'/>"
        "<break/>Four. <mark name='e'/></speak>"
    )
    places = [(mark.name, mark.chunk, round(mark.at, 2)) for mark in made.marks]
    assert places == [("a", 0, 0), ("b", 1, 0), ("c", 1, 0.5), ("d", 1, 1), ("e", 2, 1)]


def test_prefix_of_the_name_space_is_understood():
    document = "<x:speak xmlns:x='http://www.w3.org/2001/10/synthesis'>One<x:break time='1s'/>two</x:speak>"
    assert read(document)[1].applied == {"break": 1}


def test_spoken_form_of_all_passages_is_bounded():
    with pytest.raises(TextTooLong):
        script("<speak>" + "x<break time='1ms'/>" * 1500 + "</speak>", lexicon={"x": "y" * 250})


def test_document_without_words_is_its_pauses():
    made = script("<speak><break time='1s'/> — </speak>")
    assert not made.chunks and made.lead_s == 1
