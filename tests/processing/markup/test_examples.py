"""Documents in the manner of vendors' and the W3C's guides: each is spoken, or refused for a stated reason.

The kinds of documents are those that other servers are tried with: W3C's, Google's, Azure's and Amazon's.
"""

import pytest

from shared.errors import ServiceError
from tests.processing.markup.documents import read, script

NAMESPACE = "xmlns='http://www.w3.org/2001/10/synthesis'"
SPOKEN = {
    "w3c: audio with a description": (
        f"<?xml version='1.0'?><speak version='1.1' {NAMESPACE} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        "xsi:schemaLocation='http://www.w3.org/2001/10/synthesis synthesis.xsd' xml:lang='en-US'><!-- a note -->"
        "Listen. <audio src='a.wav'>You would hear a bird.<desc>a bird sings</desc></audio></speak>",
        "Listen. You would hear a bird.",
        {"audio"},
    ),
    "w3c: paragraphs, sentences, emphasis, break, prosody": (
        f"<speak version='1.1' {NAMESPACE} xml:lang='en-US'><p><s>You have 4 new messages.</s><s>The first is from "
        "<emphasis>Anna</emphasis> and came at <break/> 3:45pm.</s><s>The price is <prosody rate='-10%' volume='loud' "
        "contour='(0%,+20Hz)'>$45</prosody></s></p></speak>",
        "You have four new messages. The first is from Anna and came at three forty five P M. "
        "The price is forty five dollars.",
        {"prosody contour"},
    ),
    "w3c: tokens, metadata, lexicon and lookup": (
        f"<speak version='1.1' {NAMESPACE}><meta name='author' content='a'/><metadata><rdf:a xmlns:rdf='b'>no</rdf:a>"
        "</metadata><lexicon uri='http://127.0.0.1/l.pls' xml:id='l'/><lookup ref='l'>A <token>bass</token>."
        "</lookup></speak>",
        "A bass.",
        {"lexicon", "lookup"},
    ),
    "google: say-as of every kind": (
        "<speak xmlns:google='http://127.0.0.1'><say-as interpret-as='currency' language='en-US'>$42.01</say-as>, "
        "<say-as interpret-as='telephone' google:style='zero-as-zero'>1800-202</say-as>, <say-as "
        "interpret-as='verbatim'>abc</say-as>, <say-as interpret-as='date' format='yyyymmdd' "
        "detail='1'>1960-09-10</say-as>, <say-as "
        "interpret-as='date' format='dm'>10-9</say-as>, <say-as interpret-as='fraction'>5+1/2</say-as>, <say-as "
        "interpret-as='expletive'>bother</say-as>, <say-as interpret-as='unit'>10 foot</say-as>, <say-as "
        "interpret-as='time' format='hms12'>2:30pm</say-as>. <google:style name='lively'>Hello!</google:style></speak>",
        "forty two dollars and one cent, one eight zero zero, two zero two, A B C, tenth September nineteen sixty, "
        "tenth September, five and a half, bother, ten foot, two thirty P M. Hello!",
        {"say-as expletive", "google:style"},
    ),
    "azure: voice, style, bookmark, silence": (
        f"<speak version='1.0' {NAMESPACE} xmlns:mstts='http://127.0.0.1' xml:lang='en-US'><voice name='two'>"
        "<mstts:silence type='Sentenceboundary' value='200ms'/><mstts:express-as style='cheerful'>Good to see you."
        "</mstts:express-as> We sell <bookmark mark='a'/>roses. <prosody pitch='-2st' rate='slow' volume='90'>Hear?"
        "</prosody>"
        "<phoneme alphabet='ipa' ph='t&#x259;meitou'>tomato</phoneme> "
        "<lang xml:lang='fr-FR'>chat</lang></voice></speak>",
        "Good to see you. We sell roses. Hear? tuhmaytoh chat",
        {"mstts:silence", "mstts:express-as", "prosody pitch", "xml:lang fr-FR"},
    ),
    "amazon: effects, words, parts": (
        "<speak><amazon:domain name='news'>A <w role='amazon:NN'>bass</w>. <amazon:effect name='whispered'>Quiet."
        "</amazon:effect> <prosody amazon:max-duration='2s'>Short.</prosody> <say-as interpret-as='digits'>2015"
        "</say-as></amazon:domain></speak>",
        "A bass. Quiet. Short. two zero one five",
        {"amazon:domain", "amazon:effect"},
    ),
    "kokoro: pauses of every strength": (
        "<speak>Hi<break time='750ms'/>there<break strength='none'/> and<break strength='x-strong'/>bye</speak>",
        "Hi there and bye",
        set(),
    ),
}
REFUSED = {
    "google: media in parallel": ("<speak><par><media><speak>Who?</speak></media></par></speak>", "<par> is unknown"),
    "w3c: with a document type": (
        "<!DOCTYPE speak PUBLIC '-//W3C//DTD SYNTHESIS 1.0//EN' 'a.dtd'><speak>Hello.</speak>",
        "document type declaration",
    ),
    "google: a voice of theirs": ("<speak><voice name='fr-CA-Wavenet-B'>mais</voice></speak>", "unknown speaker"),
    "kokoro: not closed": ("<speak>unclosed <voice name='one'>", "<voice> is not closed"),
    "kokoro: nested deeply": ("<speak>" + "<s>x" * 40 + "</s>" * 40 + "</speak>", "nested deeper than 32"),
    "kokoro: plain text": ("Hello.", "syntax error"),
    "kokoro: a root that only begins like it": ("<speaker>Hello</speaker>", "<speaker> is unknown"),
}


@pytest.mark.parametrize("name", SPOKEN)
def test_document_is_spoken_and_what_has_no_effect_is_reported(name):
    document, expected, ignored = SPOKEN[name]
    assert script(document).spoken == expected
    assert {one.what for one in read(document)[1].ignored} == ignored


@pytest.mark.parametrize("name", REFUSED)
def test_document_is_refused_for_a_stated_reason(name):
    document, reason = REFUSED[name]
    with pytest.raises(ServiceError, match=reason) as refused:
        read(document)
    assert refused.value.status == 400 and "line" in (refused.value.details or {})
