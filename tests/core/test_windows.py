import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.scheduling.window_size import WindowOptions, WindowSize
from core.windows import WindowPlan, WindowPlanner
from shared.types import GlobalTokens, SpeechTokens
from tests.fakes import HOP, REACH, FakeCodec

VOICE = GlobalTokens(tuple(range(32)))


def windows_of(ids, plan, cuts=()):
    sizes = iter(itertools.chain(plan.sizes, itertools.repeat(plan.steady)))
    wanted = next(sizes)

    def growing(received):
        nonlocal wanted
        if received < wanted + plan.right:
            return None
        keep, wanted = wanted, next(sizes)
        return WindowSize(keep, plan.right)

    planner = WindowPlanner(plan, VOICE, growing)
    windows = []
    edges = sorted({0, len(ids), *(c for c in cuts if c < len(ids))})
    for a, b in itertools.pairwise(edges):
        windows += planner.feed(SpeechTokens(tuple(ids[a:b])))
        assert planner.buffered <= plan.left + plan.steady + plan.right + (b - a), "memory grows with the utterance"
    return windows + list(planner.finish())


@given(
    ids=st.lists(st.integers(0, 8191), min_size=1, max_size=150),
    cuts=st.lists(st.integers(0, 150), max_size=12),
    left=st.integers(REACH, REACH + 3),
    right=st.integers(REACH, REACH + 3),
    first=st.integers(1, 5),
    steady=st.integers(1, 40),
)
def test_decoding_windows_equals_decoding_everything(ids, cuts, left, right, first, steady):
    codec = FakeCodec()
    windows = windows_of(ids, WindowPlan(left=left, right=right, first=first, steady=steady), cuts)
    kept = [codec.whole(w.ids)[w.left * HOP : (w.left + w.keep) * HOP] for w in windows]
    np.testing.assert_allclose(np.concatenate(kept), codec.whole(tuple(ids)), rtol=0, atol=1e-6)
    assert all(w.voice == VOICE and len(w.ids) == w.left + w.keep + w.right for w in windows)


def test_windows_grow_from_first_to_steady():
    plan = WindowPlan(left=67, right=20, first=6, steady=48)
    windows = windows_of(list(range(400)), plan, cuts=range(400))
    assert [w.keep for w in windows[:6]] == [6, 12, 24, 48, 48, 48]
    assert [w.left for w in windows[:6]] == [0, 6, 18, 42, 67, 67]
    assert all(w.keep <= plan.steady for w in windows)
    assert sum(w.keep for w in windows) == 400


def test_window_waits_for_its_lookahead_and_no_longer():
    size = WindowSize(4, 3)
    plan = WindowPlan(left=5, right=3, first=4, steady=8)
    planner = WindowPlanner(plan, VOICE, lambda received: size if received >= size.tokens else None)
    assert not list(planner.feed(SpeechTokens(tuple(range(6)))))
    (window,) = planner.feed(SpeechTokens((6,)))
    assert (window.keep, window.right, window.ids) == (4, 3, tuple(range(7)))


def test_window_sizes_double_up_to_the_largest():
    assert WindowPlan(left=0, right=0, first=6, steady=192).sizes == (6, 12, 24, 48, 96, 192)
    assert WindowPlan(left=0, right=0, first=6, steady=50).sizes == (6, 12, 24, 48, 50)
    assert WindowPlan(left=0, right=0, first=9, steady=5).sizes == (5,)


def test_options_are_finer_for_a_first_window_and_reach_the_exact_look_ahead():
    plan = WindowPlan(left=67, right=20, first=3, steady=192, first_right=17, exact=67)
    assert plan.options() == WindowOptions(
        first_keeps=[2, 3, 4, 6, 8, 12, 16, 24], keeps=(3, 6, 12, 24, 48, 96, 192), first_right=17, rights=[20, 24, 67]
    )


@pytest.mark.parametrize(("exact", "rights"), [(None, [3]), (3, [3]), (2, [3]), (5, [3, 5]), (9, [3, 7, 9])])
def test_no_look_ahead_is_longer_than_the_exact_one(exact, rights):
    options = WindowPlan(left=5, right=3, first=4, steady=8, exact=exact).options()
    assert (options.rights, options.first_right) == (rights, 3)


def test_tail_of_a_chunk_has_the_exact_look_ahead():
    plan = WindowPlan(left=5, right=3, first=4, steady=8, first_right=2, exact=6)
    planner = WindowPlanner(plan, VOICE, lambda received: None)
    assert not list(planner.feed(SpeechTokens(tuple(range(15)))))
    assert [(window.keep, window.right) for window in planner.finish()] == [(8, 6), (7, 0)]
