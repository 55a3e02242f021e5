import pytest

from services.accounts.credits.charge import estimate_ms


@pytest.mark.parametrize(
    ("characters", "speed", "expected_ms"), [(0, 1.0, 0), (10, 1.0, 1000), (10, 2.0, 500), (10, 0.5, 2000)]
)
def test_estimate_grows_with_text_and_falls_with_speed(characters, speed, expected_ms):
    assert estimate_ms(characters, speed) == expected_ms
