"""Times of words through the whole line, with speech whose tokens name their words: never late, and true."""

import asyncio

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.seams import OVERLAP_S
from audio.speed import HELD_S
from shared.passages import Delivery, Passage
from shared.source_map import SourceMap
from tests.spelt import SpeltChunk
from tests.spelt_line import request_of, speak, words_of

ROUNDED_S = 0.003
"""Error of an onset that is found in the sound, without a change of speed: the ramp of the fades and of resampling."""
RAMP_S = 0.0005
"""Error of an onset that is found in the sound: filters ring before a loud sound."""
SPLICE_S = HELD_S
"""Error that each change of speed may add: twice its longest lag (audio/speed.py)."""


TEXTS = st.lists(
    st.sampled_from(["One", "two", "three,", "a longer", "sentence.", "And", "more words", "follow;", "The end!"]),
    min_size=1,
    max_size=14,
).map(" ".join)


@settings(max_examples=40)
@given(
    text=TEXTS,
    number=st.integers(0, 2**32 - 1),
    speed=st.sampled_from([0.5, 0.8, 1.0, 1.0, 1.3, 2.0]),
    own=st.sampled_from([1.0, 1.0, 0.8, 1.25]),
    rate=st.sampled_from([8_000, 16_000, 24_000, 44_100, 48_000]),
    stream=st.booleans(),
    batch=st.integers(1, 12),
)
def test_each_word_is_told_once_in_order_no_later_than_its_sound(tiny, text, number, speed, own, rate, stream, batch):
    passages = (Passage(text, Delivery(rate=own), sources=SourceMap.verbatim(len(text))),)
    request = request_of(tiny, text, rate=rate, speed=speed, stream=stream, passages=passages)
    answer = asyncio.run(speak(tiny, request, randomly(request, np.random.default_rng(number)), batch=batch))
    told, found = answer.told, answer.onsets_s(rate)
    assert [one.word.word for one in told] == words_of(request)
    assert [one.word.index for one in told] == list(range(len(told)))
    assert request.words.told == sorted(request.words.told, key=lambda word: word.start_s)
    assert all(word.start_s <= word.end_s for word in request.words.told)
    changes = (speed != 1.0) + (own != 1.0)
    seams_s = [start for _, start, _ in request.spans()]
    for one in told:
        start_s = one.word.start_s
        at_seam = any(seam_s <= start_s + 1e-9 < seam_s + OVERLAP_S / speed for seam_s in seams_s[1:])
        sounds_s = found[np.abs(found - start_s).argmin()]
        assert abs(sounds_s - start_s) <= ROUNDED_S + SPLICE_S * changes + at_seam * OVERLAP_S / speed
        assert one.begin_s - RAMP_S <= sounds_s, "told after its sound was sent"
        assert start_s < one.end_s + 2 / rate + SPLICE_S * changes, "told earlier than it has to be"


def randomly(request, random):
    """Return the spelling of a request's chunks in words of random lengths."""
    spelt = {}

    def spell(chunk, _):
        return spelt.setdefault(chunk, SpeltChunk.of(len(request.script.chunks[chunk].words), random))

    return spell
