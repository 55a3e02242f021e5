"""How much sound each listener has in hand, and what follows: what is decoded first, how much at once, who may come in.

Headroom is what a listener would still hear if nothing more came. docs/decisions/0014-headroom.md has the reasons and
the measurements. Times are `time.perf_counter()`; knows nothing of tokens' meaning, nor of how a window is decoded.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.batching import LONGEST_S, Times
from core.windows import WindowPlan

SHARE = 0.5  # of its headroom that a stream gives its next window
FIRST_MOST = 4  # times the first window's size that a slow engine may make it
PATIENCE_S = 5.0  # after which what nobody listens to is as urgent as a listener who has nothing left
HORIZON_S = 5.0  # how far ahead a newcomer's effect on the others is reckoned
MEMORY = 0.3  # weight of the newest window in a stream's pace
FORGETTING = 0.98  # of what was seen of all streams, with every window
SPREAD = 0.1  # least variance of the numbers of streams that a line is drawn through
FULL = 0.8  # of the decoder's time promised: more leaves too little for what comes at random
HELD_S = 0.06  # of a stream's first sound that seams and limiter keep back
CONTEXT = 20  # tokens that a window costs beyond those it keeps: the wave generator's reach, both sides
NOTHING_S = 1e-6  # seconds are added and subtracted in float
NOW = float("-inf")


class Listener:
    """Plays a stream as it comes: from its first block on, with a pause only where a block is late.

    The same arithmetic schedules the server's work and judges it in benchmarks.
    """

    def __init__(self) -> None:
        self.ends: float | None = None  # when everything sent so far will have been played
        self.underruns = 0
        self.longest_gap_s = 0.0

    def headroom_s(self, now: float) -> float:
        """Seconds of sound in hand; below 0 for seconds of silence."""
        return 0.0 if self.ends is None else self.ends - now

    def hear(self, seconds: float, *, now: float) -> float:
        """A block comes. Returns the headroom in which it was awaited, below 0 where a listener heard a gap."""
        left_s = self.headroom_s(now)
        if left_s < 0:
            self.underruns += 1
            self.longest_gap_s = max(self.longest_gap_s, -left_s)
        self.ends = now + max(left_s, 0.0) + seconds
        return left_s


class Stream:
    """The sound of one utterance between decoder and listener. A file's has no listener before it is whole.

    Seconds are of sound at the pace it was spoken in; `speed` is how much faster it is played.
    """

    def __init__(self, *, heard: bool, token_s: float, speed: float = 1.0) -> None:
        self.heard, self.token_s, self._speed = heard, token_s / speed, speed
        self.listener = Listener()
        self.pace = 0.0  # seconds played for a second of making of the chunk that is heard; 0 while it is not known
        self.among = 1  # streams that were made when it was so
        self.load: float | None = None  # of the decoder's time that its newest window takes; None before the first
        self._chunk = 0  # that is heard
        self._waiting: dict[int, float] = {}  # seconds made of each chunk and not yet taken, as they will be played
        self._made_at: float | None = None
        self._chunks_made = 0
        self._last = False  # no chunk follows the one that is heard

    @contextmanager
    def making(self) -> Iterator[None]:
        """While a chunk's sound is being made."""
        self._chunks_made += 1
        try:
            yield
        finally:
            self._chunks_made -= 1

    @property
    def awaited(self) -> bool:
        """Whether sound is being made for a listener who waits for nothing else."""
        return self.heard and self._chunks_made > 0 and not self.has_more()

    @property
    def hungry(self) -> bool:
        """Whether it is awaited by one who plays."""
        return self.awaited and self.listener.ends is not None

    def has_more(self) -> bool:
        """Whether more sound of the chunk that is heard, or the end of all, can be had at once."""
        ended = self._last and not self._chunks_made
        return ended or self._waiting.get(self._chunk, 0.0) >= NOTHING_S

    def is_first(self, chunk: int) -> bool:
        """Whether somebody waits for the next sound of this chunk to begin to listen."""
        return self.heard and chunk == self._chunk and self.listener.ends is None and not self._waiting.get(chunk)

    def headroom_s(self, now: float, *, chunk: int | None = None) -> float:
        """What will be heard before the next sound of this chunk, as far as it is made; by default of the one heard."""
        upto = self._chunk if chunk is None else chunk
        in_hand = max(self.listener.headroom_s(now), 0.0)
        return in_hand + sum(seconds for index, seconds in self._waiting.items() if index <= upto)

    def is_early(self, chunk: int) -> bool:
        """Whether the chunk is spoken after one that nobody hears yet."""
        return self.heard and chunk != self._chunk and self.listener.ends is None

    def due(self, chunk: int) -> float:
        """When the next window of this chunk has to be there: a new stream's first is wanted before all else."""
        if self.is_first(chunk):
            return NOW
        now = time.perf_counter()
        return now + (self.headroom_s(now, chunk=chunk) if self.heard else PATIENCE_S)

    def due_sent(self) -> float:
        """When the sound that is on its way to the listener has to be there."""
        if not self.heard:
            return time.perf_counter() + PATIENCE_S
        return NOW if self.listener.ends is None else self.listener.ends

    def turn(self, chunk: int, *, last: bool = False) -> None:
        """The listener comes to this chunk; none follows the `last`."""
        self._last = last
        if chunk != self._chunk:
            self._waiting.pop(self._chunk, None)
            self._chunk, self._made_at = chunk, None

    def resume(self) -> None:
        """More text has come. Where all that came before has been heard, it is a new beginning, and its wait no gap."""
        if not self._chunks_made and self.listener.headroom_s(time.perf_counter()) <= 0:
            self.listener.ends = None

    def made(self, chunk: int, seconds: float, *, among: int) -> bool:
        """A window of this chunk is decoded, while so many streams were made. True where that tells of the pace."""
        waiting = self._waiting.get(chunk, 0.0)
        self._waiting[chunk] = waiting + seconds / self._speed
        if chunk != self._chunk:
            return False
        now = time.perf_counter()
        since, self._made_at = self._made_at, None if waiting else now
        if since is None or waiting:  # what waits for its listener says nothing of how fast it was made
            return False
        pace = seconds / self._speed / max(now - since, 1e-6)
        self.pace += MEMORY * (pace - self.pace) if self.pace else pace
        self.among = among
        return True

    def taken(self, chunk: int, seconds: float) -> None:
        """Sound of this chunk is on its way to the listener."""
        self._waiting[chunk] -= seconds / self._speed


