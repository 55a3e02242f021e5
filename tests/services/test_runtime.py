"""What is loaded, and the garbage collector."""

import gc
import weakref

from services.runtime import kept_for_good


class Knot:
    """Held by nobody but itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_loaded_is_passed_over_and_what_comes_later_is_not():
    there = gc.get_freeze_count()
    before = Knot()
    with kept_for_good():
        assert gc.get_freeze_count() > there
        old, new = weakref.ref(before), weakref.ref(Knot())
        del before
        gc.collect()
        assert old() is not None and new() is None
    gc.collect()
    assert old() is None
