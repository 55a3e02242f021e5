"""The embedded voice through the service: its clones, its designed voices and its emotion tags, by measurement."""

import io
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
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
TEXTS = (
    "The train left the station before noon.",
    "We walked along the river until the evening came.",
    "She put the letters on the kitchen table.",
)
SPEAKERS = ("bittu", "lipakshi", "dev")
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


def spoken(client: httpx.Client, text: str, voice: str, seed: int) -> tuple[np.ndarray, int]:
    """Return the samples of a text and their rate."""
    body = {"text": text, "speaker": voice, "seed": seed}
    answer = client.post("/v1/tts/generate", json=body).raise_for_status()
    return soundfile.read(io.BytesIO(answer.content))


def pitches(samples: np.ndarray, rate: int) -> np.ndarray:
    """Return the pitch of each frame in Hz, 0 where there is none."""
    return np.asarray(track(soxr.resample(samples, rate, RATE)).hz)


def pitch_hz(samples: np.ndarray, rate: int) -> float:
    """Return the median pitch of the voiced frames."""
    hz = pitches(samples, rate)
    return float(np.median(hz[hz > 0]))


@dataclass(frozen=True, slots=True)
class Manner:
    """Means over TEXTS and SPEAKERS: seconds, and of the pitch its middle in semitones, its range and its share."""

    seconds: float
    middle_st: float
    range_st: float
    voiced: float


def manner(client: httpx.Client, tag: str) -> Manner:
    """Return the manner in which the voices speak behind a tag."""
    rows = []
    for seed, (speaker, text) in enumerate(product(SPEAKERS, TEXTS)):
        samples, rate = spoken(client, f"{tag} {text}", speaker, seed)
        hz = pitches(samples, rate)
        low, middle, high = 12 * np.log2(np.percentile(hz[hz > 0], (5, 50, 95))) if (hz > 0).sum() > 20 else (0, 0, 0)
        rows.append((len(samples) / rate, middle, high - low, (hz > 0).mean()))
    return Manner(*np.mean(rows, axis=0))


def spoken_hz(client: httpx.Client, voice: str) -> float:
    """Return the median pitch of a sentence of a voice."""
    return pitch_hz(*spoken(client, TEXTS[1], voice, 5))


@pytest.mark.skipif(not RECORDINGS, reason="alsa-utils IS NOT INSTALLED: no human recording is tried")
def test_cloned_human_has_the_pitch_of_the_recording(client: httpx.Client) -> None:
    recorded, rates = zip(*map(soundfile.read, RECORDINGS), strict=True)
    samples, sound = np.concatenate(recorded), io.BytesIO()
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


@pytest.mark.slow
def test_emotion_tags_are_heard(client: httpx.Client) -> None:
    plain = manner(client, "")
    sys.stdout.write(f"without: {plain}\n")
    said = {tag: manner(client, f"[{tag}]") for tag in ("calm", "excited", "sad", "whispers", "laughs", "sighs")}
    for tag, one in said.items():
        sys.stdout.write(f"{tag}: {one}\n")
    assert said["sad"].seconds > said["calm"].seconds > 1.05 * plain.seconds > plain.seconds > said["excited"].seconds
    assert said["sad"].range_st < said["calm"].range_st < plain.range_st - 1
    assert said["excited"].middle_st > plain.middle_st + 0.5
    assert said["sad"].middle_st < plain.middle_st - 0.5
    assert said["whispers"].voiced < 0.1 < 0.5 < plain.voiced
    assert all(said[sound].seconds > plain.seconds + 0.3 for sound in ("laughs", "sighs"))
