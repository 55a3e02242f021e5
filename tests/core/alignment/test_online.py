"""Word spans of the demo voice's aligner while tokens arrive, against the phones that the tokens name."""

import numpy as np
import pytest

from core.alignment import load_aligner
from tests.core.alignment.samples import VOICE, Sample, aligned, first_starts, samples

ALIGNER = load_aligner(VOICE)
assert ALIGNER is not None


def check(sample: Sample, delta: int) -> None:
    """Check that each word is told once, in order, before its sound, and never changed."""
    assert ALIGNER is not None
    spans, windows, _ = aligned(
        ALIGNER.chunk(sample.text, sample.words), sample.tokens, delta=delta, window=12, lookahead=16
    )
    indices = [span.index for span in spans]
    assert indices == sorted(indices) and set(indices) == set(range(len(sample.words)))
    starts = first_starts(spans)
    assert starts == sorted(starts)
    last = {span.index: span for span in spans}
    assert all(span.start == last[span.index].start for span in spans), "a start changed after it was told"
    assert all(span.end is not None and span.start <= span.end <= len(sample.tokens) for span in last.values())
    for sent, told in windows:
        known = {span.index for span in spans[:told]}
        assert all(span.start >= sent for span in spans[told:] if span.index not in known), "told after its sound"


def test_demo_aligner_is_certain_within_sixteen_tokens() -> None:
    assert ALIGNER is not None
    assert ALIGNER.lookahead <= 16


@pytest.mark.parametrize("delta", [1, 7, 1000])
def test_online_aligner_tells_each_word_once_in_order_before_its_sound_for_any_delta(delta: int) -> None:
    for sample in samples():
        check(sample, delta)


def test_online_aligner_keeps_its_promises_on_tokens_of_another_text() -> None:
    for one, other in zip(samples(), samples()[7:], strict=False):
        check(Sample(one.language, one.text, other.tokens, one.starts), 5)
        check(Sample(one.language, one.text, other.tokens[:9], one.starts), 5)


def test_online_aligner_finds_word_starts_of_unseen_sentences_in_every_language() -> None:
    assert ALIGNER is not None
    for language in ("en", "hi", "te", "hi-en", "te-en"):
        errors = []
        for sample in (sample for sample in samples() if sample.language == language):
            chunk = ALIGNER.chunk(sample.text, sample.words)
            spans, _, _ = aligned(chunk, sample.tokens, delta=1, window=12, lookahead=16)
            errors += [abs(found - true) for found, true in zip(first_starts(spans), sample.starts, strict=True)]
        assert (np.array(errors) <= 2).mean() >= 0.95, f"{language}: within 40 ms"


@pytest.mark.parametrize("text", ["", "…", "தமிழ் சொல்", "42 7", "a"])
def test_online_aligner_takes_texts_without_letters_that_it_knows(text: str) -> None:
    assert ALIGNER is not None
    words = [(0, len(text))] if text.strip("… ") else []
    chunk = ALIGNER.chunk(text, words)
    spans = chunk.feed([0] * 40)
    assert [span.index for span in [*spans, *chunk.finish()[0]]] == list(range(len(words)))


def test_online_aligner_takes_codes_that_it_does_not_know() -> None:
    assert ALIGNER is not None
    chunk = ALIGNER.chunk("Hello there.", [(0, 5), (6, 11)])
    spans = chunk.feed([10**6, -3, *range(60)])
    rest, verdict = chunk.finish()
    assert len({span.index for span in [*spans, *rest]}) == 2
    assert 0 <= verdict.score <= 1


def test_online_aligner_ends_a_chunk_without_tokens_with_all_words_omitted() -> None:
    assert ALIGNER is not None
    spans, verdict = ALIGNER.chunk("Hello there.", [(0, 5), (6, 11)]).finish()
    assert [(span.index, span.start, span.end) for span in spans] == [(0, 0, 0), (1, 0, 0)]
    assert verdict.score == 0 and [fault.words for fault in verdict.faults] == [range(0, 2)]
