"""Scores of the demo voice's network: any number of tokens at once."""

import numpy as np
import pytest

from core.alignment import load_aligner
from core.alignment.network import COMMON_TOKENS, TokenNetwork
from tests.core.alignment.samples import VOICE


@pytest.fixture(scope="module")
def network() -> TokenNetwork:
    aligner = load_aligner(VOICE)
    assert aligner is not None
    return aligner.network


@pytest.mark.parametrize("count", [1, 23, 24, 29, COMMON_TOKENS, COMMON_TOKENS + 1, 500])
def test_scores_do_not_depend_on_how_many_tokens_are_taken_at_once(network, count: int) -> None:
    rng = np.random.default_rng(count)
    ids = rng.integers(0, network.codes, network.reach + network.span + count)
    hidden = network.hidden(ids)
    scores = network.scores(hidden)
    one = network.scores(hidden[count - 1 :])
    assert scores.units[:, -1] == pytest.approx(one.units[:, 0], abs=1e-4)