class WindowSizes:
    """How large the next window of one chunk of a stream is.

    It is the largest whose sound will be there before half of the headroom is played, reckoned from the pace of its
    tokens and from what the decoder took of late. Who is late anyway, because the decoder is behind, takes what can be
    decoded in as long as the wait is. Where there are others, nobody keeps the decoder from them for longer than
    LONGEST_S. The first window of a stream is the smallest that plays as long as the second one takes to make, twice
    over, or once where a window of another stream comes in between. What comes after a chunk that nobody hears yet can
    wait. A file's are large.
    """

    def __init__(self, plan: WindowPlan, times: Times, audience: "Audience", stream: Stream, chunk: int) -> None:
        self._rungs, self._times, self._audience = plan.rungs, times, audience
        self._stream, self._chunk = stream, chunk
        self._begun: float | None = None
        self._seen_first = 0  # tokens that came first, at once
        self._kept = 0

    def __call__(self, available: int) -> int:
        """Tokens to keep of `available` ones that have their look-ahead; 0 to wait for more."""
        now = time.perf_counter()
        seen = self._kept + available
        if self._begun is None:
            self._begun, self._seen_first = now, seen
        if available < self._rungs[0]:
            return 0
        gap_s = (now - self._begun) / max(seen - self._seen_first, 1)  # between two tokens
        is_first = self._stream.is_first(self._chunk)
        keep = self._first(available, gap_s) if is_first else self._next(available, gap_s, now)
        if keep:
            self._kept += keep
            self._stream.load = self._cost_s(keep) / (keep * self._stream.token_s)
            if is_first:
                self._audience.first_load = self._stream.load
        return keep

    def _first(self, available: int, gap_s: float) -> int:
        smallest = self._rungs[0]
        second_s = smallest * gap_s + self._cost_s(smallest)
        wanted_s = max((second_s + self._times.wait_s) / SHARE, second_s + self._longest_s() + HELD_S)
        wanted = min(wanted_s / self._stream.token_s, smallest * FIRST_MOST)
        keep = next((rung for rung in self._rungs if rung >= wanted), self._rungs[-1])
        return keep if available >= keep else 0

    def _next(self, available: int, gap_s: float, now: float) -> int:
        if not self._stream.heard:
            return self._rungs[-1] if available >= self._rungs[-1] else 0
        if self._stream.is_early(self._chunk):
            return 0
        wait_s, longest_s = self._times.wait_s, LONGEST_S if self._beside_others else float("inf")
        within_s = self._stream.headroom_s(now, chunk=self._chunk) * SHARE
        for keep in reversed(self._rungs):
            cost_s, missing = self._cost_s(keep), max(keep - available, 0)
            if cost_s > longest_s:
                continue
            if missing * gap_s + wait_s + cost_s <= within_s:
                return 0 if missing else keep
            if not missing and cost_s <= wait_s:
                return keep
        return self._rungs[0]

    def _cost_s(self, keep: int) -> float:
        return self._times.cost_s(keep + CONTEXT)

    def _longest_s(self) -> float:
        """How long a window of another stream may keep the decoder from this one."""
        if not self._beside_others:
            return 0.0
        return max((cost_s for rung in self._rungs if (cost_s := self._cost_s(rung)) <= LONGEST_S), default=0.0)

    @property
    def _beside_others(self) -> bool:
        return len(self._audience) > 1


