"""The sampler against Hugging Face's logits processors, in their order."""

from collections import Counter

import pytest
import torch
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from transformers import (
    LogitsProcessorList,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from core.engines.sampler import Sampler
from shared.errors import GenerationError
from shared.types import MIN_TEMPERATURE, MIN_TOP_P, Sampling

ROWS = 200
PROMPT = [3, 3, 17, 50, 199]


def sampler(sampling: Sampling) -> Sampler:
    return Sampler(sampling, PROMPT, rows=ROWS, device=torch.device("cpu"))


def logits(seed: int) -> torch.Tensor:
    return 3 * torch.randn(ROWS, generator=torch.Generator().manual_seed(seed))


def hugging_face(sampling: Sampling, seen: list[int], scores: torch.Tensor) -> torch.Tensor:
    steps = LogitsProcessorList([RepetitionPenaltyLogitsProcessor(sampling.repetition_penalty)])
    steps.append(TemperatureLogitsWarper(sampling.temperature))
    if sampling.top_k > 0:
        steps.append(TopKLogitsWarper(sampling.top_k))
    if sampling.top_p < 1:
        steps.append(TopPLogitsWarper(sampling.top_p))
    return steps(torch.tensor([seen]), scores[None])[0].softmax(0)


@pytest.mark.parametrize("temperature", [0.3, 0.8, 2.0])
@pytest.mark.parametrize("top_k", [1, 50, 1000, -1])
@pytest.mark.parametrize("top_p", [0.01, 0.9, 1.0])
@pytest.mark.parametrize("penalty", [1.0, 1.05, 2.0])
def test_distribution_equals_that_of_hugging_face(temperature: float, top_k: int, top_p: float, penalty: float) -> None:
    sampling = Sampling(temperature=temperature, top_k=top_k, top_p=top_p, repetition_penalty=penalty)
    ours, seen = sampler(sampling), list(PROMPT)
    for step in range(3):
        scores = logits(step)
        ids, odds = ours.distribution(scores)
        found = torch.zeros(ROWS).index_put((ids,), odds / odds.sum())
        torch.testing.assert_close(found, hugging_face(sampling, seen, scores))
        seen.append(int(ours.pick(scores)))


def test_token_frequencies_match_the_distribution() -> None:
    sampling = Sampling(temperature=1.0, top_k=3, repetition_penalty=1.0)
    scores, ours = logits(0), sampler(sampling)
    drawn = Counter(int(ours.pick(scores)) for _ in range(4000))
    wanted = hugging_face(sampling, PROMPT, scores)
    assert sorted(drawn) == wanted.nonzero().flatten().tolist()
    assert all(abs(count / 4000 - wanted[token]) < 0.04 for token, count in drawn.items())


def test_temperature_zero_takes_the_likeliest_that_is_not_a_repetition() -> None:
    scores = torch.zeros(ROWS)
    scores[3], scores[4] = 2.0, 1.9
    assert int(sampler(Sampling(temperature=0, repetition_penalty=1.0)).pick(scores)) == 3
    ours = sampler(Sampling(temperature=0, repetition_penalty=1.2))
    assert [int(ours.pick(scores)) for _ in range(2)] == [4, 3]


def test_a_seed_repeats() -> None:
    def draw(seed: int) -> list[int]:
        ours = sampler(Sampling(temperature=2.0, top_k=-1, seed=seed))
        return [int(ours.pick(logits(step))) for step in range(20)]

    assert draw(2**32 - 1) == draw(2**32 - 1) != draw(2**32 - 2)


LARGEST = torch.finfo(torch.float32).max
SAMPLINGS = st.builds(
    Sampling,
    temperature=st.sampled_from([5e-324, 1e-46, 1e-38, 1e-7, MIN_TEMPERATURE]) | st.floats(0, 2),
    top_k=st.just(-1) | st.integers(1, 1000),
    top_p=st.sampled_from([5e-324, 1e-46, 1e-38, 1e-7, MIN_TOP_P]) | st.floats(0, 1, exclude_min=True),
    repetition_penalty=st.floats(1, 2),
)


@given(
    sampling=SAMPLINGS,
    scores=st.lists(
        st.floats(width=32, allow_nan=False) | st.sampled_from([LARGEST, -LARGEST, 0.0]), min_size=ROWS, max_size=ROWS
    ),
)
@example(sampling=Sampling(top_p=1e-46), scores=[0.0] * ROWS)
@example(sampling=Sampling(temperature=1e-38), scores=[10.0] * ROWS)
@example(sampling=Sampling(top_k=-1, repetition_penalty=2.0), scores=[-LARGEST] * ROWS)
@hypothesis_settings(max_examples=200)
def test_every_sampling_gives_a_valid_distribution(sampling: Sampling, scores: list[float]) -> None:
    ours, logits = sampler(sampling), torch.tensor(scores, dtype=torch.float32)
    assert 0 <= int(ours.pick(logits)) < ROWS
    if sampling.representable().temperature:
        _, odds = ours.distribution(logits)
        assert bool((odds >= 0).all())
        assert 0 < float(odds.sum()) <= 1.001


def test_nan_logits_raise_generation_error() -> None:
    scores = logits(0)
    scores[7] = torch.nan
    for temperature in (0.0, 1.0):
        with pytest.raises(GenerationError, match="NaN"):
            sampler(Sampling(temperature=temperature)).pick(scores)
