"""Word spans of the demo voice's aligner while tokens arrive, against the phones that the tokens name."""

import numpy as np
import pytest

from core.alignment import load_aligner
from tests.core.alignment.samples import VOICE, Sample, aligned, first_starts, samples

ALIGNER = load_aligner(VOICE)
ids = [f"{one.language}-{i}" for i, one in enumerate(samples())]


def test_demo_aligner_is_certain_within_sixteen_tokens() -> None:
    assert ALIGNER is not None
    assert ALIGNER.lookahead <= 16


@pytest.mark.parametrize("delta", [1, 7, 1000])
@pytest.mark.parametrize("sample", samples(), ids=ids)
def test_online_aligner_tells_each_word_once_in_order_for_any_delta(sample: Sample, delta: int) -> None:
    assert ALIGNER is not None
    chunk = ALIGNER.chunk(sample.text, sample.words)
    spans, windows, _ = aligned(chunk, sample.tokens, delta=delta, window=12, lookahead=16)
    indices = [span.index for span in spans]
    assert indices == sorted(indices)
    assert sorted(set(indices)) == list(range(len(sample.words)))
    starts = first_starts(spans)
    assert starts == sorted(starts)
    ends = {span.index: span for span in spans}
    for span in spans:
        assert span.start == ends[span.index].start, "a start changed after it was told"
        assert span.end is None or span.start <= span.end <= len(sample.tokens)
    assert all(span.end is not None for span in ends.values())
    for sent, told in windows:
        later = [span for span in spans[told:] if span.index not in {before.index for before in spans[:told]}]
        assert all(span.start >= sent for span in later), "a word was told after its sound"


def test_online_aligner_finds_word_starts_of_unseen_sentences() -> None:
    assert ALIGNER is not None
    errors = []
    for sample in samples():
        chunk = ALIGNER.chunk(sample.text, sample.words)
        spans, _, _ = aligned(chunk, sample.tokens, delta=1, window=12, lookahead=16)
        errors += [abs(found - true) for found, true in zip(first_starts(spans), sample.starts, strict=True)]
    found = np.array(errors)
    assert (found <= 2).mean() >= 0.95, "within 40 ms"
