import io
import wave

import numpy as np
import pytest
import soundfile

from audio.encoders import ENCODERS, WavEncoder
from shared.types import Pcm

NOT_LIBSNDFILE = {"pcm", "pcm-f32", "mulaw-raw", "aac", "mp4", "webm"}
"""A new format: whether libsndfile cannot read its file. Some have no header, and libsndfile has no AAC and no WebM."""
SAMPLES = np.linspace(-1.2, 1.2, 4801).astype(np.float32)


def encode(rate=16_000, block=333):
    encoder = WavEncoder(rate)
    body = b"".join(
        piece for at in range(0, len(SAMPLES), block) for piece in encoder.feed(Pcm(SAMPLES[at : at + block], rate))
    )
    body += b"".join(encoder.finish())
    return body, file_of(encoder, body)


def file_of(encoder, body):
    """Return the complete file: the joined stream, sealed."""
    file = bytearray(body)
    file += encoder.seal(file, len(file))
    return bytes(file)


def test_streamed_and_whole_wav_hold_the_same_samples_for_two_readers():
    streamed, whole = encode()
    for body in (streamed, whole):
        with wave.open(io.BytesIO(body)) as file:
            read = np.frombuffer(file.readframes(10**6), "<i2")
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        other, rate = soundfile.read(io.BytesIO(body), dtype="int16")
        assert rate == 16_000
        np.testing.assert_array_equal(read, other)
        assert len(read) == len(SAMPLES)
    with wave.open(io.BytesIO(whole)) as file:
        assert file.getnframes() == len(SAMPLES)


def test_loud_samples_are_clipped_and_others_rounded():
    body, _ = encode()
    read = np.frombuffer(body[44:], "<i2")
    np.testing.assert_array_equal(read, np.rint(np.clip(SAMPLES, -1, 1) * np.float32(32767)))


def test_block_of_another_rate_is_refused():
    with pytest.raises(ValueError, match="24000 Hz"):
        list(WavEncoder(16_000).feed(Pcm(SAMPLES, 24_000)))


@pytest.mark.parametrize("name", ENCODERS)
def test_every_format_has_a_media_type(name):
    assert ENCODERS[name].media_type.format(rate=8000).startswith("audio/")
