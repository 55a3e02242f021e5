import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parser import TokenParser, codec_table
from shared.errors import EmptySpeech, SpeechTruncated, TokenStreamInvalid
from shared.types import Finish, GlobalTokens, SpeechTokens, TokenDelta

VOICE = tuple(i % 16 for i in range(32))


def parse(vocabulary, ids, *, pinned=None, sizes=(1,), finish=Finish.STOP):
    """Feed `ids` in deltas of `sizes`, over and over; give what came out."""
    parser, out, at, turn = TokenParser(codec_table(vocabulary), pinned), [], 0, 0
    while at < len(ids):
        size = sizes[turn % len(sizes)]
        out += parser.feed(TokenDelta(tuple(ids[at : at + size])))
        at, turn = at + size, turn + 1
    out += parser.feed(TokenDelta((), finish))
    return out + list(parser.finish())


def layout(vocabulary, voice=VOICE, speech=range(20)):
    v = vocabulary
    return [*v.globals.ids(voice), v.control.end_global, v.control.start_semantic, *v.semantics.ids(speech)]


def spoken(out):
    return [i for item in out if isinstance(item, SpeechTokens) for i in item.ids]


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=5))
def test_voice_once_then_speech_however_tokens_arrive(tiny, sizes):
    out = parse(tiny.vocabulary, layout(tiny.vocabulary), sizes=sizes)
    assert out[0] == GlobalTokens(VOICE)
    assert all(isinstance(item, SpeechTokens) for item in out[1:])
    assert spoken(out) == list(range(20))


def test_a_pinned_voice_comes_before_the_first_speech(tiny):
    ids = tiny.vocabulary.semantics.ids([3, 1, 4])
    out = parse(tiny.vocabulary, ids, pinned=VOICE, sizes=(2,))
    assert out == [GlobalTokens(VOICE), SpeechTokens((3, 1)), SpeechTokens((4,))]


def test_tokens_of_the_layout_and_strays_are_passed_over(tiny):
    v = tiny.vocabulary
    ids = [v.control.start_global, *layout(v), v.control.task_tts, *v.encode_text("stray"), *v.semantics.ids([7])]
    assert spoken(parse(v, ids, sizes=(5,))) == [*range(20), 7]


@pytest.mark.parametrize("count", [0, 1, 31, 33, 64])
def test_any_other_number_of_globals_is_refused(tiny, count):
    with pytest.raises(TokenStreamInvalid, match=f"{count} global tokens"):
        parse(tiny.vocabulary, layout(tiny.vocabulary, voice=[1] * count))


@pytest.mark.parametrize("sizes", [(1,), (100,)])
@pytest.mark.parametrize("pinned", [None, VOICE])
def test_a_global_among_speech_is_refused(tiny, sizes, pinned):
    v = tiny.vocabulary
    ids = [*v.semantics.ids([1, 2]), *v.globals.ids([0]), *v.semantics.ids([3])]
    with pytest.raises(TokenStreamInvalid, match="where speech was expected"):
        parse(v, ids if pinned else [*v.globals.ids(VOICE), *ids], pinned=pinned, sizes=sizes)


def test_a_global_before_pinned_speech_is_refused(tiny):
    v = tiny.vocabulary
    with pytest.raises(TokenStreamInvalid):
        parse(v, [*v.globals.ids([5]), *v.semantics.ids([1])], pinned=VOICE)


def test_no_speech_is_an_error(tiny):
    with pytest.raises(EmptySpeech):
        parse(tiny.vocabulary, [], pinned=VOICE)


def test_speech_cut_by_the_budget_is_an_error(tiny):
    with pytest.raises(SpeechTruncated):
        parse(tiny.vocabulary, tiny.vocabulary.semantics.ids([1, 2]), pinned=VOICE, finish=Finish.LENGTH)
