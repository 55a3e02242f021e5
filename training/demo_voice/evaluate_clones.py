"""Evaluation of cloning as a user hears it: unseen synthetic voices are uploaded to a running service and speak there.

A clone's pitch is compared with its source's, and its long-term spectrum, which tilt and formants make, with the
source's and with those of the twelve voices, which speak the same sentences. Encoder, language model and decoder take
part; `evaluate_encoder` measures the first alone.

Run as `python -m training.demo_voice.evaluate_clones --url http://127.0.0.1:8000` beside `make serve`; prints a
table. The voices that it made are deleted. Needs flite.
"""

import argparse
import io
import random

import httpx
import numpy as np
import numpy.typing as npt
import soundfile

from audio.reference import load_audio, volume_normalize
from training.demo_voice.encoder_data import Analysed, spoken_by
from training.demo_voice.encoder_digits import source
from training.demo_voice.evaluate_encoder import NEAR_ST, SENTENCES, TEXTS, analysed
from training.demo_voice.flite import RATE
from training.demo_voice.measures.pitch import track
from training.demo_voice.measures.spectrum import distance_db, long_term_spectrum
from training.demo_voice.speakers import SPEAKERS
from training.demo_voice.sung import sung

Recordings = list[npt.NDArray[np.float64]]
TIMEOUT_S = 120.0


def pitch_st(recordings: Recordings) -> float:
    """Return the median pitch of recordings in semitones above 1 Hz."""
    return float(np.median(np.concatenate([track(one).semitones for one in recordings])))


class Service:
    """Running service, which speaks the first unseen sentences, each with a seed of its own."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_S)
        self._texts = (TEXTS / "unseen_sentences_en.txt").read_text("utf-8").splitlines()[:SENTENCES]

    def spoken(self, voice: str) -> Recordings:
        """Return the sentences at RATE, spoken by a voice."""
        return [self._said(voice, text, seed) for seed, text in enumerate(self._texts)]

    def cloned(self, name: str, recording: npt.NDArray[np.float64]) -> Recordings:
        """Return the sentences spoken by a clone of a recording at RATE."""
        file = io.BytesIO()
        soundfile.write(file, recording, RATE, format="WAV")
        upload = {"audio": (f"{name}.wav", file.getvalue())}
        made = self._client.post("/v1/voices", data={"name": name, "consent": "true"}, files=upload)
        voice = made.raise_for_status().json()["id"]
        try:
            return self.spoken(voice)
        finally:
            self._client.delete(f"/v1/voices/{voice}").raise_for_status()

    def _said(self, voice: str, text: str, seed: int) -> npt.NDArray[np.float64]:
        answer = self._client.post("/v1/tts/generate", json={"text": text, "speaker": voice, "seed": seed})
        return load_audio(io.BytesIO(answer.raise_for_status().content), rate=RATE, max_s=TIMEOUT_S)


def recorded(sentences: list[Analysed], rng: random.Random) -> tuple[float, npt.NDArray[np.float64], Recordings]:
    """Return a new voice's pitch in Hz, a recording for its clone, and the test sentences spoken by it."""
    voice = source(rng)
    recording = volume_normalize(spoken_by(sentences[SENTENCES:], voice, rng))
    return voice.pitch_hz, recording, [sung(*one, voice)[0] for one in sentences[:SENTENCES]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--voices", type=int, default=10)
    parser.add_argument("--seed", type=int, default=22)
    options = parser.parse_args()
    rng, service, sentences = random.Random(options.seed), Service(options.url), analysed("en")
    presets = [long_term_spectrum(service.spoken(speaker.id)) for speaker in SPEAKERS]
    same = nearest = 0
    print("| voice | pitch, Hz | error of the pitch, st | spectrum: dB from the source | from the nearest preset |")
    print("|---" * 5 + "|")
    for number in range(options.voices):
        pitch_hz, recording, originals = recorded(sentences, rng)
        clone = service.cloned(f"evaluate-clones-{options.seed}-{number}", recording)
        spectrum = long_term_spectrum(clone)
        error_st = abs(pitch_st(clone) - pitch_st(originals))
        away_db = distance_db(spectrum, long_term_spectrum(originals))
        preset_db = min(distance_db(spectrum, other) for other in presets)
        same, nearest = same + (error_st <= NEAR_ST), nearest + (away_db < preset_db)
        print(f"| {number} | {pitch_hz:.0f} | {error_st:.2f} | {away_db:.1f} | {preset_db:.1f} |", flush=True)
    print(
        f"of {options.voices}: pitch within half a semitone {same}; spectrum nearer to the source than to any of the "
        f"twelve {nearest}"
    )


if __name__ == "__main__":
    main()
