"""Fast engine and codec that obey the same contracts as the real ones. Other tests use the real ones."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import numpy as np

from core.alignment.protocol import Verdict, WordSpan
from core.checkpoint.vocabulary import Vocabulary
from core.forms.memory import Choice
from core.scheduling.costs import DecodeCosts
from shared.errors import RuntimeDead
from shared.types import Finish, Pcm, Prompt, TokenDelta, Window

HOP = 320
"""Samples per token, as in the published codec."""
REACH = 3
"""Tokens on each side on which the fake decoder's samples depend."""


class FakeEngine:
    """Engine that generates `length` random semantic tokens, seeded by prompt and seed, in deltas of `batch` tokens.

    `forever` ignores the length. `delay_s` precedes each delta. `unfinished`, `started` and `abandoned` count streams.
    The engine fails (`dead`) after `fail_after` tokens of a stream.
    """

    name = "fake"

    def __init__(
        self, vocabulary: Vocabulary, *, length: int = 60, batch: int = 4, delay_s: float = 0.0, forever: bool = False
    ) -> None:
        self._vocabulary = vocabulary
        self.length, self.batch, self.delay_s, self.forever = length, batch, delay_s, forever
        self.unfinished = self.started = self.abandoned = 0
        self.finish = Finish.STOP
        self.fail_after: int | None = None
        self.dead = self.asleep = False
        self.last_token_at = 0.0

    async def stream(self, prompt: Prompt) -> AsyncGenerator[TokenDelta, None]:
        assert not self.asleep
        self.unfinished += 1
        self.started += 1
        completed = False
        try:
            for ids in self._batches(prompt):
                await asyncio.sleep(self.delay_s)
                self.check_health()
                self.last_token_at = asyncio.get_running_loop().time()
                yield TokenDelta(ids)
            yield TokenDelta((), self.finish)
            completed = True
        finally:
            self.unfinished -= 1
            self.abandoned += not completed

    def _batches(self, prompt: Prompt):
        v, length, forever = self._vocabulary, self.length, self.forever
        if v.style and v.style.end_style in prompt.ids and v.control.end_global not in prompt.ids:
            yield from self._design(prompt)
        elif v.control.end_global not in prompt.ids:
            yield (*v.globals.ids(range(32) if v.globals.count >= 32 else [0] * 32), v.control.end_global)
        if v.control.start_semantic not in prompt.ids:
            yield (v.control.start_semantic,)
        random = np.random.default_rng([prompt.sampling.seed, *prompt.ids[:1000]])
        generated = 0
        while forever or generated < length:
            if self.fail_after is not None and generated >= self.fail_after:
                self.dead = True
            n = self.batch if forever else min(self.batch, length - generated)
            yield v.semantics.ids(random.integers(0, v.semantics.count, n).tolist())
            generated += n

    def _design(self, prompt: Prompt):
        """Answer the labels of a designed voice: values, unless the prompt has them, and a timbre of the seed."""
        v, style = self._vocabulary, self._vocabulary.style
        if style.end_acoustic not in prompt.ids:
            yield style.start_acoustic, style.pitch_value[250], style.speed_value[4], style.end_acoustic
        timbre = np.random.default_rng(prompt.sampling.seed).integers(0, v.globals.count, 32)
        yield v.control.start_global, *v.globals.ids(timbre.tolist()), v.control.end_global

    def check_health(self) -> None:
        if self.dead:
            raise RuntimeDead("the engine has failed")

    async def sleep(self) -> None:
        assert not self.asleep and not self.unfinished
        self.asleep = True

    async def wake(self) -> None:
        assert self.asleep
        self.asleep = False


class FakeCodec:
    """Decoder with a receptive field: each token's samples depend on REACH tokens on each side."""

    rate, hop = 16_000, HOP
    context_left = context_right = REACH
    choice = Choice("eager", 1, "a fake")

    def whole(self, ids: tuple[int, ...]) -> np.ndarray:
        """Return the samples of decoding all semantic tokens at once."""
        x = np.sin(np.asarray(ids, np.float64))  # so precise that windows of any size round to the same samples
        mixed = np.convolve(x, np.linspace(0.02, 0.2, 2 * REACH + 1), mode="full")[REACH : REACH + len(x)]
        tone = np.sin(np.arange(HOP) * 0.1)
        return np.outer(mixed, tone).reshape(-1).astype(np.float32)

    def __init__(self) -> None:
        self.costs = DecodeCosts()

    async def decode(self, window: Window, *, deadline: float = 0.0, patient: bool = False) -> Pcm:
        await asyncio.sleep(0)
        y = self.whole(window.ids)
        return Pcm(y[window.left * HOP : (window.left + window.keep) * HOP], self.rate)

    def check_health(self) -> None:
        pass


class FakeAligner:
    """Aligner that spaces words evenly: each lasts `word_tokens` tokens, and the last one lasts until the end.

    `verdicts` are those of the chunks in the order of their ends; without any left, everything was spoken.
    """

    def __init__(self, *, word_tokens: int = 5, lookahead: int = 3, verdicts: Sequence[Verdict] = ()) -> None:
        self.word_tokens, self.lookahead, self.verdicts = word_tokens, lookahead, list(verdicts)
        self.texts: list[str] = []

    def chunk(self, text: str, words: Sequence[tuple[int, int]]) -> "FakeChunkAligner":
        self.texts.append(text)
        return FakeChunkAligner(self, len(words))


class FakeChunkAligner:
    """Alignment of one chunk by `FakeAligner`. A word is certain `lookahead` tokens after the next one's start."""

    def __init__(self, aligner: FakeAligner, words: int) -> None:
        self._aligner, self._words, self._tokens = aligner, words, 0
        self._returned = 0  # words returned with their ends
        self._open = False  # the next word was returned without its end

    def feed(self, ids: Sequence[int]) -> list[WordSpan]:
        self._tokens += len(ids)
        return self._certain(self._tokens - self._aligner.lookahead)

    def due(self, token: int) -> list[WordSpan]:
        spans = self._certain(min(token, self._tokens))
        start = self._returned * self._aligner.word_tokens
        if self._returned < self._words and start < token and not self._open:
            self._open = True
            spans.append(WordSpan(self._returned, start, None))
        return spans

    def finish(self) -> tuple[list[WordSpan], Verdict]:
        length = self._aligner.word_tokens
        rest = [
            WordSpan(n, min(n * length, self._tokens), min((n + 1) * length, self._tokens))
            for n in range(self._returned, self._words)
        ]
        if rest:
            rest[-1] = replace(rest[-1], end=self._tokens)
        self._returned = self._words
        return rest, self._aligner.verdicts.pop(0) if self._aligner.verdicts else Verdict(1.0, ())

    def _certain(self, upto: int) -> list[WordSpan]:
        """Return the words before the last one that end at `upto` or before, and were not returned."""
        length = self._aligner.word_tokens
        ended = max(self._returned, min(upto // length, self._words - 1))
        spans = [WordSpan(n, n * length, (n + 1) * length) for n in range(self._returned, ended)]
        self._open = self._open and not spans
        self._returned = ended
        return spans
