"""Simulated player of one stream."""

import struct
import wave
from io import BytesIO

import numpy as np
import pytest

from api.cli.client.playback import Onset, StreamPlayback
from veena3_client import Event


def played(*pieces: tuple[float, float | None], seconds: float | None = 4.0) -> StreamPlayback:
    """Play pieces, given as (arrival, position in the sound)."""
    playback = StreamPlayback(asked=10.0)
    playback.receive(Event(10.1, "start"))
    for at, begins_s in pieces:
        playback.receive(Event(at, "audio", b"x", begins_s))
    playback.receive(Event(15.0, "end", fields={} if seconds is None else {"seconds": seconds}))
    return playback


def test_stream_ahead_of_playback_has_gaps_and_no_underruns():
    playback = played((10.5, 0.0), (11.0, 1.0), (12.5, 2.0))
    assert playback.first_s == pytest.approx(0.5) and playback.gaps_s == pytest.approx([0.5, 1.5])
    assert (playback.underruns, playback.silent_s) == (0, 0.0)
    assert playback.took_s == pytest.approx(2.5) and playback.rtf == pytest.approx(0.625)


def test_late_message_is_an_underrun_and_delays_later_messages():
    playback = played((10.5, 0.0), (12.0, 1.0), (12.9, 2.0), (14.5, 3.0))
    assert playback.underruns == 2 and playback.silent_s == pytest.approx(0.5 + 0.5)


def test_unknown_figures_are_none():
    playback = played((10.5, None), (14.0, None), seconds=None)
    assert playback.rtf is None and playback.underruns == 0
    assert StreamPlayback(asked=1.0).first_s is None


def test_burst_of_frames_is_one_block():
    playback = played((10.5, 0.0), (10.501, 0.1), (10.502, 0.2), (10.7, 0.3), (10.701, 0.4), seconds=0.5)
    assert playback.gaps_s == pytest.approx([0.198])
    assert playback.second_headroom_s == pytest.approx(0.1)  # 0.3 s arrived, 0.2 s were played


def test_headroom_at_the_second_block_is_negative_when_it_is_late():
    playback = played((10.5, 0.0), (12.0, 1.0))
    assert playback.second_headroom_s == pytest.approx(-0.5) and playback.buffer.longest_gap_s == pytest.approx(0.5)


SOUND = struct.pack("<5h", 0, 300, -327, -400, 9)  # the fourth is the first above one hundredth of full scale


def as_wav(sound: bytes) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(sound)
    return file.getvalue()


@pytest.mark.parametrize("pieces", [[SOUND], [SOUND[:1], SOUND[1:7], SOUND[7:]], [as_wav(SOUND)]])
def test_onset_finds_the_first_audible_sample_for_every_split_of_the_bytes(pieces):
    onset = Onset()
    for piece in pieces:
        onset.feed(piece)
    assert onset.sample == 3


def test_leading_silence_and_a_late_block_delay_the_first_audible_sample():
    silence = np.zeros(16_000, "<i2").tobytes()
    loud = np.r_[np.zeros(4000), np.full(12_000, 9000)].astype("<i2").tobytes()
    playback = StreamPlayback(asked=10.0)
    playback.receive(Event(10.1, "start", fields={"format": "pcm", "sample_rate": 16_000}))
    playback.receive(Event(10.5, "audio", silence, 0.0))
    playback.receive(Event(12.0, "audio", loud, 1.0))  # half a second late
    playback.receive(Event(12.1, "end", fields={"seconds": 2.0}))
    assert playback.first_s == pytest.approx(0.5) and playback.audible_s == pytest.approx(0.5 + 1.0 + 0.5 + 0.25)
