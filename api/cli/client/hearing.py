"""What somebody notices who listens to one stream with a player that starts at the first sound. Knows no network."""

from dataclasses import dataclass, field

from api.cli.client.streams import Received


@dataclass(slots=True)
class Hearing:
    """Fed every message in order; times in seconds, `asked` and `last` are perf_counter's.

    A player under-runs when a piece comes after the one before it has been played; it then waits for the piece.
    """

    asked: float
    last: float = 0.0
    first_s: float | None = None
    gaps_s: list[float] = field(default_factory=list)
    seconds: float | None = None
    underruns: int = 0
    silent_s: float = 0.0

    @property
    def took_s(self) -> float:
        return self.last - self.asked

    @property
    def rtf(self) -> float | None:
        """Seconds that it took for each second of sound; None while the sound's length is not known."""
        return self.took_s / self.seconds if self.seconds else None

    def hear(self, message: Received) -> None:
        if message.kind == "end":
            self.seconds = message.told.get("seconds")
        if message.kind != "audio":
            return
        if self.first_s is None:
            self.first_s = message.at - self.asked
        else:
            self.gaps_s.append(message.at - self.last)
            self._play(message)
        self.last = message.at

    def _play(self, message: Received) -> None:
        if message.begins_s is None or self.first_s is None:
            return
        late_s = message.at - (self.asked + self.first_s + self.silent_s + message.begins_s)
        if late_s > 0:
            self.underruns += 1
            self.silent_s += late_s
