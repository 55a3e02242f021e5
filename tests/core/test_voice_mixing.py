"""Mixes of global tokens."""

import numpy as np
import pytest
import torch

from core.bicodec.quantizer import fsq_codes
from core.voice_mixing import mix_tokens

LEVELS = (4, 4, 4, 4, 4, 4)


def random_voice(seed: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).integers(0, 4096, 32).tolist())


def test_mix_of_a_voice_with_itself_is_the_voice():
    voice = random_voice(1)
    assert mix_tokens([voice, voice], [1, 3], LEVELS) == mix_tokens([voice], [1], LEVELS) == voice


@pytest.mark.parametrize("weights", [(1, 1), (2, 1), (1, 3), (0.3, 0.7)])
def test_mix_is_the_grid_point_nearest_to_the_average_of_the_latents(weights):
    voices = [random_voice(2), random_voice(3)]
    codes = [fsq_codes(torch.tensor(voice), LEVELS).double() for voice in voices]
    average = sum(weight * code for weight, code in zip(weights, codes, strict=True)) / sum(weights)
    mixed = fsq_codes(torch.tensor(mix_tokens(voices, weights, LEVELS)), LEVELS)
    step = 0.5  # of a dimension with four levels
    assert (mixed - average).abs().max() <= step / 2 + 1e-6


def test_half_way_is_nearer_to_the_first_voice():
    assert mix_tokens([(0,), (1,)], [1, 1], (4,)) == (0,)
    assert mix_tokens([(1,), (0,)], [1, 1], (4,)) == (1,)
    assert mix_tokens([(3,), (0,)], [1, 1], (4,)) == (2,)


def test_tokens_stay_within_every_grid():
    levels = (8, 5, 3)
    voices = [tuple(np.random.default_rng(n).integers(0, 120, 32).tolist()) for n in range(5)]
    mixed = mix_tokens(voices, [1, 2, 3, 4, 5], levels)
    assert len(mixed) == 32 and min(mixed) >= 0 and max(mixed) < 120