class Slowdown:
    """How much slower each stream is made when more are: seconds of making for a second of sound, of how many run.

    A straight line through what was seen, of late above all: part of the work is shared by all, part is each stream's
    own. While only one number of streams has been seen, half of it is taken to be each stream's own.
    """

    def __init__(self) -> None:
        self._weight = self._n = self._nn = self._t = self._nt = 0.0  # of points (n, t), and their products

    def saw(self, among: int, pace: float) -> None:
        t = 1 / pace
        self._weight = self._weight * FORGETTING + 1
        self._n = self._n * FORGETTING + among
        self._nn = self._nn * FORGETTING + among * among
        self._t = self._t * FORGETTING + t
        self._nt = self._nt * FORGETTING + among * t

    def share(self, among: int, others: int) -> float:
        """Of the pace among so many, what is left among another number of them."""
        spread = self._weight * self._nn - self._n**2
        slope, at_none = 1.0, float(among)
        if spread > SPREAD * self._weight**2:
            slope = max(0.0, (self._weight * self._nt - self._n * self._t) / spread)
            at_none = max(0.0, (self._t - slope * self._n) / self._weight)
        return (at_none + slope * among) / (at_none + slope * others)


class Audience:
    """Every stream that is being made, and whether there is room for one more."""

    def __init__(self, *, floor_s: float) -> None:
        self._floor_s = floor_s
        self.first_load = 0.0  # of the decoder's time that the newest stream's first window took
        self._streams: set[Stream] = set()
        self._slowdown = Slowdown()

    @contextmanager
    def joined(self, stream: Stream) -> Iterator[Stream]:
        self._streams.add(stream)
        try:
            yield stream
        finally:
            self._streams.remove(stream)

    def __len__(self) -> int:
        return len(self._streams)

    def sizes(self, plan: WindowPlan, times: Times, stream: Stream, chunk: int) -> Callable[[int], int]:
        """What a `WindowPlanner` asks for this chunk's windows."""
        return WindowSizes(plan, times, self, stream, chunk)

    def due(self, stream: Stream, chunk: int) -> float:
        """When the next window of this chunk has to be there."""
        return stream.due(chunk)

    def made(self, stream: Stream, chunk: int, seconds: float) -> None:
        """A window of this stream is decoded."""
        if stream.made(chunk, seconds, among=len(self._streams)):
            self._slowdown.saw(stream.among, stream.pace)

    def least_headroom_s(self) -> float:
        """Of everybody whose sound is still being made; infinite where nobody's is."""
        now = time.perf_counter()
        return min((s.headroom_s(now) for s in self._streams if s.hungry), default=float("inf"))

    def has_room(self, running: int) -> bool:
        """Whether a stream beside so many leaves every listener `floor_s` in hand, HORIZON_S from now.

        Who would run dry even alone holds nobody up. What windows cost says how full the decoder is at once; how fast
        streams are made says what else they share, but only after a while.
        """
        if (busy := self._decoder_load()) and busy + self.first_load > FULL:
            return False
        now = time.perf_counter()
        return not any(
            self._foreseen_s(stream, running + 1, now) < self._floor_s <= self._foreseen_s(stream, 1, now)
            for stream in self._streams
            if stream.hungry and stream.pace
        )

    def _decoder_load(self) -> float:
        """Of the decoder's time that listeners' streams need."""
        awaited = (stream for stream in self._streams if stream.awaited)
        return sum(self.first_load if stream.load is None else stream.load for stream in awaited)

    def _foreseen_s(self, stream: Stream, among: int, now: float) -> float:
        pace = stream.pace * self._slowdown.share(stream.among, among)
        return stream.headroom_s(now) + (pace - 1) * HORIZON_S
