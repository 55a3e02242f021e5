import pytest

from api.cli.client.hearing import Hearing
from api.cli.client.streams import Received


def heard(*pieces: tuple[float, float | None], seconds: float | None = 4.0) -> Hearing:
    """Pieces as (arrival, beginning in the sound)."""
    hearing = Hearing(asked=10.0)
    hearing.hear(Received(10.1, "start"))
    for at, begins_s in pieces:
        hearing.hear(Received(at, "audio", b"x", begins_s))
    hearing.hear(Received(15.0, "end", told={} if seconds is None else {"seconds": seconds}))
    return hearing


def test_a_stream_that_keeps_ahead_has_gaps_and_no_underruns():
    hearing = heard((10.5, 0.0), (11.0, 1.0), (12.5, 2.0))
    assert hearing.first_s == pytest.approx(0.5) and hearing.gaps_s == pytest.approx([0.5, 1.5])
    assert (hearing.underruns, hearing.silent_s) == (0, 0.0)
    assert hearing.took_s == pytest.approx(2.5) and hearing.rtf == pytest.approx(0.625)


def test_a_piece_that_comes_late_is_an_underrun_and_what_follows_is_due_later():
    hearing = heard((10.5, 0.0), (12.0, 1.0), (12.9, 2.0), (14.5, 3.0))
    assert hearing.underruns == 2 and hearing.silent_s == pytest.approx(0.5 + 0.5)


def test_what_is_not_known_is_not_made_up():
    hearing = heard((10.5, None), (14.0, None), seconds=None)
    assert hearing.rtf is None and hearing.underruns == 0
    assert Hearing(asked=1.0).first_s is None
