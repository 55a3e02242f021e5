"""Times in vendors' forms where an alignment is lost inside a word: the words of the next request are complete."""

from types import SimpleNamespace

from api.adapters.cartesia.timestamps import WordTimestamps
from api.adapters.elevenlabs.alignment import Alignments
from core.word_times import WordTime

TEXT = "One two three four."


def spoken(text: str, *words: WordTime) -> SimpleNamespace:
    """Return a request that speaks `text` and has told `words`."""
    return SimpleNamespace(script=SimpleNamespace(spoken=text), words=SimpleNamespace(told=list(words)))


def word(index: int, name: str, start_s: float, end_s: float | None, *, before: str = "") -> WordTime:
    start = TEXT.index(name)
    place = start - len(before)
    return WordTime(index, name, start_s, end_s, (start, start + len(name)), (place, place + len(name)))


def test_elevenlabs_characters_of_the_next_request_are_complete():
    alignments = Alignments(TEXT)
    first = spoken("One two", word(0, "One", 0.0, 0.2), word(1, "two", 0.3, None))
    alignments.follow(first)
    taken = [alignments.take(0.5)]
    first.words = None  # the aligner has failed
    before = "One two "
    second = spoken("three four.", word(0, "three", 0.0, 0.2, before=before), word(1, "four", 0.3, 0.5, before=before))
    alignments.follow(second, 1.0)
    taken += [alignments.take(1.6), alignments.take_rest(2.0)]
    for side in (0, 1):
        parts = [pair[side] for pair in taken if pair[side]]
        assert "".join(part.text for part in parts) == TEXT
        starts_s = [start_s for part in parts for start_s in part.starts_s]
        assert starts_s == sorted(starts_s) and starts_s[TEXT.index("three")] == 1.0


def test_cartesia_words_of_the_next_request_are_complete():
    timestamps = WordTimestamps(TEXT)
    first = spoken("One two", word(0, "One", 0.0, 0.2), word(1, "two", 0.3, None))
    assert timestamps.take(first)["words"] == ["One"]
    first.words = None
    second = spoken("three four.", word(0, "three", 0.0, 0.2), word(1, "four", 0.3, 0.5))
    told = timestamps.take(second, 1.0)
    assert told == {"words": ["three", "four."], "start": [1.0, 1.3], "end": [1.2, 1.5]}
