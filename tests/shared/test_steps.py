import pytest

from shared.steps import Steps, finish


def test_finish_runs_all_steps_and_returns_the_result() -> None:
    def count(most: int) -> Steps[int]:
        for _ in range(most):
            yield
        return most

    def twice() -> Steps[int]:
        return (yield from count(3)) + (yield from count(4))

    assert finish(count(0)) == 0 and finish(twice()) == 7


def test_finish_raises_the_error_of_a_step() -> None:
    def fail() -> Steps[None]:
        yield
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        finish(fail())
