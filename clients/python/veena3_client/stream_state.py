"""State of a stream of speech, told from its events."""

from collections.abc import Sequence

from veena3_client.errors import UsageError
from veena3_client.events import Event, Word, add_words
from veena3_client.speech import Speech


class StreamState:
    """Facts of a stream as far as it was read."""

    def __init__(self) -> None:
        self.start: Event | None = None
        self.seconds: float | None = None

    def observe(self, event: Event) -> None:
        """Note an event."""
        if event.type == "start":
            self.start = event
        elif event.type == "end":
            self.seconds = event.fields.get("seconds")

    @property
    def sample_rate(self) -> int:
        """Return the sample rate in Hz. Raises UsageError before the start."""
        rate: int = self._begun().fields["sample_rate"]
        return rate

    @property
    def request_id(self) -> str | None:
        """Return the id of the request. Raises UsageError before the start."""
        fields = self._begun().fields
        return fields.get("request_id") or fields.get("x-request-id")

    @property
    def samples(self) -> int | None:
        """Return the number of samples, once it is known."""
        return round(self.seconds * self.sample_rate) if self.seconds is not None and self.start else None

    def speech(self, audio: bytes, events: Sequence[Event]) -> Speech:
        """Return the speech of a stream that was read to its end. Raises UsageError where nothing was read."""
        fields = self._begun().fields
        words: list[Word] = []
        for event in events:
            add_words(words, event.words)
        seed = fields.get("seed", fields.get("x-seed"))
        return Speech(
            audio,
            fields["format"],
            self.sample_rate,
            seconds=self.seconds,
            seed=int(seed) if seed is not None else None,
            request_id=self.request_id,
            words=tuple(words),
            fields=fields,
            events=tuple(events),
        )

    def _begun(self) -> Event:
        if self.start is None:
            raise UsageError("the stream has not begun: enter it with `with`, or read it first")
        return self.start
