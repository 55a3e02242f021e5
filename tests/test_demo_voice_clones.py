"""The embedded voice clones and designs through the service: pitch and speech of what it makes."""

import io
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
import soxr

from api.app import create_app
from services.runtime import open_runtime
from shared.config import Settings
from tests.api.conftest import running
from training.demo_voice.measures.pitch import RATE, track

RECORDINGS = sorted(Path("/usr/share/sounds/alsa").glob("*_*.wav"))
NEAR_ST = 0.5
"""Largest distance of two pitches that count as the same, in semitones."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    root = Path(__file__).parents[1]
    settings = Settings(
        checkpoint=root / "voices" / "demo",
        engine="transformers",
        auth_bypass_mode=True,
        database_url=f"sqlite:///{tmp_path_factory.mktemp('clones')}/voices.db",
    )
    app = create_app(settings, open_runtime)
    with running(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as one:
        while not app.state.service.loaded:
            time.sleep(0.05)
        yield one


def pitch_hz(samples: np.ndarray, rate: int) -> float:
    """Return the median pitch of the voiced frames."""
    hz = np.asarray(track(soxr.resample(samples, rate, RATE)).hz)
    return float(np.median(hz[hz > 0]))


def spoken_hz(client: httpx.Client, voice: str) -> float:
    """Return the median pitch of a sentence of a voice."""
    body = {"text": "We walked along the river until the evening came.", "speaker": voice, "seed": 5}
    answer = client.post("/v1/tts/generate", json=body).raise_for_status()
    return pitch_hz(*soundfile.read(io.BytesIO(answer.content)))


@pytest.mark.skipif(not RECORDINGS, reason="alsa-utils IS NOT INSTALLED: no human recording is tried")
def test_cloned_human_has_the_pitch_of_the_recording(client: httpx.Client) -> None:
    spoken, rates = zip(*map(soundfile.read, RECORDINGS), strict=True)
    samples, sound = np.concatenate(spoken), io.BytesIO()
    soundfile.write(sound, samples, rates[0], format="WAV")
    files, form = {"audio": ("human.wav", sound.getvalue())}, {"name": "A human", "consent": "true"}
    made = client.post("/v1/voices", data=form, files=files).raise_for_status().json()
    away = 12 * np.log2(spoken_hz(client, made["id"]) / pitch_hz(samples, rates[0]))
    assert abs(away) <= NEAR_ST


@pytest.mark.slow
@pytest.mark.parametrize(("gender", "pitch_hz_asked"), [("male", 110), ("female", 205)])
def test_designed_voice_has_the_pitch_that_was_asked(client: httpx.Client, gender: str, pitch_hz_asked: int) -> None:
    asked = {"gender": gender, "pitch_hz": pitch_hz_asked, "rate": "moderate", "candidates": 1, "seed": 3}
    (candidate,) = client.post("/v1/voices/design", json=asked).raise_for_status().json()["candidates"]
    kept = client.post(f"/v1/voices/design/{candidate['id']}", json={"name": f"A {gender}"}).raise_for_status().json()
    assert abs(12 * np.log2(spoken_hz(client, kept["id"]) / pitch_hz_asked)) <= 2
