"""Sound that resembles speech for the mark: harmonics and noise in syllables, with pauses."""

import numpy as np

from audio.mark.stage import Marker
from shared.types import Pcm

RATE = 16_000


def spoken(seconds, seed=0):
    """Return (N,) float32: pitch 110 to 180 Hz, four syllables a second, every fifth one silent."""
    random, count = np.random.default_rng(seed), round(seconds * RATE)
    time = np.arange(count) / RATE
    pitch = 145 + 35 * np.sin(2 * np.pi * 0.7 * time + seed)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voiced = sum(np.cos(k * phase + random.uniform(0, 6)) / k for k in range(1, 30))
    syllable = (time * 4).astype(int)
    kinds, levels = random.random(syllable[-1] + 1), random.uniform(0.3, 1, syllable[-1] + 1)
    source = np.where(kinds[syllable] < 0.6, voiced, random.normal(0, 0.5, count))
    envelope = np.sin(np.pi * ((time * 4) % 1)) * levels[syllable] * (syllable % 5 != 4)
    return (0.1 * source * envelope + random.normal(0, 1e-4, count)).astype(np.float32)


def marked(wave, signs, *, block=None, rate=RATE):
    """Return `wave` with the mark, fed in blocks of so many samples."""
    stage = Marker(signs, rate=rate)
    size = block or len(wave)
    blocks = [out for at in range(0, len(wave), size) for out in stage.feed(Pcm(wave[at : at + size], rate))]
    return np.concatenate([out.samples for out in [*blocks, *stage.finish()]])
