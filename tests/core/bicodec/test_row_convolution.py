"""Convolutions over rows against PyTorch's own, with taps that are left out because they are zero."""

import pytest
import torch
from torch.nn import functional

from core.bicodec.row_convolution import RowConvolution


@pytest.mark.parametrize("used", [[], [0], [3], [6], [2, 4], [0, 5], [1, 2, 6], list(range(7))], ids=str)
@pytest.mark.parametrize(("padding", "dilation"), [(3, 1), (9, 3), (6, 1), (0, 1)])
def test_zero_taps_change_nothing(used: list[int], padding: int, dilation: int) -> None:
    random = torch.Generator().manual_seed(0)
    weight = torch.zeros(4, 5, 7)
    weight[..., used] = torch.randn(4, 5, len(used), generator=random)
    bias, rows = torch.randn(4, generator=random), torch.randn(40, 5, generator=random)
    with torch.inference_mode():
        found = RowConvolution(weight, bias, dtype=torch.float32, padding=padding, dilation=dilation)(rows)
        wanted = functional.conv1d(rows.T[None], weight, bias, padding=padding, dilation=dilation)[0].T
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


def test_a_convolution_of_its_middle_tap_is_one_product() -> None:
    weight = torch.zeros(64, 64, 7)
    weight[..., 3] = torch.eye(64)
    convolution = RowConvolution(weight, None, dtype=torch.float32, padding=3)
    rows = torch.arange(640.0).view(10, 64)
    with torch.inference_mode():
        assert torch.equal(convolution(rows), rows)
    assert convolution._taps == 1
