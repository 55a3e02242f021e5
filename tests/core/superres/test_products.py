"""int8 products approximate float32 products for every distribution of the values."""

import pytest
import torch

from core.superres.products import float32_product, int8_product, supports_int8

pytestmark = pytest.mark.skipif(not supports_int8(), reason="no kernels for this processor")


def apart_db(weight, bias, rows):
    with torch.inference_mode():
        wanted, made = float32_product(weight, bias)(rows), int8_product(weight, bias)(rows)
    return 10 * torch.log10((wanted**2).sum() / ((made - wanted) ** 2).sum())


@pytest.mark.parametrize(("frames", "inputs", "outputs"), [(1, 512, 1536), (256, 1536, 512), (37, 20, 13)])
def test_int8_product_is_close_to_float32(frames, inputs, outputs):
    torch.manual_seed(0)
    assert apart_db(torch.randn(inputs, outputs), torch.randn(outputs), torch.randn(frames, inputs)) > 33


def test_every_output_has_its_own_scale():
    torch.manual_seed(0)
    weight = torch.randn(64, 8) * 10.0 ** torch.arange(-4, 4)
    rows = torch.randn(20, 64)
    for output in range(8):
        alone = weight[:, output : output + 1]
        assert apart_db(alone, torch.zeros(1), rows) > 33
    with torch.inference_mode():
        wanted, made = rows @ weight, int8_product(weight, torch.zeros(8))(rows)
    assert ((made - wanted).norm(dim=0) < 0.025 * wanted.norm(dim=0)).all()


def test_the_largest_numbers_do_not_overflow():
    """Rows of 255 times weights of 64: the largest sums in the 16 bits of processors without VNNI."""
    rows, weight = torch.ones(4, 512), torch.ones(512, 16)
    rows[:, 0] = 0
    assert apart_db(weight, torch.zeros(16), rows) > 60
    assert apart_db(-weight, torch.zeros(16), rows) > 60


def test_output_with_zero_weights_is_its_bias():
    with torch.inference_mode():
        made = int8_product(torch.zeros(8, 3), torch.tensor([1.0, 2.0, 3.0]))(torch.randn(5, 8))
    torch.testing.assert_close(made, torch.tensor([1.0, 2.0, 3.0]).expand(5, 3))
