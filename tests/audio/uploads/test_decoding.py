"""Uploads under limits: every container gives the same sound, and hostile ones end with their reason."""

import numpy as np
import pytest

from audio.reference import load_audio
from audio.uploads.decoding import decode_recording
from audio.uploads.process import read_recording
from shared.errors import RecordingUnusable
from tests.audio.uploads.hostile import encoded, hostile_uploads
from tests.cloning_checkpoint import sound_file, speech_like

SPEECH = speech_like()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
def test_wav_gives_the_samples_of_upstreams_reader(tmp_path, subtype, rate):
    import soundfile

    wave = np.stack([speech_like(rate=rate, seconds=1), np.zeros(rate)], axis=1)
    soundfile.write(tmp_path / "a.wav", wave, rate, subtype=subtype)
    decoded = decode_recording((tmp_path / "a.wav").read_bytes(), max_s=60)
    with soundfile.SoundFile(tmp_path / "a.wav") as file:
        expected = file.read(dtype="float64", always_2d=True)[:, 0]
    assert decoded.rate == rate and decoded.channels == 2
    np.testing.assert_allclose(decoded.wave, expected, atol=1e-7)
    assert len(load_audio(tmp_path / "a.wav", rate=rate, max_s=60)) == len(decoded.wave)


@pytest.mark.parametrize(
    ("container", "codec", "rate"),
    [
        *(("mp3", "libmp3lame", 16_000), ("ogg", "libopus", 48_000), ("webm", "libopus", 48_000)),
        *(("mp4", "aac", 16_000), ("adts", "aac", 16_000), ("flac", "flac", 16_000), ("aiff", "pcm_s16be", 16_000)),
        *(("matroska", "pcm_s16le", 16_000), ("wav", "pcm_mulaw", 8_000), ("mov", "alac", 16_000)),
    ],
)
def test_every_container_is_heard_alike(container, codec, rate):
    data = encoded(speech_like(rate=rate), container, codec, rate=rate)
    heard, samples = read_recording(data, max_s=60, rate=16_000)
    assert abs(heard["pitch_hz"] - 120) < 2 and abs(heard["level_db"] + 15.5) < 1
    assert abs(len(samples) / 8 - 16_000 * 6) < 16_000 * 0.3


def test_sixty_hostile_uploads_are_each_refused_with_a_reason():
    uploads = hostile_uploads()
    assert len(uploads) >= 60
    for name, data in uploads.items():
        with pytest.raises(RecordingUnusable) as refused:
            read_recording(data, max_s=60, rate=16_000)
        message = refused.value.message
        assert message.startswith("audio: ") and "\n" not in message and "/" not in message, name


def test_length_in_a_header_is_not_believed():
    streamed = bytearray(sound_file(SPEECH))
    streamed[4:8] = streamed[40:44] = b"\xff\xff\xff\xff"  # as a streamed WAV has it
    heard, _ = read_recording(bytes(streamed), max_s=60, rate=16_000)
    assert heard["seconds"] == 6


def test_measures_of_what_is_odd_are_told():
    pause = np.zeros(16_000)
    heard, samples = read_recording(sound_file(np.concatenate([pause, SPEECH, pause])), max_s=60, rate=16_000)
    assert 1.6 < heard["silence_cut_s"] < 2.0 and abs(len(samples) / 8 / 16_000 - (8 - heard["silence_cut_s"])) < 0.01
    assert not heard["several_speakers"] and heard["noise_db"] < -50
    two = np.concatenate([speech_like(110), speech_like(220)])
    heard, _ = read_recording(sound_file(two), max_s=60, rate=16_000)
    assert heard["several_speakers"]
    with pytest.raises(RecordingUnusable) as refused:
        read_recording(sound_file(SPEECH[:16_000]), max_s=60, rate=16_000)
    assert refused.value.details["heard"]["speech_s"] < 1 and "at least 2 s" in refused.value.message
