"""What becomes of speech until an encoder hears it: tilt, pauses, rooms, noise, narrow bands, levels.

Sounds are tensors [B, N] at RATE.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from audio.reference import volume_normalize
from training.demo_voice.flite import RATE

NOISE_DB, NOISY_SHARE = (15.0, 45.0), 0.7
"""Levels of added noise below the clip, and the share of crops with it."""
LOW_PASS_HZ, HIGH_PASS_HZ, NARROW_SHARE = (3300.0, 8000.0), (50.0, 300.0), 0.3
"""Edges of the band that is kept, and the share of crops that lose each end of it."""
ROOM_SHARE, ECHO_S, ECHO_DB, ROOM_S = 0.5, (0.1, 0.5), (3.0, 20.0), 0.5
"""Share of crops in a room, its seconds to -60 dB, the echoes' level below the sound, and the seconds that count."""
PAUSED_SHARE, PAUSES, PAUSE_S, FADE_S = 0.5, 5, (0.1, 0.8), 0.02
"""Share of crops with pauses, their largest number, their seconds, and those of each end."""


def tilted(crops: Tensor, tilts_db: Any) -> Tensor:
    """Return sounds with `tilts_db` [B] more per octave above 1 kHz, as `envelopes.convert` makes it."""
    octaves = (torch.fft.rfftfreq(crops.shape[1], 1 / RATE) / 1000).clamp(min=1).log2()
    made = torch.fft.irfft(torch.fft.rfft(crops) * 10 ** (_column(tilts_db) * octaves / 20), crops.shape[1])
    return torch.from_numpy(np.array([volume_normalize(wave) for wave in made.numpy()]))


def worsened(crops: Tensor, rng: np.random.Generator) -> Tensor:
    """Return sounds at other levels, some with pauses, in a room, with noise, or with a narrower band."""
    count = len(crops)
    spectrum = torch.fft.rfft(paused(crops, rng)) * torch.fft.rfft(rooms(count, rng), crops.shape[1])
    hertz = torch.fft.rfftfreq(crops.shape[1], 1 / RATE)
    noise = torch.fft.rfft(torch.randn(crops.shape)) * (hertz.clamp(min=50) / 1000)[None] ** _column(
        rng.uniform(-0.6, 0, count)
    )
    level = 10 ** (-rng.uniform(*NOISE_DB, count) / 20) * (rng.random(count) < NOISY_SHARE)
    noise = (
        noise / noise.abs().square().mean(1, keepdim=True).sqrt() * spectrum.abs().square().mean(1, keepdim=True).sqrt()
    )
    tops = np.where(rng.random(count) < NARROW_SHARE, rng.uniform(*LOW_PASS_HZ, count), RATE)
    lows = np.where(rng.random(count) < NARROW_SHARE, rng.uniform(*HIGH_PASS_HZ, count), 0.0)
    band = ((_column(tops) - hertz) / 200).clamp(0, 1) * ((hertz - _column(lows)) / 50 + 1).clamp(0, 1)
    made = torch.fft.irfft((spectrum + noise * _column(level)) * band, crops.shape[1])
    return made * _column(10 ** (rng.uniform(-2, 2, count) / 20))


def paused(crops: Tensor, rng: np.random.Generator) -> Tensor:
    """Return sounds, some of which are silent at some places."""
    gains = np.ones(crops.shape, np.float32)
    for row in gains:
        for _ in range(rng.integers(1, PAUSES + 1) if rng.random() < PAUSED_SHARE else 0):
            length = min(round(rng.uniform(*PAUSE_S) * RATE), len(row) - 1)
            start = rng.integers(len(row) - length)
            places = np.arange(length) / RATE
            row[start : start + length] *= 1 - np.clip(np.minimum(places, places[::-1]) / FADE_S, 0, 1)
    return crops * torch.from_numpy(gains)


def rooms(count: int, rng: np.random.Generator) -> Tensor:
    """Return responses of rooms [B, ROOM_S * RATE]: the sound itself, and echoes in some of them."""
    places = np.arange(round(ROOM_S * RATE)) / RATE
    echoes = rng.standard_normal((count, len(places))) * 10 ** (-3 * places / rng.uniform(*ECHO_S, count)[:, None])
    echoes[:, 0] = 0
    levels = 10 ** (-rng.uniform(*ECHO_DB, count) / 20) * (rng.random(count) < ROOM_SHARE)
    echoes *= (levels / np.sqrt(np.square(echoes).sum(1)))[:, None]
    echoes[:, 0] = 1
    return torch.from_numpy(echoes.astype(np.float32))


def _column(values: Any) -> Tensor:
    return torch.from_numpy(np.asarray(values, np.float32))[:, None]
