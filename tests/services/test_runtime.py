"""Sizes of the pipeline, and garbage collection around a loaded model."""

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
    """An object that only garbage collection frees."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_collection_skips_loaded_objects_alone():
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
def test_look_ahead_of_the_settings_precedes_the_checkpoints_own(tiny, set_to, own, used):
    settings, checkpoint = Settings(window_lookahead=set_to), replace(tiny, window_lookahead=own)
    with closing(TextWorker()) as texts:
        pipeline = build_pipeline(settings, checkpoint, FakeEngine(tiny.vocabulary), FakeCodec(), texts=texts)
    assert pipeline.windows.right == used
