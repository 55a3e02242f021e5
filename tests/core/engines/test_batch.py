"""Selection of a batch as a pure function: the starving first, none in hand beside them, files never forgotten; and of
the time for a prompt."""

import math
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from core.engines.batch import BEGIN_MARGIN_S, FILE_WAIT_S, IN_HAND_S, STARVING_S, UNBEGUN_S, may_begin, select_batch

NOW, LIMIT = 1_000.0, 8


@dataclass(frozen=True)
class One:
    due: float
    streaming: bool = True
    stepped_at: float = NOW


def headroom_s(one: One) -> float:
    if not one.streaming:
        return one.stepped_at + FILE_WAIT_S - NOW
    return one.due - NOW if math.isfinite(one.due) else UNBEGUN_S


SEQUENCES = st.lists(
    st.builds(
        One,
        due=st.floats(NOW - 5, NOW + 30) | st.just(float("-inf")),
        streaming=st.booleans(),
        stepped_at=st.floats(NOW - 10, NOW),
    ),
    max_size=20,
)


@given(SEQUENCES)
def test_batch_is_not_empty_and_has_the_earliest_due(running: list[One]) -> None:
    batch = select_batch(running, limit=LIMIT, now=NOW)
    assert len(batch) <= LIMIT and bool(batch) == bool(running)
    if running:
        assert headroom_s(batch[0]) == min(map(headroom_s, running))
    left = [one for one in running if one not in batch]
    assert not batch or all(headroom_s(one) >= max(map(headroom_s, batch)) for one in left)


@given(SEQUENCES)
def test_sequences_in_hand_wait_only_while_another_starves(running: list[One]) -> None:
    batch = select_batch(running, limit=LIMIT, now=NOW)
    if any(headroom_s(one) < STARVING_S for one in running):
        assert all(headroom_s(one) <= IN_HAND_S for one in batch)
    else:
        assert len(batch) == min(LIMIT, len(running))


@given(SEQUENCES)
def test_every_starving_sequence_is_in_the_batch_if_there_is_room(running: list[One]) -> None:
    starving = [one for one in running if headroom_s(one) < STARVING_S]
    batch = select_batch(running, limit=LIMIT, now=NOW)
    assert sum(one in starving for one in batch) == min(LIMIT, len(starving))


def test_players_that_run_dry_come_before_a_burst_of_new_sequences() -> None:
    burst = [One(-math.inf) for _ in range(16)]
    dry, fed = One(NOW + 0.1), One(NOW + 0.4)
    batch = select_batch([*burst, fed, dry], limit=LIMIT, now=NOW)
    assert batch[0] is dry and fed not in batch


def test_file_without_a_token_for_long_gets_one() -> None:
    waiting = One(0.0, streaming=False, stepped_at=NOW - FILE_WAIT_S)
    assert waiting in select_batch([One(NOW + 0.1), waiting], limit=LIMIT, now=NOW)
    fresh = One(0.0, streaming=False)
    assert fresh not in select_batch([One(NOW + 0.1), fresh], limit=LIMIT, now=NOW)


@given(SEQUENCES, st.floats(0, 1))
def test_prompt_waits_for_players_that_would_run_dry_meanwhile(running: list[One], cost_s: float) -> None:
    left_s = [one.due - NOW for one in running if one.streaming and math.isfinite(one.due)]
    waits = any(each < cost_s + BEGIN_MARGIN_S for each in left_s) and cost_s > 0
    assert may_begin(running, cost_s=cost_s, stepped_s=0.0, now=NOW) is not waits


@given(SEQUENCES, st.floats(0, 1), st.floats(0, 1))
def test_prompt_waits_no_longer_than_it_takes(running: list[One], cost_s: float, more_s: float) -> None:
    assert may_begin(running, cost_s=cost_s, stepped_s=cost_s + more_s, now=NOW)
