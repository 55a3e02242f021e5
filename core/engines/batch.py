"""Selection of the sequences that get the next token, among those that run, and of the time for a new one's prompt.
Knows nothing of models and threads.

A sequence is due when its player runs out of sound. A step takes longer the more sequences it has, so sequences whose
players have sound in hand wait while another player starves. No token is generated while a prompt is read, so prompts
take at most half of the time while a player would run out of sound meanwhile.
"""

import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

STARVING_S = 0.5
"""Seconds of sound in a player's buffer below which its sequence is preferred to those in hand. Chosen: four times the
time that a laptop takes for a first window."""
IN_HAND_S = 1.0
"""Seconds of sound in a player's buffer above which its sequence waits while another one starves. Chosen: at the speed
of a laptop, 0.2 s are enough for a first window."""
UNBEGUN_S = 0.25
"""Seconds of sound that a sequence without any counts as having: it comes before players with more, and behind those
with less. Chosen: at the speed of a laptop, a player needs as much until its next window. Measured:
docs/decisions/0014-headroom.md."""
FILE_WAIT_S = 5.0
"""Longest wait of a file's sequence for its next token, in seconds. Streams delay a file, and never block it."""
BEGIN_MARGIN_S = 0.1
"""Seconds of sound that a player has to have left when a prompt has been read. Chosen: at the speed of a laptop, the
decoder takes 0.02 to 0.06 s for a small window."""


class Running(Protocol):
    """A running sequence. Times are `time.perf_counter()`, in seconds."""

    @property
    def streaming(self) -> bool:
        """Report whether a player waits for the sequence's sound."""
        ...

    @property
    def due(self) -> float:
        """Return the time at which the player runs out of sound."""
        ...

    @property
    def stepped_at(self) -> float:
        """Return the time of the newest token."""
        ...


S = TypeVar("S", bound=Running)


def select_batch(running: Sequence[S], *, limit: int, now: float) -> list[S]:
    """Return at most `limit` sequences for the next step: the earliest due, and none in hand beside one that starves.

    A pure function of the sequences and the time. Returns at least one of them, if there is one.
    """
    by_headroom = sorted(((_headroom_s(one, now), order, one) for order, one in enumerate(running)), key=_order)
    starves = bool(by_headroom) and by_headroom[0][0] < STARVING_S
    return [one for headroom_s, _, one in by_headroom[:limit] if not starves or headroom_s <= IN_HAND_S]


def may_begin(running: Sequence[Running], *, cost_s: float, stepped_s: float, now: float) -> bool:
    """Report whether a prompt that takes `cost_s` seconds may be read now.

    It waits while a player that has begun would have less than BEGIN_MARGIN_S left, but not once the engine has spent
    `cost_s` on steps since the newest prompt (`stepped_s`): a prompt is delayed, and never blocked. A pure function.
    """
    playing = [one.due - now for one in running if one.streaming and math.isfinite(one.due)]
    return stepped_s >= cost_s or min(playing, default=math.inf) >= cost_s + BEGIN_MARGIN_S


def _headroom_s(one: Running, now: float) -> float:
    if not one.streaming:
        return one.stepped_at + FILE_WAIT_S - now
    return one.due - now if math.isfinite(one.due) else UNBEGUN_S


def _order(entry: tuple[float, int, object]) -> tuple[float, int]:
    return entry[:2]
