"""Scores of the demo voice's network: any number of tokens at once, and products on one thread."""

import numpy as np
import pytest

from core.alignment import load_aligner
from core.alignment.network import COMMON_TOKENS, ONE_THREAD, TokenNetwork
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


def test_no_product_needs_a_second_thread(network, monkeypatch) -> None:
    sizes = []
    product = np.matmul

    def counted(weights, columns, *out):
        sizes.append(weights.size * columns.shape[1])
        return product(weights, columns, *out)

    monkeypatch.setattr(np, "matmul", counted)
    hidden = network.hidden(np.zeros(network.reach + network.span + 100, np.int64))
    network.scores(hidden)
    assert sizes and max(sizes) <= ONE_THREAD
