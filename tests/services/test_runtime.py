"""What is loaded, whose sizes it gets, and the garbage collector."""

import gc
import weakref
from contextlib import closing
from dataclasses import replace

import pytest

from core.text_worker import TextWorker
from services.runtime import build_pipeline, kept_for_good
from shared.config import Settings
from tests.fakes import FakeCodec, FakeEngine


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


@pytest.mark.parametrize(("set_to", "own", "used"), [(None, None, 20), (None, 12, 12), (15, 12, 15), (0, 12, 0)])
def test_what_is_set_goes_before_the_checkpoints_own_look_ahead(tiny, set_to, own, used):
    settings, checkpoint = Settings(window_lookahead=set_to), replace(tiny, window_lookahead=own)
    with closing(TextWorker()) as texts:
        pipeline = build_pipeline(settings, checkpoint, FakeEngine(tiny.vocabulary), FakeCodec(), texts=texts)
    assert pipeline.windows.right == used
