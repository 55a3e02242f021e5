"""What somebody notices who listens to one stream with a player that starts at the first sound. Knows no network."""

import time
from contextlib import aclosing
from dataclasses import dataclass, field

import numpy as np

from api.cli.client.streams import Received, Stream, sound_bytes
from core.scheduling.playback import PlaybackBuffer

AUDIBLE = 0.01  # of full scale, -40 dB: what is softer is a rest
TOGETHER_S = 0.005  # messages that come within it of one another were sent at once: one block
SAMPLED = ("wav", "pcm")  # formats whose bytes are 16-bit samples


class Onset:
    """Fed the bytes of 16-bit sound, cut anywhere, finds the first sample that is audible."""

    def __init__(self) -> None:
        self.sample: int | None = None
        self._heard, self._rest = 0, b""

    def feed(self, audio: bytes) -> None:
        if self.sample is not None:
            return
        data = self._rest + sound_bytes(audio)
        whole = len(data) // 2 * 2
        samples, self._rest = np.frombuffer(data[:whole], "<i2"), data[whole:]
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE * 32768)
        if len(loud):
            self.sample = self._heard + int(loud[0])
        self._heard += len(samples)


@dataclass(slots=True)
class Hearing:
    """Fed every message in order; times in seconds, `asked` and `last` are perf_counter's.

    A player under-runs when a piece comes after the one before it has been played; it then waits for the piece. How
    long a piece sounds is known when the next one begins, or the stream ends.
    `second_headroom_s`: the sound in hand when the second block came, below 0 for seconds of silence. `audible_s`: from
    asking to the first sample that is not a rest, as it is played; None of compressed formats.
    """

    asked: float
    last: float = 0.0
    first_s: float | None = None
    audible_s: float | None = None
    second_headroom_s: float | None = None
    gaps_s: list[float] = field(default_factory=list)
    seconds: float | None = None
    silent_s: float = 0.0
    buffer: PlaybackBuffer = field(default_factory=PlaybackBuffer)
    _begins_s: float | None = None
    _onset: Onset | None = None
    _rate: int = 0

    @property
    def took_s(self) -> float:
        return self.last - self.asked

    @property
    def rtf(self) -> float | None:
        """Seconds that it took for each second of sound; None while the sound's length is not known."""
        return self.took_s / self.seconds if self.seconds else None

    @property
    def underruns(self) -> int:
        return self.buffer.underruns

    def hear(self, message: Received) -> None:
        if message.kind == "start" and message.told.get("format") in SAMPLED:
            self._onset, self._rate = Onset(), message.told["sample_rate"]
        elif message.kind == "audio":
            self._hear_sound(message)
        elif message.kind == "end":
            self.seconds = message.told.get("seconds")
            self._play(until_s=self.seconds)

    def _hear_sound(self, message: Received) -> None:
        self._play(until_s=message.begins_s)
        if self.first_s is None:
            self.first_s = message.at - self.asked
        elif message.at - self.last > TOGETHER_S:
            self.gaps_s.append(message.at - self.last)
            if len(self.gaps_s) == 1 and message.begins_s is not None:
                self.second_headroom_s = self.buffer.headroom_s(message.at)
        self.last, self._begins_s = message.at, message.begins_s
        if self._onset and self.audible_s is None:
            self._onset.feed(message.audio)

    def _play(self, *, until_s: float | None) -> None:
        """The piece that came last: it begins in the sound where it begins, and goes on until there."""
        if self._begins_s is None or until_s is None or self.first_s is None:
            return
        self.silent_s += max(0.0, -self.buffer.receive(until_s - self._begins_s, now=self.last))
        if self._onset and self.audible_s is None and self._onset.sample is not None:
            self.audible_s = self.first_s + self.silent_s + self._onset.sample / self._rate
        self._begins_s = None


async def hear(messages: Stream) -> Hearing:
    """Listen to the end of what is asked for now. Raises CommandFailed."""
    hearing = Hearing(asked=time.perf_counter())
    async with aclosing(messages):
        async for message in messages:
            hearing.hear(message)
    return hearing
