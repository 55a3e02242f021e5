"""The end of the text in windows: what follows is withheld, cut by a verdict, or released without one."""

import pytest

from core.chunk_alignment import ChunkAlignment
from core.text_end import MAX_BABBLE_TOKENS, BabbleCutter, until_text_ends
from shared.errors import SpeechTruncated
from shared.types import GlobalTokens, SpeechTokens, Window
from tests.spelt import BABBLE, SILENT, SpeltAligner, SpeltChunk

VOICE = GlobalTokens((1,) * 32)
WORDS = SpeltChunk(5, [(0, 20, 0), (1, 20, 0)]).codes()
END = len(WORDS)


def alignment_of(codes):
    alignment = ChunkAlignment(SpeltAligner(), "One two", [(0, 3), (4, 7)])
    list(alignment.feed(SpeechTokens(tuple(codes))))
    return alignment


def cut(cutter, keeps, *, done=0):
    """Feed windows that keep so many tokens; return (kept, left, right) of those that pass."""
    passed = []
    for keep in keeps:
        passed += cutter.feed(Window((), done, keep, 7, VOICE))
        done += keep
    return [(window.keep, window.left, window.right) for window in passed]


def test_windows_pass_unchanged_before_the_text_has_ended():
    cutter = BabbleCutter(alignment_of(WORDS[:30]))
    assert cut(cutter, [4, 8, 12]) == [(4, 0, 7), (8, 4, 7), (12, 12, 7)]


@pytest.mark.parametrize(("behind", "kept"), [(BABBLE, END), (SILENT, END + 25)])
def test_window_in_which_the_text_ends_is_divided_and_the_rest_waits_for_the_verdict(behind, kept):
    alignment = alignment_of(WORDS + [behind] * 25)
    cutter = BabbleCutter(alignment)
    assert cut(cutter, [30, 25, 15]) == [(30, 0, 7), (END - 30, 30, 7 + 30 + 25 - END)]
    list(alignment.finish())
    rest = list(cutter.finish())
    assert END + sum(window.keep for window in rest) == kept
    assert cutter.cut_tokens == END + 25 - kept
    assert cutter.cut_at == (END if behind == BABBLE else None)


async def speech(codes, *, fails):
    for code in codes:
        yield SpeechTokens((code,))
    if fails:
        raise SpeechTruncated("the token budget ended")


async def length(codes, *, fails=False):
    alignment = ChunkAlignment(SpeltAligner(), "One two", [(0, 3), (4, 7)])
    count = 0
    async for tokens in until_text_ends(speech(codes, fails=fails), alignment):
        list(alignment.feed(tokens))
        count += len(tokens.ids)
    return count


async def test_generation_ends_two_seconds_behind_the_last_word():
    assert END + MAX_BABBLE_TOKENS < await length(WORDS + [BABBLE] * 1000) <= END + MAX_BABBLE_TOKENS + 50
    assert await length(WORDS + [BABBLE] * 20) == END + 20


async def test_failure_counts_only_before_the_last_word_has_ended():
    assert await length(WORDS + [BABBLE] * 60, fails=True) == END + 60
    with pytest.raises(SpeechTruncated):
        await length(WORDS[:40], fails=True)
