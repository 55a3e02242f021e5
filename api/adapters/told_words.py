"""Words of the requests of one context, as they are told: their seconds count through all of the requests."""

from collections.abc import Iterator
from dataclasses import replace

from core.request_state import RequestState
from core.word_times import WordTime
from services.speech import SpeechService


class ToldWords:
    """Reader of the words of requests that follow each other."""

    def __init__(self) -> None:
        self._request: RequestState | None = None
        self._begin_s = 0.0  # of the current request's sound
        self._read = 0  # words of the current request
        self._is_open = False  # the last of them lacked its end

    def follow(self, request: RequestState, begin_s: float) -> None:
        """Continue with `request`, whose sound begins at the second `begin_s` of the context."""
        self._request, self._begin_s, self._read, self._is_open = request, begin_s, 0, False

    def take(self) -> Iterator[WordTime]:
        """Yield the words that were told since the last call. One without its end comes first, once that is known."""
        if self._request is None or self._request.words is None:
            return
        told = self._request.words.told
        first = self._read - (self._is_open and told[self._read - 1].end_s is not None)
        self._read = len(told)
        self._is_open = bool(told) and told[-1].end_s is None
        for word in told[first:]:
            end_s = None if word.end_s is None else self._begin_s + word.end_s
            yield replace(word, start_s=self._begin_s + word.start_s, end_s=end_s)


def tell(request: RequestState, until_s: float) -> None:
    """Tell the words of a request that start before the second `until_s` of its sound, which is about to be sent."""
    if request.words:
        request.words.told_until(until_s)


def aligns(service: SpeechService) -> bool:
    """Return whether the service's checkpoint has an aligner."""
    return service.loaded is not None and service.loaded.pipeline.aligner is not None
