"""Timestamps in Cartesia's form: the words of the client's text with their punctuation, and their seconds."""

from api.adapters.spoken_text import SpokenText
from api.adapters.told_words import ToldWords
from core.request_state import RequestState
from core.word_times import WordTime


class WordTimestamps:
    """Timestamps of one context. A word is given once its end is known."""

    def __init__(self, text: str = "") -> None:
        self._text = SpokenText(text)
        self._words = ToldWords()
        self._request: RequestState | None = None
        self._open: str | None = None  # a word without its end

    def add_text(self, text: str) -> None:
        """Take the text that follows."""
        self._text.add(text)

    def take(self, request: RequestState | None = None, begin_s: float = 0.0) -> dict[str, list[object]] | None:
        """Return the words that were told since the last call; None if there are none.

        The sound of `request` begins at the second `begin_s` of the context; without it, the request is the last one.
        """
        words = self._read()
        if request and request is not self._request:
            self._request, self._open = request, None  # a word still open is one whose alignment failed
            self._words.follow(request, begin_s)
            words += self._read()
        if not words:
            return None
        tokens, starts, ends = zip(*words, strict=True)
        return {"words": list(tokens), "start": list(starts), "end": list(ends)}

    def _read(self) -> list[tuple[str, float, float]]:
        words = []
        for word in self._words.take():
            token, self._open = self._open or self._token(word), None
            if word.end_s is None:
                self._open = token
            else:
                words.append((token, round(word.start_s, 3), round(word.end_s, 3)))
        return words

    def _token(self, word: WordTime) -> str:
        return self._text.read_word(*word.source).token if word.source else word.word
