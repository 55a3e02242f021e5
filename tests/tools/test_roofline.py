"""Roofline of a decode step."""

import pytest

from tools.memory import published_dimensions
from tools.roofline import step_bytes


def test_step_reads_weights_once_and_the_cache_of_each_stream():
    """Published sizes in bfloat16: 506,634,112 parameters, and 12 KiB for each cached token."""
    model, _ = published_dimensions()
    one = step_bytes(model, streams=1, context=400, value_bytes=2)
    many = step_bytes(model, streams=100, context=400, value_bytes=2)
    assert one.weights == many.weights == 2 * 506_634_112
    assert one.keys_and_values == 400 * 12 * 1024 and many.keys_and_values == 100 * one.keys_and_values
    assert many.logits == 100 * 166_000 * 8


def test_step_does_not_read_an_untied_input_embedding():
    model, _ = published_dimensions()
    untied = model.model_copy(update={"tie_word_embeddings": False})
    for value_bytes in (2, 4):
        sizes = [step_bytes(m, streams=1, context=0, value_bytes=value_bytes).weights for m in (model, untied)]
        assert sizes == [value_bytes * 506_634_112] * 2


def test_step_time_is_bytes_over_bandwidth():
    model, _ = published_dimensions()
    step = step_bytes(model, streams=1, context=0, value_bytes=2)
    assert step.seconds(gb_per_s=3350) == pytest.approx(step.all / 3.35e12)
    assert 0.0003 < step.seconds(gb_per_s=3350) < 0.00031
