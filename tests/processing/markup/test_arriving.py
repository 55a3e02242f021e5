from contextlib import suppress

import pytest

from processing.markup.arriving import MarkupSegmenter
from processing.markup.reading import Form
from shared.errors import ValidationFailed
from shared.steps import finish
from tests.hostile import cpu_s
from tests.processing.markup.documents import VOICES, arrive, read

DOCUMENT = (
    "<speak><p><s>The first one</s> <s>The date is <say-as interpret-as='date' format='dm'>10-9</say-as>. And</s></p>"
    "<break time='500ms'/><voice name='two'>Hi there. <mark name='m'/>I am <emphasis>here</emphasis>.</voice> "
    "&amp; the <sub alias='5 km. away'>end</sub> of it. More &lt;text&gt;.</speak>"
)
TAGS = (
    "Wait <break time='1s'/>here. Spell <spell>AB. CD</spell> for me. Then 3 < 4 and <br> go. <speed ratio='2'/>Fast."
)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 17, 64, 1000])
@pytest.mark.parametrize(("text", "form"), [(DOCUMENT, Form.SSML), (TAGS, Form.TAGS)])
def test_markup_in_pieces_means_the_same_as_at_once(text, form, size):
    def parts(passages):
        for passage in passages:
            for at, sign in enumerate(passage.text):
                if not sign.isspace():
                    kind = next((one.spoken for one in passage.inserts if one.start <= at < one.end), None)
                    yield sign, passage.delivery, passage.language, kind

    whole, pieces = read(text, form)[0], arrive(text, size, form)
    assert list(parts(pieces)) == list(parts(whole))
    assert _pauses(pieces) == _pauses(whole)
    assert [mark.name for one in pieces for mark in one.marks] == [mark.name for one in whole for mark in one.marks]
    assert all("<" not in one.text.replace("< 4", "").replace("<br>", "").replace("<text>", "") for one in pieces)


def _pauses(passages):
    return [passage.pause_s or passage.ends_paragraph for passage in passages if passage.pause_s]


def test_sentence_is_given_as_soon_as_it_is_whole_and_a_cut_tag_is_held():
    segmenter = MarkupSegmenter(Form.SSML, VOICES)
    assert finish(segmenter.feed_steps("<speak>Hello there. How <bre")) == "Hello there."
    assert finish(segmenter.feed_steps("ak time='1s'/> are you? ")) == "How"
    assert segmenter.flush() == "are you?"
    assert finish(segmenter.feed_steps("Fine.</speak>")) == ""
    assert segmenter.finish() == "Fine."
    assert segmenter.report.applied == {"break": 1}


def test_error_stays_and_the_text_before_it_may_be_taken():
    segmenter = MarkupSegmenter(Form.SSML, VOICES)
    finish(segmenter.feed_steps("<speak>Hello there. "))
    for piece in ("<foo>", "more"):
        with pytest.raises(ValidationFailed, match="<foo> is unknown"):
            finish(segmenter.feed_steps(piece))
    assert segmenter.finish() == "Hello there."


def test_end_inside_an_element_is_an_error_and_the_text_can_be_taken():
    segmenter = MarkupSegmenter(Form.SSML, VOICES)
    finish(segmenter.feed_steps("<speak>Hello."))
    with pytest.raises(ValidationFailed, match="<speak> is not closed"):
        segmenter.finish()
    assert segmenter.flush() == "Hello."


HOSTILE = {
    "empty elements": "<speak>" + "<w/>" * 9_999 + "a</speak>",
    "nested": "<speak>" + "<w>a</w>" * 4_999 + "</speak>",
    "attribute": "<speak><w a='" + "x" * 49_000 + "'/></speak>",
    "open brackets": "<speak>" + "&lt;" * 12_000 + "</speak>",
    "comments": "<speak>" + "<!--a-->" * 6_000 + "b</speak>",
    "new lines": "<speak>" + "a\n" * 24_000 + "</speak>",
    "sentences": "<speak>" + "<s>a</s>" * 4_990 + "</speak>",
    "marks": "<speak>" + "a<mark name='b'/>" * 2_900 + "</speak>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_is_quick_whatever_the_document(name):
    def run(read_document):
        def call():
            with suppress(ValidationFailed):
                read_document()

        return cpu_s(call)

    assert run(lambda: read(HOSTILE[name])) < 1.0
    assert run(lambda: arrive(HOSTILE[name][:20_000], 3)) < 2.0
    assert run(lambda: read("<break " * 7_000, Form.TAGS)) < 1.0
