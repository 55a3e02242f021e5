"""Playback state of one request, stream or file, between decoder and player.

`StreamScheduler` is the only writer. Methods take the time as an argument, so each is a pure function of the state.
"""

from dataclasses import dataclass, field

from core.scheduling.playback import PlaybackBuffer

FLOAT_NOISE_S = 1e-6
"""Seconds below which a sum of block lengths counts as zero. Lengths are added and subtracted as floats, whose rounding
errors are far smaller; one sample at 48 kHz is 20 times longer."""


@dataclass(slots=True, eq=False)
class StreamState:
    """Sound of one request, from its first token to its last sent block.

    `streaming` is the request's mode: a player plays sound while more is generated. A file is not streaming and has no
    player. `token_s` is the playback time of one token: the seconds of its sound divided by `speed`. `delay_s`: sound
    that the stages behind the decoder hold back, and `seam_s`, what they hold back besides while another chunk follows.
    All durations below are seconds of playback too.
    """

    streaming: bool
    token_s: float
    speed: float = 1.0
    delay_s: float = 0.0
    seam_s: float = 0.0
    buffer: PlaybackBuffer = field(default_factory=PlaybackBuffer)
    pace: float = 0.0
    """Playback seconds generated per second on the current chunk; 0 until measured."""
    pace_streams: int = 1
    """Requests that were open when `pace` was measured, files included."""
    decoder_load: float | None = None
    """Share of the decoder's time that windows like the newest one need; None before the first window."""
    chunk: int = 0
    """Index of the chunk that is being sent."""
    is_last_chunk: bool = False
    unsent_s: dict[int, float] = field(default_factory=dict)
    """Seconds decoded but not yet taken by the sender, by chunk index."""
    generating_chunks: int = 0
    decoded_at: float | None = None
    """Time at which the newest window of the current chunk was decoded; None if earlier sound was still unsent then."""

    @property
    def held_s(self) -> float:
        """Return the seconds of a first sound that do not reach the player at once."""
        return self.delay_s + (0.0 if self.is_last_chunk else self.seam_s)

    @property
    def generating(self) -> bool:
        """Report whether a player's next sound is still being generated."""
        return self.streaming and self.generating_chunks > 0 and not self.has_more()

    @property
    def starving(self) -> bool:
        """Report whether a player that has started depends on sound that is still being generated."""
        return self.generating and self.buffer.ends_at is not None

    def has_more(self) -> bool:
        """Report whether more sound of the current chunk, or the end of the stream, is available now."""
        ended = self.is_last_chunk and not self.generating_chunks
        return ended or self.unsent_s.get(self.chunk, 0.0) >= FLOAT_NOISE_S

    def is_first(self, chunk: int) -> bool:
        """Report whether the next window of `chunk` is the stream's first sound."""
        return self.streaming and chunk == self.chunk and self.buffer.ends_at is None and not self.unsent_s.get(chunk)

    def is_premature(self, chunk: int) -> bool:
        """Report whether `chunk` is a later chunk of a stream that has not begun to play."""
        return self.streaming and chunk != self.chunk and self.buffer.ends_at is None

    def headroom_s(self, now: float, *, chunk: int | None = None) -> float:
        """Return the seconds buffered ahead of the next block of `chunk` (by default, the current one).

        The player's buffer and everything decoded up to that chunk count.
        """
        upto = self.chunk if chunk is None else chunk
        buffered_s = max(self.buffer.headroom_s(now), 0.0)
        return buffered_s + sum(seconds for index, seconds in self.unsent_s.items() if index <= upto)
