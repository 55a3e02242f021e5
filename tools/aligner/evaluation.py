"""Evaluation of an aligner on pairs that it was not trained on.

Without a reference it cannot say how exact the times are. It measures how far the spans that are told in time agree
with those of the whole chunk, and which faults, put in at the aligner's own word bounds, the verdict finds.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import process_time

from core.alignment.aligner import TokenAligner
from core.alignment.protocol import Verdict, WordSpan
from tools.aligner.batches import word_spans
from tools.aligner.faults import Bounded, Injection, injected
from tools.aligner.pairs import Pair

WINDOW, LOOKAHEAD = 24, 16
"""Tokens of a window, and tokens generated beyond it when its words are told."""
CLOSE_TOKENS = 2
"""Tokens that a start may differ by: 40 ms."""
TOKENS_A_SECOND = 50


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures on held-out pairs. Shares in [0, 1]; -1: nothing to measure.

    `agreement`: starts told in time within 40 ms of the whole chunk's. `false_alarms`: pairs without a fault put in
    that have a verdict with one. `found`: faults put in that a verdict tells, by kind. `cpu_ms`: CPU time for a second
    of sound.
    """

    pairs: int
    words: int
    agreement: float
    false_alarms: float
    found: dict[str, float]
    cpu_ms: float

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def spans_in_time(aligner: TokenAligner, pair: Pair) -> tuple[list[WordSpan], Verdict]:
    """Return the spans of a pair that arrives token by token and is decoded in windows."""
    chunk = aligner.chunk(pair.text, word_spans(pair.text))
    spans: list[WordSpan] = []
    sent = 0
    for at, token in enumerate(pair.tokens, start=1):
        spans += chunk.feed([token])
        if at - sent >= WINDOW + LOOKAHEAD:
            sent += WINDOW
            spans += chunk.due(sent)
    rest, verdict = chunk.finish()
    return [*spans, *rest], verdict


def whole(aligner: TokenAligner, pair: Pair) -> tuple[list[WordSpan], Verdict]:
    """Return the spans and the verdict of a pair that arrives at once."""
    chunk = aligner.chunk(pair.text, word_spans(pair.text))
    spans = chunk.feed(pair.tokens)
    rest, verdict = chunk.finish()
    return [*spans, *rest], verdict


def starts_of(spans: Sequence[WordSpan]) -> list[int]:
    """Return the start of each word, as it was told."""
    return list({span.index: span.start for span in spans}.values())


def bounded(pair: Pair, spans: Sequence[WordSpan]) -> Bounded:
    """Return a pair with its words' bounds."""
    ends = [span.end for span in spans if span.end is not None]
    words = tuple(pair.text[start:end].casefold() for start, end in word_spans(pair.text))
    return Bounded(pair, words, (*starts_of(spans), max(ends, default=len(pair.tokens))))


def evaluate(aligner: TokenAligner, pairs: Sequence[Pair], *, seed: int = 0, done: Callable[[], None]) -> Evaluation:
    """Measure an aligner; `done` is called after each pair."""
    close = words = tokens = 0
    cpu_s = 0.0
    rows: list[Bounded] = []
    for pair in pairs:
        begun = process_time()
        told, _ = spans_in_time(aligner, pair)
        cpu_s += process_time() - begun
        spans, _ = whole(aligner, pair)
        differences = [abs(a - b) for a, b in zip(starts_of(told), starts_of(spans), strict=True)]
        close += sum(difference <= CLOSE_TOKENS for difference in differences)
        words, tokens = words + len(differences), tokens + len(pair.tokens)
        rows.append(bounded(pair, spans))
        done()
    tried, told_faults = Counter[str](), Counter[str]()
    for kind, pair in injected(rows, seed):
        name = kind.value if kind else ""
        tried[name] += 1
        told_faults[name] += bool(whole(aligner, pair)[1].faults)
    share = {name: told_faults[name] / count for name, count in tried.items()}
    return Evaluation(
        pairs=len(pairs),
        words=words,
        agreement=close / words if words else -1,
        false_alarms=share.pop("", -1),
        found={kind.value: share[kind.value] for kind in Injection if kind.value in share},
        cpu_ms=1000 * cpu_s / (tokens / TOKENS_A_SECOND) if tokens else -1,
    )
