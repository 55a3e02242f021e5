"""The window's size is a pure function: examples, then properties over generated demands."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.scheduling.window_size import (
    HEADROOM_SHARE,
    MAX_BATCH_S,
    MAX_FIRST_GROWTH,
    WindowDemand,
    WindowKind,
    WindowOptions,
    WindowSize,
    choose_window,
)

TOKEN_S = 0.02
OPTIONS = WindowOptions(
    first_keeps=(2, 3, 4, 6, 8, 12, 16, 24), keeps=(6, 12, 24, 48, 96, 192), first_right=15, rights=(16, 20, 40)
)
LEAST = OPTIONS.rights[0]
NEXT = WindowDemand(
    kind=WindowKind.NEXT,
    received=LEAST,
    index=1,
    headroom_s=0.0,
    held_s=0.005,
    token_gap_s=0.01,
    delta_tokens=1.0,
    token_s=TOKEN_S,
    wait_s=0.0,
    unit_s=0.0001,
    batch_s=0.0,
    others_open=False,
)
FIRST = replace(NEXT, kind=WindowKind.FIRST, index=0)


@pytest.mark.parametrize(
    ("headroom_s", "size"), [(0.0, (6, 16)), (0.12, (6, 16)), (0.5, (24, 16)), (0.6, (24, 20)), (8.0, (192, 40))]
)
def test_window_and_its_look_ahead_grow_with_headroom(headroom_s, size):
    assert choose_window(OPTIONS, replace(NEXT, headroom_s=headroom_s)) == WindowSize(*size)


def test_size_is_chosen_anew_while_tokens_arrive():
    decided = replace(NEXT, headroom_s=0.5, received=LEAST + 6)
    assert choose_window(OPTIONS, decided) == WindowSize(24, 20)
    assert choose_window(OPTIONS, replace(decided, headroom_s=0.28, received=44)) == WindowSize(24, 20)


def test_look_ahead_that_has_arrived_is_used_without_headroom():
    assert choose_window(OPTIONS, replace(NEXT, received=6 + 20)) == WindowSize(6, 20)


def test_window_that_lacks_one_token_waits_for_a_whole_delta():
    """Beside a first sound of 35 ms, a larger window that lacked one token of the next four was 8 ms late."""
    bursts = replace(NEXT, headroom_s=0.035, received=23 + LEAST, token_gap_s=0.005, delta_tokens=4.0)
    assert choose_window(OPTIONS, replace(bursts, delta_tokens=1.0)).keep == 24
    assert choose_window(OPTIONS, bursts).keep == 12


def test_window_grows_to_fit_the_wait_when_decoding_lags():
    late = replace(NEXT, headroom_s=0.1, received=100 + LEAST, unit_s=0.001)
    assert choose_window(OPTIONS, late).keep == 24
    assert choose_window(OPTIONS, replace(late, wait_s=0.2)).keep == 96


def test_window_is_bounded_when_other_streams_use_the_decoder():
    slow = replace(NEXT, headroom_s=20.0, received=300, unit_s=MAX_BATCH_S / 100)
    assert choose_window(OPTIONS, slow).keep == 192
    assert choose_window(OPTIONS, replace(slow, others_open=True)).keep == 48


@pytest.mark.parametrize(
    ("tokens_per_s", "keep"), [(1000, 2), (300, 2), (200, 3), (150, 4), (80, 8), (55, 12), (5, 24)]
)
def test_first_window_is_smaller_when_the_engine_is_faster(tokens_per_s, keep):
    size = choose_window(OPTIONS, replace(FIRST, token_gap_s=1 / tokens_per_s, unit_s=0.0))
    assert size == WindowSize(keep, OPTIONS.first_right)


@pytest.mark.parametrize(("held_s", "keep"), [(0.005, 2), (0.055, 4)])
def test_first_window_outlasts_what_is_held_back_of_it(held_s, keep):
    assert choose_window(OPTIONS, replace(FIRST, token_gap_s=1 / 500, unit_s=0.0, held_s=held_s)).keep == keep


@pytest.mark.parametrize(("others_open", "batch_s", "keep"), [(False, 0.05, 2), (True, 0.05, 6), (True, 9.0, 8)])
def test_first_window_outlasts_the_longest_batch_beside_others(others_open, batch_s, keep):
    """A batch of others' windows takes MAX_BATCH_S at most; a file's longer one gives way after that."""
    demand = replace(FIRST, token_gap_s=1 / 500, unit_s=0.0, batch_s=batch_s, others_open=others_open)
    assert choose_window(OPTIONS, demand).keep == keep


@pytest.mark.parametrize(
    ("others_open", "wait_s", "keep"), [(True, 0.001, 6), (True, 0.0052, 12), (True, 0.0104, 24), (False, 0.0104, 6)]
)
def test_first_window_beside_others_grows_with_the_decoders_queue(others_open, wait_s, keep):
    """The smallest window takes 2.6 ms."""
    size = choose_window(OPTIONS, replace(FIRST, others_open=others_open, wait_s=wait_s))
    assert size == WindowSize(keep, OPTIONS.first_right)


def test_later_window_allows_for_the_longest_batch_beside_others():
    """Its own decoding takes 3 ms; its batch took 43 ms, and it came 8 ms late."""
    demand = replace(NEXT, headroom_s=0.075, received=9 + LEAST, token_gap_s=0.0042, batch_s=0.043)
    assert choose_window(OPTIONS, demand) == WindowSize(12, 20)
    assert choose_window(OPTIONS, replace(demand, others_open=True)) == WindowSize(6, 16)


def test_second_window_before_the_first_sound_looks_farther():
    assert choose_window(OPTIONS, replace(FIRST, index=1)).right == LEAST


def test_file_takes_the_largest_window_and_the_exact_look_ahead():
    assert choose_window(OPTIONS, replace(NEXT, kind=WindowKind.FILE)) == WindowSize(192, 40)


def test_premature_chunk_is_not_decoded():
    assert choose_window(OPTIONS, replace(NEXT, kind=WindowKind.PREMATURE, received=500, headroom_s=9.0)) is None


seconds = st.floats(0, 100, allow_subnormal=False)
costs = st.floats(0, 0.1, allow_subnormal=False)
demands = st.builds(
    WindowDemand,
    kind=st.sampled_from([WindowKind.FIRST, WindowKind.NEXT]),
    received=st.integers(0, 1000),
    index=st.integers(0, 50),
    headroom_s=seconds,
    held_s=costs,
    token_gap_s=costs,
    delta_tokens=st.floats(1.0, 20.0),
    token_s=st.floats(0.002, 0.08),
    wait_s=costs,
    unit_s=costs,
    batch_s=costs,
    others_open=st.booleans(),
)


def ascending(least, most):
    return st.lists(st.integers(least, most), min_size=1, max_size=8, unique=True).map(sorted)


plans = st.builds(
    WindowOptions,
    first_keeps=ascending(1, 100),
    keeps=ascending(1, 400),
    first_right=st.integers(0, 20),
    rights=ascending(20, 100),
)


@given(plans, demands)
def test_size_is_reachable_when_the_largest_number_of_tokens_is_received(options, demand):
    """Prevents starvation: when tokens for the largest window are received, one is cut for any headroom."""
    size = choose_window(options, demand)
    keeps = options.first_keeps if demand.kind is WindowKind.FIRST else options.keeps
    assert size.keep in keeps and size.right in (options.first_right, *options.rights)
    full = replace(demand, received=max(options.keeps[-1], options.first_keeps[-1]) + options.rights[-1])
    assert choose_window(options, full).tokens <= full.received


@given(plans, demands)
def test_only_a_streams_first_window_has_less_than_the_least_look_ahead(options, demand):
    size = choose_window(options, demand)
    if demand.kind is WindowKind.FIRST and demand.index == 0:
        assert size.right == options.first_right
    else:
        assert size.right in options.rights


@given(plans, demands, seconds)
def test_window_never_shrinks_when_headroom_grows(options, demand, more_s):
    """A window that keeps as many tokens does not look less far ahead either."""
    poor = choose_window(options, demand)
    rich = choose_window(options, replace(demand, headroom_s=demand.headroom_s + more_s))
    assert rich.keep > poor.keep or (rich.keep == poor.keep and rich.right >= poor.right)


@given(plans, demands)
def test_longer_look_ahead_is_received_or_in_time(options, demand):
    demand = replace(demand, kind=WindowKind.NEXT)
    size = choose_window(options, demand)
    assume(size.right > options.rights[0])
    assert size.tokens <= demand.received or demand.ready_s(size) <= HEADROOM_SHARE * demand.headroom_s


@given(plans, demands)
def test_larger_window_is_in_time_or_costs_at_most_the_wait(options, demand):
    demand = replace(demand, kind=WindowKind.NEXT)
    size = choose_window(options, demand)
    assume(size.keep > options.keeps[0])
    least = WindowSize(size.keep, options.rights[0])
    assert demand.ready_s(least) <= HEADROOM_SHARE * demand.headroom_s or (
        least.tokens <= demand.received and demand.window_cost_s(size.keep) <= demand.wait_s
    )


@given(plans, demands)
def test_look_ahead_never_makes_a_window_smaller(options, demand):
    """The decoder's time is dearer than a longer look-ahead, so `keep` is chosen first."""
    demand = replace(demand, kind=WindowKind.NEXT)
    fixed = replace(options, rights=options.rights[:1])
    assert choose_window(options, demand).keep == choose_window(fixed, demand).keep


@given(plans, demands)
def test_only_the_smallest_window_may_exceed_the_batch_bound(options, demand):
    demand = replace(demand, kind=WindowKind.NEXT, others_open=True)
    keep = choose_window(options, demand).keep
    assert keep == options.keeps[0] or demand.window_cost_s(keep) <= MAX_BATCH_S


@given(plans, demands, costs)
def test_first_window_never_shrinks_when_the_engine_slows_down(options, demand, more_s):
    demand = replace(demand, kind=WindowKind.FIRST)
    slower = choose_window(options, replace(demand, token_gap_s=demand.token_gap_s + more_s))
    assert slower.keep >= choose_window(options, demand).keep
    bound = MAX_FIRST_GROWTH * options.keeps[0]
    assert slower.keep <= next((keep for keep in options.first_keeps if keep >= bound), options.first_keeps[-1])
