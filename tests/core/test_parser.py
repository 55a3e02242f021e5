import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parser import SpeechParser, VoiceParser, build_codec_table
from shared.errors import EmptySpeech, SpeechTruncated, TokenStreamInvalid
from shared.types import Finish, GlobalTokens, TokenDelta

VOICE = tuple(i % 16 for i in range(32))


def parse(parser, ids, *, sizes=(1,), finish=Finish.STOP):
    """Feed `ids` in deltas of `sizes`, repeated; return the output."""
    out, at, turn = [], 0, 0
    while at < len(ids):
        size = sizes[turn % len(sizes)]
        out += parser.feed(TokenDelta(tuple(ids[at : at + size])))
        at, turn = at + size, turn + 1
    out += parser.feed(TokenDelta((), finish))
    return out + list(parser.finish())


@pytest.fixture
def speech(tiny):
    return SpeechParser(build_codec_table(tiny.vocabulary))


@pytest.fixture
def voice(tiny):
    return VoiceParser(build_codec_table(tiny.vocabulary))


def answer(vocabulary, voice=VOICE, speech=range(20)):
    """Return the model's answer to a prompt without global tokens."""
    v = vocabulary
    return [*v.globals.ids(voice), v.control.end_global, v.control.start_semantic, *v.semantics.ids(speech)]


def indices(out):
    return [index for item in out for index in item.ids]


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_speech_does_not_depend_on_the_size_of_deltas(tiny, sizes):
    parser = SpeechParser(build_codec_table(tiny.vocabulary))
    assert indices(parse(parser, tiny.vocabulary.semantics.ids(range(20)), sizes=sizes)) == list(range(20))


def test_other_tokens_are_skipped(tiny, speech):
    v = tiny.vocabulary
    strays = [v.control.task_tts, *v.encode_text("stray")]
    ids = [*strays, *v.semantics.ids(range(20)), *strays, *v.semantics.ids([7])]
    assert indices(parse(speech, ids, sizes=(5,))) == [*range(20), 7]


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("before", [(), (1, 2)])
def test_global_token_among_speech_is_refused(tiny, speech, size, before):
    v = tiny.vocabulary
    with pytest.raises(TokenStreamInvalid, match="where speech was expected"):
        parse(speech, [*v.semantics.ids(before), *v.globals.ids([0]), *v.semantics.ids([3])], sizes=(size,))


@pytest.mark.parametrize("stray", [False, True])
def test_no_speech_is_an_error(tiny, speech, stray):
    with pytest.raises(EmptySpeech):
        parse(speech, [tiny.vocabulary.control.task_tts] * stray)


def test_speech_cut_by_the_budget_is_an_error(tiny, speech):
    with pytest.raises(SpeechTruncated):
        parse(speech, tiny.vocabulary.semantics.ids([1, 2]), finish=Finish.LENGTH)


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_voice_is_emitted_once_for_any_size_of_deltas(tiny, sizes):
    parser = VoiceParser(build_codec_table(tiny.vocabulary))
    assert parse(parser, answer(tiny.vocabulary), sizes=sizes) == [GlobalTokens(VOICE)]


@pytest.mark.parametrize("count", [0, 1, 31, 33, 64])
def test_wrong_number_of_global_tokens_is_refused(tiny, voice, count):
    with pytest.raises(TokenStreamInvalid, match=f"{count} global tokens"):
        parse(voice, answer(tiny.vocabulary, voice=[1] * count))


def test_voice_without_speech_after_it_is_an_error(tiny, voice):
    with pytest.raises(EmptySpeech):
        parse(voice, answer(tiny.vocabulary, speech=()))
