import pytest

from shared.steps import Steps, finish


def test_all_steps_are_done_and_the_result_comes_back() -> None:
    def count(most: int) -> Steps[int]:
        for _ in range(most):
            yield
        return most

    def twice() -> Steps[int]:
        return (yield from count(3)) + (yield from count(4))

    assert finish(count(0)) == 0 and finish(twice()) == 7


def test_a_failure_passes() -> None:
    def fail() -> Steps[None]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        finish(fail())
