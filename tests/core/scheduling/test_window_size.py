"""The window size is a pure function: examples, then properties over generated demands."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.scheduling.window_size import (
    GENERATOR_CONTEXT_TOKENS,
    HEADROOM_SHARE,
    MAX_BATCH_S,
    MAX_FIRST_GROWTH,
    WindowDemand,
    WindowKind,
    choose_size,
)

SIZES = (6, 12, 24, 48, 96, 192)
TOKEN_S = 0.02
NEXT = WindowDemand(
    kind=WindowKind.NEXT,
    available=0,
    index=1,
    headroom_s=0.0,
    token_gap_s=0.01,
    token_s=TOKEN_S,
    wait_s=0.0,
    unit_s=0.0001,
    others_open=False,
)
FIRST = replace(NEXT, kind=WindowKind.FIRST, index=0)


@pytest.mark.parametrize(("headroom_s", "size"), [(0.0, 6), (0.12, 6), (0.5, 24), (2.0, 96), (8.0, 192)])
def test_window_size_grows_with_headroom(headroom_s, size):
    assert choose_size(SIZES, replace(NEXT, headroom_s=headroom_s)) == size


def test_size_is_chosen_anew_while_tokens_arrive():
    decided = replace(NEXT, headroom_s=0.5, available=6)
    assert choose_size(SIZES, decided) == 24
    assert choose_size(SIZES, replace(decided, headroom_s=0.32, available=24)) == 24


def test_window_grows_to_fit_the_wait_when_decoding_lags():
    late = replace(NEXT, headroom_s=0.1, available=100, unit_s=0.001)
    assert choose_size(SIZES, late) == 24
    assert choose_size(SIZES, replace(late, wait_s=0.2)) == 96


def test_window_is_bounded_when_other_streams_use_the_decoder():
    slow = replace(NEXT, headroom_s=20.0, available=300, unit_s=MAX_BATCH_S / 100)
    assert choose_size(SIZES, slow) == 192
    assert choose_size(SIZES, replace(slow, others_open=True)) == 48


@pytest.mark.parametrize(("tokens_per_s", "size"), [(1000, 6), (150, 6), (80, 12), (55, 12), (30, 24), (5, 24)])
def test_first_window_is_smaller_when_the_engine_is_faster(tokens_per_s, size):
    assert choose_size(SIZES, replace(FIRST, token_gap_s=1 / tokens_per_s, unit_s=0.0)) == size


@pytest.mark.parametrize(("others_open", "size"), [(False, 12), (True, 24)])
def test_first_window_outlasts_a_window_of_another_stream(others_open, size):
    demand = replace(FIRST, unit_s=MAX_BATCH_S / (48.1 + GENERATOR_CONTEXT_TOKENS), others_open=others_open)
    assert choose_size(SIZES, demand) == size


def test_file_takes_the_largest_window():
    assert choose_size(SIZES, replace(NEXT, kind=WindowKind.FILE)) == 192


def test_premature_chunk_is_not_decoded():
    assert choose_size(SIZES, replace(NEXT, kind=WindowKind.PREMATURE, available=500, headroom_s=9.0)) is None


seconds = st.floats(0, 100, allow_subnormal=False)
costs = st.floats(0, 0.1, allow_subnormal=False)
demands = st.builds(
    WindowDemand,
    kind=st.sampled_from([WindowKind.FIRST, WindowKind.NEXT]),
    available=st.integers(0, 1000),
    index=st.integers(0, 50),
    headroom_s=seconds,
    token_gap_s=costs,
    token_s=st.floats(0.002, 0.08),
    wait_s=costs,
    unit_s=costs,
    others_open=st.booleans(),
)
plans = st.lists(st.integers(1, 400), min_size=1, max_size=8, unique=True).map(sorted)


@given(plans, demands)
def test_size_is_reachable_when_the_largest_number_of_tokens_is_available(sizes, demand):
    """Prevents starvation: when the largest size is available, a window is cut for any headroom."""
    assert choose_size(sizes, demand) in sizes
    full = replace(demand, available=sizes[-1])
    assert choose_size(sizes, full) <= full.available


@given(plans, demands, seconds)
def test_window_never_shrinks_when_headroom_grows(sizes, demand, more_s):
    richer = replace(demand, headroom_s=demand.headroom_s + more_s)
    assert choose_size(sizes, richer) >= choose_size(sizes, demand)


@given(plans, demands)
def test_larger_window_is_in_time_or_costs_at_most_the_wait(sizes, demand):
    demand = replace(demand, kind=WindowKind.NEXT)
    size = choose_size(sizes, demand)
    assume(size > sizes[0])
    missing = max(size - demand.available, 0)
    ready_s = missing * demand.token_gap_s + demand.wait_s + demand.window_cost_s(size)
    assert ready_s <= HEADROOM_SHARE * demand.headroom_s or (
        not missing and demand.window_cost_s(size) <= demand.wait_s
    )


@given(plans, demands)
def test_only_the_smallest_window_may_exceed_the_batch_bound(sizes, demand):
    demand = replace(demand, kind=WindowKind.NEXT, others_open=True)
    size = choose_size(sizes, demand)
    assert size == sizes[0] or demand.window_cost_s(size) <= MAX_BATCH_S


@given(plans, demands, costs)
def test_first_window_never_shrinks_when_the_engine_slows_down(sizes, demand, more_s):
    demand = replace(demand, kind=WindowKind.FIRST)
    slower = replace(demand, token_gap_s=demand.token_gap_s + more_s)
    assert choose_size(sizes, slower) >= choose_size(sizes, demand)
    bound = MAX_FIRST_GROWTH * sizes[0]
    assert choose_size(sizes, slower) <= next((size for size in sizes if size >= bound), sizes[-1])
