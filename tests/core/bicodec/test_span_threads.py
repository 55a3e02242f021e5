"""Windows in spans: the same samples, on threads that have one of PyTorch's threads each."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch

from core.bicodec.model import BiCodec
from core.bicodec.span_threads import LEAST_TOKENS, cut, side_by_side
from shared.config import CodecMode
from shared.types import Window
from tests.core.bicodec.test_window_decoder import decoder_of, golden_tokens


@pytest.fixture
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_spans_cover_the_samples_by_whole_tokens(three_threads) -> None:
    hop, tokens = 320, 3 * LEAST_TOKENS + 1
    bounds = [640 + hop * at for at in (0, LEAST_TOKENS, 2 * LEAST_TOKENS, tokens)]
    assert cut(range(640, bounds[-1]), hop) == [range(*each) for each in pairwise(bounds)]
    short = range(640, 640 + hop * (3 * LEAST_TOKENS - 1))
    assert cut(short, hop) == [short]


@pytest.mark.parametrize(("mode", "most"), [(CodecMode.PACKED, 0), (CodecMode.FAST, 2e-5)])
def test_spans_make_the_samples_of_one(golden: BiCodec, mode: CodecMode, most: float, three_threads) -> None:
    decoder = decoder_of(golden, mode)
    ids, voice = golden_tokens(173)
    window = Window(ids, 20, 140, 13, voice)
    apart = decoder.decode(window)
    torch.set_num_threads(1)
    assert np.abs(decoder.decode(window) - apart).max() <= most


def test_each_thread_has_one_of_pytorchs_and_the_caller_keeps_its_own(three_threads) -> None:
    def threads(span: range) -> torch.Tensor:
        assert torch.is_inference_mode_enabled()
        return torch.tensor(torch.get_num_threads())

    assert side_by_side(threads, [range(1)] * 3) == [1, 1, 1]
    assert torch.get_num_threads() == 3


def test_an_error_in_a_span_is_raised(three_threads) -> None:
    def fail(span: range) -> torch.Tensor:
        raise ValueError(str(span.start))

    with pytest.raises(ValueError, match="1"):
        side_by_side(fail, [range(1, 2), range(2, 3)])
