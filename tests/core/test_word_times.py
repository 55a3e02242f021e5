"""Times of words by the evenly spacing aligner: order, seconds, written forms, ends that come later, several chunks."""

import math

import pytest

from audio.seams import Timeline
from core.chunk_alignment import ChunkAlignment
from core.word_times import WordTimes
from processing.words import find_words
from shared.passages import Delivery
from shared.types import ChunkWord, SpeechTokens, TextChunk
from tests.fakes import FakeAligner

HOP, RATE = 320, 16_000
TOKEN_S = HOP / RATE
LENGTH = 5
"""Tokens of each word but the last."""


def chunk_of(text, index=0, *, words=None, rate=1.0, last=True):
    return TextChunk(index, text, last, Delivery(rate=rate), words or find_words(text))


class Answer:
    """Words of an answer whose chunks of `tokens` tokens each follow each other without a seam."""

    def __init__(self, *chunks, tokens=40, speed=1.0):
        self.timeline = Timeline()
        self.words = WordTimes(self.timeline, hop=HOP, samples_per_s=RATE * speed)
        aligner = FakeAligner(word_tokens=LENGTH)
        for chunk in chunks:
            spans = [(word.start, word.end) for word in chunk.words]
            alignment = ChunkAlignment(aligner, chunk.text, spans)
            self.words.add(chunk)
            self.words.choose(chunk, alignment)
            list(alignment.feed(SpeechTokens((0,) * tokens)))
            alignment.finish()
            self.timeline.starts.append(self.timeline.samples)
            self.timeline.shifts.append(self.timeline.samples)
            self.timeline.samples += round(tokens * HOP / chunk.delivery.rate)


def told(words, until=math.inf):
    return [(time.word, time.start_s, time.end_s) for time in words.told_until(until)]


def test_words_are_told_once_in_order_when_their_sound_is_sent():
    words = Answer(chunk_of("One, two three.")).words
    assert told(words, 0.0) == [("One", 0.0, 5 * TOKEN_S)]  # the first sample is about to be sent
    assert told(words, 0.05) == []
    assert told(words, 0.15) == [("two", 5 * TOKEN_S, 10 * TOKEN_S)]
    assert told(words) == [("three", 10 * TOKEN_S, 40 * TOKEN_S)]
    assert told(words) == [] and [time.index for time in words.told] == [0, 1, 2]


def test_word_that_still_sounds_is_told_without_its_end_and_once_more_with_it():
    chunk = chunk_of("Long words.")
    timeline = Timeline([0], 0, [], [0])
    words = WordTimes(timeline, hop=HOP, samples_per_s=RATE)
    aligner = FakeAligner(word_tokens=LENGTH, lookahead=3)
    alignment = ChunkAlignment(aligner, chunk.text, [(0, 4), (5, 10)])
    words.add(chunk)
    words.choose(chunk, alignment)
    list(alignment.feed(SpeechTokens((0,) * 7)))
    assert told(words, 3 * TOKEN_S) == [("Long", 0.0, None)]
    assert words.told[0].end_s is None and told(words, 3 * TOKEN_S) == []
    list(alignment.feed(SpeechTokens((0,) * 7)))
    assert told(words, 6 * TOKEN_S) == [("Long", 0.0, 5 * TOKEN_S), ("words", 5 * TOKEN_S, None)]
    alignment.finish()
    assert told(words, 14 * TOKEN_S) == [("words", 5 * TOKEN_S, 14 * TOKEN_S)]
    assert [time.end_s for time in words.told] == [5 * TOKEN_S, 14 * TOKEN_S]


def test_words_name_their_places_in_the_text_that_is_spoken():
    chunks = chunk_of("One, two.", last=False), chunk_of(" Three four.", 1)
    spoken = "".join(chunk.text for chunk in chunks)
    told = Answer(*chunks).words.told_until(math.inf)
    assert [spoken[slice(*word.spoken)] for word in told] == ["One", "two", "Three", "four"]


def test_words_with_one_written_form_are_one_word_from_the_first_start_to_the_last_end():
    parts = [(0, 3, (0, 2)), (4, 8, (3, 9)), (9, 17, (3, 9)), (18, 24, (3, 9)), (25, 28, (10, 13))]
    written = {(0, 2): "It", (3, 9): "₹2,000", (10, 13): "now"}
    words = tuple(ChunkWord(start, end, source, written[source]) for start, end, source in parts)
    answer = Answer(chunk_of("say two_ thousand rupees now", words=words))
    assert [(t.word, t.source, t.start_s, t.end_s) for t in answer.words.told_until(math.inf)] == [
        ("It", (0, 2), 0.0, pytest.approx(0.1)),
        ("₹2,000", (3, 9), pytest.approx(0.1), pytest.approx(0.4)),
        ("now", (10, 13), pytest.approx(0.4), pytest.approx(0.8)),
    ]


def test_written_form_that_continues_in_the_next_chunk_is_told_once():
    first = chunk_of("nine hundred", words=(ChunkWord(0, 4, (0, 3), "999"), ChunkWord(5, 12, (0, 3), "999")))
    second = chunk_of(" ninety nine", 1, words=(ChunkWord(1, 7, (0, 3), "999"), ChunkWord(8, 12, (4, 9), "times")))
    assert [time.word for time in Answer(first, second).words.told_until(math.inf)] == ["999", "times"]


@pytest.mark.parametrize(("speed", "rate"), [(1.0, 1.0), (2.0, 1.0), (0.5, 1.0), (1.0, 1.25), (2.0, 0.8)])
def test_speed_and_a_chunks_own_rate_scale_the_times(speed, rate):
    answer = Answer(chunk_of("One two", rate=rate), chunk_of("three four.", 1, rate=rate), speed=speed)
    token_s, chunk_s = TOKEN_S / rate / speed, 40 * TOKEN_S / rate / speed
    starts = [0, LENGTH * token_s, chunk_s, chunk_s + LENGTH * token_s]
    assert [time.start_s for time in answer.words.told_until(math.inf)] == pytest.approx(starts)


def test_chunk_that_has_not_begun_and_one_without_words_delay_nothing():
    answer = Answer(chunk_of("One"), chunk_of("...", 1), chunk_of("two.", 2))
    begun = answer.timeline.starts.pop(), answer.timeline.shifts.pop()
    assert [word for word, *_ in told(answer.words, 5.0)] == ["One"]
    answer.timeline.starts.append(begun[0])
    answer.timeline.shifts.append(begun[1])
    assert [word for word, *_ in told(answer.words, 5.0)] == ["two"]


def test_last_word_heard_is_the_last_that_has_begun():
    words = Answer(chunk_of("One two three.")).words
    assert words.spoken_to(1.0) is None
    list(words.told_until(math.inf))
    heard = [words.spoken_to(seconds) for seconds in (0.0, 0.01, 0.1, 0.11, 9.0)]
    assert [time and time.word for time in heard] == [None, "One", "One", "two", "three"]
