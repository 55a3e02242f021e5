"""Sound of a line in a speaker's voice as the decoder is to make it: the training target as one waveform."""

import numpy as np
import numpy.typing as npt
import torch

from training.demo_voice.envelopes import Spectra, on_grid
from training.demo_voice.oscillators import oscillate
from training.demo_voice.phases import phases
from training.demo_voice.phones import Span
from training.demo_voice.scores import Line, Score, score
from training.demo_voice.speakers import Speaker
from training.demo_voice.targets import stretched, target

Array = npt.NDArray[np.float64]


def sung(found: Spectra, spans: list[Span], line: Line, speaker: Speaker) -> tuple[Array, Score]:
    """Return the target of a line in a speaker's voice, samples at RATE, and its score."""
    made = score(line, speaker)
    turns = phases(made.tokens, speaker.middle_hz)
    goal = target(on_grid(found, stretched(spans, made.frames)), made.tokens, turns, speaker.throat)
    tensors = (torch.from_numpy(one).float() for one in (goal.amplitudes, turns.starts, turns.steps))
    return np.tanh(oscillate(*tensors).numpy() + goal.noise), made
