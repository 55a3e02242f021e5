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


@pytest.mark.parametrize(
    ("set_to", "own", "used"),
    [
        # (look-ahead, that of the first window) of settings and checkpoint; (first, least, exact) of the plan
        ((None, None), (None, None), (17, 20, 25)),
        ((None, None), (12, None), (12, 12, 25)),
        ((None, None), (12, 9), (9, 12, 25)),
        ((None, 10), (12, 9), (10, 12, 25)),
        ((15, None), (12, 9), (15, 15, 15)),
        ((15, 8), (12, 9), (8, 15, 15)),
        ((0, None), (12, 9), (0, 0, 0)),
    ],
)
def test_look_ahead_of_the_settings_precedes_the_checkpoints_own(tiny, monkeypatch, set_to, own, used):
    monkeypatch.setattr(FakeCodec, "context_right", 25)
    settings = Settings(window_lookahead=set_to[0], window_lookahead_first=set_to[1])
    checkpoint = replace(tiny, window_lookahead=own[0], window_lookahead_first=own[1])
    with closing(TextWorker()) as texts:
        pipeline = build_pipeline(settings, checkpoint, FakeEngine(tiny.vocabulary), FakeCodec(), texts=texts)
    options = pipeline.windows.options()
    assert (options.first_right, options.rights[0], options.rights[-1]) == used
