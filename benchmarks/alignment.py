"""Measure the CPU time of the demo voice's aligner, in milliseconds a second of sound: 64 streams in turn."""

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
TOKENS_A_SECOND = 50
SENTENCES = Path("tests/data/word_starts.jsonl")


class Stream:
    """Stream whose tokens arrive one by one, and are decoded in windows."""

    def __init__(self, aligner: TokenAligner, text: str, tokens: list[int]) -> None:
        self._chunk: ChunkAligner = aligner.chunk(text, list(find_word_spans(text)))
        self._tokens, self._at, self._sent = tokens, 0, 0

    def step(self) -> bool:
        """Take the next token; report whether there are more."""
        self._chunk.feed(self._tokens[self._at : self._at + 1])
        self._at += 1
        if self._at - self._sent >= WINDOW + LOOKAHEAD:
            self._sent += WINDOW
            self._chunk.due(self._sent)
        if self._at < len(self._tokens):
            return True
        self._chunk.finish()
        return False


def ms_a_second(aligner: TokenAligner, rows: list[dict[str, object]]) -> float:
    """Return the process's CPU time for a second of sound, with the streams in turn, token by token."""
    begun = time.process_time()
    streams = [Stream(aligner, str(row["text"]), list(row["tokens"])) for row in rows]  # type: ignore[call-overload]
    tokens = sum(len(row["tokens"]) for row in rows)  # type: ignore[arg-type]
    while streams:
        streams = [stream for stream in streams if stream.step()]
    return 1000 * (time.process_time() - begun) / (tokens / TOKENS_A_SECOND)


def main() -> None:
    arguments = report.output_option("alignment").parse_args()
    aligner = load_aligner(PROJECT / "voices/demo")
    assert aligner is not None
    rows = [json.loads(line) for line in (PROJECT / SENTENCES).read_text("utf-8").splitlines()]
    rows = list(islice(cycle(rows), STREAMS))
    measured = sorted(ms_a_second(aligner, rows) for _ in range(7))
    report.write(
        arguments.out,
        {"streams": STREAMS, "least_ms_a_second": round(measured[0], 3), "median_ms_a_second": round(measured[3], 3)},
    )


if __name__ == "__main__":
    main()
