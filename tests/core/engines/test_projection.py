"""Dense layers of the language model: right, and the same for a row alone and beside others."""

import pytest
import torch

from core.engines import projection
from core.engines.projection import Projection

ROWS = 8


@pytest.fixture(params=["packed", "not packed"])
def packs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Test as on a machine whose oneDNN sums alike, and as on one without."""
    if request.param == "not packed":
        monkeypatch.setattr(projection, "PACKS", False)
    return request.param == "packed"


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("outputs", "inputs"), [(576, 192), (192, 512), (100, 48)])
@pytest.mark.usefixtures("packs")
def test_rows_are_multiplied_as_if_alone(outputs: int, inputs: int, bias: bool) -> None:
    random = torch.Generator().manual_seed(1)
    weight = torch.randn(outputs, inputs, generator=random)
    added = torch.randn(outputs, generator=random) if bias else None
    rows = torch.randn(ROWS, inputs, generator=random)
    layer = Projection(weight, added, most_rows=ROWS)
    with torch.inference_mode():
        alone = torch.cat([layer.of_each(row) for row in torch.split(rows, 1)])
        for count in range(1, ROWS + 1):
            assert torch.equal(layer.of_each(rows[:count]), alone[:count])
        wanted = torch.nn.functional.linear(rows.double(), weight.double(), None if added is None else added.double())
        torch.testing.assert_close(layer(rows).double(), wanted, atol=1e-4, rtol=1e-5)


def test_sums_that_depend_on_the_number_of_rows_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "multiply", lambda rows, packed, bias: torch.full((len(rows), 4), float(len(rows))))
    projection._sums_alike.cache_clear()
    try:
        layer = Projection(torch.ones(4, 2), most_rows=2)
        assert layer.of_each(torch.ones(2, 2)).tolist() == [[2.0] * 4] * 2
    finally:
        projection._sums_alike.cache_clear()
