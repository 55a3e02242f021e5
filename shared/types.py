"""The values that flow between stages. Frozen, small, no behaviour beyond arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Mono samples, nominally in [-1, 1]; shape (N,)."""

GLOBAL_TOKENS = 32
"""Global (speaker) tokens of one utterance; the d-vector projection takes exactly this many."""


MAX_TEMPERATURE = 2.0
"""Largest sampling temperature; vLLM 0.32 accepts no larger one."""

MIN_TEMPERATURE = 0.01
"""Smallest temperature that samples; below it the likeliest token is taken.

A logit that is 0.2 below the largest has odds of e^-20 at this temperature: smaller ones are greedy in effect, and
1e-38 makes float32 logits overflow. vLLM 0.32 raises smaller ones to this one (`_MAX_TEMP` in its sampling_params).
"""

MIN_TOP_P = 1e-6
"""Smallest `top_p` that is computed with; smaller ones act as this one, and pick the same token.

The likeliest of up to 1,000,000 tokens has at least this probability, so every smaller `top_p` keeps that token alone,
as this one does. Below 7e-46 float32 holds 0, which keeps no token.
"""

MAX_TOP_K = 1000
MAX_REPETITION_PENALTY = 2.0
MAX_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, and how the model is asked for it.

    `speaker` fills the checkpoint's prompt template. `global_tokens`, where known, are 32 indices that pin the timbre:
    generation then starts at the first semantic token.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    gender: str | None = None
    description: str = ""
    speaker: str = ""
    global_tokens: tuple[int, ...] | None = None
    source: str = "checkpoint"


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the language model picks tokens. `top_k` -1 is off; a temperature below MIN_TEMPERATURE is greedy."""

    temperature: float = 0.8
    top_k: int = 50
    top_p: float = 1.0
    repetition_penalty: float = 1.05
    max_tokens: int = 4096
    seed: int = 0

    def representable(self) -> "Sampling":
        """Return the same sampling in values that float32 arithmetic carries; greedy is temperature 0.

        Every engine computes with these.
        """
        temperature = 0.0 if self.temperature < MIN_TEMPERATURE else self.temperature
        return replace(self, temperature=temperature, top_p=max(self.top_p, MIN_TOP_P))


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests a caller may make: `limit` a minute, `remaining` now, all again at `reset_at` (seconds since 1970)."""

    limit: int
    remaining: int
    reset_at: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """One request to speak, checked and complete: every default is filled in, the seed included.

    `rate` is the rate of the answer in Hz, `format` its encoding. `super_resolve` asks for super-resolution. `stream`:
    the answer is sent while it is made.
    """

    text: str
    voice: Voice
    sampling: Sampling
    rate: int
    format: str = "wav"
    super_resolve: bool = False
    speed: float = 1.0
    stream: bool = False
    normalize: bool = True
    chunking: bool = True
    lexicon: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A piece of the text that the model speaks in one breath. `text` of all chunks joined is the text."""

    index: int
    text: str
    last: bool


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the engine continues: token ids in, token ids out, `stop_ids` end it.

    `streaming`: a player waits; the engine serves it before all prompts whose answer is a file.
    """

    ids: tuple[int, ...]
    stop_ids: frozenset[int]
    sampling: Sampling
    streaming: bool = True


class Finish(StrEnum):
    """Why a model went no further: it was done, or had no token left."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class TokenDelta:
    """One or more token ids. Engines may merge deltas, so consumers must not count them."""

    ids: tuple[int, ...]
    finish: Finish | None = None


@dataclass(frozen=True, slots=True)
class GlobalTokens:
    """The 32 codec indices that carry the voice."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SpeechTokens:
    """Semantic codec indices, 20 ms each at the published hop."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Semantic tokens that are decoded together: `left` and `right` tokens are context, `keep` become sound."""

    ids: tuple[int, ...]
    left: int
    keep: int
    right: int
    voice: GlobalTokens = field(repr=False)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Windows of one shape can be decoded together."""
        return self.left, self.keep, self.right


@dataclass(frozen=True, slots=True)
class Pcm:
    """A block of mono sound."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
