"""A voice of a human recording: the spoken names of loudspeakers in Debian's package `alsa-utils`."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

RECORDINGS = sorted(Path("/usr/share/sounds/alsa").glob("*_*.wav"))


@pytest.mark.skipif(not RECORDINGS, reason="alsa-utils IS NOT INSTALLED: no human recording is tried")
def test_human_recording_is_accepted_and_speaks(voices):
    spoken, rates = zip(*map(soundfile.read, RECORDINGS), strict=True)
    sound = io.BytesIO()
    soundfile.write(sound, np.concatenate(spoken), rates[0], format="WAV")
    form = {"name": "A human", "consent": "true"}
    answer = voices.mine.post("/v1/voices", data=form, files={"audio": ("human.wav", sound.getvalue())})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    (heard,) = made["heard"]["recordings"]
    assert heard["speech_s"] > 4 and heard["level_db"] > -40 and heard["clipped"] < 0.01 and heard["pitch_hz"] > 80
    answer = voices.mine.post("/v1/tts/generate", json={"text": "Hello there.", "speaker": made["id"]})
    assert answer.status_code == 200 and answer.headers["x-speaker"] == made["id"]
    voices.mine.delete(f"/v1/voices/{made['id']}")
