"""Measure the CPU time of the demo voice's aligner, in milliseconds a second of sound: 64 streams in turn.

The time that reading the clock takes is taken off each step: at a step for each token it is 0.03 ms a second and more.
"""

import json
import time
from itertools import cycle, islice
from pathlib import Path

from benchmarks import report
from core.alignment import ChunkAligner, TokenAligner, load_aligner
from processing.words import find_word_spans
from shared.config import PROJECT

STREAMS, WINDOW, LOOKAHEAD = 64, 24, 16
"""Streams at once; tokens of a window, and tokens beyond it when its words are told."""
RUNS = 7
"""Runs of the same steps. The shortest time of each step over the runs tells least of other processes."""
TOKENS_A_SECOND = 50
SENTENCES = Path("tests/data/word_starts.jsonl")


class Stream:
    """Stream whose tokens arrive one by one, and are decoded in windows."""

    def __init__(self, aligner: TokenAligner, text: str, tokens: list[int]) -> None:
        self._aligner, self._text, self._tokens = aligner, text, tokens
        self._chunk: ChunkAligner | None = None
        self._at = self._sent = 0

    def step(self) -> bool:
        """Take the next token, which opens the alignment; report whether there are more."""
        if self._chunk is None:
            self._chunk = self._aligner.chunk(self._text, list(find_word_spans(self._text)))
        self._chunk.feed(self._tokens[self._at : self._at + 1])
        self._at += 1
        if self._at - self._sent >= WINDOW + LOOKAHEAD:
            self._sent += WINDOW
            self._chunk.due(self._sent)
        if self._at < len(self._tokens):
            return True
        self._chunk.finish()
        return False


def clock_s() -> float:
    """Return the least time between two readings of the clock."""
    return min(-time.thread_time() + time.thread_time() for _ in range(1000))


def step_times(aligner: TokenAligner, rows: list[dict[str, object]]) -> list[float]:
    """Return the seconds of CPU time of each step, with the streams in turn, token by token."""
    streams = [Stream(aligner, str(row["text"]), list(row["tokens"])) for row in rows]  # type: ignore[call-overload]
    times: list[float] = []
    clock = clock_s()
    while streams:
        going = []
        for stream in streams:
            begun = time.thread_time()
            more = stream.step()
            times.append(time.thread_time() - begun - clock)
            if more:
                going.append(stream)
        streams = going
    return times


def main() -> None:
    arguments = report.output_option("alignment").parse_args()
    aligner = load_aligner(PROJECT / "voices/demo")
    assert aligner is not None
    rows = [json.loads(line) for line in (PROJECT / SENTENCES).read_text("utf-8").splitlines()]
    rows = list(islice(cycle(rows), STREAMS))
    sound_s = sum(len(row["tokens"]) for row in rows) / TOKENS_A_SECOND
    runs = [step_times(aligner, rows) for _ in range(RUNS)]
    totals = sorted(1000 * sum(times) / sound_s for times in runs)
    shortest = 1000 * sum(map(min, *runs)) / sound_s
    figures = {"least": totals[0], "median": totals[RUNS // 2], "shortest_steps": shortest}
    report.write(
        arguments.out,
        {"streams": STREAMS, **{f"{name}_ms_a_second": round(value, 3) for name, value in figures.items()}},
    )


if __name__ == "__main__":
    main()
