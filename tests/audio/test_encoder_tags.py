"""Tags of files: every container has them where they are wanted, streamed and sealed, and the sound is the same."""

import io

import av
import numpy as np
import pytest

from audio.encoders import ENCODERS, Tags
from audio.uploads.decoding import decode_recording
from shared.types import Pcm
from tests.audio.mark.sound import spoken

TAGS = Tags("0123456789abcdef", "veena3-demo-1")
WITHOUT_PLACE = {"pcm", "pcm-f32", "mulaw-raw"}
"""Formats without a header."""
TAGGED = sorted(set(ENCODERS) - WITHOUT_PLACE)
WAVE = spoken(1)


def encoded(name: str, tags: Tags | None, *, sealed: bool) -> bytes:
    rate = ENCODERS[name].only_rate or 16_000
    encoder = ENCODERS[name].encoder(rate, tags)
    data = bytearray(b"".join([*encoder.feed(Pcm(WAVE, rate)), *encoder.finish()]))
    end = encoder.seal(data, len(data)) if sealed else b""
    return bytes(data) + end


def comments(data: bytes) -> list[str]:
    with av.open(io.BytesIO(data)) as file:
        fields = [*file.metadata.items(), *file.streams[0].metadata.items()]
    return [value for name, value in fields if name.lower() == "comment"]


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("name", TAGGED)
def test_encoder_writes_tags_into_every_container(name, sealed):
    assert comments(encoded(name, TAGS, sealed=sealed)) == [
        "synthetic speech; model veena3-demo-1; request 0123456789abcdef"
    ]


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("name", TAGGED)
def test_encoder_writes_the_same_sound_with_tags(name, sealed):
    plain, tagged = (decode_recording(encoded(name, tags, sealed=sealed), max_s=5) for tags in (None, TAGS))
    assert plain.rate == tagged.rate and np.array_equal(plain.wave, tagged.wave)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_encoder_writes_no_comment_without_tags(name):
    assert b"synthetic" not in encoded(name, None, sealed=True)


@pytest.mark.parametrize("name", sorted(WITHOUT_PLACE))
def test_format_without_a_header_stays_samples_alone(name):
    assert encoded(name, TAGS, sealed=True) == encoded(name, None, sealed=True)
