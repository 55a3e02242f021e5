import struct
import wave
from io import BytesIO

import numpy as np
import pytest

from api.cli.client.hearing import Hearing, Onset
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


def test_a_burst_of_frames_is_one_block():
    hearing = heard((10.5, 0.0), (10.501, 0.1), (10.502, 0.2), (10.7, 0.3), (10.701, 0.4), seconds=0.5)
    assert hearing.gaps_s == pytest.approx([0.198])
    assert hearing.second_headroom_s == pytest.approx(0.1)  # 0.3 s came, 0.2 s were played


def test_headroom_at_the_second_block_is_below_nothing_where_it_is_late():
    hearing = heard((10.5, 0.0), (12.0, 1.0))
    assert hearing.second_headroom_s == pytest.approx(-0.5) and hearing.buffer.longest_gap_s == pytest.approx(0.5)


SOUND = struct.pack("<5h", 0, 300, -327, -400, 9)  # the fourth is the first above a hundredth of full scale


def as_wav(sound: bytes) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(sound)
    return file.getvalue()


@pytest.mark.parametrize("pieces", [[SOUND], [SOUND[:1], SOUND[1:7], SOUND[7:]], [as_wav(SOUND)]])
def test_the_first_audible_sample_is_found_however_the_bytes_are_cut(pieces):
    onset = Onset()
    for piece in pieces:
        onset.feed(piece)
    assert onset.sample == 3


def test_a_leading_rest_and_a_late_block_delay_what_is_heard_first():
    rest = np.zeros(16_000, "<i2").tobytes()
    loud = np.r_[np.zeros(4000), np.full(12_000, 9000)].astype("<i2").tobytes()
    hearing = Hearing(asked=10.0)
    hearing.hear(Received(10.1, "start", told={"format": "pcm", "sample_rate": 16_000}))
    hearing.hear(Received(10.5, "audio", rest, 0.0))
    hearing.hear(Received(12.0, "audio", loud, 1.0))  # half a second late
    hearing.hear(Received(12.1, "end", told={"seconds": 2.0}))
    assert hearing.first_s == pytest.approx(0.5) and hearing.audible_s == pytest.approx(0.5 + 1.0 + 0.5 + 0.25)
