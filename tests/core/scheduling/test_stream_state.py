import pytest

from tests.core.scheduling.conftest import new_stream, playing_stream


def test_headroom_counts_only_sound_before_the_next_block():
    stream = playing_stream(headroom_s=1.0, now=100.0)
    stream.unsent_s = {0: 0.5, 1: 2.0}
    assert stream.headroom_s(100.0) == pytest.approx(1.5)
    assert stream.headroom_s(100.0, chunk=1) == pytest.approx(3.5)
    assert stream.headroom_s(200.0) == pytest.approx(0.5), "a gap is no debt"


@pytest.mark.parametrize(
    ("streaming", "chunk", "sent", "unsent_s", "is_first"),
    [
        (True, 0, False, 0.0, True),
        (True, 0, False, 0.5, False),
        (True, 0, True, 0.0, False),
        (True, 1, False, 0.0, False),
        (False, 0, False, 0.0, False),
    ],
)
def test_window_is_first_when_the_current_chunk_has_no_sound_yet(streaming, chunk, sent, unsent_s, is_first):
    stream = new_stream(streaming=streaming)
    stream.unsent_s = {chunk: unsent_s}
    if sent:
        stream.buffer.receive(1.0, now=100.0)
    assert stream.is_first(chunk) == is_first


def test_chunk_is_premature_until_the_one_before_it_plays():
    stream = new_stream()
    assert stream.is_premature(1) and not stream.is_premature(0)
    stream.buffer.receive(1.0, now=100.0)
    assert not stream.is_premature(1)
    assert not new_stream(streaming=False).is_premature(1)


def test_stream_starves_only_when_its_player_waits_for_generation():
    stream = new_stream()
    assert not stream.generating and not stream.starving
    stream.generating_chunks = 1
    assert stream.generating and not stream.starving
    stream.buffer.receive(1.0, now=100.0)
    assert stream.starving
    stream.unsent_s[0] = 0.5
    assert not stream.generating and not stream.starving, "its player does not take what is there"


def test_more_is_available_when_sound_is_unsent_or_generation_has_ended():
    stream = new_stream()
    stream.generating_chunks = 1
    assert not stream.has_more()
    stream.unsent_s[0] = 0.5
    assert stream.has_more()
    stream.unsent_s[0] = 0.1 + 0.2 - 0.3
    assert not stream.has_more(), "a rounding error is no sound"
    stream.generating_chunks = 0
    assert not stream.has_more(), "another chunk may follow"
    stream.is_last_chunk = True
    assert stream.has_more(), "the end"
