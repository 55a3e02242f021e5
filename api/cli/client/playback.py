"""Measurements of one stream, played by a simulated player that starts at the first sound. Knows no network."""

import time
from contextlib import aclosing
from dataclasses import dataclass, field

import numpy as np

from api.cli.client.streams import ReceivedStream
from core.scheduling.playback import PlaybackBuffer
from veena3_client import Event
from veena3_client.decoding import sound_bytes

AUDIBLE = 0.01
"""Share of full scale from which a sample counts as audible: -40 dB."""
SAME_BLOCK_S = 0.005
"""Seconds within which consecutive messages count as one block: they were sent together."""
SAMPLED = ("wav", "pcm")
"""Formats whose bytes are 16-bit samples."""


class Onset:
    """Finder of the first audible sample in 16-bit sound whose bytes may be cut anywhere."""

    def __init__(self) -> None:
        self.sample: int | None = None
        self._seen, self._rest = 0, b""

    def feed(self, audio: bytes) -> None:
        """Search the next bytes; once found, `sample` stays as it is."""
        if self.sample is not None:
            return
        data = self._rest + sound_bytes(audio)
        whole = len(data) // 2 * 2
        samples, self._rest = np.frombuffer(data[:whole], "<i2"), data[whole:]
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE * 32768)
        if len(loud):
            self.sample = self._seen + int(loud[0])
        self._seen += len(samples)


@dataclass(slots=True)
class StreamPlayback:
    """Playback of one stream, fed with every message in order. Times in seconds; `asked` and `last` are perf_counter's.

    An underrun is a message that arrives after the message before it was played; the player then waits for it. The
    length of a message is known when the next one begins or the stream ends. `second_headroom_s` is the buffered sound
    when the second block arrived, below 0 for silence. `audible_s` is the time from the request to the first audible
    sample as it is played; None for compressed formats.
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
        """Return the seconds from the request to the last message with sound."""
        return self.last - self.asked

    @property
    def rtf(self) -> float | None:
        """Return the real time factor; None while the sound's length is unknown."""
        return self.took_s / self.seconds if self.seconds else None

    @property
    def underruns(self) -> int:
        """Return the number of underruns so far."""
        return self.buffer.underruns

    def receive(self, message: Event) -> None:
        """Record one message."""
        if message.type == "start" and message.fields.get("format") in SAMPLED:
            self._onset, self._rate = Onset(), message.fields["sample_rate"]
        elif message.type == "audio":
            self._receive_audio(message)
        elif message.type == "end":
            self.seconds = message.fields.get("seconds")
            self._play(until_s=self.seconds)

    def _receive_audio(self, message: Event) -> None:
        self._play(until_s=message.begins_s)
        if self.first_s is None:
            self.first_s = message.at - self.asked
        elif message.at - self.last > SAME_BLOCK_S:
            self.gaps_s.append(message.at - self.last)
            if len(self.gaps_s) == 1 and message.begins_s is not None:
                self.second_headroom_s = self.buffer.headroom_s(message.at)
        self.last, self._begins_s = message.at, message.begins_s
        if self._onset and self.audible_s is None:
            self._onset.feed(message.audio)

    def _play(self, *, until_s: float | None) -> None:
        """Play the newest message, which ends at `until_s` in the sound."""
        if self._begins_s is None or until_s is None or self.first_s is None:
            return
        self.silent_s += max(0.0, -self.buffer.receive(until_s - self._begins_s, now=self.last))
        if self._onset and self.audible_s is None and self._onset.sample is not None:
            self.audible_s = self.first_s + self.silent_s + self._onset.sample / self._rate
        self._begins_s = None


async def play_stream(messages: ReceivedStream) -> StreamPlayback:
    """Play a stream that is requested now to its end. Raises CommandFailed."""
    playback = StreamPlayback(asked=time.perf_counter())
    async with aclosing(messages):
        async for message in messages:
            playback.receive(message)
    return playback
