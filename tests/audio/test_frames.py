import struct

import numpy as np
import pytest

from audio.encoders import ENCODERS, PcmEncoder, WavEncoder, to_int16
from audio.frames import Framer
from shared.types import Pcm

RATE = 16_000
SOUND = np.random.default_rng(3).uniform(-0.5, 0.5, 10_007).astype(np.float32)


def framed(framer, sound=SOUND, *, block=777, rate=RATE):
    frames = []
    for start in range(0, len(sound), block):
        frames += framer.feed(Pcm(sound[start : start + block], rate))
    return [*frames, *framer.finish()]


@pytest.mark.parametrize("block", [1, 159, 320, 777, 20_000])
@pytest.mark.parametrize("frame_ms", [10, 20])
def test_frame_length_does_not_depend_on_the_blocks(frame_ms, block):
    frames = framed(Framer(PcmEncoder(RATE), RATE, frame_ms), block=block)
    size = RATE * frame_ms // 1000
    assert {frame.samples for frame in frames[:-1]} == {size}
    assert frames[-1].samples == len(SOUND) % size
    assert b"".join(frame.data for frame in frames) == to_int16(SOUND)


def test_first_frames_are_short_and_double():
    frames = framed(Framer(PcmEncoder(RATE), RATE, 100))
    assert [frame.samples * 1000 // RATE for frame in frames[:5]] == [20, 40, 80, 100, 100]


def test_frame_numbers_and_samples_are_contiguous():
    frames = framed(Framer(PcmEncoder(RATE), RATE, 20, seq=7, sample=1000))
    assert [frame.seq for frame in frames] == list(range(7, 7 + len(frames)))
    at = 1000
    for frame in frames:
        assert frame.sample == at
        at += frame.samples
    assert at == 1000 + len(SOUND)


def test_tag_is_eight_bytes_little_endian_and_wraps():
    frame = framed(Framer(PcmEncoder(RATE), RATE, 20, seq=2**32 + 5, sample=2**32 + 9))[0]
    assert struct.unpack("<II", frame.tagged()[:8]) == (5, 9) and frame.tagged()[8:] == frame.data


def test_wav_has_its_header_in_the_first_frame():
    frames = framed(Framer(WavEncoder(RATE), RATE, 20))
    assert frames[0].data[:4] == b"RIFF" and len(frames[0].data) == 44 + 640 and len(frames[1].data) == 640


@pytest.mark.parametrize("name", [name for name in ENCODERS if name not in {"pcm", "wav"}])
def test_framed_codec_output_equals_the_file_and_counts_every_sample(name):
    rate = ENCODERS[name].only_rate or RATE
    encoder = ENCODERS[name].encoder(rate)
    whole = [*framed_bytes(encoder, rate)]
    frames = framed(Framer(ENCODERS[name].encoder(rate), rate, 20), rate=rate)
    assert b"".join(frame.data for frame in frames) == b"".join(whole)
    assert sum(frame.samples for frame in frames) == len(SOUND)


def framed_bytes(encoder, rate):
    for start in range(0, len(SOUND), rate // 50):
        yield from encoder.feed(Pcm(SOUND[start : start + rate // 50], rate))
    yield from encoder.finish()


def test_empty_sound_has_no_frames():
    assert framed(Framer(PcmEncoder(RATE), RATE, 20), np.zeros(0, np.float32)) == []
