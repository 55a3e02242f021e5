import numpy as np
import pytest
import soundfile

from audio.encoders import ENCODERS
from shared.types import Pcm
from veena3_client.files import complete_header


def streamed(path, name, seconds):
    """Write a stream's file; return its number of samples."""
    rate = ENCODERS[name].only_rate or 16_000
    encoder, samples = ENCODERS[name].encoder(rate), np.full(round(seconds * rate), 0.1, np.float32)
    path.write_bytes(b"".join([*encoder.feed(Pcm(samples, rate)), *encoder.finish()]))
    return len(samples)


@pytest.mark.parametrize("name", ["wav", "mulaw"])
def test_header_of_a_wav_gets_its_sizes(tmp_path, name):
    samples = streamed(tmp_path / "a", name, 1.5)
    complete_header(tmp_path / "a", samples=None)
    whole = ENCODERS[name].encoder(ENCODERS[name].only_rate or 16_000)
    head = bytearray((tmp_path / "a").read_bytes())
    whole.seal(head, len(head))
    assert (tmp_path / "a").read_bytes() == bytes(head) and soundfile.info(tmp_path / "a").frames == samples


@pytest.mark.parametrize("seconds", [0.01, 3.0])
def test_header_of_a_flac_gets_its_length(tmp_path, seconds):
    samples = streamed(tmp_path / "a", "flac", seconds)
    complete_header(tmp_path / "a", samples=samples)
    heard, rate = soundfile.read(tmp_path / "a")
    assert (len(heard), rate) == (samples, 16_000) and abs(heard.mean() - 0.1) < 0.01


def test_files_without_such_a_header_stay_as_they_are(tmp_path):
    for begin in (b"OggS", b"fLaC", b"RIFF", b""):
        (tmp_path / "a").write_bytes(begin)
        complete_header(tmp_path / "a", samples=None)
        assert (tmp_path / "a").read_bytes() == begin
